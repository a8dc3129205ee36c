package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.analytics.Analytics;
import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.oncloud.OnCloudSettings;
import io.tawara.analytics.summary.SummarySettings;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.Parity;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.Providers;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkCounts;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.Ingest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Ingestion, summaries and costs of one tenant as durable work on a fresh database, as the
/// recordings were made: their clock, their organisation, every parity. Nobody fetches deliveries;
/// they are handed over.
final class RecordedPipeline implements AutoCloseable {
  static final TenantSchema TENANT = TenantSchema.ofOrganisation("1234567");
  static final Clock CLOCK = Clock.fixed(Instant.parse("2026-11-20T17:00:00Z"), ZoneOffset.UTC);
  private static final int PATIENCE_SECONDS = 300;

  private final Database database;
  private final ObjectStore objects;
  private final WorkQueue queue;
  private final Ingest ingest;
  private final Worker worker;

  /// @param name of database and buckets: lower-case letters
  /// @param cloudMode whether the recordings were made in cloud mode
  RecordedPipeline(String name, boolean cloudMode, Path staging) {
    database = new Database(TestServices.freshDatabase(name));
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    tenants.ensure(TENANT);
    objects = new ObjectStore(TestServices.freshBuckets(name));
    objects.ensureBuckets();
    queue = new WorkQueue(database);
    ingest =
        new Ingest(
            database, queue, tenants, objects, config(staging), Optional.empty(), 200, CLOCK);
    Map<String, WorkHandler> handlers = new HashMap<>(ingest.handlers());
    handlers.putAll(
        Analytics.handlers(
            database,
            queue,
            CLOCK,
            new SummarySettings(EnumSet.allOf(Parity.class), cloudMode, 3),
            CostEngine.Parities.all(),
            OnCloudSettings.asKoku(),
            LineItemEngine.inDatabase()));
    worker = new Worker(database, handlers, List.of(), Clock.systemUTC(), 2);
    worker.start();
  }

  private static IngestConfig config(Path staging) {
    return new IngestConfig(
        true,
        false,
        false,
        Duration.ofHours(48),
        4,
        3,
        Duration.ofSeconds(1),
        Duration.ofHours(1),
        staging,
        Set.of(),
        1L << 30,
        1L << 33,
        1000,
        Duration.ofMinutes(1),
        2,
        100_000);
  }

  Database database() {
    return database;
  }

  ObjectStore objects() {
    return objects;
  }

  WorkQueue queue() {
    return queue;
  }

  Provider provider(UUID id, ProviderDraft draft) {
    var credentials =
        new Credentials(CredentialCipher.parse("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    var owner = new ProviderBuilder.Owner("1234567", TENANT, Optional.of("10001"), "u");
    database.run(
        connection -> {
          new ProviderBuilder(credentials, queue, CLOCK).create(connection, id, draft, owner);
          execute(connection, "delete from public.work");
        });
    return database.transaction(connection -> Providers.find(connection, id)).orElseThrow();
  }

  void upload(Path payload) {
    String request = payload.getFileName().toString();
    String key = "uploads/" + request;
    objects.put(key, payload, Map.of());
    database.run(
        connection ->
            execute(
                connection,
                """
                insert into public.upload (request_id, org_id, account, object_key, bytes, announced)
                values (?, '1234567', '10001', ?, 1, now())
                """,
                request,
                key));
    ingest
        .receiver()
        .receive(
            JsonNodeFactory.instance
                .objectNode()
                .put("request_id", request)
                .put("org_id", "1234567")
                .put("account", "10001")
                .put("category", "hccm")
                .toString()
                .getBytes(StandardCharsets.UTF_8));
  }

  /// Asks for work of a kind for October and November of sources, and waits for its end.
  ///
  /// @param last the last day of November
  void again(String kind, List<UUID> sources, int last) throws InterruptedException {
    for (UUID source : sources) {
      for (List<String> days :
          List.of(List.of("2026-10-01", "2026-10-31"), List.of("2026-11-01", "2026-11-" + last))) {
        queue.add(
            new WorkItem(
                kind,
                WorkItem.providerKey(source),
                JsonNodeFactory.instance
                    .objectNode()
                    .put("schema", TENANT.name())
                    .put("provider", source.toString())
                    .put("start", days.get(0))
                    .put("end", days.get(1)),
                "recorded"));
      }
    }
    settle();
  }

  /// Waits for the end of all work; none may fail.
  void settle() throws InterruptedException {
    WorkCounts counts = queue.counts();
    for (int i = 0; i < 10 * PATIENCE_SECONDS && counts.queued() + counts.running() > 0; i++) {
      Thread.sleep(100);
      counts = queue.counts();
    }
    assertThat(failed()).isEmpty();
    assertThat(counts).isEqualTo(new WorkCounts(0, 0, 0));
  }

  private List<String> failed() {
    return database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      "select kind || ': ' || error from public.work where state = 'failed'")) {
            var found = new ArrayList<String>();
            while (rows.next()) {
              found.add(rows.getString(1));
            }
            return found;
          }
        });
  }

  static void execute(Connection connection, String sql, Object... values) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setObject(i + 1, values[i]);
      }
      statement.execute();
    }
  }

  @Override
  public void close() {
    worker.close();
    ingest.close();
    objects.close();
    database.close();
  }
}
