package io.tawara.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.embedded.TestServices;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class UploadTest {
  private static final String TOPIC = "upload-test-announce";
  private static final String TYPE = "application/vnd.redhat.hccm.tar+tgz";
  private static final String ADMIN = GatewayFixture.admin("1234567");
  private static final long MOST = 12L << 20;

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("upload", options -> options.withTopic(TOPIC).withMaxUpload(MOST));
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void anAcceptedPayloadIsStoredRecordedAndAnnounced() throws Exception {
    byte[] payload = bytes(700_000, 1);
    HttpResponse<String> answer =
        upload(payload, TYPE, "file", ADMIN, Map.of("x-rh-insights-request-id", "req-1"));

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(json(answer.body()))
        .isEqualTo(json("{\"request_id\": \"req-1\", \"upload\": {\"org_id\": \"1234567\"}}"));
    ConsumerRecord<String, String> message = announced("req-1");
    assertThat(message.key()).isNull();
    assertThat(message.headers().lastHeader("service").value())
        .isEqualTo("hccm".getBytes(StandardCharsets.UTF_8));
    JsonNode announce = json(message.value());
    assertThat(announce.get("size").asLong()).isEqualTo(payload.length);
    assertThat(announce.get("org_id").asText()).isEqualTo("1234567");
    assertThat(announce.get("b64_identity").asText()).isEqualTo(ADMIN);
    assertThat(fetched(announce.get("url").asText())).isEqualTo(payload);
    assertThat(json(fixture.internal("jobs/").body()).get("queued").asInt())
        .as("the upload counts until it is received")
        .isPositive();
  }

  @Test
  void largePayloadsArriveWhole() throws Exception {
    byte[] payload = bytes(11 << 20, 2);
    HttpResponse<String> answer =
        upload(payload, TYPE, "upload", ADMIN, Map.of("x-rh-insights-request-id", "req-2"));

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(fetched(json(announced("req-2").value()).get("url").asText())).isEqualTo(payload);
  }

  @Test
  void aRequestIdThatIsKnownAlreadyDoesNotTouchTheOtherUpload() throws Exception {
    byte[] first = bytes(1000, 3);
    upload(first, TYPE, "file", ADMIN, Map.of("x-rh-insights-request-id", "req-3"));
    HttpResponse<String> second =
        upload(
            bytes(1000, 4),
            TYPE,
            "file",
            GatewayFixture.admin("7654321"),
            Map.of("x-rh-insights-request-id", "req-3"));

    assertThat(second.statusCode()).isEqualTo(202);
    assertThat(json(second.body()).get("request_id").asText()).isNotEqualTo("req-3");
    assertThat(fetched(json(announced("req-3").value()).get("url").asText())).isEqualTo(first);
  }

  @Test
  void whatIsTooLargeIsRefusedAndNotStored() {
    byte[] payload = bytes((int) MOST + 1, 5);
    HttpResponse<String> answer = upload(payload, TYPE, "file", ADMIN, Map.of());

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body())
        .startsWith("File exceeds maximum file size (" + MOST + ") for upload: ");
  }

  @Test
  void refusals() {
    byte[] payload = bytes(10, 6);
    assertThat(upload(payload, "text/csv", "file", ADMIN, Map.of()).statusCode()).isEqualTo(415);
    assertThat(
            upload(payload, "application/vnd.redhat.advisor.tar+tgz", "file", ADMIN, Map.of())
                .statusCode())
        .isEqualTo(415);
    assertThat(upload(payload, TYPE, "other", ADMIN, Map.of()).statusCode()).isEqualTo(400);
    assertThat(upload(payload, TYPE, "file", null, Map.of()).statusCode()).isEqualTo(401);
    assertThat(upload(payload, TYPE, "file", GatewayFixture.admin("denied"), Map.of()).statusCode())
        .isEqualTo(403);
    assertThat(
            fixture
                .send(
                    "POST",
                    "/api/ingress/v1/upload",
                    ADMIN,
                    "text",
                    Map.of("Content-Type", "text/plain"))
                .statusCode())
        .isEqualTo(400);
    assertThat(
            fixture
                .send("POST", "/api/ingress/v1/upload", ADMIN, "{\"test\": \"test\"}", Map.of())
                .statusCode())
        .isEqualTo(200);
    assertThat(fixture.send("GET", "/api/ingress/v1/upload", ADMIN, null, Map.of()).statusCode())
        .isEqualTo(405);
  }

  @Test
  void readiness() {
    assertThat(fixture.get("/api/ingress/ready", ADMIN).statusCode()).isEqualTo(200);
    assertThat(fixture.get("/api/ingress/v1/ready/", ADMIN).statusCode()).isEqualTo(200);
    assertThat(fixture.get("/api/ingress/ready", null).statusCode()).isEqualTo(401);
  }

  @Test
  void aSenderThatBreaksOffLeavesNothingBehind() throws Exception {
    try (var socket = new Socket("127.0.0.1", fixture.gateway.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST /api/ingress/v1/upload HTTP/1.1\r\nHost: x\r\nContent-Length: 5000000\r\n"
                  + "x-rh-insights-request-id: req-broken\r\n"
                  + "x-rh-identity: "
                  + ADMIN
                  + "\r\n"
                  + "Content-Type: multipart/form-data; boundary=b\r\n\r\n"
                  + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n"
                  + "Content-Type: "
                  + TYPE
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.UTF_8));
      out.write(bytes(100_000, 7));
      out.flush();
    }
    assertThat(upload(bytes(10, 8), TYPE, "file", ADMIN, Map.of()).statusCode()).isEqualTo(202);
    long rows =
        fixture.database.transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var found =
                      statement.executeQuery(
                          "select count(*) from upload where request_id = 'req-broken'")) {
                found.next();
                return found.getLong(1);
              }
            });
    assertThat(rows).isZero();
  }

  private static HttpResponse<String> upload(
      byte[] payload, String type, String part, String identity, Map<String, String> headers) {
    var body = new ByteArrayOutputStream();
    body.writeBytes(
        ("--b\r\n"
                + "Content-Disposition: form-data; name=\"%s\"; filename=\"p.tar.gz\"\r\n"
                + "Content-Type: %s\r\n\r\n")
            .formatted(part, type)
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(payload);
    body.writeBytes("\r\n--b--\r\n".getBytes(StandardCharsets.UTF_8));
    var request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + fixture.gateway.port() + "/api/ingress/v1/upload"))
            .header("Content-Type", "multipart/form-data; boundary=b")
            .timeout(Duration.ofMinutes(2))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
    if (identity != null) {
      request.header("x-rh-identity", identity);
    }
    headers.forEach(request::header);
    return fixture.exchange(request.build());
  }

  private static ConsumerRecord<String, String> announced(String requestId) throws Exception {
    try (var consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", TestServices.kafka().bootstrapServers()),
            new StringDeserializer(),
            new StringDeserializer())) {
      long end = System.nanoTime() + Duration.ofMinutes(3).toNanos();
      List<TopicPartition> partitions = List.of();
      while (partitions.isEmpty() && System.nanoTime() < end) {
        partitions =
            consumer.partitionsFor(TOPIC).stream()
                .map(p -> new TopicPartition(p.topic(), p.partition()))
                .toList();
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      while (System.nanoTime() < end) {
        for (var message : consumer.poll(Duration.ofMillis(200))) {
          if (json(message.value()).get("request_id").asText().equals(requestId)) {
            return message;
          }
        }
      }
    }
    throw new AssertionError(requestId + " was not announced");
  }

  private static byte[] fetched(String url) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(url)).build(),
            HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  private static byte[] bytes(int length, long seed) {
    var bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static JsonNode json(String text) {
    return Json.stored(text);
  }
}
