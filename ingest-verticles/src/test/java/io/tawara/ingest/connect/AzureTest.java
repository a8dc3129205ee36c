package io.tawara.ingest.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.ingest.connect.FaultyProxy.Fault;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.YearMonth;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Azure against a real blob server with a stand-in for the login and the resource manager.
class AzureTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final String MONTH = "root/daily/" + Manifest.wholeMonth(NOVEMBER) + "/";
  private static final String RUN1 = "22222222-0000-4000-8000-000000000001";
  private static final String RUN2 = "22222222-0000-4000-8000-000000000002";
  private static final String ACCOUNT_ID =
      "/subscriptions/sub-1/resourceGroups/group/providers/Microsoft.Storage/storageAccounts/"
          + Azurite.ACCOUNT;
  private static final AtomicInteger CONTAINERS = new AtomicInteger();
  @TempDir private static Path data;
  private static Azurite azurite;

  private final String container = "bills-" + CONTAINERS.incrementAndGet();
  private HttpServer manager;
  private FaultyProxy proxy;
  private CloudFixture fixture;
  private BlobContainerClient blobs;
  private volatile String exportType = "ActualCost";
  private volatile boolean secretAccepted = true;
  private volatile boolean exportAllowed = true;
  private volatile String destination = ACCOUNT_ID;

  @BeforeAll
  static void startAzurite() {
    azurite = Azurite.start(data);
  }

  @AfterAll
  static void stopAzurite() {
    if (azurite != null) {
      azurite.close();
    }
  }

  @BeforeEach
  void start() throws IOException {
    manager = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    manager.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    manager.createContext("/", this::answer);
    manager.start();
    var address = URI.create("http://127.0.0.1:" + manager.getAddress().getPort());
    proxy = new FaultyProxy(azurite.address());
    fixture =
        new CloudFixture(
            "azure",
            new CloudConfig(
                false,
                false,
                true,
                false,
                Duration.ofHours(1),
                Duration.ofDays(1),
                21,
                2,
                false,
                2,
                50 << 20,
                100,
                Duration.ofSeconds(10),
                new CloudConfig.Endpoints(
                    Optional.empty(),
                    Optional.empty(),
                    address,
                    address,
                    proxy.address() + "/{account}",
                    Optional.empty(),
                    false)));
    blobs =
        new BlobServiceClientBuilder()
            .endpoint(azurite.address() + "/" + Azurite.ACCOUNT)
            .credential(new StorageSharedKeyCredential(Azurite.ACCOUNT, Azurite.KEY))
            .httpClient(new JdkHttpClientBuilder().build())
            .buildClient()
            .createBlobContainer(container);
  }

  @AfterEach
  void stop() {
    fixture.close();
    proxy.close();
    manager.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      if (path.endsWith("/oauth2/v2.0/token")) {
        boolean good = secretAccepted && body.contains("client_secret=s%26cret");
        send(
            exchange,
            good ? 200 : 401,
            good
                ? "{\"access_token\": \"t\", \"expires_in\": 3600}"
                : "{\"error\": \"invalid_client\", \"error_description\": \"AADSTS7000215: Invalid"
                    + " client secret provided.\\r\\nTrace\"}");
      } else if (!"Bearer t".equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
        send(exchange, 401, "{\"error\": {\"code\": \"InvalidAuthenticationToken\"}}");
      } else if (path.endsWith("/listKeys")) {
        send(exchange, 200, "{\"keys\": [{\"value\": \"" + Azurite.KEY + "\"}]}");
      } else if (!exportAllowed) {
        send(
            exchange,
            403,
            "{\"error\": {\"code\": \"AuthorizationFailed\", \"message\": \"no access\"}}");
      } else {
        String export =
            """
            {"name": "daily", "properties": {"definition": {"type": "%s"}, "deliveryInfo":
              {"destination": {"resourceId": "%s", "container": "%s",
                "rootFolderPath": "root"}}}}
            """
                .formatted(exportType, destination, container);
        boolean one = path.endsWith("/exports/daily");
        send(exchange, 200, one ? export : "{\"value\": [" + export + "]}");
      }
    }
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void put(String blob, byte[] content) {
    blobs.getBlobClient(blob).upload(BinaryData.fromBytes(content), true);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void manifest(String run, String type, String blob, int size) {
    put(
        MONTH + run + "/manifest.json",
        bytes(
            """
            {"exportConfig": {"exportName": "daily", "type": "%s"},
             "deliveryConfig": {"compressionMode": "gzip"},
             "blobs": [{"blobName": "%s", "byteCount": %d}]}
            """
                .formatted(type, blob, size)));
  }

  private static final String CREDENTIALS =
      "{\"subscription_id\": \"sub-1\", \"tenant_id\": \"tenant\", \"client_id\": \"c\","
          + " \"client_secret\": \"s&cret\"}";

  private static String place() {
    return "{\"resource_group\": \"group\", \"storage_account\": \"" + Azurite.ACCOUNT + "\"}";
  }

  private UUID source() {
    return fixture.source(ProviderType.AZURE, CREDENTIALS, place());
  }

  private void ask(UUID source) {
    fixture.work.add(PollRequest.of(source, PollRequest.Reason.ASKED).item(null));
    fixture.idle();
  }

  @Test
  void theNewestManifestAndItsBlobs() {
    byte[] part = CurFiles.gzip("h\n1\n");
    put(MONTH + RUN1 + "/part_0_0001.csv.gz", part);
    manifest(RUN1, "ActualCost", MONTH + RUN1 + "/part_0_0001.csv.gz", part.length);
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().delivery().assemblyId()).isEqualTo(RUN1);
    assertThat(fixture.converted.getFirst().files()).containsEntry("part_0_0001.csv.gz", "h\n1\n");
    ask(source);
    assertThat(fixture.converted).hasSize(1);
    pause();
    put(MONTH + RUN2 + "/part_0_0001.csv", bytes("h\n2\n"));
    manifest(RUN2, "ActualCost", MONTH + RUN2 + "/part_0_0001.csv", 4);
    ask(source);
    assertThat(fixture.converted).hasSize(2);
    assertThat(fixture.converted.getLast().files()).containsValue("h\n2\n");
  }

  /// Times of blobs are whole seconds.
  private static void pause() {
    try {
      Thread.sleep(1_100);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void anOlderExportWithoutManifest() {
    put(MONTH + "daily_" + RUN1 + ".csv", bytes("old"));
    pause();
    put(MONTH + "daily_" + RUN2 + ".csv", bytes("new"));
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted.getFirst().delivery().assemblyId()).isEqualTo(RUN2);
    assertThat(fixture.converted.getFirst().files()).containsValue("new");
  }

  @Test
  void aPartThatIsShorterThanItsManifestSaysIsNotThereYet() {
    put(MONTH + RUN1 + "/part.csv", bytes("h\n"));
    manifest(RUN1, "ActualCost", MONTH + RUN1 + "/part.csv", 4);
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("incomplete");
    put(MONTH + RUN1 + "/part.csv", bytes("h\n1\n"));
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
  }

  @Test
  void focusIsRefusedInAClearWord() {
    exportType = "FocusCost";
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("unsupported");
    assertThat(fixture.rows("select message from provider_poll").getFirst()).contains("FOCUS");
    exportType = "ActualCost";
    manifest(RUN1, "FocusCost", MONTH + RUN1 + "/part.csv", 4);
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("unsupported");
  }

  @Test
  void aBrokenConnectionIsReadOnAndABusyServerWaitedFor() {
    String text = "h\n" + "0123456789\n".repeat(1 << 20);
    put(MONTH + RUN1 + "/part.csv", bytes(text));
    manifest(RUN1, "ActualCost", MONTH + RUN1 + "/part.csv", text.length());
    var faults = new AtomicInteger();
    proxy.faults(
        line ->
            !line.contains("part.csv")
                ? Optional.empty()
                : switch (faults.getAndIncrement()) {
                  case 0 ->
                      Optional.of(new Fault.Answer(503, "x-ms-error-code: ServerBusy\r\n", ""));
                  case 1 -> Optional.of(new Fault.Cut(1 << 20));
                  default -> Optional.empty();
                });
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted.getFirst().files()).containsValue(text);
  }

  @Test
  void aBlobThatIsReplacedWhileItIsFetchedIsTakenAgain() {
    put(MONTH + RUN1 + "/part.csv", bytes("h\n1\n"));
    manifest(RUN1, "ActualCost", MONTH + RUN1 + "/part.csv", 4);
    var replaced = new AtomicInteger();
    proxy.faults(
        line -> {
          if (line.startsWith("GET")
              && line.contains("part.csv")
              && replaced.getAndIncrement() == 0) {
            put(MONTH + RUN1 + "/part.csv", bytes("h\n1\n2\n"));
          }
          return Optional.empty();
        });
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().files()).containsValue("h\n1\n2\n");
  }

  @Test
  void refusalsHaveNames() {
    secretAccepted = false;
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("credentials");
    assertThat(fixture.rows("select message from provider_poll").getFirst())
        .contains("AADSTS7000215")
        .doesNotContain("s&cret");
    secretAccepted = true;
    exportAllowed = false;
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("permission");
    exportAllowed = true;
    destination = "/subscriptions/sub-1/elsewhere";
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("no-report");
    destination = ACCOUNT_ID;
    proxy.faults(
        line ->
            Optional.of(
                new Fault.Answer(403, "x-ms-error-code: AuthorizationPermissionMismatch\r\n", "")));
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("permission");
  }

  @Test
  void aSourceIsCheckedInKokusWords() {
    check(CREDENTIALS, place());
    refused(
        CREDENTIALS,
        "{\"storage_account\": \"a\", \"resource_group\": \"\"}",
        "azure.missing.patch");
    refused(
        CREDENTIALS,
        "{\"storage_account\": \"\", \"resource_group\": \"g\"}",
        "azure.missing.patch");
    refused(
        CREDENTIALS,
        "{\"storage_account\": \"a\", \"resource_group\": \"g\", \"scope\": \"/x\"}",
        "azure.missing.patch");
    refused(CREDENTIALS.replace("s&cret", "other"), place(), "azure.exception");
    exportAllowed = false;
    refused(CREDENTIALS, place(), "billing_source.data_source.notfound");
    exportAllowed = true;
    destination = "elsewhere";
    refused(CREDENTIALS, place(), "authentication.credential.noreportfound");
  }

  private void check(String credentials, String dataSource) {
    fixture
        .clouds
        .check()
        .check(
            new ProviderDraft(
                "n",
                ProviderType.AZURE,
                CloudFixture.json(credentials),
                CloudFixture.json(dataSource),
                false));
  }

  private void refused(String credentials, String dataSource, String key) {
    assertThatThrownBy(() -> check(credentials, dataSource))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused -> assertThat(refused.errors().getFirst().source()).isEqualTo(key));
  }
}
