package io.tawara.core.tenancy;

import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes and migrates tenants: one schema and one role each, behind two walls (see
/// `docs/design/tenancy.md`).
public final class Tenants {
  private static final Logger LOG = LoggerFactory.getLogger(Tenants.class);
  private static final long LOCK = 0x7461_7761_7261L;
  private static final int PARALLEL_MIGRATIONS = 4;
  private static final String TENANT_MIGRATIONS = "classpath:db/tenant";

  private final Database database;
  private final Migrations migrations;
  private final LongAdder made = new LongAdder();
  private volatile TenantScripts scripts;
  private final ConcurrentHashMap<TenantSchema, Boolean> known = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<TenantSchema, ReentrantLock> making = new ConcurrentHashMap<>();

  public Tenants(Database database, Migrations migrations) {
    this.database = database;
    this.migrations = migrations;
  }

  /// Migrates the public schema, then every tenant that is not what it should be, several at a
  /// time. Called once at start.
  public void migrateAll() {
    flyway(database.loginDataSource(), "public", "classpath:db/public").migrate();
    List<TenantSchema> tenants = outdated();
    var permits = new Semaphore(PARALLEL_MIGRATIONS);
    var running = new ArrayList<Future<?>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (TenantSchema tenant : tenants) {
        running.add(
            threads.submit(
                () -> {
                  permits.acquire();
                  try {
                    if (!advance(tenant)) {
                      migrate(tenant);
                      database.run(connection -> migrated(connection, tenant));
                    }
                    known.put(tenant, true);
                  } finally {
                    permits.release();
                  }
                  return null;
                }));
      }
      for (Future<?> migration : running) {
        migration.get();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TawaraException(Category.INTERNAL, "migration interrupted", interrupted);
    } catch (ExecutionException failed) {
      throw new TawaraException(
          Category.INTERNAL, "a tenant could not be migrated: " + failed.getCause(), failed);
    }
  }

  /// Tenants whose schema may lack something.
  private List<TenantSchema> outdated() {
    return database.transaction(
        connection -> {
          var found = new ArrayList<TenantSchema>();
          try (var statement =
              connection.prepareStatement(
                  "select schema_name from public.api_tenant"
                      + " where migrated_to is distinct from ? order by schema_name")) {
            statement.setString(1, wanted());
            try (var rows = statement.executeQuery()) {
              while (rows.next()) {
                found.add(new TenantSchema(rows.getString(1)));
              }
            }
          }
          return found;
        });
  }

  /// A digest of everything that makes a tenant's schema.
  private String wanted() {
    return scripts().digest(migrations.fingerprint());
  }

  private TenantScripts scripts() {
    TenantScripts loaded = scripts;
    if (loaded == null) {
      Flyway unapplied =
          configuration(database.loginDataSource(), "public", TENANT_MIGRATIONS)
              .table("no_history") // nothing counts as applied: what is wanted, not what is there
              .load();
      loaded = TenantScripts.of(unapplied.info().all());
      scripts = loaded;
    }
    return loaded;
  }

  /// Takes an ordinary tenant to the newest version in one transaction on a pooled connection,
  /// which takes a fraction of what Flyway needs. Whatever is not ordinary is left to Flyway.
  private boolean advance(TenantSchema tenant) {
    return database.transaction(
        connection -> {
          Database.enter(connection, tenant);
          if (!scripts().apply(connection)) {
            return false;
          }
          migrations.afterMigration(connection, tenant);
          Database.leave(connection);
          migrated(connection, tenant);
          return true;
        });
  }

  /// Every tenant that exists.
  public List<TenantSchema> all() {
    return database.transaction(
        connection -> {
          var found = new ArrayList<TenantSchema>();
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      "select schema_name from public.api_tenant order by schema_name")) {
            while (rows.next()) {
              found.add(new TenantSchema(rows.getString(1)));
            }
          }
          return found;
        });
  }

  /// Whether this process has already seen the tenant exist. Never blocks.
  public boolean isKnown(TenantSchema tenant) {
    return known.containsKey(tenant);
  }

  /// Whether the tenant exists; never creates it.
  public boolean exists(TenantSchema tenant) {
    if (known.containsKey(tenant)) {
      return true;
    }
    boolean found =
        database.transaction(
            connection -> {
              try (var statement =
                  connection.prepareStatement(
                      "select 1 from public.api_tenant where schema_name = ?")) {
                statement.setString(1, tenant.name());
                try (var rows = statement.executeQuery()) {
                  return rows.next();
                }
              }
            });
    if (found) {
      known.put(tenant, true);
    }
    return found;
  }

  /// Makes the tenant when it does not exist yet. Two callers at once, in one process or in two,
  /// make one tenant: the later one waits and finds it.
  public void ensure(TenantSchema tenant) {
    if (exists(tenant)) {
      return;
    }
    ReentrantLock here = making.computeIfAbsent(tenant, unused -> new ReentrantLock());
    here.lock();
    try (Connection lock = database.loginDataSource().getConnection()) {
      lock(lock, tenant);
      if (!exists(tenant)) {
        make(tenant);
      }
    } catch (SQLException failure) {
      throw Database.asTawara(failure);
    } finally {
      here.unlock();
      making.remove(tenant);
    }
  }

  /// How many tenants were made here.
  public long made() {
    return made.sum();
  }

  private void make(TenantSchema tenant) {
    long start = System.nanoTime();
    database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                """
                do $$ begin
                  if not exists (select 1 from pg_roles where rolname = '%1$s') then
                    create role %2$s nologin;
                  end if;
                end $$;
                grant %2$s to current_user with inherit false, set true;
                create schema if not exists %2$s authorization %2$s;
                """
                    .formatted(tenant.name(), tenant.quoted()));
          }
        });
    migrate(tenant);
    database.run(
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  "insert into public.api_tenant (schema_name, migrated_to) values (?, ?)"
                      + " on conflict do nothing")) {
            statement.setString(1, tenant.name());
            statement.setString(2, wanted());
            statement.executeUpdate();
          }
        });
    known.put(tenant, true);
    made.increment();
    LOG.info("tenant {} created in {} ms", tenant, (System.nanoTime() - start) / 1_000_000);
  }

  private void migrate(TenantSchema tenant) {
    flyway(database.tenantDataSource(tenant), tenant.name(), TENANT_MIGRATIONS).migrate();
    database.runTenant(tenant, connection -> migrations.afterMigration(connection, tenant));
  }

  private void migrated(Connection connection, TenantSchema tenant) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.api_tenant set migrated_to = ? where schema_name = ?")) {
      statement.setString(1, wanted());
      statement.setString(2, tenant.name());
      statement.executeUpdate();
    }
  }

  private static Flyway flyway(DataSource source, String schema, String location) {
    return configuration(source, schema, location).load();
  }

  private static FluentConfiguration configuration(
      DataSource source, String schema, String location) {
    return Flyway.configure()
        .dataSource(source)
        .schemas(schema)
        .defaultSchema(schema)
        .createSchemas(false)
        .table("schema_history")
        .locations(location)
        .outOfOrder(true) // branches number their migrations apart
        .ignoreMigrationPatterns(new String[0]) // older code than the schema's does not start
        .baselineOnMigrate(true)
        .baselineVersion("0");
  }

  /// Held until the connection is closed.
  private static void lock(Connection connection, TenantSchema tenant) throws SQLException {
    try (var statement = connection.prepareStatement("select pg_advisory_lock(?, hashtext(?))")) {
      statement.setInt(1, (int) LOCK);
      statement.setString(2, tenant.name());
      statement.execute();
    }
  }
}
