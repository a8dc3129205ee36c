package io.tawara.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.catalog.PostgresTables;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.ledger.CloudDeliveries;
import io.tawara.ingest.ledger.CloudDeliveries.NewDelivery;
import io.tawara.ingest.ledger.CloudDeliveries.NewFile;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// A tenant with bills: database and object store, and the handlers of ingestion, whose work is
/// performed when a test says so.
public final class LandingStack implements AutoCloseable {
  public static final TenantSchema TENANT = new TenantSchema("org1234567");
  public static final Instant NOW = Instant.parse("2026-11-20T17:00:00Z");

  public final Database database;
  public final ObjectStore objects;
  public final ObjectStoreConfig objectConfig;
  public final Ingest ingest;
  private final WorkQueue queue;
  private final Map<String, WorkHandler> handlers;
  private final Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

  public LandingStack(
      Path staging, Optional<MetastoreConfig> metastore, ObjectStoreConfig objectConfig) {
    this.objectConfig = objectConfig;
    database = new Database(TestServices.freshDatabase("bills"));
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    tenants.ensure(TENANT);
    objects = new ObjectStore(objectConfig);
    objects.ensureBuckets();
    queue = new WorkQueue(database);
    ingest = new Ingest(database, queue, tenants, objects, config(staging), metastore, 200, clock);
    handlers = ingest.handlers();
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
        100L << 20,
        1L << 30,
        1000,
        Duration.ofSeconds(10),
        2,
        1000);
  }

  public Provider provider(ProviderType type) {
    return provider(type, UUID.randomUUID().toString());
  }

  /// A provider that differs from others of its type by a name: of a cluster, an account.
  public Provider provider(ProviderType type, String own) {
    var id = UUID.randomUUID();
    var json = JsonNodeFactory.instance;
    var credentials =
        switch (type.base()) {
          case OCP -> json.objectNode().put("cluster_id", own);
          case AWS, AWS_LOCAL -> json.objectNode().put("role_arn", "arn:aws:iam::1:role/" + id);
          case AZURE, AZURE_LOCAL ->
              json.objectNode()
                  .put("subscription_id", id.toString())
                  .put("tenant_id", "t")
                  .put("client_id", "c")
                  .put("client_secret", "s");
          case GCP, GCP_LOCAL -> json.objectNode().put("project_id", "p-" + id);
        };
    var source =
        switch (type.base()) {
          case OCP -> null;
          case AWS, AWS_LOCAL -> json.objectNode().put("bucket", "/tmp/" + id);
          case AZURE, AZURE_LOCAL ->
              json.objectNode().put("resource_group", "g").put("storage_account", "a" + id);
          case GCP, GCP_LOCAL -> json.objectNode().put("dataset", "d").put("table_id", "t" + id);
        };
    var cipher = CredentialCipher.parse("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    database.run(
        connection ->
            new ProviderBuilder(new Credentials(cipher), queue, clock)
                .create(
                    connection,
                    id,
                    new ProviderDraft("bill " + type, type, credentials, source, false),
                    new ProviderBuilder.Owner("1234567", TENANT, Optional.of("10001"), "u")));
    return database.transaction(connection -> Providers.find(connection, id)).orElseThrow();
  }

  public record Part(String name, byte[] content) {}

  /// Puts a delivery into the object store and on the ledger, as a connector does.
  public int deliver(Provider provider, String assembly, YearMonth month, List<Part> parts) {
    var files =
        parts.stream()
            .map(
                part ->
                    new NewFile(
                        part.name(), "cloud/" + part.name(), assembly, part.content().length, NOW))
            .toList();
    var delivery = new NewDelivery(assembly, month, NOW, true, Optional.empty(), Optional.empty());
    return database.transaction(
        connection -> {
          int manifest =
              CloudDeliveries.record(connection, provider, delivery, files, NOW).manifest();
          for (var file : CloudDeliveries.find(connection, manifest).orElseThrow().files()) {
            Part part =
                parts.stream().filter(p -> p.name().equals(file.name())).findFirst().orElseThrow();
            String key = "data/originals/" + manifest + "/" + part.name();
            objects.put(key, part.content(), Map.of());
            CloudDeliveries.fetched(connection, file.id(), key, part.content().length, "r");
          }
          return manifest;
        });
  }

  public void convert(Provider provider, int manifest) throws Exception {
    perform(new Conversion(provider.id(), TENANT, manifest, true).item("r"));
  }

  public void perform(WorkItem item) throws Exception {
    handlers.get(item.kind()).perform(item);
  }

  /// Performs what waits of a kind, in order, and takes it off the queue.
  public int performAll(String kind) throws Exception {
    List<WorkItem> items = waiting(kind);
    for (WorkItem item : items) {
      perform(item);
    }
    database.run(
        connection -> {
          try (var delete = connection.prepareStatement("delete from public.work where kind = ?")) {
            delete.setString(1, kind);
            delete.executeUpdate();
          }
        });
    return items.size();
  }

  public List<WorkItem> waiting(String kind) {
    return database.transaction(
        connection -> {
          try (var select =
              connection.prepareStatement(
                  "select kind, key, body, request_id from public.work where kind = ? order by"
                      + " id")) {
            select.setString(1, kind);
            var items = new ArrayList<WorkItem>();
            try (var rows = select.executeQuery()) {
              while (rows.next()) {
                items.add(
                    new WorkItem(
                        rows.getString(1),
                        rows.getString(2),
                        new com.fasterxml.jackson.databind.ObjectMapper()
                            .readTree(rows.getString(3)),
                        rows.getString(4)));
              }
            } catch (com.fasterxml.jackson.core.JsonProcessingException impossible) {
              throw new SQLException(impossible);
            }
            return items;
          }
        });
  }

  /// Takes a payload of an operator over, as the consumer of announcements does, and loads it.
  public void payload(String request, byte[] content) throws Exception {
    String key = "uploads/" + request;
    objects.put(key, content, Map.of());
    database.run(
        connection -> {
          try (var insert =
              connection.prepareStatement(
                  """
                  insert into public.upload (request_id, org_id, account, object_key, bytes, announced)
                  values (?, '1234567', '10001', ?, 1, now())
                  """)) {
            insert.setString(1, request);
            insert.setString(2, key);
            insert.executeUpdate();
          }
        });
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
                .getBytes(java.nio.charset.StandardCharsets.UTF_8));
    performAll("payload");
  }

  /// Rows of a query on public tables, columns joined by a bar.
  public List<String> ledger(String sql) {
    return database.transaction(connection -> rows(connection, sql));
  }

  /// Rows of a query on the tenant's tables.
  public List<String> tenant(String sql) {
    return database.tenant(TENANT, connection -> rows(connection, sql));
  }

  public static List<String> rows(java.sql.Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      var found = new ArrayList<String>();
      int columns = rows.getMetaData().getColumnCount();
      while (rows.next()) {
        var row = new StringBuilder();
        for (int i = 1; i <= columns; i++) {
          row.append(i == 1 ? "" : "|").append(rows.getString(i));
        }
        found.add(row.toString());
      }
      return found;
    }
  }

  public void settled() {
    assertThat(ledger("select kind from public.work where state = 'failed'")).isEmpty();
  }

  @Override
  public void close() {
    ingest.close();
    objects.close();
    database.close();
  }
}
