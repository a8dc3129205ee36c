package io.tawara.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.embedded.EmbeddedKafka;
import io.tawara.embedded.EmbeddedPostgres;
import io.tawara.ingest.sources.PlatformSources;
import io.tawara.ingest.sources.SourceEventHandler;
import io.tawara.ingest.sources.SourcesListener;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/// How many source events per second the listener makes durable: real broker, PostgreSQL with
/// fsync. Counts rows that are committed, not messages that were read; half of the events are not
/// ours, as on a real topic. `SourceEventsBench [events] [sources]`
public final class SourceEventsBench {
  private static final String TOPIC = "platform.sources.event-stream";

  private SourceEventsBench() {}

  public static void main(String[] arguments) throws Exception {
    int events = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 50_000;
    int sources = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 2_000;
    Path directory = Files.createTempDirectory("tawara-bench");
    try (var postgres =
            EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(directory.resolve("postgres"), 0, true));
        var kafka = EmbeddedKafka.start(directory.resolve("kafka"), 0);
        var database = new Database(postgres.freshDatabase("bench"))) {
      new Tenants(database, Migrations.none()).migrateAll();
      produce(kafka, events, sources);
      long start = System.nanoTime();
      long durable = 0;
      try (var listener =
          new SourcesListener(
              kafka.config(),
              TOPIC,
              "hccm-sources",
              database,
              new WorkQueue(database),
              () -> 2,
              Duration.ofSeconds(1),
              new SimpleMeterRegistry())) {
        while (durable < events / 2) {
          Thread.sleep(20);
          durable = rows(database);
        }
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      long ordered = outOfOrder(database);
      double performed = perform(database, sources);
      System.out.printf(
          Locale.ROOT,
          "%d events (%d ours) of %d sources in %.2f s: %.0f events/s, %.0f durable/s; out of"
              + " order: %d; then performed: %.0f/s%n",
          events,
          durable,
          sources,
          seconds,
          events / seconds,
          durable / seconds,
          ordered,
          performed);
      if (durable != events / 2 || ordered != 0) {
        throw new IllegalStateException("wrong rows");
      }
    }
  }

  /// Performs everything that waits (pauses and updates of known sources, which ask nobody) and
  /// says how many per second.
  private static double perform(Database database, int sources) throws InterruptedException {
    database.run(
        connection -> {
          try (var insert =
              connection.prepareStatement(
                  """
                  insert into api_sources (source_id, "offset", org_id, updated_timestamp)
                  select n, 0, '1', now() from generate_series(1, ?) n
                  """)) {
            insert.setInt(1, sources);
            insert.executeUpdate();
          }
        });
    var nowhere = URI.create("http://127.0.0.1:9");
    var platform =
        new PlatformSources(
            new PlatformSources.Settings(nowhere, nowhere, "", "", Duration.ofSeconds(1)),
            new SimpleMeterRegistry());
    byte[] key = new byte[32];
    var credentials =
        new Credentials(CredentialCipher.parse("bench:" + Base64.getEncoder().encodeToString(key)));
    var work = new WorkQueue(database);
    var handler =
        new SourceEventHandler(
            database,
            new Tenants(database, Migrations.none()),
            work,
            platform,
            credentials,
            ProviderCheck.none(),
            Clock.systemUTC(),
            Ids.random());
    long before = rows(database);
    long start = System.nanoTime();
    try (var worker =
        new Worker(
            database, Map.of(SourceEventHandler.KIND, handler), List.of(), Clock.systemUTC(), 8)) {
      worker.start();
      Thread.sleep(Duration.ofSeconds(10));
      return (before - rows(database)) / ((System.nanoTime() - start) / 1e9);
    }
  }

  private static void produce(EmbeddedKafka kafka, int events, int sources) {
    String identity =
        Base64.getEncoder()
            .encodeToString(
                "{\"identity\": {\"org_id\": \"1\", \"user\": {\"username\": \"u\"}}}"
                    .getBytes(StandardCharsets.UTF_8));
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.config().bootstrapServers(), "linger.ms", "20"),
            new StringSerializer(),
            new StringSerializer())) {
      for (int i = 0; i < events; i++) {
        boolean ours = i % 2 == 0;
        int source = 1 + i / 2 % sources;
        var record =
            new ProducerRecord<>(
                TOPIC,
                Integer.toString(source),
                "{\"id\": %d, \"source_id\": %d, \"application_type_id\": %d, \"tenant\": \"1\"}"
                    .formatted(i, source, ours ? 2 : 5));
        record
            .headers()
            .add("event_type", bytes(i % 4 == 0 ? "Application.pause" : "Application.update"));
        record.headers().add("x-rh-identity", bytes(identity));
        record.headers().add("x-rh-sources-org-id", bytes("1"));
        var unused = producer.send(record);
      }
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static long rows(Database database) {
    return number(database, "select count(*) from work where kind = 'source-event'");
  }

  /// Neighbours of one source whose offsets fall.
  private static long outOfOrder(Database database) {
    return number(
        database,
        """
        select count(*) from (
          select (body ->> 'offset')::bigint as o,
                 lag((body ->> 'offset')::bigint) over (partition by key order by id) as before
          from work) t where o <= before
        """);
  }

  private static long number(Database database, String sql) {
    return database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var found = statement.executeQuery(sql)) {
            found.next();
            return found.getLong(1);
          }
        });
  }
}
