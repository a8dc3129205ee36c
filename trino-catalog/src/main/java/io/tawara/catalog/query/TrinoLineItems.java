package io.tawara.catalog.query;

import io.tawara.core.config.TrinoConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.sql.Dialect;
import io.tawara.sql.Identifier;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Runs selects in Trino and streams their result into COPY on the summaries' connection.
final class TrinoLineItems implements LineItemEngine {
  private static final Logger LOG = LoggerFactory.getLogger(TrinoLineItems.class);

  /// Error codes of Trino from here on are not the fault of the statement: internal errors, lack of
  /// resources, failures of the file system or the metastore.
  private static final int NOT_OF_THE_USER = 0x1_0000;

  private final TrinoConfig config;

  TrinoLineItems(TrinoConfig config) {
    this.config = config;
  }

  @Override
  public long fill(
      Connection connection, Identifier table, LineItemSelect select, Map<String, ?> values)
      throws SQLException {
    Dialect dialect = dialect(connection);
    String copy = select.templates().renderCopy(table, select.name());
    long begin = System.nanoTime();
    try (Connection trino = connect();
        var statement = prepare(select, dialect, trino, values)) {
      try (var found = execute(statement)) {
        var rows =
            new CopyRows(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copy), found);
        long written = rows.write(TrinoLineItems::failure);
        LOG.debug(
            "{} rows of {} into {} in {} ms",
            written,
            select.name(),
            table.name(),
            (System.nanoTime() - begin) / 1_000_000);
        return written;
      }
    }
  }

  @Override
  public List<Map<String, Object>> rows(
      Connection connection, LineItemSelect select, Map<String, ?> values) throws SQLException {
    Dialect dialect = dialect(connection);
    try (Connection trino = connect();
        var statement = prepare(select, dialect, trino, values);
        var found = execute(statement)) {
      return Rows.all(found);
    } catch (SQLException failure) {
      throw failure(failure);
    }
  }

  @Override
  public void each(
      Connection connection, LineItemSelect select, Map<String, ?> values, RowConsumer consumer)
      throws SQLException {
    Dialect dialect = dialect(connection);
    try (Connection trino = connect();
        var statement = prepare(select, dialect, trino, values);
        var found = execute(statement)) {
      while (found.next()) {
        consumer.row(found);
      }
    } catch (SQLException failure) {
      throw failure(failure);
    }
  }

  private Dialect dialect(Connection connection) throws SQLException {
    return Dialect.trino(
        new Identifier(config.catalog()), new TenantSchema(connection.getSchema()));
  }

  /// A session is a few headers: it costs nothing to have one per select. Statements travel in the
  /// body of the request, since they are longer than a header may be.
  private Connection connect() {
    var properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("source", "tawara");
    properties.setProperty("explicitPrepare", "false");
    properties.setProperty("timezone", "UTC");
    try {
      return DriverManager.getConnection(config.jdbcUrl(), properties);
    } catch (SQLException failure) {
      throw failure(failure);
    }
  }

  private static java.sql.PreparedStatement prepare(
      LineItemSelect select, Dialect dialect, Connection trino, Map<String, ?> values)
      throws SQLException {
    var bound = new HashMap<String, Object>();
    values.forEach((name, value) -> bound.put(name, asTrino(value)));
    return select.render(dialect).prepare(trino, bound);
  }

  private static Object asTrino(Object value) {
    return switch (value) {
      case UUID id -> id.toString();
      case LocalDate day -> java.sql.Date.valueOf(day);
      case null, default -> value;
    };
  }

  private static java.sql.ResultSet execute(java.sql.PreparedStatement statement) {
    try {
      return statement.executeQuery();
    } catch (SQLException failure) {
      throw failure(failure);
    }
  }

  /// A failure of Trino as ours: what may succeed later can be retried, a wrong statement cannot.
  private static TawaraException failure(SQLException failure) {
    int code = failure.getErrorCode();
    boolean answered = code > 0 || failure.getCause() == null;
    Category category =
        answered && code < NOT_OF_THE_USER ? Category.INTERNAL : Category.UNAVAILABLE;
    return new TawaraException(
        category, "Trino: " + failure.getMessage() + " [" + code + "]", failure);
  }
}
