package io.tawara.app.recorded;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tawara.analytics.Analytics;
import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.oncloud.OnCloudSettings;
import io.tawara.analytics.summary.SummarySettings;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.config.CurrencyConfig;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.embedded.TestServices;
import io.tawara.gateway.Gateway;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.http.Blocking;
import io.tawara.ingest.Ingest;
import io.tawara.ingest.announce.AnnounceConsumer;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// Everything in one process over the shared test services: gateway, ingestion, summaries and
/// costs, on-prem with OpenShift only, its clock going on from the day of the recordings.
public final class RecordedStack implements AutoCloseable {
  private static final Instant NOW = Instant.parse("2026-11-20T17:00:00Z");

  public final Database database;
  public final DatabaseConfig databaseConfig;
  public final GatewayServices services;
  public final Gateway gateway;
  private final ObjectStore objects;
  private final Ingest ingest;
  private final Worker worker;
  private final AnnounceConsumer announcements;
  private final Vertx vertx = Vertx.vertx();

  /// @param parities the defects of Koku that stay
  public RecordedStack(
      String name, Path staging, URI rbac, Set<String> parities, int port, int internalPort) {
    Clock clock = Clock.offset(Clock.systemUTC(), Duration.between(Instant.now(), NOW));
    databaseConfig = TestServices.freshDatabase(name);
    database = new Database(databaseConfig);
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    objects = new ObjectStore(TestServices.freshBuckets(name));
    objects.ensureBuckets();
    var queue = new WorkQueue(database);
    ingest = new Ingest(database, queue, tenants, objects, ingestConfig(staging), clock);
    Map<String, WorkHandler> handlers = new HashMap<>(ingest.handlers());
    handlers.putAll(
        Analytics.handlers(
            database,
            queue,
            clock,
            new SummarySettings(true, false, true, 3),
            parities.isEmpty() ? CostEngine.Parities.none() : CostEngine.Parities.all(),
            parities.isEmpty() ? OnCloudSettings.right() : OnCloudSettings.asKoku(),
            LineItemEngine.inDatabase()));
    worker = new Worker(database, handlers, ingest.recurring(), Clock.systemUTC(), 2);
    worker.start();
    KafkaConfig kafka = TestServices.kafka();
    String topic = "announce-" + name;
    announcements = ingest.listen(kafka, topic, "recorded-" + name);
    services =
        new GatewayServices(
            vertx,
            gatewayConfig(rbac, parities, topic, port, internalPort),
            database,
            tenants,
            new TenantReads(vertx, databaseConfig, 8),
            queue,
            objects,
            kafka,
            CredentialCipher.parse("test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
            new Blocking(vertx),
            clock,
            Ids.random(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    gateway = Gateway.start(services);
  }

  private static IngestConfig ingestConfig(Path staging) {
    return new IngestConfig(
        true,
        false,
        false,
        Duration.ofHours(48),
        4,
        3,
        Duration.ofSeconds(1),
        staging,
        Set.of(),
        1L << 30,
        1L << 33,
        1000,
        Duration.ofMinutes(1),
        2,
        100_000);
  }

  private static GatewayConfig gatewayConfig(
      URI rbac, Set<String> parities, String topic, int port, int internalPort) {
    return new GatewayConfig(
        "127.0.0.1",
        port,
        internalPort,
        "/api/cost-management",
        true,
        false,
        EnumSet.of(ProviderType.OCP),
        true,
        "",
        Duration.ofHours(1),
        1,
        new GatewayConfig.Rbac(rbac, Duration.ofSeconds(30), Duration.ofSeconds(5)),
        new GatewayConfig.Upload(1L << 30, topic, Duration.ofHours(1), Set.of(), Set.of("hccm")),
        new GatewayConfig.Settings("USD", 200, 4, CurrencyConfig.none()),
        parities);
  }

  @Override
  public void close() {
    gateway.close();
    announcements.close();
    worker.close();
    ingest.close();
    services.reads().close();
    services.blocking().close();
    vertx.close().await();
    objects.close();
    database.close();
  }

  /// The stack on fixed ports, for replays from outside: `<port> <internal port> <role service's
  /// port> [parity,…]`.
  public static void main(String[] arguments) throws Exception {
    Path staging = java.nio.file.Files.createTempDirectory("recorded");
    try (var stack =
        new RecordedStack(
            "replayed",
            staging,
            URI.create("http://127.0.0.1:" + arguments[2] + "/r/insights/platform/rbac/v1/access/"),
            arguments.length > 3 ? Set.of(arguments[3].split(",", -1)) : Set.of(),
            Integer.parseInt(arguments[0]),
            Integer.parseInt(arguments[1]))) {
      System.out.println("ready on " + stack.gateway.port());
      Thread.currentThread().join();
    }
  }
}
