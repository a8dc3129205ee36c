package io.tawara.analytics.summary;

import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.Currency;
import io.tawara.core.currency.RateTables;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.sql.Dialect;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Enables the currencies in which a cloud bills, with their rates of the current month (`settings`
/// §10.4): what is billed can be shown and converted without anybody asking for it.
final class BillCurrencies {
  private final SqlText billed;
  private final Currencies registry;

  BillCurrencies(BillDefinition bill, Currencies registry) {
    this.registry = registry;
    this.billed =
        SqlTemplates.of("cloud/currencies")
            .render(
                Dialect.postgreSql(),
                "billed",
                Map.of("daily", new Identifier(bill.rollups().getFirst().scope().daily().table())));
  }

  /// Looks at the days that were summarised, in the same transaction, outside of the tenant's
  /// walls.
  void enable(Connection connection, Provider provider, SummaryRange range, YearMonth current)
      throws SQLException {
    Database.enter(connection, provider.tenant());
    Set<String> missing = new TreeSet<>(billed(connection, provider, range));
    missing.removeAll(RateTables.enabled(connection));
    for (String code : missing) {
      RateTables.enable(connection, code, current);
    }
    if (!missing.isEmpty()) {
      RateTables.fillFromStatic(connection, current);
    }
    Database.leave(connection);
  }

  /// Those that the registry knows.
  private Set<String> billed(Connection connection, Provider provider, SummaryRange range)
      throws SQLException {
    var found = new TreeSet<String>();
    try (var statement = billed.prepare(connection, range.parameters(provider.id()));
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        Optional<Currency> known = registry.find(rows.getString(1));
        known.ifPresent(currency -> found.add(currency.code()));
      }
    }
    return found;
  }
}
