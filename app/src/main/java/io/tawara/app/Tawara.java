package io.tawara.app;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tawara.analytics.Analytics;
import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.oncloud.OnCloudSettings;
import io.tawara.analytics.summary.SummarySettings;
import io.tawara.app.StartListener.Part;
import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.Mode;
import io.tawara.app.settings.Role;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.adhoc.AdHocQueries;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.config.Parity;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.ExchangeRateUpdate;
import io.tawara.core.currency.MarketRateSource;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Credentials;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.source.SourceLookup;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkMeters;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.gateway.Gateway;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.Probes;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.http.Blocking;
import io.tawara.ingest.Ingest;
import io.tawara.ingest.connect.Clouds;
import io.tawara.ingest.sources.PlatformSources;
import io.tawara.ingest.sources.SourceEventHandler;
import io.tawara.ingest.sources.SourcesListener;
import io.tawara.ingest.sources.StatusPush;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The running program: every room, put together for the roles of this process.
///
/// A room joins in here with its configuration record ([Configuration]), its work ([#handlers]) and
/// what it listens to ([#listen]).
public final class Tawara implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Tawara.class);
  private static final String SOURCES_TOPIC = "platform.sources.event-stream";
  private static final String SOURCES_GROUP = "hccm-sources";

  private final Configuration configuration;
  private final Deque<Stop> stops = new ArrayDeque<>();
  private final Clock clock;
  private final Ids ids = Ids.random();
  private Services services;
  private Database database;
  private Tenants tenants;
  private ObjectStore objects;
  private WorkQueue queue;
  private CredentialCipher cipher;
  private PrometheusMeterRegistry meters;
  private Clouds clouds;
  private Optional<Gateway> gateway = Optional.empty();

  private record Stop(String name, AutoCloseable part) {}

  /// How a process differs from the usual one.
  ///
  /// @param fixedPorts whether embedded services try their well-known ports first
  /// @param durable whether the embedded database writes through to the disk
  public record Options(boolean fixedPorts, boolean durable) {
    public static Options production() {
      return new Options(true, true);
    }

    /// Free ports and no fsync.
    public static Options test() {
      return new Options(false, false);
    }
  }

  private Tawara(Configuration configuration) {
    this.configuration = configuration;
    this.clock = BusinessClock.beginning(configuration.now());
  }

  /// Starts everything that the roles ask for; returns when it answers. When something fails, what
  /// was started is stopped again.
  public static Tawara start(Configuration configuration, Options options, StartListener listener) {
    var tawara = new Tawara(configuration);
    try {
      tawara.startAll(options, listener);
      return tawara;
    } catch (RuntimeException failure) {
      try {
        tawara.close();
      } catch (RuntimeException second) {
        failure.addSuppressed(second);
      }
      throw failure;
    }
  }

  private void startAll(Options options, StartListener listener) {
    services =
        stopping(
            "embedded services",
            Services.start(configuration, options.fixedPorts(), options.durable(), listener));
    cipher =
        CredentialCipher.parse(
            configuration
                .credentialKeys()
                .orElseGet(() -> CredentialKeys.ofDirectory(configuration.dataDirectory())));
    meters = meters();
    database = stopping("database connections", new Database(services.database()));
    long begin = System.nanoTime();
    tenants = new Tenants(database, PostgresTables.onPrem());
    FunctionCounter.builder("hccm_unique_account", tenants, Tenants::made)
        .description("tenants made by this process")
        .register(meters);
    tenants.migrateAll();
    listener.ready(Part.own("Schemas", "up to date", since(begin)));
    objects = stopping("object store connections", new ObjectStore(services.objects()));
    objects.ensureBuckets();
    queue = new WorkQueue(database);
    Ingest ingest =
        stopping(
            "ingestion",
            new Ingest(
                database,
                queue,
                tenants,
                objects,
                configuration.ingest(),
                services.metastore(),
                configuration.gateway().settings().enabledTagLimit(),
                clock));
    clouds =
        new Clouds(
            database, queue, objects, new Credentials(cipher), configuration.clouds(), clock);
    var platform = new PlatformSources(configuration.platformSources(), meters);
    if (has(Role.WORKER)) {
      begin = System.nanoTime();
      var worker =
          new Worker(
              database,
              new WorkMeters(meters, database).counted(handlers(ingest, platform)),
              recurring(ingest),
              Clock.systemUTC(),
              configuration.ingest().parallelWork());
      stopping("worker", worker).start();
      listener.ready(Part.own("Worker", "", since(begin)));
    }
    if (has(Role.LISTENER)) {
      listen(ingest, platform);
    }
    startHttp(listener, platform);
  }

  private void startHttp(StartListener listener, PlatformSources platform) {
    long begin = System.nanoTime();
    Vertx vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(Math.max(2, configuration.gateway().eventLoops())));
    stopping("event loops", () -> vertx.close().await());
    TenantReads reads =
        stopping(
            "reads", new TenantReads(vertx, services.database(), services.database().poolSize()));
    Blocking blocking = stopping("requests", new Blocking(vertx));
    var parts =
        new GatewayServices(
            vertx,
            configuration.gateway(),
            database,
            tenants,
            reads,
            queue,
            objects,
            services.kafka(),
            cipher,
            blocking,
            clock,
            ids,
            meters,
            services.trino().map(trino -> new AdHocQueries(trino, AdHocQueries.Bounds.STANDARD)));
    String host = "http://" + configuration.gateway().host() + ":";
    if (has(Role.GATEWAY)) {
      SourceLookup lookup =
          configuration.mode() == Mode.CLOUD ? platform::exists : SourceLookup.own();
      Gateway started = stopping("gateway", Gateway.start(parts, clouds.check(), lookup));
      gateway = Optional.of(started);
      listener.ready(Part.own("Gateway", host + started.port(), since(begin)));
      listener.ready(Part.own("Internal API", host + started.internalPort(), since(begin)));
    } else {
      Probes started = stopping("probes", Probes.start(parts));
      listener.ready(Part.own("Probes", host + started.port(), since(begin)));
    }
  }

  private Map<String, WorkHandler> handlers(Ingest ingest, PlatformSources platform) {
    Map<String, WorkHandler> handlers = new HashMap<>(ingest.handlers());
    handlers.putAll(clouds.handlers());
    handlers.putAll(
        Analytics.handlers(
            database,
            queue,
            clock,
            new SummarySettings(
                configuration.parities(),
                configuration.mode() == Mode.CLOUD,
                configuration.ingest().initialMonths()),
            new CostEngine.Parities(
                has(Parity.GPU_LARGEST_SHARE),
                has(Parity.UNRECEIVED_OVERHEAD),
                has(Parity.STATIC_RATE_RELABEL)),
            new OnCloudSettings(
                has(Parity.ON_CLOUD_NINE_DECIMALS),
                has(Parity.OCP_AZURE_RAW_HOURS),
                has(Parity.GCP_FIRST_CREDIT),
                has(Parity.RAISED_MARKUP_STALE),
                has(Parity.ON_CLOUD_WAITS)),
            services.trino().map(LineItemEngine::overTrino).orElseGet(LineItemEngine::inDatabase)));
    if (configuration.mode() == Mode.CLOUD) {
      handlers.put(
          SourceEventHandler.KIND,
          new SourceEventHandler(
              database,
              tenants,
              queue,
              platform,
              new Credentials(cipher),
              clouds.check(),
              clock,
              ids));
      handlers.put(StatusPush.KIND, new StatusPush(platform));
    }
    return handlers;
  }

  private List<Worker.Recurring> recurring(Ingest ingest) {
    var all = new ArrayList<>(ingest.recurring());
    all.addAll(clouds.recurring());
    GatewayConfig.Settings settings = configuration.gateway().settings();
    all.add(
        new ExchangeRateUpdate(
                database,
                tenants,
                new MarketRateSource(settings.currency(), Currencies.load()),
                new DataRetention(settings.retainMonths()),
                clock)
            .daily());
    return all;
  }

  private void listen(Ingest ingest, PlatformSources platform) {
    if (configuration.ingest().consumeUploads()) {
      stopping(
          "upload consumer",
          ingest.listen(services.kafka(), configuration.uploadTopic(), Ingest.GROUP, meters));
    }
    if (configuration.mode() == Mode.CLOUD) {
      stopping(
          "sources listener",
          new SourcesListener(
              services.kafka(),
              SOURCES_TOPIC,
              SOURCES_GROUP,
              database,
              queue,
              platform::applicationType,
              configuration.ingest().retryWait(),
              meters));
    }
  }

  private boolean has(Role role) {
    return configuration.roles().contains(role);
  }

  private boolean has(Parity parity) {
    return configuration.parities().contains(parity);
  }

  private PrometheusMeterRegistry meters() {
    var registry =
        stopping("metrics", new PrometheusMeterRegistry(PrometheusConfig.DEFAULT), r -> r.close());
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new DiskSpaceMetrics(configuration.dataDirectory().toFile()).bindTo(registry);
    stopping("garbage collection metrics", bound(registry));
    return registry;
  }

  private static JvmGcMetrics bound(PrometheusMeterRegistry registry) {
    var collector = new JvmGcMetrics();
    collector.bindTo(registry);
    return collector;
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  private <T extends AutoCloseable> T stopping(String name, T part) {
    stops.push(new Stop(name, part));
    return part;
  }

  private <T> T stopping(String name, T part, java.util.function.Consumer<T> stop) {
    stops.push(new Stop(name, () -> stop.accept(part)));
    return part;
  }

  public Configuration configuration() {
    return configuration;
  }

  /// The port of the public API, when this process has it.
  public int port() {
    return gateway.orElseThrow().port();
  }

  /// The port of the internal API, when this process has it.
  public int internalPort() {
    return gateway.orElseThrow().internalPort();
  }

  /// The clock of the business.
  public Clock clock() {
    return clock;
  }

  /// For tests that look behind the wire.
  public Database database() {
    return database;
  }

  /// Stops what was started, the last first. What was taken over and not finished goes on at the
  /// next start.
  @Override
  public void close() {
    close(name -> {});
  }

  /// [#close()] that tells what it is stopping.
  public void close(java.util.function.Consumer<String> told) {
    RuntimeException first = null;
    while (!stops.isEmpty()) {
      Stop stop = stops.pop();
      told.accept(stop.name());
      try {
        stop.part().close();
      } catch (Exception failure) { // every part gets its stop
        LOG.error("{} could not be stopped", stop.name(), failure);
        if (first == null) {
          first = new IllegalStateException(stop.name() + " could not be stopped", failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
