package io.tawara.gateway.settings;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A change of settings makes again what it must, and nothing else (`settings.md` §3).
class RecalculationTest {
  private static final String ADMIN = GatewayFixture.admin("78");
  private static GatewayFixture fixture;
  private static String alpha;
  private static String beta;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("recalculation", options -> options);
    alpha = source("alpha");
    beta = source("beta");
    fixture.database.runTenant(
        GatewayFixture.tenant("78"),
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                """
                insert into ocp_report_period (source_uuid, cluster_id, report_period_start,
                  report_period_end)
                values ('%1$s', 'alpha', '2026-11-01', '2026-12-01'),
                  ('%2$s', 'beta', '2026-10-01', '2026-11-01'),
                  ('%2$s', 'beta', '2026-11-01', '2026-12-01');
                insert into reporting_enabledtagkeys (key, enabled, provider_type)
                values ('env', true, 'OCP'), ('stage', true, 'OCP'), ('old', true, 'OCP'),
                  ('off', false, 'OCP');
                insert into ocp_tag_value (report_period_id, source_uuid, cluster_id, data_source,
                  namespace, node, key, value)
                select id, source_uuid, cluster_id, 'Pod', 'n', 'n1', key, 'v'
                from ocp_report_period, (values ('stage', 'alpha', date '2026-11-01'),
                  ('old', 'beta', date '2026-10-01')) as seen (key, cluster, month)
                where cluster_id = cluster and report_period_start = month;
                insert into ocp_project (source_uuid, cluster_id, project)
                values ('%1$s', 'alpha', 'shop'), ('%2$s', 'beta', 'shop'), ('%2$s', 'beta', 'blog')
                """
                    .formatted(alpha, beta));
          }
        });
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void noWork() {
    fixture.database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("delete from work");
          }
        });
  }

  private static String source(String name) {
    return sent(
            "POST",
            "sources/",
            "{\"source_type\": \"ocp\", \"name\": \"%1$s\", \"source_ref\": \"%1$s\"}"
                .formatted(name),
            201)
        .get("uuid")
        .asText();
  }

  private static JsonNode sent(String method, String path, String body, int status) {
    HttpResponse<String> answer = fixture.send(method, path, ADMIN, body, Map.of());
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(status);
    return answer.body().isEmpty() ? Json.object() : Json.stored(answer.body());
  }

  private static List<String> work() {
    return fixture.database.transaction(
        connection -> {
          var found = new ArrayList<String>();
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select concat_ws(' ', kind, replace(key, 'provider:', ''),
                        body ->> 'start', body ->> 'end')
                      from work order by 1
                      """)) {
            while (rows.next()) {
              found.add(rows.getString(1));
            }
          }
          return found;
        });
  }

  private static String key(String name) {
    return sent("GET", "settings/tags/?filter[key]=" + name, null, 200).at("/data/0/uuid").asText();
  }

  private static String november(String kind, String provider) {
    return kind + " " + provider + " 2026-11-01 2026-11-20";
  }

  private static void map(String parent, String child) {
    sent(
        "PUT",
        "settings/tags/mappings/child/add/",
        "{\"parent\": \"%s\", \"children\": [\"%s\"]}".formatted(key(parent), key(child)),
        204);
  }

  @Test
  void aTagKeySwitchedOnOrOffMakesNothingAgain() {
    sent("PUT", "settings/tags/enable/", "{\"ids\": [\"%s\"]}".formatted(key("off")), 204);
    sent("PUT", "settings/tags/disable/", "{\"ids\": [\"%s\"]}".formatted(key("off")), 204);
    assertThat(work()).isEmpty();
  }

  @Test
  void aMappingSummarisesTheSourcesThatHaveTheChildThisMonth() {
    map("env", "stage");
    assertThat(work()).containsExactly(november("summarise", alpha));
    noWork();
    map("env", "old");
    assertThat(work()).as("only last month has it").isEmpty();
    sent(
        "PUT",
        "settings/tags/mappings/parent/remove/",
        "{\"ids\": [\"%s\"]}".formatted(key("env")),
        204);
    assertThat(work()).containsExactly(november("summarise", alpha));
  }

  @Test
  void aCostGroupSummarisesTheClustersThatHaveTheProjectAndChangesCoalesce() {
    String body = "[{\"project\": \"%s\", \"group\": \"Platform\"}]";
    sent("PUT", "settings/cost-groups/add/", body.formatted("blog"), 204);
    assertThat(work()).containsExactly(november("summarise", beta));
    sent("PUT", "settings/cost-groups/add/", body.formatted("shop"), 204);
    sent("PUT", "settings/cost-groups/remove/", body.formatted("shop"), 204);
    sent("PUT", "settings/cost-groups/remove/", body.formatted("blog"), 204);
    assertThat(work())
        .containsExactlyInAnyOrder(november("summarise", alpha), november("summarise", beta));
  }

  @Test
  void currenciesMakeNothingAgain() {
    sent("PUT", "account-settings/currency/", "{\"currency\": \"EUR\"}", 204);
    sent("POST", "settings/currency/enabled/PLN/", null, 200);
    sent("DELETE", "settings/currency/enabled/PLN/", null, 204);
    sent("PUT", "account-settings/currency/", "{\"currency\": \"USD\"}", 204);
    assertThat(work()).isEmpty();
  }

  @Test
  void aCostModelCalculatesTheSourcesThatHaveItAndHadIt() {
    String body =
        """
        {"name": "m", "description": "", "source_type": "OCP", "source_uuids": ["%s"],
         "rates": [{"metric": {"name": "cpu_core_usage_per_hour"},
           "tiered_rates": [{"value": 1, "unit": "USD"}]}]}
        """;
    JsonNode model = sent("POST", "cost-models/", body.formatted(alpha), 201);
    assertThat(work()).containsExactly(november("cost", alpha));
    String path = "cost-models/" + model.get("uuid").asText() + "/";
    sent("PUT", path, body.formatted(beta), 200);
    assertThat(work()).containsExactlyInAnyOrder(november("cost", alpha), november("cost", beta));
    noWork();
    String list = model.at("/price_lists/0/uuid").asText();
    sent("PUT", "price-lists/" + list + "/", "{\"name\": \"other\"}", 200);
    assertThat(work()).as("a name costs nothing").isEmpty();
    sent("PUT", "price-lists/" + list + "/", "{\"effective_start_date\": \"2026-12-01\"}", 200);
    assertThat(work()).as("the list does not reach this month any more").isEmpty();
    sent("PUT", "price-lists/" + list + "/", "{\"effective_start_date\": \"2026-11-01\"}", 200);
    assertThat(work()).containsExactly(november("cost", beta));
    sent("DELETE", path, null, 204);
    assertThat(work()).containsExactly(november("cost", beta));
  }
}
