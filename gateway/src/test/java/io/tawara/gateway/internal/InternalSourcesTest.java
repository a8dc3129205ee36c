package io.tawara.gateway.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.provider.Credentials;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Single sources and left-overs on the internal port.
class InternalSourcesTest {
  private static final String ADMIN = GatewayFixture.admin("1234567");
  private static final Set<String> GONE = ConcurrentHashMap.newKeySet();
  private static GatewayFixture fixture;

  @BeforeAll
  static void start() {
    fixture =
        new GatewayFixture(
            "internal_sources",
            GatewayFixture.Options::inDevelopment,
            source -> !GONE.contains(source.name()));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aSourceIsFoundByNumberAndByUuid() {
    JsonNode made = made("ocp", "found", "\"source_ref\": \"cluster-found\"");
    JsonNode byUuid = ok("GET", "sources/" + made.get("uuid").asText() + "/", null);
    assertThat(byUuid.get("name").asText()).isEqualTo("found");
    assertThat(byUuid.get("cost_models")).isEmpty();
    assertThat(byUuid.has("authentication")).isFalse();
    assertThat(ok("GET", "sources/" + byUuid.get("source_id") + "/", null)).isEqualTo(byUuid);
    HttpResponse<String> model =
        fixture.send(
            "POST",
            "cost-models/",
            ADMIN,
            """
            {"name": "model", "description": "d", "source_type": "OCP", "rates": [],
             "source_uuids": ["%s"]}
            """
                .formatted(made.get("uuid").asText()),
            Map.of());
    assertThat(model.statusCode()).as(model.body()).isEqualTo(201);
    JsonNode models = ok("GET", "sources/?name=found", null).at("/data/0/cost_models");
    assertThat(models).hasSize(1);
    assertThat(models.get(0).get("name").asText()).isEqualTo("model");
    assertThat(models.get(0).get("uuid")).isEqualTo(Json.stored(model.body()).get("uuid"));
    for (String nobody : new String[] {"999999", UUID.randomUUID().toString(), "x", "1%20or%201"}) {
      assertThat(send("GET", "sources/" + nobody + "/", null).statusCode()).isEqualTo(404);
      assertThat(send("PATCH", "sources/" + nobody + "/", "{}").statusCode()).isEqualTo(404);
    }
  }

  @Test
  void onlyCredentialsOfAwsAreReplaced() {
    JsonNode cluster = made("ocp", "kept", "\"source_ref\": \"cluster-kept\"");
    JsonNode aws =
        made(
            "AWS-local",
            "aws",
            """
            "authentication": {"credentials": {"role_arn": "arn:aws:iam::111111111111:role/A"}},
            "billing_source": {"data_source": {"bucket": "/tmp/bucket"}}
            """);
    String path = "sources/" + aws.get("uuid").asText() + "/";
    String wanted =
        "{\"authentication\": {\"credentials\": {\"role_arn\":"
            + " \"arn:aws:iam::222222222222:role/B\"}}}";
    assertThat(error("sources/" + cluster.get("uuid").asText() + "/", wanted))
        .isEqualTo("Can currently only update credentials for AWS");
    for (String wrong : new String[] {"{}", "[]", "{\"name\": \"x\"}"}) {
      assertThat(error(path, wrong)).isEqualTo("Can only PATCH with keys in: {'authentication'}");
    }
    assertThat(error(path, "{\"authentication\": {\"credentials\": \"text\"}}"))
        .isEqualTo("authentication.credentials must be an object.");
    assertThat(role(aws)).isEqualTo("arn:aws:iam::111111111111:role/A");
    JsonNode changed = ok("PATCH", path, wanted);
    assertThat(changed.toString()).doesNotContain("222222222222");
    assertThat(role(aws)).isEqualTo("arn:aws:iam::222222222222:role/B");
  }

  @Test
  void whatItsOwnerNoLongerHasIsShownAndRemoved() {
    JsonNode lost = made("ocp", "lost", "\"source_ref\": \"cluster-lost\"");
    GONE.add("lost");
    String text =
        "Source ID: " + lost.get("id").asText() + " Source UUID: " + lost.get("uuid").asText();
    JsonNode shown = ok("GET", "source_cleanup/?missing_sources&limit=100", null);
    assertThat(shown.get("data")).hasSize(1);
    assertThat(shown.get("data").get(0).asText()).isEqualTo(text);
    assertThat(shown.at("/meta/count").asInt()).isPositive();
    String only = "source_cleanup/?missing_sources&uuid=";
    assertThat(ok("GET", only + UUID.randomUUID(), null).get("data")).isEmpty();
    assertThat(ok("GET", only + lost.get("uuid").asText(), null).get("data")).hasSize(1);
    assertThat(ok("DELETE", only + lost.get("uuid").asText(), null).get("job_queued").asText())
        .isEqualTo("missing_sources");
    assertThat(fixture.get("sources/" + lost.get("uuid").asText() + "/", ADMIN).statusCode())
        .isEqualTo(404);
    assertThat(ok("GET", "source_cleanup/?missing_sources&limit=100", null).get("data")).isEmpty();
    for (String wrong : new String[] {"", "?missing_sources&out_of_order_deletes"}) {
      assertThat(send("GET", "source_cleanup/" + wrong, null).body())
          .contains("Parameter missing. Options:");
    }
    assertThat(send("GET", only + "x", null).body()).contains("Invalid uuid.");
  }

  private static String role(JsonNode source) {
    UUID provider = UUID.fromString(source.get("uuid").asText());
    return fixture.database.transaction(
        connection ->
            new Credentials(fixture.services.cipher())
                .ofProvider(connection, provider)
                .orElseThrow()
                .get("role_arn")
                .asText());
  }

  private static JsonNode made(String type, String name, String more) {
    HttpResponse<String> answer =
        fixture.send(
            "POST",
            "sources/",
            ADMIN,
            "{\"source_type\": \"%s\", \"name\": \"%s\", %s}".formatted(type, name, more),
            Map.of());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    return Json.stored(answer.body());
  }

  private static String error(String path, String body) {
    HttpResponse<String> answer = send("PATCH", path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    return Json.stored(answer.body()).get("Error").asText();
  }

  private static JsonNode ok(String method, String path, String body) {
    HttpResponse<String> answer = send(method, path, body);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return Json.stored(answer.body());
  }

  private static HttpResponse<String> send(String method, String path, String body) {
    return fixture.internalSend(method, path, body);
  }
}
