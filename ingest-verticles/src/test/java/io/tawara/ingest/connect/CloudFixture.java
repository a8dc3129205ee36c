package io.tawara.ingest.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.ledger.CloudDeliveries;
import io.tawara.ingest.ledger.CloudDeliveries.CloudDelivery;
import io.tawara.ingest.ledger.CloudDeliveries.CloudFile;
import io.tawara.ingest.ledger.Files;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPInputStream;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/// A worker that fetches from clouds on a database and an object store of its own. What comes out
/// is not converted but noted: which delivery, and what its files hold.
final class CloudFixture implements AutoCloseable {
  static final TenantSchema TENANT = TenantSchema.ofOrganisation("1");
  private static final ObjectMapper JSON = new ObjectMapper();

  final Database database;
  final ObjectStore objects;
  final WorkQueue work;
  final Clouds clouds;
  final List<Converted> converted = new CopyOnWriteArrayList<>();
  private final ProviderBuilder builder;
  private final Worker worker;

  /// A delivery that arrived: file name → text.
  record Converted(UUID provider, CloudDelivery delivery, Map<String, String> files) {}

  CloudFixture(String name, CloudConfig config) {
    this(
        name,
        config,
        StaticCredentialsProvider.create(AwsBasicCredentials.create("own-key", "own-secret")));
  }

  CloudFixture(String name, CloudConfig config, AwsCredentialsProvider own) {
    database = new Database(TestServices.freshDatabase(name));
    var tenants = new Tenants(database, Migrations.none());
    tenants.migrateAll();
    tenants.ensure(TENANT);
    objects = new ObjectStore(TestServices.freshBuckets(name.replace('_', '-')));
    objects.ensureBuckets();
    work = new WorkQueue(database);
    var clock = Clock.fixed(Instant.parse("2026-11-20T17:00:00Z"), ZoneOffset.UTC);
    var credentials =
        new Credentials(CredentialCipher.parse("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="));
    builder = new ProviderBuilder(credentials, work, clock);
    clouds = new Clouds(database, work, objects, credentials, config, clock, own);
    var handlers = new HashMap<String, WorkHandler>(clouds.handlers());
    handlers.put(Conversion.KIND, item -> convert(Conversion.of(item.body())));
    worker = new Worker(database, handlers, List.of(), Clock.systemUTC(), 2);
    worker.start();
  }

  private void convert(Conversion conversion) throws IOException {
    CloudDelivery delivery =
        database.transaction(c -> CloudDeliveries.find(c, conversion.manifest())).orElseThrow();
    var texts = new TreeMap<String, String>();
    for (CloudFile file : delivery.files()) {
      if (file.state() == Files.State.DOWNLOADED) {
        texts.put(file.name(), text(file));
        var arrival =
            new Files.Arrival(delivery.manifest(), conversion.provider(), "1", null, file.origin());
        var outcome =
            new Files.Outcome(
                Files.State.DONE, "aws", file.etag(), file.bytes(), 1, 1, 0, Map.of(), null, null);
        database.run(c -> Files.finish(c, arrival, Files.Kind.COST, file.name(), outcome));
      }
    }
    database.run(c -> Providers.markSetupComplete(c, conversion.provider()));
    converted.add(new Converted(conversion.provider(), delivery, texts));
  }

  private String text(CloudFile file) throws IOException {
    try (InputStream raw = objects.open(file.objectKey().orElseThrow());
        InputStream in =
            file.name().toLowerCase(Locale.ROOT).endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /// Makes a source; it is asked at once.
  UUID source(ProviderType type, String credentials, String dataSource) {
    UUID id = UUID.randomUUID();
    var draft = new ProviderDraft("n-" + id, type, json(credentials), json(dataSource), false);
    draft.check();
    var owner = new ProviderBuilder.Owner("1", TENANT, Optional.of("10001"), "u");
    database.run(
        connection -> {
          builder.create(connection, id, draft, owner);
          try (var insert =
              connection.prepareStatement(
                  """
                  insert into public.api_sources
                    (source_id, source_uuid, name, "offset", org_id, source_type, provider_id,
                     updated_timestamp)
                  values (nextval('public.api_sources_id'), ?, 'n', 1, '1', ?, ?, now())
                  """)) {
            insert.setObject(1, id);
            insert.setString(2, type.wireName());
            insert.setObject(3, id);
            insert.executeUpdate();
          }
        });
    return id;
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new IllegalArgumentException(broken);
    }
  }

  /// Waits until there is no work that waits or runs.
  void idle() {
    long until = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (count("select count(*) from public.work where state in ('queued', 'running')") > 0) {
      if (System.nanoTime() > until) {
        throw new AssertionError("not idle: " + rows("select kind, state, error from public.work"));
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(stop);
      }
    }
  }

  long count(String sql) {
    return Long.parseLong(rows(sql).getFirst());
  }

  /// Rows as texts, columns separated by `|`.
  List<String> rows(String sql) {
    return database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            var found = new ArrayList<String>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
              var row = new ArrayList<String>();
              for (int i = 1; i <= columns; i++) {
                row.add(rows.getString(i));
              }
              found.add(String.join("|", row));
            }
            return found;
          }
        });
  }

  String problem(UUID provider) {
    return rows("select coalesce(problem, 'none') from public.provider_poll where provider_uuid = '"
            + provider
            + "'")
        .getFirst();
  }

  void run(String sql) {
    database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(sql);
          }
        });
  }

  @Override
  public void close() {
    worker.close();
    objects.close();
    database.close();
  }
}
