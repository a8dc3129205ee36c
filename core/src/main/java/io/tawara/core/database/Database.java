package io.tawara.core.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// PostgreSQL for sequential work on (virtual) threads. Every piece of work is one transaction: it
/// commits when the work returns and rolls back when it throws. The gateway's reads use the
/// reactive client instead.
public final class Database implements AutoCloseable {
  private static final Duration CONNECTION_WAIT = Duration.ofSeconds(10);

  private final DatabaseConfig config;
  private final HikariDataSource pool;

  public Database(DatabaseConfig config) {
    this.config = config;
    var hikari = new HikariConfig();
    // An address would make the driver manager load every driver that the program has.
    hikari.setDataSource(pooled(config));
    hikari.setMaximumPoolSize(config.poolSize());
    hikari.setMinimumIdle(1);
    hikari.setAutoCommit(false);
    hikari.setConnectionTimeout(CONNECTION_WAIT.toMillis());
    hikari.setPoolName("tawara");
    hikari.setInitializationFailTimeout(-1);
    this.pool = new HikariDataSource(hikari);
  }

  private static DataSource pooled(DatabaseConfig config) {
    PGSimpleDataSource source = source(config);
    source.setReWriteBatchedInserts(true);
    source.setApplicationName("tawara");
    return source;
  }

  private static PGSimpleDataSource source(DatabaseConfig config) {
    var source = new PGSimpleDataSource();
    source.setURL(config.jdbcUrl());
    source.setUser(config.user());
    source.setPassword(config.password());
    return source;
  }

  /// The pool itself, for libraries that want one (Flyway, db-scheduler). Connections come without
  /// auto-commit.
  public DataSource dataSource() {
    return pool;
  }

  /// Unpooled connections of the login role, for migrations.
  public DataSource loginDataSource() {
    return unpooled("-c client_min_messages=warning");
  }

  /// Unpooled connections that are behind one tenant's walls from their first statement on, for
  /// migrations.
  public DataSource tenantDataSource(TenantSchema tenant) {
    return unpooled(
        "-c client_min_messages=warning -c role=%1$s -c search_path=%1$s".formatted(tenant.name()));
  }

  private DataSource unpooled(String options) {
    PGSimpleDataSource source = source(config);
    source.setOptions(options);
    return source;
  }

  /// Work on public tables, in one transaction.
  public <T> T transaction(SqlWork<T> work) {
    try (Connection connection = pool.getConnection()) {
      try {
        T result = work.with(connection);
        connection.commit();
        return result;
      } catch (Throwable failure) {
        rollBack(connection, failure);
        throw failure;
      }
    } catch (SQLException failure) {
      throw asTawara(failure);
    }
  }

  /// [#transaction(SqlWork)] without a result.
  public void run(SqlWork.Action work) {
    transaction(work.asWork());
  }

  /// Work on one tenant's tables, in one transaction under the tenant's role with the tenant's
  /// schema as the only search path: other tenants' tables cannot be reached.
  public <T> T tenant(TenantSchema tenant, SqlWork<T> work) {
    return transaction(
        connection -> {
          enter(connection, tenant);
          return work.with(connection);
        });
  }

  /// [#tenant(TenantSchema, SqlWork)] without a result.
  public void runTenant(TenantSchema tenant, SqlWork.Action work) {
    tenant(tenant, work.asWork());
  }

  /// Puts the current transaction of a connection behind the tenant's walls until it ends or
  /// [#leave(Connection)] is called.
  public static void enter(Connection connection, TenantSchema tenant) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          "set local role " + tenant.quoted() + "; set local search_path to " + tenant.quoted());
    }
  }

  /// Takes the current transaction out of the tenant's walls, to write public rows (a work item, a
  /// ledger row) in the same transaction.
  public static void leave(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("reset role; set local search_path to public");
    }
  }

  private static void rollBack(Connection connection, Throwable failure) {
    try {
      connection.rollback();
    } catch (SQLException second) {
      failure.addSuppressed(second);
    }
  }

  /// Gives an SQL failure its category: connection loss, serialisation conflicts and shutdowns can
  /// be retried, data errors cannot.
  public static TawaraException asTawara(SQLException failure) {
    String state = failure.getSQLState() == null ? "" : failure.getSQLState();
    String message = "database: " + failure.getMessage() + " [" + state + "]";
    if (failure instanceof SQLTransientException || isTransient(state)) {
      return new DatabaseUnavailableException(message, failure);
    }
    boolean data = state.startsWith("22") || state.startsWith("23");
    return new TawaraException(data ? Category.INPUT : Category.INTERNAL, message, failure);
  }

  /// Whether an SQL state means that the same work may succeed later: connection loss,
  /// serialisation conflicts, lack of resources, shutdown.
  public static boolean isTransient(String state) {
    return state.startsWith("08")
        || state.startsWith("40")
        || state.startsWith("53")
        || state.startsWith("57P")
        || state.equals("55P03");
  }

  @Override
  public void close() {
    pool.close();
  }
}
