package io.tawara.gateway;

import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.database.Database;
import io.tawara.core.database.DatabaseUnavailableException;
import io.tawara.core.tenancy.TenantSchema;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collector;

/// Reads tenants' tables on the event loop. A connection is behind one tenant's walls for exactly
/// the queries of one call: role and search path, the queries and the way out travel together, in
/// one flight. Statements are prepared once per connection.
public final class TenantReads implements AutoCloseable {
  private static final String LEAVE = "reset role; reset search_path";
  private static final int PIPELINE = 64;
  private static final int STATEMENTS = 512;

  private final Pool pool;

  /// @param connections how many at most
  public TenantReads(Vertx vertx, DatabaseConfig config, int connections) {
    var options =
        new PgConnectOptions()
            .setHost(config.host())
            .setPort(config.port())
            .setDatabase(config.name())
            .setUser(config.user())
            .setPassword(config.password())
            .setPipeliningLimit(PIPELINE)
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheMaxSize(STATEMENTS)
            .addProperty("application_name", "tawara-gateway")
            .addProperty("statement_timeout", "90000")
            .addProperty("jit", "off")
            .setReconnectAttempts(2)
            .setReconnectInterval(200);
    this.pool =
        PgBuilder.pool()
            .with(new PoolOptions().setMaxSize(connections).setConnectionTimeout(30))
            .connectingTo(options)
            .using(vertx)
            .build();
  }

  /// Rows of one tenant.
  ///
  /// @param sql unqualified table names, parameters as `$1`
  public Future<RowSet<Row>> query(TenantSchema tenant, String sql, Tuple parameters) {
    return connected(
        connection -> {
          Future<?> enter = connection.query(enter(tenant)).execute();
          Future<RowSet<Row>> rows = connection.preparedQuery(sql).execute(parameters);
          Future<?> leave = connection.query(LEAVE).execute();
          return ended(connection, enter, rows, leave);
        });
  }

  /// Rows of one tenant, given to a collector as they arrive; they are not kept.
  public <R> Future<R> collect(
      TenantSchema tenant, String sql, Tuple parameters, Collector<Row, ?, R> collector) {
    return connected(
        connection -> {
          Future<?> enter = connection.query(enter(tenant)).execute();
          Future<R> collected =
              connection
                  .preparedQuery(sql)
                  .collecting(collector)
                  .execute(parameters)
                  .map(SqlResult::value);
          Future<?> leave = connection.query(LEAVE).execute();
          return ended(connection, enter, collected, leave);
        });
  }

  /// Several queries of one tenant on one connection, for cursors and streams. The connection must
  /// not be used after the future of the work has completed.
  public <T> Future<T> with(TenantSchema tenant, Function<SqlConnection, Future<T>> work) {
    return connected(
        connection -> {
          Future<?> enter = connection.query(enter(tenant)).execute();
          Future<T> result;
          try {
            result = work.apply(connection);
          } catch (RuntimeException failure) {
            result = Future.failedFuture(failure);
          }
          Future<T> worked = result;
          return worked.transform(
              done -> ended(connection, enter, worked, connection.query(LEAVE).execute()));
        });
  }

  /// The tenant's data version: it grows with everything that is published or set.
  public Future<Long> dataVersion(TenantSchema tenant) {
    return query(tenant, "select version from data_version", Tuple.tuple())
        .map(rows -> rows.iterator().next().getLong(0));
  }

  /// Rows of public tables.
  public Future<RowSet<Row>> publicQuery(String sql, Tuple parameters) {
    return connected(
        connection -> {
          Future<?> enter = connection.query(LEAVE).execute();
          Future<RowSet<Row>> rows = connection.preparedQuery(sql).execute(parameters);
          return ended(connection, enter, rows, Future.succeededFuture());
        });
  }

  private <T> Future<T> connected(Function<SqlConnection, Future<T>> work) {
    return pool.getConnection()
        .compose(work)
        .recover(failure -> Future.failedFuture(categorised(failure)));
  }

  /// A database that is away is told apart from a question that is wrong.
  private static Throwable categorised(Throwable failure) {
    boolean away =
        switch (failure) {
          case PgException answer ->
              answer.getSqlState() != null && Database.isTransient(answer.getSqlState());
          case ClosedConnectionException closed -> true;
          case IOException unreachable -> true;
          case TimeoutException noConnection -> true;
          default -> false;
        };
    return away
        ? new DatabaseUnavailableException("database: " + failure.getMessage(), failure)
        : failure;
  }

  private static String enter(TenantSchema tenant) {
    return "set role " + tenant.quoted() + "; set search_path to " + tenant.quoted();
  }

  /// Gives the connection back when everything on it has ended. What was read outside of the walls
  /// is never given out.
  private static <T> Future<T> ended(
      SqlConnection connection, Future<?> enter, Future<T> result, Future<?> leave) {
    return Future.join(enter, result, leave)
        .transform(
            joined ->
                connection
                    .close()
                    .transform(
                        closed -> {
                          if (enter.failed()) {
                            return Future.failedFuture(enter.cause());
                          }
                          return result;
                        }));
  }

  @Override
  public void close() {
    pool.close().await();
  }
}
