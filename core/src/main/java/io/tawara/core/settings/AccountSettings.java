package io.tawara.core.settings;

import java.sql.Connection;
import java.sql.SQLException;

/// What an organisation has set for its reports (`settings.md` §8): one row, or the defaults.
///
/// @param currency of reports that name none, an ISO 4217 code
/// @param costType of cloud reports that name none
public record AccountSettings(String currency, String costType) {
  public static final String STANDARD_COST_TYPE = "unblended_cost";

  /// Columns: currency, cost type; null or no row means the default.
  public static final String SELECT = "select currency, cost_type from user_settings";

  /// Reads them. The connection is behind the tenant's walls.
  ///
  /// @param standardCurrency the configured default
  public static AccountSettings load(Connection connection, String standardCurrency)
      throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(SELECT)) {
      if (!rows.next()) {
        return new AccountSettings(standardCurrency, STANDARD_COST_TYPE);
      }
      String currency = rows.getString(1);
      String costType = rows.getString(2);
      return new AccountSettings(
          currency == null ? standardCurrency : currency,
          costType == null ? STANDARD_COST_TYPE : costType);
    }
  }

  /// Writes them.
  public void store(Connection connection) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into user_settings (currency, cost_type) values (?, ?)
            on conflict (only_row) do update
              set currency = excluded.currency, cost_type = excluded.cost_type
            """)) {
      statement.setString(1, currency);
      statement.setString(2, costType);
      statement.executeUpdate();
    }
  }
}
