package io.tawara.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class InternalCloudTest {
  private static final String ADMIN = GatewayFixture.admin("1234567");
  private static GatewayFixture fixture;
  private static String aws;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("internal_cloud", options -> options.inDevelopment());
    HttpResponse<String> made =
        fixture.send(
            "POST",
            "sources/",
            ADMIN,
            """
            {"source_type": "AWS-local", "name": "n",
             "authentication": {"credentials": {"role_arn": "arn:aws:iam::111122223333:role/r"}},
             "billing_source": {"data_source": {"bucket": "/nowhere"}}}
            """,
            Map.of());
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    aws = Json.stored(made.body()).get("uuid").asText();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aNewCloudSourceIsAskedAtOnceAndByHand() {
    assertThat(work("poll-source")).first().asString().contains("\"reason\":\"SAVED\"");
    ok(fixture.internal(path("download/?provider_uuid=%s&bill_date=2026-10-01", aws)));
    ok(fixture.internal(path("download/?provider_type=AWS-local&summarize_reports=false", aws)));
    assertThat(work("poll-source").get(1)).contains("\"month\":\"2026-10\"");
    assertThat(work("poll-source").get(2)).contains("\"summarise\":false");
    refused(path("download/?provider_uuid=00000000-0000-4000-8000-000000000000", aws));
    refused(path("download/?provider_uuid=%s&bill_date=soon", aws));
    refused(path("download/?provider_type=Oracle", aws));
  }

  @Test
  void anOrganisationHoldsFromTheDayOnWhichItWasSeen() {
    String path = path("crawl_account_hierarchy/?provider_uuid=%s", aws);
    ok(fixture.internalPost(path, tree(-60, "shop-prod", "R_001")));
    assertThat(units())
        .containsExactly(
            "OU_001 Retail R_001&OU_001 1 - 2026-09-21 -",
            "OU_001 Retail R_001&OU_001 1 shop-prod 2026-09-21 -",
            "R_001 Root R_001 0 - 2026-09-21 -");
    ok(fixture.internalPost(path, tree(-30, "shop-prod", "R_001")));
    assertThat(units()).as("the same tree changes nothing").hasSize(3);
    ok(fixture.internalPost(path, tree(-10, "shop", "R_001&OU_009")));
    assertThat(units())
        .containsExactly(
            "OU_001 Retail R_001&OU_001 1 - 2026-09-21 2026-11-10",
            "OU_001 Retail R_001&OU_001 1 shop 2026-09-21 2026-11-10",
            "OU_001 Retail R_001&OU_009&OU_001 2 - 2026-11-10 -",
            "OU_001 Retail R_001&OU_009&OU_001 2 shop 2026-11-10 -",
            "R_001 Root R_001 0 - 2026-09-21 -");
    refused(path("crawl_account_hierarchy/", aws));
    ok(fixture.internal(path));
    assertThat(work("crawl-organization")).hasSize(1);
    assertThat(fixture.internalPost(path, "{\"schema\": \"org1234567\"}").statusCode())
        .isEqualTo(400);
    assertThat(fixture.internalPost(path, "{\"schema\": \"orgother\"}").statusCode())
        .isEqualTo(400);
  }

  private static String tree(int day, String account, String parent) {
    return """
    {"schema": "org1234567", "account_structure": {"days": [{"day": {"date": %d, "nodes": [
      {"org_unit_id": "R_001", "org_unit_name": "Root", "accounts": []},
      {"org_unit_id": "OU_001", "org_unit_name": "Retail", "parent_path": "%s", "accounts": [
        {"account_alias_id": "111122223333", "account_alias_name": "%s"}]}]}}]}}
    """
        .formatted(day, parent, account);
  }

  private static List<String> units() {
    return fixture.database.tenant(
        GatewayFixture.tenant("1234567"),
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select org_unit_id, org_unit_name, org_unit_path, level,
                             coalesce(account_alias, '-'), created_timestamp,
                             coalesce(deleted_timestamp::text, '-')
                      from aws_organizational_unit u
                      left join aws_account_alias a on a.id = u.account_alias_id
                      order by 1, created_timestamp, 5
                      """)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
              var row = new ArrayList<String>();
              for (int i = 1; i <= 7; i++) {
                row.add(rows.getString(i));
              }
              found.add(String.join(" ", row));
            }
            return found;
          }
        });
  }

  @Test
  void theContextIsChangedMemberByMember() {
    String path = path("additional_context/?schema=org1234567&provider_uuid=%s", aws);
    assertThat(ok(fixture.internal(path))).isEmpty();
    JsonNode changed =
        ok(
            fixture.internalPost(
                path, "[{\"op\": \"replace\", \"path\": \"/crawl_hierarchy\", \"value\": false}]"));
    assertThat(changed.toString()).isEqualTo("{\"crawl_hierarchy\":false}");
    for (String wrong :
        List.of(
            "{}",
            "[1]",
            "[{\"op\": \"remove\"}]",
            "[{\"op\": \"remove\", \"path\": \"/other\"}]",
            "[{\"op\": \"add\", \"path\": \"/crawl_hierarchy\"}]",
            "[{\"op\": \"replace\", \"path\": \"/crawl_hierarchy\", \"value\": 1}]")) {
      assertThat(fixture.internalPost(path, wrong).statusCode()).as(wrong).isEqualTo(400);
    }
    assertThat(
            ok(
                fixture.internalPost(
                    path, "[{\"op\": \"remove\", \"path\": \"/crawl_hierarchy\"}]")))
        .isEmpty();
  }

  @Test
  void summariesAreAskedForWithoutTheSchemaToo() {
    JsonNode answer =
        ok(
            fixture.internal(
                path(
                    "report_data/?provider_uuid=%s&start_date=2026-10-01&end_date=2026-10-31",
                    aws)));
    assertThat(answer.get("Report Data Task IDs")).hasSize(1);
  }

  @Test
  void leftOversAreListedAndRemoved() {
    String path = path("source_cleanup/?providers_without_sources", aws);
    assertThat(ok(fixture.internal(path)).get("data")).isEmpty();
    String id = "11111111-2222-4333-8444-555555555555";
    fixture.database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.executeUpdate(
                """
                insert into public.api_provider (uuid, name, type, customer_id, created_timestamp)
                select '%s', 'orphan', 'OCP', id, now() from public.api_customer limit 1
                """
                    .formatted(id));
          }
        });
    assertThat(ok(fixture.internal(path)).get("data").get(0).asText())
        .isEqualTo("orphan (" + id + ")");
    assertThat(fixture.send("GET", "sources/", ADMIN, null, Map.of()).body())
        .doesNotContain("orphan");
    refused(path("source_cleanup/", aws));
    refused(path("source_cleanup/?providers_without_sources&uuid=x", aws));
    ok(fixture.internal(path("notification/?cost_model_check&stale_ocp_check", aws)));
    refused(path("notification/", aws));
    ok(
        fixture.internalPost(
            path("invalidate_cache/", aws),
            "{\"schema_name\": \"org1\", \"cache_name\": \"api\"}"));
  }

  @Test
  void aCloudThatCannotBeAskedIsSeenOnItsSource() {
    fixture.database.run(
        connection -> {
          try (var insert =
              connection.prepareStatement(
                  """
                  insert into public.provider_poll
                    (provider_uuid, attempted, failures, next_try, problem, message)
                  values (?::uuid, '2026-11-20T10:00:00Z', 1, '2026-11-20T11:00:00Z', 'permission',
                    'not allowed')
                  """)) {
            insert.setString(1, aws);
            insert.executeUpdate();
          }
        });
    JsonNode source = ok(fixture.get("sources/" + aws + "/", ADMIN));
    assertThat(source.get("status").get("download").toString())
        .isEqualTo(
            "{\"start\":\"2026-11-20T10:00:00+00:00\",\"failed\":\"2026-11-20T10:00:00+00:00\",\"state\":\"failed\"}");
    assertThat(source.get("status").get("summary").toString()).isEqualTo("{\"state\":\"pending\"}");
    assertThat(source.get("additional_context").get("download_problem").toString())
        .isEqualTo(
            "{\"problem\":\"permission\",\"message\":\"not allowed\",\"next_try\":\"2026-11-20"
                + " 11:00:00\"}");
  }

  private static String path(String path, String provider) {
    return "/api/cost-management/v1/" + path.formatted(provider);
  }

  private static JsonNode ok(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.stored(answer.body());
  }

  private static void refused(String path) {
    HttpResponse<String> answer = fixture.internal(path);
    assertThat(answer.statusCode()).as(path).isEqualTo(400);
    assertThat(Json.stored(answer.body()).path("Error").asText()).isNotEmpty();
  }

  private static List<String> work(String kind) {
    return fixture.database.transaction(
        connection -> {
          try (var select =
              connection.prepareStatement(
                  "select body from public.work where kind = ? order by id")) {
            select.setString(1, kind);
            var found = new ArrayList<String>();
            try (var rows = select.executeQuery()) {
              while (rows.next()) {
                found.add(Json.stored(rows.getString(1)).toString());
              }
            }
            return found;
          }
        });
  }
}
