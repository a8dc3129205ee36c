package io.tawara.gateway.ingress;

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

class IngressTest {
  private static final String ADMIN = GatewayFixture.admin("1234567");
  private static GatewayFixture fixture;
  private static JsonNode aws;
  private static JsonNode cluster;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("ingress", options -> options.inDevelopment());
    aws =
        made(
            """
            {"source_type": "AWS", "name": "n",
             "authentication": {"credentials": {"role_arn": "arn:aws:iam::111122223333:role/r"}},
             "billing_source": {"data_source": {"bucket": "b", "storage_only": true}}}
            """);
    cluster = made("{\"source_type\": \"ocp\", \"name\": \"o\", \"source_ref\": \"c\"}");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static JsonNode made(String body) {
    HttpResponse<String> answer = fixture.send("POST", "sources/", ADMIN, body, Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Json.stored(answer.body());
  }

  private static HttpResponse<String> post(String source, String keys, String year, String month) {
    return fixture.send(
        "POST",
        "ingress/reports/",
        ADMIN,
        """
        {"source": %s, "reports_list": %s, "bill_year": "%s", "bill_month": "%s"}
        """
            .formatted(source, keys, year, month),
        Map.of());
  }

  @Test
  void postedFilesBecomeWorkAndAreListed() {
    String uuid = aws.get("uuid").asText();
    HttpResponse<String> answer = post("\"" + uuid + "\"", "[\"cur/nov.csv\"]", "2026", "11");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    JsonNode body = Json.stored(answer.body());
    assertThat(body.get("meta").toString()).isEqualTo("{\"count\":8,\"limit\":10,\"offset\":0}");
    assertThat(body.get("data").get("source_id").asText()).isEqualTo(aws.get("id").asText());
    assertThat(body.get("data").get("status").asText()).isEqualTo("pending");
    String report = body.get("data").get("ingress_report_uuid").asText();
    assertThat(work())
        .anyMatch(item -> item.contains(report) && item.contains("\"month\":\"2026-11\""));

    post(aws.get("id").asText(), "[\"a\", \"b\"]", "2026", "10");
    JsonNode list = get("ingress/reports/?limit=1");
    assertThat(list.get("meta").get("count").asInt()).isEqualTo(2);
    assertThat(list.get("data")).hasSize(1);
    JsonNode one = get("ingress/reports/" + uuid + "/").get("data").get(1);
    assertThat(one.toString())
        .contains("\"reports_list\":[\"cur/nov.csv\"]", "\"bill_month\":\"11\"");
    JsonNode again =
        Json.stored(
            fixture
                .internal(
                    "/api/cost-management/v1/ingress_reports/?schema_name=org1234567&download=1&ingress_uuid="
                        + report)
                .body());
    assertThat(again.get("Ingress Reports Download Request Task ID").asText()).isNotEmpty();
    assertThat(
            Json.stored(
                    fixture
                        .internal(
                            "/api/cost-management/v1/ingress_reports/?schema_name=org1234567&provider_uuid="
                                + uuid)
                        .body())
                .get("data"))
        .hasSize(2);
  }

  @Test
  void whatCannotBePostedIsSaid() {
    String uuid = "\"" + aws.get("uuid").asText() + "\"";
    assertThat(post("\"x\"", "[\"a\"]", "2026", "11").body()).contains("Invalid request.");
    assertThat(post("999", "[\"a\"]", "2026", "11").body()).contains("Invalid request.");
    refused(post(cluster.get("id").asText(), "[\"a\"]", "2026", "11"), "source_type");
    refused(post(uuid, "[]", "2026", "11"), "reports_list");
    refused(post(uuid, "[1]", "2026", "11"), "reports_list");
    refused(post(uuid, "[\"" + "k".repeat(257) + "\"]", "2026", "11"), "reports_list");
    refused(post(uuid, "[\"a\"]", "2026", "09"), "bill_period");
    refused(post(uuid, "[\"a\"]", "2025", "11"), "bill_period");
    refused(post(uuid, "[\"a\"]", "", "11"), "bill_year");
    assertThat(fixture.get("ingress/reports/x/", ADMIN).statusCode()).isEqualTo(400);
    assertThat(
            fixture
                .get("ingress/reports/00000000-0000-4000-8000-000000000000/", ADMIN)
                .statusCode())
        .isEqualTo(404);
    assertThat(
            fixture
                .get(
                    "ingress/reports/" + aws.get("uuid").asText() + "/",
                    GatewayFixture.admin("7654321"))
                .body())
        .as("another organisation's")
        .doesNotContain("cur/nov.csv");
  }

  private static void refused(HttpResponse<String> answer, String source) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    assertThat(Json.stored(answer.body()).get("errors").get(0).get("source").asText())
        .isEqualTo(source);
  }

  private static JsonNode get(String path) {
    HttpResponse<String> answer = fixture.get(path, ADMIN);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.stored(answer.body());
  }

  private static List<String> work() {
    return fixture.database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      "select body from public.work where kind = 'poll-source' order by id")) {
            var found = new ArrayList<String>();
            while (rows.next()) {
              found.add(Json.stored(rows.getString(1)).toString());
            }
            return found;
          }
        });
  }
}
