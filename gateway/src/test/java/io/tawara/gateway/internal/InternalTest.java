package io.tawara.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.work.WorkItem;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InternalTest {
  private static final String ADMIN = GatewayFixture.admin("1234567");
  private static GatewayFixture fixture;
  private static String provider;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("internal", options -> options);
    HttpResponse<String> made =
        fixture.send(
            "POST",
            "sources/",
            ADMIN,
            "{\"source_type\": \"ocp\", \"name\": \"n\", \"source_ref\": \"c\"}",
            Map.of());
    provider = Json.stored(made.body()).get("uuid").asText();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void recalculationBecomesOneItemPerMonth() {
    JsonNode answer =
        internal(
            "report_data/?provider_uuid=%s&schema=org1234567&start_date=2026-10-15&end_date=2026-11-20"
                .formatted(provider));
    assertThat(answer.get("Report Data Task IDs").findValuesAsText("x")).isEmpty();
    assertThat(answer.get("Report Data Task IDs").get(1).fieldNames().next())
        .isEqualTo("(datetime.date(2026, 11, 1), datetime.date(2026, 11, 20))");
    assertThat(items("summarise"))
        .containsExactly(
            "{\"end\":\"2026-10-31\",\"start\":\"2026-10-15\"}",
            "{\"end\":\"2026-11-20\",\"start\":\"2026-11-01\"}");
    internal("update_cost_model_costs/?provider_uuid=%s&schema=org1234567".formatted(provider));
    assertThat(items("cost")).containsExactly("{\"end\":\"2026-11-20\",\"start\":\"2026-11-01\"}");
    JsonNode lengths = internal("celery_queue_lengths/");
    assertThat(lengths.get("summary").asInt()).isEqualTo(2);
    assertThat(lengths.get("cost_model").asInt()).isEqualTo(1);
    assertThat(lengths.get("download").asInt()).isZero();
  }

  @Test
  void recalculationOfNothingIsRefused() {
    Map<String, String> refusals =
        Map.of(
            "report_data/",
            "provider_uuid must be supplied as a parameter.",
            "report_data/?provider_uuid=x",
            "schema is a required parameter.",
            "report_data/?provider_uuid=x&schema=s&queue=y",
            "'queue' must be one of ['celery', 'download', 'download_xl', 'download_penalty',"
                + " 'ocp', 'ocp_xl', 'ocp_penalty', 'priority', 'priority_xl',"
                + " 'priority_penalty', 'cost_model', 'cost_model_xl', 'cost_model_penalty',"
                + " 'summary', 'summary_xl', 'summary_penalty'].",
            "report_data/?provider_uuid=x&schema=s",
            "start_date is a required parameter.",
            "report_data/?provider_uuid=x&schema=s&start_date=2026-11-01",
            "provider_uuid x does not exist",
            "report_data/?start_date=2026-11-01&schema=orgother&provider_uuid=" + provider,
            "provider_uuid " + provider + " is not associated with schema orgother.",
            "update_cost_model_costs/",
            "provider_uuid and schema are required parameters.",
            "update_cost_model_costs/?schema=orgother&provider_uuid=" + provider,
            "Provider does not exist.");
    refusals.forEach(
        (path, message) -> {
          HttpResponse<String> answer =
              fixture.internal("/api/cost-management/v1/" + path.replace("'", "%27"));
          assertThat(answer.statusCode()).as(path).isEqualTo(400);
          assertThat(Json.stored(answer.body()).get("Error").asText()).isEqualTo(message);
        });
  }

  @Test
  void infrastructureIsFoundOutAgain() {
    HttpResponse<String> incomplete =
        fixture.internal("/api/cost-management/v1/recheck_infra_map/?provider_uuid=" + provider);
    assertThat(incomplete.statusCode()).isEqualTo(400);
    assertThat(Json.stored(incomplete.body()).get("Error").asText())
        .isEqualTo("Parameter missing. Required: provider_uuid, start_date, end_date");
    JsonNode answer =
        internal(
            "recheck_infra_map/?provider_uuid=%s&start_date=2026-11-01&end_date=2026-11-20"
                .formatted(provider));
    assertThat(answer.get("Infrastructure map").asText()).isEqualTo("[]");
    assertThat(items("correlate")).as("no cloud that it could run on").isEmpty();
  }

  @Test
  void failedWorkIsDrivenAgainOrDiscarded() {
    long id =
        fixture
            .services
            .work()
            .add(new WorkItem("test", "test:1", Json.object().put("n", 1), "req"));
    assertThat(send("POST", "jobs/items/" + id + "/")).as("it has not failed").isEqualTo(404);
    fail(id);
    assertThat(internal("jobs/").get("failed").asInt()).isEqualTo(1);
    assertThat(send("POST", "jobs/items/" + id + "/")).isEqualTo(204);
    assertThat(internal("jobs/").get("failed").asInt()).isZero();
    JsonNode again = internal("jobs/items/?kind=test&state=queued").get("data").get(0);
    assertThat(again.get("body").get("n").asInt()).isEqualTo(1);
    fail(again.get("id").asLong());
    assertThat(send("DELETE", "jobs/items/" + again.get("id") + "/")).isEqualTo(204);
    assertThat(internal("jobs/items/?kind=test").get("data")).isEmpty();
  }

  @Test
  void theLedgerTellsWhatCameIn() {
    UUID other = UUID.randomUUID();
    fixture.database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.executeUpdate(
                """
                insert into upload (request_id, org_id, bytes, state) values
                  ('u1', '1234567', 10, 'done'), ('u2', '2', 20, 'rejected');
                insert into manifest (provider_uuid, schema_name, assembly_id,
                  billing_period_start_datetime, num_total_files, creation_datetime,
                  completed_datetime, cluster_id, operator_version, state) values
                  ('%1$s', 'org1234567', 'a1', '2026-11-01Z', 2, '2026-11-20T10:00:00Z', null, 'c',
                   'cdd836a19466190844727ff8f71730cd39dc28b7',
                   '{"download": {"start": "2026-11-20T10:00:00Z", "end": "2026-11-20T10:00:01.5Z"},
                     "processing": {"start": "2026-11-20T10:00:02Z"}}'),
                  ('%1$s', 'org1234567', 'a0', '2026-10-01Z', 1, '2026-11-19T10:00:00Z',
                   '2026-11-19T11:00:00Z', 'c', '4.1.0', '{}'),
                  ('%2$s', 'org2', 'b1', '2026-11-01Z', 1, '2026-11-20T10:00:00Z', null, 'd', '',
                   '{"processing": {"start": "x", "failed": "y"}}');
                insert into file (manifest_id, provider_uuid, org_id, request_id, name, kind, state,
                  rows_read, rows_written, completed, error)
                select id, provider_uuid, '1234567', 'u1', 'f1.csv', 'cost', 'done', 7, 5,
                  '2026-11-20T10:00:05Z'::timestamptz, null
                from manifest where assembly_id = 'a1'
                union all
                select id, provider_uuid, '1234567', 'u1', 'f2.csv', 'cost', 'quarantined', 0, 0,
                  null, 'not CSV'
                from manifest where assembly_id = 'a1'
                """
                    .formatted(provider, other));
          }
        });
    JsonNode ledger = internal("ledger/?request_id=u1&state=done");
    assertThat(ledger.get("meta").get("count").asInt()).isEqualTo(1);
    assertThat(ledger.get("data").get(0).get("rows_written").asInt()).isEqualTo(5);
    assertThat(internal("uploads/?state=rejected").get("data").get(0).get("request_id").asText())
        .isEqualTo("u2");
    assertThat(assemblies("manifests/?provider=" + provider)).containsExactly("a1", "a0");
    assertThat(assemblies("manifests/?failed=true")).containsExactly("b1");
    assertThat(assemblies("manifests/?running=true")).containsExactly("a1");
    assertThat(assemblies("manifests/?started=false")).containsExactly("a0");
    assertThat(assemblies("manifests/?schema_name=ORG123")).containsExactly("a1", "a0");
    assertThat(assemblies("manifests/?created_after=2026-11-20&provider=" + provider))
        .containsExactly("a1");
    assertThat(assemblies("manifests/?provider=x%27%20or%201=1")).isEmpty();
    JsonNode manifest = internal("manifests/?provider=" + provider + "&limit=1").get("data").get(0);
    JsonNode detail = internal("manifests/" + manifest.get("id") + "/");
    assertThat(detail.get("failed_reports").get(0).get("failed_status").asText())
        .isEqualTo("not CSV");
    assertThat(internal("manifests/" + manifest.get("id") + "/reports/").get("data")).hasSize(2);

    JsonNode source = Json.stored(fixture.get("sources/" + provider + "/", ADMIN).body());
    assertThat(source.get("current_month_data").asBoolean()).isFalse();
    assertThat(source.get("previous_month_data").asBoolean()).isTrue();
    assertThat(source.get("has_data").asBoolean()).isTrue();
    assertThat(source.get("last_payload_received_at").asText()).isEqualTo("2026-11-20T10:00:00Z");
    assertThat(source.get("status"))
        .isEqualTo(
            Json.stored(
                """
                {"download": {"start": "2026-11-20T10:00:00+00:00",
                              "end": "2026-11-20T10:00:01.500000+00:00", "state": "complete"},
                 "processing": {"start": "2026-11-20T10:00:02+00:00", "state": "in-progress"},
                 "summary": {"state": "pending"}}
                """));
    assertThat(source.get("additional_context").get("operator_version").asText())
        .isEqualTo("costmanagement-metrics-operator:4.4.2");
    assertThat(source.get("additional_context").get("operator_update_available").asBoolean())
        .isFalse();
    JsonNode stats = Json.stored(fixture.get("sources/" + provider + "/stats/", ADMIN).body());
    assertThat(stats.get("2026-11-01").get("manifests").get(0).get("files_processed").asText())
        .isEqualTo("1/2");
    assertThat(
            stats.get("2026-10-01").get("manifests").get(0).get("manifest_complete_date").asText())
        .isEqualTo("2026-11-19 11:00:00");
    assertThat(fixture.get("sources/" + other + "/stats/", GatewayFixture.admin("2")).statusCode())
        .isEqualTo(404);
  }

  @Test
  void whatIsNoLongerKeptIsNamedAndOnlyRemovedInDevelopment() {
    UUID own = UUID.fromString(provider);
    fixture.database.run(
        connection -> {
          try (var insert =
              connection.prepareStatement(
                  """
                  insert into public.manifest (provider_uuid, schema_name, assembly_id,
                    billing_period_start_datetime, num_total_files, creation_datetime, cluster_id)
                  values (?, 'org1234567', 'old', '2025-01-01Z', 1, '2025-01-20T10:00:00Z', 'c')
                  """)) {
            insert.setObject(1, own);
            insert.executeUpdate();
          }
        });
    JsonNode answer = internal("expired_data/");
    String key = answer.fieldNames().next();
    assertThat(key).startsWith("Async jobs for expired data removal");
    assertThat(key).endsWith("(simulated)");
    assertThat(answer.path(key).asText()).contains("org1234567 2025-01").doesNotContain("2026-11");
    int waiting = items("purge").size();
    assertThat(send("DELETE", "expired_data/")).isEqualTo(200);
    assertThat(items("purge")).hasSize(waiting + (fixture.services.config().development() ? 1 : 0));
    assertThat(internal("clear_celery_queues/?clear_all=true").path("purged_tasks").asInt())
        .isZero();
  }

  @Test
  void sourcesOfEverybodyWithoutSecrets() {
    JsonNode page = internal("sources/?org_id=1234567&active=true&cluster_id=C");
    assertThat(page.get("meta").get("count").asInt()).isEqualTo(1);
    JsonNode source = page.get("data").get(0);
    assertThat(source.get("provider").get("customer").get("schema_name").asText())
        .isEqualTo("org1234567");
    assertThat(source.get("provider").get("uuid").asText()).isEqualTo(provider);
    assertThat(source.has("auth_header")).isFalse();
    assertThat(source.has("authentication")).isFalse();
    assertThat(internal("sources/?ocp_on_cloud=true").get("data")).isEmpty();
  }

  @Test
  void status() {
    assertThat(internal("status/?liveness").get("alive").asBoolean()).isTrue();
    assertThat(internal("status/").get("api_version").asText()).isEqualTo("1");
    assertThat(internal("openapi.json").get("paths").has("/jobs/")).isTrue();
    JsonNode document = Json.stored(fixture.get("openapi.json", null).body());
    assertThat(document.get("paths").has("/sources/{id}/")).isTrue();
    assertThat(document.get("paths").has("/jobs/")).isFalse();
  }

  private static List<String> assemblies(String path) {
    return internal(path).get("data").findValuesAsText("assembly_id");
  }

  private static List<String> items(String kind) {
    return fixture.database.transaction(
        connection -> {
          try (var select =
              connection.prepareStatement(
                  "select (body - 'provider' - 'schema')::text from work where kind = ? order by"
                      + " id")) {
            select.setString(1, kind);
            var found = new java.util.ArrayList<String>();
            try (var rows = select.executeQuery()) {
              while (rows.next()) {
                found.add(rows.getString(1).replace(" ", ""));
              }
            }
            return found;
          }
        });
  }

  private static void fail(long id) {
    fixture.database.run(
        connection -> {
          try (var update =
              connection.prepareStatement("update work set state = 'failed' where id = ?")) {
            update.setLong(1, id);
            update.executeUpdate();
          }
        });
  }

  private static int send(String method, String path) {
    return fixture
        .exchange(
            java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create(
                        "http://127.0.0.1:"
                            + fixture.gateway.internalPort()
                            + "/api/cost-management/v1/"
                            + path))
                .method(method, java.net.http.HttpRequest.BodyPublishers.noBody())
                .build())
        .statusCode();
  }

  private static JsonNode internal(String path) {
    HttpResponse<String> answer = fixture.internal("/api/cost-management/v1/" + path);
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(200);
    return Json.stored(answer.body());
  }
}
