package io.tawara.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.database.Database;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.TestServices;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Tenants of an earlier release at the start of this one.
class TenantMigrationTest {
  private static final TenantSchema OLD = TenantSchema.ofOrganisation("migratedold");
  private static final TenantSchema NEW = TenantSchema.ofOrganisation("migratednew");

  private Database database;

  @BeforeEach
  void makeTwoTenants() {
    database = new Database(TestServices.freshDatabase("migration"));
    var tenants = new Tenants(database, Migrations.none());
    tenants.migrateAll();
    tenants.ensure(OLD);
    tenants.ensure(NEW);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatIsMissingIsAppliedAndRecordedAsFlywayWouldHave() {
    String before = history(OLD);
    rewind("update public.api_tenant set migrated_to = null where schema_name = 'orgmigratedold'");

    migrate();

    assertThat(history(OLD)).isEqualTo(before).isEqualTo(history(NEW));
    assertThat(text(OLD, "select unallocated::text from ocp_project limit 1")).isNull();
    assertThat(text(OLD, "select count(distinct migrated_to)::text from public.api_tenant", true))
        .isEqualTo("1");
  }

  @Test
  void tenantsThatAreUpToDateAreNotTouched() {
    var looked = new AtomicInteger();
    Migrations counting = (connection, tenant) -> looked.incrementAndGet();
    new Tenants(database, counting).migrateAll();
    assertThat(looked).hasValue(0);
    rewind("update public.api_tenant set migrated_to = 'another release'");
    new Tenants(database, counting).migrateAll();
    assertThat(looked).hasValue(2);
  }

  @Test
  void aHistoryThatWasTamperedWithIsRefused() {
    rewind("update public.api_tenant set migrated_to = null");
    database.runTenant(
        OLD,
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("update schema_history set checksum = 1 where version = '010'");
          }
        });
    assertThatThrownBy(this::migrate).hasMessageContaining("could not be migrated");
  }

  @Test
  void olderCodeThanTheSchemaDoesNotStart() {
    rewind("update public.api_tenant set migrated_to = null");
    database.runTenant(
        OLD,
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                """
                insert into schema_history (installed_rank, version, description, type, script,
                  checksum, installed_by, execution_time, success)
                values (999, '999', 'of tomorrow', 'SQL', 'V999__of_tomorrow.sql', 1, 'x', 1, true)
                """);
          }
        });
    assertThatThrownBy(this::migrate).hasMessageContaining("could not be migrated");
  }

  private void migrate() {
    new Tenants(database, Migrations.none()).migrateAll();
  }

  /// Takes a migration away from the first tenant.
  private void rewind(String mark) {
    database.runTenant(
        OLD,
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                "delete from schema_history where version = '040';"
                    + " alter table ocp_project drop column if exists unallocated");
          }
        });
    database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(mark);
          }
        });
  }

  private String history(TenantSchema tenant) {
    return text(
        tenant,
        "select string_agg(concat_ws(' ', version, description, type, script, checksum, success),"
            + " ', ' order by version) from schema_history");
  }

  private String text(TenantSchema tenant, String sql) {
    return text(tenant, sql, false);
  }

  private String text(TenantSchema tenant, String sql, boolean everybody) {
    return database.transaction(
        connection -> {
          if (!everybody) {
            Database.enter(connection, tenant);
          }
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            return rows.next() ? rows.getString(1) : null;
          }
        });
  }
}
