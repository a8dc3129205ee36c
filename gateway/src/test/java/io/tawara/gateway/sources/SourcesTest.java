package io.tawara.gateway.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.provider.Credentials;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.source.SourceStore;
import io.tawara.embedded.TestServices;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class SourcesTest {
  private static GatewayFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("sources", options -> options);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aCreatedSourceIsAProviderAtOnceAndReadsMakeNoTenant() {
    String admin = GatewayFixture.admin("100");
    assertThat(json(fixture.get("sources/", admin)).get("meta").get("count").asInt()).isZero();
    assertThat(fixture.tenants.exists(GatewayFixture.tenant("100"))).isFalse();

    JsonNode made = json(create(admin, "one", "cluster-100"));

    assertThat(fixture.tenants.exists(GatewayFixture.tenant("100"))).isTrue();
    JsonNode detail = json(fixture.get("sources/" + made.get("uuid").asText() + "/", admin));
    assertThat(detail.get("provider_linked").asBoolean()).isTrue();
    assertThat(detail.get("active").asBoolean()).isTrue();
    assertThat(detail.get("id").isTextual()).isTrue();
    assertThat(detail.get("source_ref").asText()).isEqualTo("cluster-100");
  }

  @Test
  void sourcesOfOthersDoNotExist() {
    String owner = GatewayFixture.admin("101");
    String stranger = GatewayFixture.admin("102");
    JsonNode made = json(create(owner, "mine", "cluster-101"));
    for (String id : List.of(made.get("id").asText(), made.get("uuid").asText())) {
      for (String method : List.of("GET", "PATCH", "DELETE")) {
        HttpResponse<String> answer =
            fixture.send(
                method,
                "sources/" + id + "/",
                stranger,
                method.equals("PATCH") ? "{}" : null,
                Map.of());
        assertThat(answer.statusCode()).as("%s %s", method, id).isEqualTo(404);
      }
    }
    assertThat(create(stranger, "theirs", "cluster-101").statusCode())
        .as("another organisation may have the same cluster")
        .isEqualTo(201);
  }

  @Test
  void theSameClusterTwiceIsRefusedEvenAtTheSameMoment() throws Exception {
    String admin = GatewayFixture.admin("103");
    var statuses = new ArrayList<Integer>();
    try (var threads = Executors.newFixedThreadPool(8)) {
      var running = new ArrayList<Future<HttpResponse<String>>>();
      for (int i = 0; i < 8; i++) {
        running.add(threads.submit(() -> create(admin, "same", "cluster-103")));
      }
      for (var each : running) {
        statuses.add(each.get().statusCode());
      }
    }
    assertThat(statuses).containsOnlyOnce(201);
    assertThat(statuses.stream().filter(status -> status == 400)).hasSize(7);
    assertThat(json(fixture.get("sources/", admin)).get("meta").get("count").asInt()).isEqualTo(1);
  }

  @Test
  void everyPatchMovesTheTimeAndTellsTheProvider() {
    String admin = GatewayFixture.admin("104");
    String path = "sources/" + json(create(admin, "a", "cluster-104")).get("id").asText();
    String before = json(fixture.get(path, admin)).get("updated_timestamp").asText();
    JsonNode patched =
        json(fixture.send("PATCH", path, admin, "{\"name\": \"b\", \"paused\": true}", Map.of()));
    assertThat(patched.get("updated_timestamp").asText()).isGreaterThan(before);
    JsonNode after = json(fixture.get(path + "/", admin));
    assertThat(after.get("name").asText()).isEqualTo("b");
    assertThat(after.get("paused").asBoolean()).as("the provider is paused").isTrue();
  }

  @Test
  void badBodies() {
    String admin = GatewayFixture.admin("105");
    for (String body :
        List.of(
            "[]",
            "7",
            "\"x\"",
            "{",
            "{\"name\": {}}",
            "{\"name\": \"" + "x".repeat(257) + "\"}",
            "{\"name\": \"n\", \"source_type\": \"OCP\", \"authentication\": 7}",
            "{\"name\": \"n\", \"source_type_id\": 99}",
            "{\"name\": \"n\", \"source_type\": \"OCP\", \"paused\": \"maybe\","
                + " \"source_ref\": \"x\"}")) {
      HttpResponse<String> answer = fixture.send("POST", "sources/", admin, body, Map.of());
      assertThat(answer.statusCode()).as(body).isEqualTo(400);
      assertThat(json(answer).get("errors")).as(body).isNotEmpty();
    }
  }

  @Test
  void aDeletedSourceCanBeMadeAgainAtOnce() {
    String admin = GatewayFixture.admin("106");
    String id = json(create(admin, "a", "cluster-106")).get("id").asText();
    assertThat(fixture.send("DELETE", "sources/" + id, admin, null, Map.of()).statusCode())
        .isEqualTo(204);
    assertThat(fixture.get("sources/" + id, admin).statusCode()).isEqualTo(404);
    assertThat(create(admin, "a", "cluster-106").statusCode()).isEqualTo(201);
  }

  @Test
  void writesAreTold() throws Exception {
    String admin = GatewayFixture.admin("107");
    String id = json(create(admin, "a", "cluster-107")).get("id").asText();
    fixture.send("PATCH", "sources/" + id, admin, "{\"paused\": true}", Map.of());
    fixture.send("DELETE", "sources/" + id, admin, null, Map.of());

    List<ConsumerRecord<String, String>> events = events("107", 6);

    assertThat(events.stream().map(event -> header(event, "event_type")))
        .containsExactly(
            "Source.create",
            "Application.create",
            "Source.update",
            "Application.pause",
            "Application.destroy",
            "Source.destroy");
    ConsumerRecord<String, String> destroy = events.get(4);
    assertThat(Json.stored(destroy.value()))
        .isEqualTo(
            Json.stored(
                "{\"Id\": %s, \"Source_id\": %s, \"Application_type_id\": 0, \"Tenant\": \"107\"}"
                    .formatted(id, id)));
    assertThat(destroy.key()).isEqualTo("107");
    assertThat(header(destroy, "encoding")).isEqualTo("json");
    assertThat(header(destroy, "x-rh-sources-org-id")).isEqualTo("107");
    assertThat(header(destroy, "x-rh-identity")).isEqualTo(admin);
  }

  @Test
  void credentialsAreEncryptedInTheDatabase() {
    create(GatewayFixture.admin("108"), "a", "very-visible-cluster-108");
    String stored =
        fixture.database.transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          "select string_agg(encode(authentication, 'escape'), '') from"
                              + " api_sources")) {
                rows.next();
                return rows.getString(1);
              }
            });
    assertThat(stored).isNotEmpty().doesNotContain("very-visible-cluster-108");
  }

  @Test
  void aNewKeyInFrontEncryptsEverythingAnew() {
    String admin = GatewayFixture.admin("111");
    create(admin, "a", "cluster-111");
    var newKey = "new:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=";
    var rotated =
        new Credentials(CredentialCipher.parse(newKey + "," + GatewayFixture.CREDENTIAL_KEY));
    var old = new Credentials(CredentialCipher.parse(GatewayFixture.CREDENTIAL_KEY));
    try {
      assertThat(rotate(rotated)).isPositive();
      assertThat(rotate(rotated)).isZero();
      var everything =
          new SourceStore.Filter(
              "111", List.of(), Optional.empty(), List.of(), Optional.empty(), Optional.empty());
      var store = new SourceStore(new Credentials(CredentialCipher.parse(newKey)));
      Optional<String> reference =
          fixture.database.transaction(
              connection ->
                  store.list(connection, everything, 10, 0).sources().getFirst().reference());
      assertThat(reference).contains("cluster-111");
    } finally {
      var back =
          new Credentials(CredentialCipher.parse(GatewayFixture.CREDENTIAL_KEY + "," + newKey));
      assertThat(rotate(back)).isPositive();
      assertThat(rotate(old)).isZero();
    }
    assertThat(create(admin, "again", "cluster-111").statusCode())
        .as("duplicates are still recognised")
        .isEqualTo(400);
  }

  private static int rotate(Credentials credentials) {
    Integer rows = fixture.database.transaction(credentials::rotate);
    return rows;
  }

  @Test
  void theOperatorFindsWhatItAsksFor() {
    String admin = GatewayFixture.admin("109");
    create(admin, "prod", "cluster-109a");
    create(admin, "prod west", "cluster-109b");
    assertThat(
            count(
                "sources?filter[name]=prod&filter[source_ref]=cluster-109a&filter[source_type_id]=1",
                admin))
        .isEqualTo(1);
    assertThat(count("sources?filter[source_ref]=cluster-109b&filter[source_type_id]=1", admin))
        .isEqualTo(1);
    assertThat(count("sources?filter[name]=PROD", admin)).as("exactly that name").isEqualTo(1);
    assertThat(count("sources?filter[name]=dorp", admin)).as("not its letters").isZero();
    assertThat(count("sources/?name=prod,west", admin)).isEqualTo(1);
    assertThat(count("sources/?name=%25", admin)).as("no pattern").isZero();
    assertThat(count("sources/?source_type_id=9", admin)).isZero();
    for (String path :
        List.of("source_types", "source_types/", "application_types", "application_types/")) {
      JsonNode body = json(fixture.get(path, null));
      assertThat(body.get("meta").get("count").asInt()).as(path).isEqualTo(1);
      assertThat(body.get("data").get(0).get("id").isTextual()).as(path).isTrue();
    }
    assertThat(json(fixture.get("application_types?filter[name][eq]=other", null)).get("data"))
        .isEmpty();
  }

  @Test
  void applications() {
    String admin = GatewayFixture.admin("110");
    String id = json(create(admin, "a", "cluster-110")).get("id").asText();
    HttpResponse<String> made =
        fixture.send(
            "POST",
            "applications",
            admin,
            "{\"source_id\": \"%s\", \"application_type_id\": 0, \"extra\": {\"cluster_id\": \"x\"}}"
                .formatted(id),
            Map.of());
    assertThat(made.statusCode()).isEqualTo(201);
    assertThat(json(made).get("application_type_id").asText()).isEqualTo("0");
    HttpResponse<String> missing =
        fixture.send("POST", "applications/", admin, "{\"source_id\": \"424242\"}", Map.of());
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(missing.body()).isEqualTo("{\"error\":\"Source 424242 not found\"}");
    assertThat(fixture.send("POST", "applications", admin, "{}", Map.of()).body())
        .isEqualTo("{\"error\":\"source_id is required\"}");
    assertThat(json(fixture.get("applications?filter[source_id]=" + id, admin)).get("data"))
        .hasSize(1);
    assertThat(json(fixture.get("applications?filter[source_id]=x", admin)).get("data")).isEmpty();
  }

  private static int count(String path, String identity) {
    HttpResponse<String> answer =
        fixture.get(path.replace("[", "%5B").replace("]", "%5D"), identity);
    assertThat(answer.statusCode()).as(path).isEqualTo(200);
    return json(answer).get("meta").get("count").asInt();
  }

  private static HttpResponse<String> create(String identity, String name, String cluster) {
    return fixture.send(
        "POST",
        "sources",
        identity,
        "{\"source_type_id\": \"1\", \"name\": \"%s\", \"source_ref\": \"%s\"}"
            .formatted(name, cluster),
        Map.of());
  }

  private static JsonNode json(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isLessThan(500);
    return Json.stored(answer.body());
  }

  private static List<ConsumerRecord<String, String>> events(String key, int wanted) {
    var found = new ArrayList<ConsumerRecord<String, String>>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestServices.kafka().bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      var partitions =
          consumer.partitionsFor("platform.sources.event-stream").stream()
              .map(p -> new TopicPartition(p.topic(), p.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
      while (found.size() < wanted && System.nanoTime() < end) {
        consumer
            .poll(Duration.ofMillis(200))
            .forEach(
                event -> {
                  if (key.equals(event.key())) {
                    found.add(event);
                  }
                });
      }
    }
    return found;
  }

  private static String header(ConsumerRecord<String, String> event, String name) {
    return new String(event.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
