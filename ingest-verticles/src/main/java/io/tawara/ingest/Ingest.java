package io.tawara.ingest;

import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.micrometer.core.instrument.MeterRegistry;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.hive.HiveMetastore;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.ingest.announce.AnnounceConsumer;
import io.tawara.ingest.announce.AnnounceReceiver;
import io.tawara.ingest.announce.StaleUploads;
import io.tawara.ingest.bills.Bills;
import io.tawara.ingest.landing.Landings;
import io.tawara.ingest.landing.ParquetLandings;
import io.tawara.ingest.landing.PostgresLandings;
import io.tawara.ingest.landing.Publication;
import io.tawara.ingest.landing.Sweep;
import io.tawara.ingest.payload.OverdueDeliveries;
import io.tawara.ingest.payload.PayloadStore;
import io.tawara.ingest.payload.Payloads;
import io.tawara.ingest.payload.Replies;
import io.tawara.ingest.payload.ResourceOptimization;
import io.tawara.ingest.retention.Purge;
import io.tawara.ingest.retention.Retention;
import io.tawara.ingest.sources.ProviderDeletion;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The room of ingestion, composed: what the worker performs, what recurs, and the consumer of
/// announcements.
public final class Ingest implements AutoCloseable {
  /// The consumer group of announcements.
  public static final String GROUP = "hccm-group";

  private static final int ENABLED_TAG_LIMIT = 200;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Database database;
  private final IngestConfig config;
  private final ObjectStore objects;
  private final WorkQueue queue;
  private final Tenants tenants;
  private final Clock clock;
  private final PayloadStore store;
  private final Retention retention;
  private final Replies replies;
  private final ResourceOptimization resourceOptimization;
  private final int enabledTagLimit;
  private final Landings landings;
  private final Optional<ParquetLandings> parquet;

  /// Ingestion on-prem.
  ///
  /// @param clock the business clock
  public Ingest(
      Database database,
      WorkQueue queue,
      Tenants tenants,
      ObjectStore objects,
      IngestConfig config,
      Clock clock) {
    this(database, queue, tenants, objects, config, Optional.empty(), ENABLED_TAG_LIMIT, clock);
  }

  /// Ingestion in either mode.
  ///
  /// @param metastore where line items are registered in cloud mode; empty on-prem
  /// @param enabledTagLimit how many tag keys of a tenant start enabled; 0 or less: any number
  /// @param clock the business clock
  public Ingest(
      Database database,
      WorkQueue queue,
      Tenants tenants,
      ObjectStore objects,
      IngestConfig config,
      Optional<MetastoreConfig> metastore,
      int enabledTagLimit,
      Clock clock) {
    this.database = database;
    this.queue = queue;
    this.tenants = tenants;
    this.objects = objects;
    this.config = config;
    this.clock = clock;
    this.store = new PayloadStore(objects, config.stagingDirectory(), config.maxPayloadBytes());
    this.retention = new Retention(database, clock, config.retainMonths());
    this.replies = new Replies(config.validationReplies());
    this.resourceOptimization = new ResourceOptimization(objects, config, clock);
    this.enabledTagLimit = enabledTagLimit;
    this.parquet =
        metastore.map(
            address ->
                new ParquetLandings(
                    database,
                    objects,
                    new HiveMetastore(address, objects.config().bucket()),
                    queue,
                    config.stagingDirectory(),
                    Ids.random()));
    this.landings =
        parquet.isPresent()
            ? parquet.get()
            : new PostgresLandings(database, PostgresTables.onPrem(), queue);
  }

  /// Handlers by kind of work.
  public Map<String, WorkHandler> handlers() {
    var handlers = new HashMap<String, WorkHandler>();
    handlers.put(
        Payloads.KIND,
        new Payloads(
            database, store, config, landings, retention, resourceOptimization, replies, clock));
    handlers.put(DataRetention.PURGE_WORK, item -> purge().run());
    handlers.put(OverdueDeliveries.KIND, overdueDeliveries());
    handlers.put(
        Conversion.KIND,
        new Bills(
            database,
            objects,
            landings,
            retention,
            config.stagingDirectory(),
            enabledTagLimit,
            clock));
    handlers.put(
        ProviderBuilder.DELETE_WORK,
        new ProviderDeletion(database, objects, landings, queue, clock, config.deletionBatch()));
    parquet.ifPresent(
        each -> handlers.put(Publication.KIND, new Publication(database, queue, each)));
    return Map.copyOf(handlers);
  }

  /// What is done again and again, by the worker.
  public List<Worker.Recurring> recurring() {
    var stale = new StaleUploads(database);
    var recurring = new ArrayList<Worker.Recurring>();
    recurring.add(
        new Worker.Recurring(
            "announce-again",
            Schedules.fixedDelay(Duration.ofSeconds(20)),
            () -> stale.announceAgain(PATIENCE)));
    recurring.add(
        new Worker.Recurring(
            "overdue-deliveries",
            Schedules.fixedDelay(shorter(config.deliveryPatience(), Duration.ofMinutes(1))),
            overdueDeliveries()::find));
    recurring.add(
        new Worker.Recurring(
            DataRetention.PURGE_WORK, Schedules.daily(LocalTime.MIDNIGHT), purge()::run));
    if (parquet.isPresent()) {
      recurring.add(
          new Worker.Recurring(
              "sweep-line-items",
              Schedules.fixedDelay(Duration.ofMinutes(10)),
              new Sweep(database, objects)));
    }
    return List.copyOf(recurring);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private OverdueDeliveries overdueDeliveries() {
    return new OverdueDeliveries(database, queue, landings, config.deliveryPatience(), clock);
  }

  /// The place of line items.
  public Landings landings() {
    return landings;
  }

  /// The purge, for whoever asks for it at once.
  public Purge purge() {
    return new Purge(database, tenants, retention, objects, landings, config.deletionBatch());
  }

  /// Starts the consumer of announcements; close it to stop.
  public AnnounceConsumer listen(
      KafkaConfig kafka, String topic, String group, MeterRegistry meters) {
    return new AnnounceConsumer(kafka, topic, group, receiver(), config.retryWait(), meters);
  }

  /// Takes over announced payloads without Kafka.
  public AnnounceReceiver receiver() {
    return new AnnounceReceiver(
        database, queue, store, objects.config(), config, retention, replies, clock);
  }

  @Override
  public void close() {
    resourceOptimization.close();
  }
}
