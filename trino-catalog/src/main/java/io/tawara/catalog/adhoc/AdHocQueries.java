package io.tawara.catalog.adhoc;

import io.tawara.core.config.TrinoConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.query.TenantQueries;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/// Runs people's queries in Trino, bound to one tenant, bounded in time, rows and bytes.
public final class AdHocQueries implements TenantQueries {
  /// How much one query may take.
  ///
  /// @param time until it is ended
  /// @param rows of the answer; more is an error, not a part of the answer
  /// @param bytes of text in the answer
  /// @param scan bytes that are read from the object store
  public record Bounds(Duration time, int rows, long bytes, long scan) {
    public static final Bounds STANDARD =
        new Bounds(Duration.ofSeconds(60), 10_000, 16L << 20, 20L << 30);
  }

  private final TrinoConfig config;
  private final Bounds bounds;

  public AdHocQueries(TrinoConfig config, Bounds bounds) {
    this.config = config;
    this.bounds = bounds;
  }

  private final class TrinoQuery implements Running {
    private final TenantSchema tenant;
    private final TenantQuery query;
    private Statement statement;
    private boolean ended;

    private TrinoQuery(TenantSchema tenant, TenantQuery query) {
      this.tenant = tenant;
      this.query = query;
    }

    @Override
    public Answer run() {
      try (Connection connection = connect(tenant);
          Statement made = connection.createStatement()) {
        synchronized (this) {
          if (ended) {
            throw new TawaraException(Category.UNAVAILABLE, "the query was ended");
          }
          statement = made;
        }
        try (ResultSet rows = made.executeQuery(query.sql())) {
          return read(rows);
        }
      } catch (SQLException failure) {
        synchronized (this) {
          if (ended) {
            throw new TawaraException(Category.UNAVAILABLE, "the query was ended", failure);
          }
        }
        throw failure(failure);
      }
    }

    @Override
    public synchronized void end() {
      ended = true;
      if (statement != null) {
        try {
          statement.cancel();
        } catch (SQLException away) {
          throw failure(away);
        }
      }
    }
  }

  @Override
  public Running prepare(TenantSchema tenant, String sql) {
    return new TrinoQuery(tenant, TenantQuery.parse(sql, tenant, config.catalog()));
  }

  private Connection connect(TenantSchema tenant) throws SQLException {
    var properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("source", "tawara-ad-hoc");
    properties.setProperty("timezone", "UTC");
    properties.setProperty(
        "sessionProperties",
        "query_max_run_time:%1$ds;query_max_execution_time:%1$ds;query_max_scan_physical_bytes:%2$dB"
            .formatted(bounds.time().toSeconds(), bounds.scan()));
    return DriverManager.getConnection(
        config.jdbcUrl() + "/" + config.catalog() + "/" + tenant.name().toLowerCase(Locale.ROOT),
        properties);
  }

  private Answer read(ResultSet rows) throws SQLException {
    ResultSetMetaData about = rows.getMetaData();
    var columns = new ArrayList<String>();
    for (int i = 1; i <= about.getColumnCount(); i++) {
      columns.add(about.getColumnLabel(i));
    }
    var found = new ArrayList<List<Object>>();
    long bytes = 0;
    while (rows.next()) {
      if (found.size() == bounds.rows()) {
        throw new TawaraException(
            Category.LIMIT, "the answer has more than " + bounds.rows() + " rows: add a limit");
      }
      var row = new ArrayList<Object>(columns.size());
      for (int i = 1; i <= columns.size(); i++) {
        Object value = rows.getObject(i);
        Object plain =
            value == null || value instanceof Number || value instanceof Boolean
                ? value
                : rows.getString(i);
        bytes += plain instanceof String text ? text.length() : 8;
        row.add(plain);
      }
      if (bytes > bounds.bytes()) {
        throw new TawaraException(
            Category.LIMIT, "the answer is larger than " + bounds.bytes() + " bytes");
      }
      found.add(row);
    }
    return new Answer(columns, found);
  }

  /// Error codes of Trino: up to 0xFFFF the fault of the statement, from 0x20000 a lack of
  /// resources (a bound was passed), else its own.
  private static TawaraException failure(SQLException failure) {
    int code = failure.getErrorCode();
    Category category =
        code > 0 && code < 0x1_0000
            ? Category.INPUT
            : code >= 0x2_0000 && code < 0x3_0000 ? Category.LIMIT : Category.UNAVAILABLE;
    return new TawaraException(category, "Trino: " + failure.getMessage(), failure);
  }
}
