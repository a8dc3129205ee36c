package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.tawara.app.client.Api;
import io.tawara.app.client.ClusterSources;
import io.tawara.app.client.Sender;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Payloads that nobody should send, sent to the real process: each leaves its reason on the
/// ledger, and the process goes on with good ones. Its log is one JSON object a line.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BadPayloadsTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST = Duration.ofMinutes(8);
  private static final String CLUSTER = "bad-payloads";
  private static final String IDENTITY = Sender.administrator("7000031", "10001").header();
  private static final LocalDate DAY = LocalDate.parse("2026-11-10");
  private static final Pattern BROKER = Pattern.compile("Kafka +(\\S+)");

  @TempDir private static Path directory;
  private static ProcessTawara process;
  private static Api api;

  @BeforeAll
  static void start() throws Exception {
    process =
        new ProcessTawara(
            directory.resolve("data"),
            Map.of("TAWARA_LOG_FORMAT", "json", "TAWARA_DELIVERY_PATIENCE", "2s"));
    api =
        new Api(
            URI.create("http://127.0.0.1:" + process.port()),
            URI.create("http://127.0.0.1:" + process.internalPort()),
            "/api/cost-management");
    new ClusterSources(api, IDENTITY).create("Bad payloads", CLUSTER);
  }

  @AfterAll
  static void stop() throws InterruptedException {
    if (api != null) {
      api.close();
    }
    if (process != null) {
      process.close();
    }
  }

  @Test
  @Order(1)
  void archivesThatAreNone() throws Exception {
    byte[] noise = new byte[100_000];
    new Random(1).nextBytes(noise);
    assertThat(rejected(noise)).contains("no readable tar.gz");

    byte[] good = SmallPayload.of(CLUSTER, DAY);
    byte[] half = java.util.Arrays.copyOf(good, good.length / 2);
    assertThat(rejected(half)).contains("truncated");

    byte[] damaged = good.clone();
    for (int i = damaged.length / 2; i < damaged.length / 2 + 8; i++) {
      damaged[i] ^= 0x55;
    }
    assertThat(ended(damaged).path("state").asText()).isNotEqualTo("done");

    assertThat(rejected(zipped(out -> out.write(new byte[10_000])))).contains("holds no manifest");
    assertThat(
            rejected(
                zipped(out -> out.write("no tar".repeat(1000).getBytes(StandardCharsets.UTF_8)))))
        .contains("tar header");
  }

  @Test
  @Order(2)
  void archivesThatWantToBeLarge() throws Exception {
    Path zeros = directory.resolve("zeros.tar.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zeros))) {
      try (var tar = new TarArchiveOutputStream(out)) {
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        var entry = new TarArchiveEntry("zeros.csv");
        entry.setSize(4L << 30);
        tar.putArchiveEntry(entry);
        byte[] block = new byte[1 << 20];
        for (int i = 0; i < 4096; i++) {
          tar.write(block);
        }
        tar.closeArchiveEntry();
      }
    }
    assertThat(rejected(zeros)).contains("expands to more than");

    Path million = directory.resolve("million.tar.gz");
    try (var tar =
        new TarArchiveOutputStream(new GZIPOutputStream(Files.newOutputStream(million)))) {
      for (int i = 0; i < 1_000_000; i++) {
        tar.putArchiveEntry(new TarArchiveEntry("f" + i + ".csv"));
        tar.closeArchiveEntry();
      }
    }
    assertThat(rejected(million)).matches("(?s).*(entries|expands to more than).*");
  }

  @Test
  @Order(3)
  void entriesThatPointElsewhereLeaveTheOthersUnharmed() throws Exception {
    Map<String, byte[]> files = SmallPayload.files(CLUSTER, LocalDate.parse("2026-11-11"));
    String request =
        upload(
            SmallPayload.archive(
                tar -> {
                  SmallPayload.add(tar, "../../etc/evil.csv", "x".getBytes(StandardCharsets.UTF_8));
                  SmallPayload.add(tar, "/etc/evil.csv", "x".getBytes(StandardCharsets.UTF_8));
                  SmallPayload.add(tar, "folder/evil.csv", "x".getBytes(StandardCharsets.UTF_8));
                  var link = new TarArchiveEntry("evil.csv", TarConstants.LF_SYMLINK);
                  link.setLinkName("/etc/passwd");
                  tar.putArchiveEntry(link);
                  tar.closeArchiveEntry();
                  for (var file : files.entrySet()) {
                    SmallPayload.add(tar, file.getKey(), file.getValue());
                  }
                }));
    assertThat(awaitEnd(request).path("state").asText()).isEqualTo("done");
    Map<String, JsonNode> ledger = ledger(request);
    assertThat(error(ledger, "evil.csv")).contains("is a link");
    assertThat(ledger.values().stream().filter(file -> state(file).equals("quarantined")))
        .hasSize(4)
        .allSatisfy(file -> assertThat(file.path("error").asText()).isNotEmpty());
    assertThat(ledger.values().stream().filter(file -> state(file).equals("done"))).hasSize(2);
    assertCoreHours("2026-11-11");
  }

  @Test
  @Order(4)
  void manifestsThatLie() throws Exception {
    Map<String, byte[]> files = SmallPayload.files(CLUSTER, LocalDate.parse("2026-11-12"));
    String manifest = new String(files.get("manifest.json"), StandardCharsets.UTF_8);

    assertThat(rejected(archiveWith(files, "{\"uuid\": "))).contains("manifest");
    assertThat(rejected(archiveWith(files, "[]"))).contains("manifest");
    assertThat(rejected(archiveWith(files, manifest.replace("\"cluster_id\"", "\"cluster\""))))
        .contains("cluster_id");
    JsonNode other =
        ended(archiveWith(files, manifest.replace(CLUSTER, "a cluster that nobody knows")));
    assertThat(other.path("state").asText()).isEqualTo("dropped");
    assertThat(other.path("reason").asText()).contains("not known");

    // A file that is not there, and one that the manifest does not name.
    String request =
        upload(
            archiveWith(
                files,
                naming(manifest, List.of("absent.csv")),
                Map.of("unnamed.csv", files.values().iterator().next())));
    assertThat(awaitEnd(request).path("state").asText()).isEqualTo("done");
    Map<String, JsonNode> ledger = ledger(request);
    assertThat(error(ledger, "unnamed.csv")).contains("does not list it");
    // Another payload of the delivery might bring the absent one; that is waited for.
    awaitCoreHours("2026-11-12");
    assertThat(error(ledger(request), "absent.csv")).contains("the manifest names it");
  }

  @Test
  @Order(5)
  void filesThatCannotBeRead() throws Exception {
    LocalDate day = LocalDate.parse("2026-11-13");
    Map<String, byte[]> files = SmallPayload.files(CLUSTER, day);
    String manifest = new String(files.get("manifest.json"), StandardCharsets.UTF_8);
    String pods = pods(files);
    var bad = new LinkedHashMap<String, byte[]>();
    bad.put("columns.csv", "a,b,c\n1,2,3\n".getBytes(StandardCharsets.UTF_8));
    bad.put(
        "encoding.csv", pods.replace("shop", "caf\u00e9").getBytes(StandardCharsets.ISO_8859_1));
    bad.put("numbers.csv", pods.replace(",1800,", ",eighteen,").getBytes(StandardCharsets.UTF_8));
    bad.put("empty.csv", new byte[0]);
    bad.put("quotes.csv", (pods + "\"never closed,").getBytes(StandardCharsets.UTF_8));
    String request = upload(archiveWith(files, naming(manifest, bad.keySet()), bad));
    JsonNode upload = awaitEnd(request);
    assertThat(upload.path("state").asText()).as(upload.toString()).isEqualTo("done");
    Map<String, JsonNode> ledger = ledger(request);
    for (String name : bad.keySet()) {
      JsonNode file = ledger.get(name);
      assertThat(state(file)).as(name + ": " + file).isIn("quarantined", "skipped", "done");
      assertThat(
              file.path("error").asText("").isBlank()
                  && file.path("notes").isEmpty()
                  && file.path("bytes").asInt() > 0)
          .as(name + ": " + file)
          .isFalse();
    }
    assertThat(error(ledger, "columns.csv")).contains("no known report");
    assertThat(state(ledger.get("encoding.csv"))).isEqualTo("quarantined");
    assertThat(state(ledger.get("quotes.csv"))).isEqualTo("quarantined");
    assertThat(ledger.get("numbers.csv").path("notes").toString()).contains("no number");
  }

  @Test
  @Order(6)
  void columnsThatNobodyAskedForDoNotHurt() throws Exception {
    LocalDate day = LocalDate.parse("2026-11-14");
    Map<String, byte[]> files = SmallPayload.files(CLUSTER, day);
    var wider = new LinkedHashMap<String, byte[]>();
    files.forEach(
        (name, content) ->
            wider.put(
                name,
                name.endsWith(".csv")
                    ? new String(content, StandardCharsets.UTF_8)
                        .replaceFirst("\n", ",extra\n")
                        .replaceAll("(?<!extra)\n", ",1\n")
                        .getBytes(StandardCharsets.UTF_8)
                    : content));
    String request = upload(SmallPayload.archive(wider));
    assertThat(awaitEnd(request).path("state").asText()).isEqualTo("done");
    assertCoreHours("2026-11-14");
  }

  @Test
  @Order(7)
  void addressesThatPointElsewhere() throws Exception {
    var asked = new AtomicInteger();
    HttpServer inside =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    inside.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    inside.start();
    var broker = BROKER.matcher(process.output());
    assertThat(broker.find()).isTrue();
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker.group(1)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String address :
          new String[] {
            "http://169.254.169.254/latest/meta-data/",
            "http://127.0.0.1:" + inside.getAddress().getPort() + "/payload",
            "http://localhost:" + inside.getAddress().getPort() + "/payload",
            "file:///etc/passwd",
            "gopher://127.0.0.1:25/x",
            "no address"
          }) {
        String request = UUID.randomUUID().toString();
        String message =
            JSON.createObjectNode()
                .put("request_id", request)
                .put("org_id", "7000031")
                .put("account", "10001")
                .put("service", "hccm")
                .put("url", address)
                .put("b64_identity", IDENTITY)
                .toString();
        producer
            .send(
                new ProducerRecord<>(
                    "platform.upload.announce", message.getBytes(StandardCharsets.UTF_8)))
            .get(30, TimeUnit.SECONDS);
        JsonNode upload = awaitEnd(request);
        assertThat(upload.path("state").asText()).as(address).isEqualTo("rejected");
        assertThat(upload.path("reason").asText()).as(address).contains("payload");
      }
      producer
          .send(
              new ProducerRecord<>(
                  "platform.upload.announce",
                  "{\"service\": \"hccm\"".getBytes(StandardCharsets.UTF_8)))
          .get(30, TimeUnit.SECONDS);
    } finally {
      inside.stop(0);
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  @Order(8)
  void afterAllThatAGoodPayloadIsReadAndTheLogCanBeParsed() throws Exception {
    JsonNode upload = ended(SmallPayload.of(CLUSTER, LocalDate.parse("2026-11-15")));
    assertThat(upload.path("state").asText()).isEqualTo("done");
    assertCoreHours("2026-11-15");
    assertThat(api.internal("jobs/").path("failed").asInt()).isZero();

    String request = upload.path("request_id").asText();
    int told = 0;
    int lines = 0;
    for (String line : process.output().lines().toList()) {
      if (line.startsWith("{")) {
        JsonNode event = JSON.readTree(line);
        assertThat(event.path("@timestamp").asText()).isNotEmpty();
        assertThat(event.path("level").asText()).isNotEmpty();
        assertThat(event.path("message").asText()).isNotEmpty();
        told += event.toString().contains(request) ? 1 : 0;
        lines++;
      }
    }
    assertThat(lines).isGreaterThan(20);
    assertThat(told).isGreaterThan(1);
    assertThat(process.output()).doesNotContain("OutOfMemory");
  }

  private static void assertCoreHours(String day) throws InterruptedException {
    SampleRun.awaitIdle(api);
    assertThat(coreHours(day)).as(day).isEqualByComparingTo(SmallPayload.CORE_HOURS);
  }

  private static void awaitCoreHours(String day) throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (coreHours(day).compareTo(SmallPayload.CORE_HOURS) != 0) {
      assertThat(System.nanoTime()).as(day + ": " + coreHours(day)).isLessThan(end);
      Thread.sleep(100);
    }
  }

  private static BigDecimal coreHours(String day) {
    return api.get(
            "reports/openshift/compute/?filter[resolution]=daily&start_date="
                + day
                + "&end_date="
                + day
                + "&filter[cluster]="
                + CLUSTER,
            IDENTITY)
        .path("data")
        .path(0)
        .path("values")
        .path(0)
        .path("usage")
        .path("value")
        .decimalValue();
  }

  private static String rejected(byte[] payload) throws Exception {
    JsonNode upload = ended(payload);
    assertThat(upload.path("state").asText()).as(upload.toString()).isEqualTo("rejected");
    return upload.path("reason").asText();
  }

  private static String rejected(Path payload) throws Exception {
    JsonNode upload = awaitEnd(api.upload(payload, IDENTITY, sent -> {}));
    assertThat(upload.path("state").asText()).as(upload.toString()).isEqualTo("rejected");
    JsonNode file = ledger(upload.path("request_id").asText()).values().iterator().next();
    assertThat(file.path("quarantine_key").asText()).startsWith("quarantine/");
    return upload.path("reason").asText();
  }

  private static JsonNode ended(byte[] payload) throws Exception {
    return awaitEnd(upload(payload));
  }

  private static String upload(byte[] payload) throws IOException {
    Path file = Files.createTempFile(directory, "payload", ".tar.gz");
    Files.write(file, payload);
    return api.upload(file, IDENTITY, sent -> {});
  }

  private static JsonNode awaitEnd(String request) throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    JsonNode upload;
    do {
      upload = api.internal("uploads/?request_id=" + request).path("data").path(0);
      if (java.util.Set.of("done", "dropped", "rejected").contains(state(upload))) {
        return upload;
      }
      Thread.sleep(50);
    } while (System.nanoTime() < end);
    throw new AssertionError("not ended: " + upload + "\n" + process.output());
  }

  private static String state(JsonNode row) {
    return row.path("state").asText();
  }

  private static Map<String, JsonNode> ledger(String request) {
    var files = new LinkedHashMap<String, JsonNode>();
    for (JsonNode file : api.internal("ledger/?limit=1000&request_id=" + request).path("data")) {
      files.put(file.path("name").asText(), file);
    }
    return files;
  }

  private static String error(Map<String, JsonNode> ledger, String name) {
    return ledger.get(name).path("error").asText();
  }

  private static String pods(Map<String, byte[]> files) {
    return files.entrySet().stream()
        .filter(file -> file.getKey().endsWith("0.csv"))
        .map(file -> new String(file.getValue(), StandardCharsets.UTF_8))
        .findFirst()
        .orElseThrow();
  }

  /// The files with another manifest.
  private static byte[] archiveWith(Map<String, byte[]> files, String manifest) {
    return archiveWith(files, manifest, Map.of());
  }

  /// The files with another manifest and, before them, more files.
  private static byte[] archiveWith(
      Map<String, byte[]> files, String manifest, Map<String, byte[]> more) {
    var all = new LinkedHashMap<>(more);
    all.putAll(files);
    all.put("manifest.json", manifest.getBytes(StandardCharsets.UTF_8));
    return SmallPayload.archive(all);
  }

  /// The manifest naming more files.
  private static String naming(String manifest, Iterable<String> names) {
    String more = String.join("\", \"", names);
    return manifest.replace("\"files\": [", "\"files\": [\"" + more + "\", ");
  }

  private interface Written {
    void write(OutputStream out) throws IOException;
  }

  private static byte[] zipped(Written content) throws IOException {
    var bytes = new java.io.ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      content.write(out);
    }
    return bytes.toByteArray();
  }
}
