package io.tawara.core.settings;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.Optional;

/// For how many months an organisation's data are kept (`settings.md` §9). The environment may fix
/// the number; otherwise the organisation sets it.
///
/// @param environment the value of `RETAIN_NUM_MONTHS`, as it stands there
public record DataRetention(Optional<String> environment) {
  public static final int STANDARD_MONTHS = 4;
  public static final int FEWEST_MONTHS = 3;
  public static final int MOST_MONTHS = 120;

  /// Whether the organisation cannot change the number: the environment holds another number than
  /// the standard, or something that is no number.
  public boolean isFixed() {
    return environment.isPresent() && !number().equals(Optional.of(STANDARD_MONTHS));
  }

  private Optional<Integer> number() {
    try {
      return environment.map(text -> Integer.valueOf(text.strip()));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  /// The number that counts. The connection is behind the tenant's walls.
  ///
  /// @throws TawaraException of category INPUT when the environment holds no number
  public int months(Connection connection) throws SQLException {
    if (isFixed()) {
      return number()
          .orElseThrow(
              () ->
                  new TawaraException(Category.INPUT, "RETAIN_NUM_MONTHS is not a whole number"));
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
