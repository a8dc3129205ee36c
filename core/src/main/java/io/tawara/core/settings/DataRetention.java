package io.tawara.core.settings;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;

/// For how many months an organisation's data are kept (`settings.md` §9). The environment may fix
/// the number; otherwise the organisation sets it.
///
/// @param configured the value of `RETAIN_NUM_MONTHS`
public record DataRetention(int configured) {
  /// The work of removing what is no longer kept.
  public static final String PURGE_WORK = "purge";

  public static final int STANDARD_MONTHS = 4;
  public static final int FEWEST_MONTHS = 3;
  public static final int MOST_MONTHS = 120;

  /// Whether the organisation cannot change the number: another one than the standard is
  /// configured.
  public boolean isFixed() {
    return configured != STANDARD_MONTHS;
  }

  /// The number that counts. The connection is behind the tenant's walls.
  public int months(Connection connection) throws SQLException {
    if (isFixed()) {
      return configured;
    }
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select data_retention_months from tenant_settings")) {
      if (rows.next()) {
        int months = rows.getInt(1);
        return rows.wasNull() ? STANDARD_MONTHS : months;
      }
      return STANDARD_MONTHS;
    }
  }

  /// Sets the organisation's number.
  public static void set(Connection connection, int months) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into tenant_settings (data_retention_months) values (?)
            on conflict (only_row) do update
              set data_retention_months = excluded.data_retention_months
            """)) {
      statement.setInt(1, months);
      statement.executeUpdate();
    }
  }

  /// The earliest month that can be reported when this many months are kept.
  public static YearMonth firstReportable(YearMonth current, int months) {
    return current.minusMonths(months - 1L);
  }

  /// Months before this one are purged.
  public static YearMonth firstKept(YearMonth current, int months) {
    return current.minusMonths(months);
  }
}
