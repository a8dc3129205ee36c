package io.tawara.analytics.summary;

import io.tawara.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;

/// Partitions of summary tables, one per month of `usage_start`, made on demand.
public final class MonthPartitions {
  private MonthPartitions() {}

  /// Makes the month's partition when it is missing. Attaching takes a weaker lock than creating in
  /// place.
  public static void ensure(Connection connection, Identifier table, YearMonth month)
      throws SQLException {
    String partition = partition(table, month);
    if (exists(connection, partition)) {
      return;
    }
    try (var statement = connection.createStatement()) {
      statement.execute(
          "select pg_advisory_xact_lock(hashtext('%s'), hashtext(current_schema()))"
              .formatted(table.name()));
      if (exists(connection, partition)) {
        return;
      }
      statement.execute(
          """
          create table %1$s (like %4$s including defaults);
          alter table %4$s attach partition %1$s for values from ('%2$s') to ('%3$s')
          """
              .formatted(partition, month.atDay(1), month.plusMonths(1).atDay(1), table.name()));
    }
  }

  /// Gathers statistics of the month's partition, for statements of the same transaction that read
  /// what it has just written.
  public static void analyse(Connection connection, Identifier table, YearMonth month)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("analyze " + partition(table, month));
    }
  }

  private static String partition(Identifier table, YearMonth month) {
    return "%s_%04d_%02d".formatted(table.name(), month.getYear(), month.getMonthValue());
  }

  private static boolean exists(Connection connection, String table) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select 1 from pg_catalog.pg_tables where schemaname = current_schema() and tablename"
                + " = ?")) {
      statement.setString(1, table);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }
}
