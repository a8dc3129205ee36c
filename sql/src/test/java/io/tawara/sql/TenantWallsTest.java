package io.tawara.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.database.Database;
import io.tawara.core.database.SqlWork;
import io.tawara.core.error.TawaraException;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.TestServices;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The two walls between tenants, on a real server and with the role that Tawara logs in as.
class TenantWallsTest {
  private static final TenantSchema ALPHA = TenantSchema.ofOrganisation("wallsalpha");
  private static final TenantSchema BETA = TenantSchema.ofOrganisation("wallsbeta");
  private static final String PERMISSION_DENIED = "[42501]";

  private static Database database;
  private static Tenants tenants;

  @BeforeAll
  static void makeTwoTenants() {
    database = new Database(TestServices.freshDatabase("walls"));
    tenants = new Tenants(database, Migrations.none());
    tenants.migrateAll();
    tenants.ensure(ALPHA);
    tenants.ensure(BETA);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void aTenantWorksOnItsOwnTables() {
    database.runTenant(ALPHA, DataVersion::raise);
    assertThat(version(ALPHA)).isGreaterThan(version(BETA));
  }

  @Test
  void theTablesOfATenantBelongToItsRole() {
    String owner =
        database.transaction(
            connection ->
                text(
                    connection,
                    "select tableowner from pg_tables where schemaname = 'orgwallsalpha' and"
                        + " tablename = 'data_version'"));
    assertThat(owner).isEqualTo(ALPHA.name());
  }

  @Test
  void anotherTenantsQualifiedNameMeetsTheSecondWall() {
    refused(() -> database.tenant(ALPHA, reading("orgwallsbeta.data_version")));
    refused(
        () ->
            database.tenant(
                ALPHA,
                connection ->
                    text(connection, "delete from orgwallsbeta.data_version returning version")));
  }

  @Test
  void theLoginRoleByItselfReadsNoTenant() {
    refused(() -> database.transaction(reading("orgwallsalpha.data_version")));
    refused(
        () ->
            database.transaction(
                connection ->
                    text(
                        connection,
                        "update orgwallsalpha.data_version set version = 1"
                            + " returning version")));
  }

  @Test
  void aTenantRoleWritesNothingOutsideItsSchema() {
    refused(
        () ->
            database.tenant(
                ALPHA, connection -> text(connection, "select count(*) from public.work")));
    refused(
        () ->
            database.tenant(
                ALPHA,
                connection -> {
                  run(connection, "create table public.stray (a int)");
                  return null;
                }));
    refused(
        () ->
            database.tenant(
                ALPHA,
                connection -> {
                  run(connection, "create schema stray");
                  return null;
                }));
  }

  @Test
  void theWallEndsWithTheTransaction() {
    database.runTenant(ALPHA, DataVersion::raise);
    String user = database.transaction(connection -> text(connection, "select current_user"));
    assertThat(user).isEqualTo("tawara");
  }

  @Test
  void twoFirstRequestsMakeOneTenant() throws Exception {
    var tenant = TenantSchema.ofOrganisation("wallsrace");
    var running = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < 6; caller++) {
        running.add(
            threads.submit(
                (Callable<Void>)
                    () -> {
                      new Tenants(database, Migrations.none()).ensure(tenant);
                      return null;
                    }));
      }
    }
    for (Future<?> each : running) {
      each.get();
    }
    assertThat(tenants.all()).containsOnlyOnce(tenant);
    assertThat(version(tenant)).isEqualTo(1);
  }

  @Test
  void everyTenantIsMigratedAtStart() {
    var again = new Tenants(database, Migrations.none());
    again.migrateAll();
    assertThat(again.all()).contains(ALPHA, BETA);
  }

  private static long version(TenantSchema tenant) {
    return Long.parseLong(
        database.tenant(
            tenant, connection -> text(connection, "select version from data_version")));
  }

  private static SqlWork<String> reading(String table) {
    return connection -> text(connection, "select version from " + table);
  }

  private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable work) {
    assertThatThrownBy(work)
        .isInstanceOf(TawaraException.class)
        .hasMessageContaining(PERMISSION_DENIED);
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
