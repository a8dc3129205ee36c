package io.tawara.ingest.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.catalog.PostgresTables;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.landing.PostgresLandings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProviderDeletionTest {
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("1");

  private Database database;
  private ObjectStore objects;
  private ProviderBuilder builder;
  private ProviderDeletion deletion;
  private final UUID gone = UUID.randomUUID();
  private final UUID kept = UUID.randomUUID();

  @BeforeEach
  void start() {
    database = new Database(TestServices.freshDatabase("deletion"));
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    tenants.ensure(TENANT);
    objects = new ObjectStore(TestServices.freshBuckets("deletion"));
    objects.ensureBuckets();
    var cipher = CredentialCipher.parse("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    builder =
        new ProviderBuilder(new Credentials(cipher), new WorkQueue(database), Clock.systemUTC());
    deletion =
        new ProviderDeletion(
            database,
            objects,
            new PostgresLandings(
                database, PostgresTables.onPrem(), new io.tawara.core.work.WorkQueue(database)),
            new WorkQueue(database),
            Clock.systemUTC(),
            3);
    for (UUID provider : List.of(gone, kept)) {
      fill(provider);
    }
  }

  @AfterEach
  void stop() {
    objects.close();
    database.close();
  }

  private void fill(UUID provider) {
    var credentials = JsonNodeFactory.instance.objectNode().put("cluster_id", provider.toString());
    var draft = new ProviderDraft("n", ProviderType.OCP, credentials, null, false);
    var owner = new ProviderBuilder.Owner("1", TENANT, Optional.of("10001"), "u");
    database.run(connection -> builder.create(connection, provider, draft, owner));
    database.runTenant(
        TENANT,
        connection -> {
          PostgresTables.onPrem().ensureMonths(connection, List.of(YearMonth.of(2026, 11)));
          execute(
              connection,
              """
              insert into ocp_cluster (source_uuid, cluster_id) values ('%1$s', 'c');
              insert into ocp_project (source_uuid, cluster_id, project)
                select '%1$s', 'c', 'p' || n from generate_series(1, 10) n
              """
                  .formatted(provider));
        });
    database.run(
        connection ->
            execute(
                connection,
                """
                insert into upload (request_id, org_id, object_key) values
                  ('r-%1$s', '1', 'upload/1/%1$s');
                insert into manifest (provider_uuid, schema_name, assembly_id,
                  billing_period_start_datetime, num_total_files, creation_datetime)
                  values ('%1$s', 'org1', 'a', '2026-11-01Z', 1, now());
                insert into file (manifest_id, provider_uuid, org_id, request_id, name, kind)
                  select id, provider_uuid, '1', 'r-%1$s', 'f', 'cost' from manifest
                  where provider_uuid = '%1$s'
                """
                    .formatted(provider)));
    objects.put("upload/1/" + provider, new byte[] {1}, Map.of());
    objects.put("data/csv/org1/OCP/source=" + provider + "/x.csv", new byte[] {1}, Map.of());
  }

  @Test
  void everythingOfTheProviderGoesAndNothingOfOthers() throws Exception {
    database.run(connection -> assertThat(builder.delete(connection, gone, TENANT, "r")).isTrue());
    assertThat(count("select count(*) from work where kind = 'delete-provider'")).isEqualTo(1);
    assertThat(count("select count(*) from api_providerauthentication"))
        .as("its credentials are gone at once")
        .isEqualTo(1);

    deletion.perform(item());

    for (UUID provider : List.of(gone, kept)) {
      int rest = provider.equals(kept) ? 1 : 0;
      assertThat(tenantCount("select count(*) from ocp_project where source_uuid = '%s'", provider))
          .isEqualTo(10L * rest);
      assertThat(tenantCount("select count(*) from ocp_cluster where source_uuid = '%s'", provider))
          .isEqualTo(rest);
      assertThat(
              tenantCount(
                  "select count(*) from reporting_tenant_api_provider where provider_id = '%s'",
                  provider))
          .isEqualTo(rest);
      for (String table : List.of("manifest", "file")) {
        assertThat(
                count(
                    "select count(*) from %s where provider_uuid = '%s'"
                        .formatted(table, provider)))
            .as(table)
            .isEqualTo(rest);
      }
      assertThat(count("select count(*) from api_provider where uuid = '%s'".formatted(provider)))
          .isEqualTo(rest);
      assertThat(objects.deletePrefix("upload/1/" + provider)).isEqualTo(rest);
      assertThat(objects.deletePrefix("data/csv/org1/OCP/source=" + provider)).isEqualTo(rest);
    }
  }

  /// Rows of clusters on clouds name both; their rollups are of the cloud and are made anew.
  @Test
  void whatACloudBilledForAClusterGoesWithIt() {
    var cloud = UUID.randomUUID();
    database.runTenant(
        TENANT,
        connection -> {
          for (UUID cluster : List.of(gone, kept)) {
            execute(
                connection,
                """
                insert into ocp_cloud_month values ('%1$s', '%2$s', '2026-11-01');
                insert into ocp_cloud_tag_value (source_uuid, source_type, openshift_source_uuid,
                  month, key, value, cluster_id, namespace, node, account, project)
                  values ('%1$s', 'AWS', '%2$s', '2026-11-01', 'k', 'v', 'c', 'n', 'n', 'a', '');
                insert into ocp_cloud_cost_by_account (usage_start, usage_end, source_uuid,
                  source_type, cluster_id)
                  select day, day, '%1$s', 'AWS', '%2$s'
                  from unnest(array[date '2026-11-02', date '2026-11-05']) day
                """
                    .formatted(cloud, cluster));
          }
        });
    database.run(connection -> builder.delete(connection, gone, TENANT, "r"));
    deletion.perform(item());
    for (String table : List.of("ocp_cloud_month", "ocp_cloud_tag_value")) {
      assertThat(tenantCount("select count(*) from " + table, gone)).as(table).isEqualTo(1);
    }
    assertThat(
            count(
                """
                select count(*) from work where kind = 'correlate'
                  and body ->> 'provider' = '%s' and body ->> 'start' = '2026-11-02'
                  and body ->> 'end' = '2026-11-05' and body ->> 'schema' = 'org1'
                """
                    .formatted(cloud)))
        .isEqualTo(1);
  }

  /// A cloud takes its tag values and months along, too.
  @Test
  void aCloudTakesItsTagValuesAlong() {
    database.runTenant(
        TENANT,
        connection ->
            execute(
                connection,
                """
                insert into ocp_cloud_month values ('%1$s', '%2$s', '2026-11-01');
                insert into ocp_cloud_tag_value (source_uuid, source_type, openshift_source_uuid,
                  month, key, value, cluster_id, namespace, node, account, project)
                  select '%1$s', 'AWS', '%2$s', '2026-11-01', 'k', 'v' || n, 'c', 'n', 'n', 'a', ''
                  from generate_series(1, 10) n
                """
                    .formatted(gone, kept)));
    database.run(connection -> builder.delete(connection, gone, TENANT, "r"));
    deletion.perform(item());
    for (String table : List.of("ocp_cloud_month", "ocp_cloud_tag_value")) {
      assertThat(tenantCount("select count(*) from " + table, gone)).as(table).isZero();
    }
  }

  @Test
  void aDeletionThatWasBrokenOffIsFinishedLater() throws Exception {
    database.run(connection -> builder.delete(connection, gone, TENANT, "r"));
    database.runTenant(
        TENANT, connection -> execute(connection, "delete from ocp_project where project < 'p5'"));
    deletion.perform(item());
    deletion.perform(item());
    assertThat(count("select count(*) from api_provider")).isEqualTo(1);
  }

  @Test
  void aProviderOfAnotherTenantIsNotDeleted() {
    database.run(
        connection ->
            assertThat(builder.delete(connection, gone, TenantSchema.ofOrganisation("2"), "r"))
                .isFalse());
    assertThat(count("select count(*) from api_provider where not deleting")).isEqualTo(2);
  }

  private WorkItem item() {
    var body = JsonNodeFactory.instance.objectNode();
    body.put("provider", gone.toString()).put("schema", TENANT.name()).put("type", "OCP");
    return new WorkItem("delete-provider", WorkItem.providerKey(gone), body, "r");
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private long count(String sql) {
    return database.transaction(connection -> count(connection, sql));
  }

  private long tenantCount(String sql, UUID provider) {
    return database.tenant(TENANT, connection -> count(connection, sql.formatted(provider)));
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }
}
