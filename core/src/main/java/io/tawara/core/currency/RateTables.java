package io.tawara.core.currency;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Keeps a tenant's enabled currencies and monthly exchange rates in step (`cost-models.md` §5.3).
/// Only the current month is written; what was stored for earlier months stays. Every method works
/// in the caller's transaction behind the tenant's walls.
public final class RateTables {
  private RateTables() {}

  public static SortedSet<String> enabled(Connection connection) throws SQLException {
    var found = new TreeSet<String>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select currency_code from enabled_currency")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  /// Enables a currency and gives it the current month's market rates.
  ///
  /// @return whether it was not enabled before
  public static boolean enable(Connection connection, String code, YearMonth current)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into enabled_currency (currency_code) values (?) on conflict do nothing")) {
      statement.setString(1, code);
      boolean added = statement.executeUpdate() > 0;
      fillFromMarket(connection, current, Optional.of(code));
      return added;
    }
  }

  /// Disables a currency and removes the current month's rates that involve it.
  public static void disable(Connection connection, String code, YearMonth current)
      throws SQLException {
    try (var delete =
            connection.prepareStatement("delete from enabled_currency where currency_code = ?");
        var rates =
            connection.prepareStatement(
                """
                delete from monthly_exchange_rate
                where effective_date = ? and ? in (base_currency, target_currency)
                """)) {
      delete.setString(1, code);
      delete.executeUpdate();
      rates.setObject(1, current.atDay(1));
      rates.setString(2, code);
      rates.executeUpdate();
    }
  }

  /// Writes the current month's static rates from the ones that cover it.
  ///
  /// @return how many rows changed
  public static int fillFromStatic(Connection connection, YearMonth current) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into monthly_exchange_rate as old
              (effective_date, base_currency, target_currency, exchange_rate, rate_type)
            select ?, base_currency, target_currency, exchange_rate, 'static'
            from static_exchange_rate where ? between start_date and end_date
            on conflict (effective_date, base_currency, target_currency) do update
              set exchange_rate = excluded.exchange_rate, rate_type = 'static'
              where (old.exchange_rate, old.rate_type) <> (excluded.exchange_rate, 'static')
            """)) {
      statement.setObject(1, current.atDay(1));
      statement.setObject(2, current.atDay(1));
      return statement.executeUpdate();
    }
  }

  /// Takes back what a static rate had written for the current month, and gives the pair its market
  /// rate again.
  public static void removeStatic(
      Connection connection, String base, String target, YearMonth current) throws SQLException {
    LocalDate month = current.atDay(1);
    try (var own =
            connection.prepareStatement(
                """
                delete from monthly_exchange_rate
                where effective_date = ? and base_currency = ? and target_currency = ?
                  and rate_type = 'static'
                """);
        var inverse =
            connection.prepareStatement(
                """
                delete from monthly_exchange_rate m
                where effective_date = ? and base_currency = ? and target_currency = ?
                  and rate_type = 'static'
                  and not exists (
                    select 1 from static_exchange_rate r
                    where r.base_currency = m.base_currency
                      and r.target_currency = m.target_currency
                      and m.effective_date between r.start_date and r.end_date)
                """)) {
      own.setObject(1, month);
      own.setString(2, base);
      own.setString(3, target);
      own.executeUpdate();
      inverse.setObject(1, month);
      inverse.setString(2, target);
      inverse.setString(3, base);
      inverse.executeUpdate();
    }
    fillFromMarket(connection, current, Optional.of(base));
  }

  /// Writes the current month's market rates of the pairs of enabled currencies that have no static
  /// rate.
  ///
  /// @param involving only pairs with this currency
  /// @return how many rows changed
  public static int fillFromMarket(
      Connection connection, YearMonth current, Optional<String> involving) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into monthly_exchange_rate as old
              (effective_date, base_currency, target_currency, exchange_rate, rate_type)
            select ?, base.currency_code, target.currency_code,
                   round(target_market.rate / base_market.rate, 15), 'dynamic'
            from enabled_currency base
            join enabled_currency target on target.currency_code <> base.currency_code
            join public.market_exchange_rate base_market
              on base_market.currency_code = base.currency_code
            join public.market_exchange_rate target_market
              on target_market.currency_code = target.currency_code
            where round(target_market.rate / base_market.rate, 15) > 0
              and (?::text is null or ? in (base.currency_code, target.currency_code))
            on conflict (effective_date, base_currency, target_currency) do update
              set exchange_rate = excluded.exchange_rate
              where old.rate_type = 'dynamic' and old.exchange_rate <> excluded.exchange_rate
            """)) {
      statement.setObject(1, current.atDay(1));
      for (int parameter = 2; parameter <= 3; parameter++) {
        if (involving.isPresent()) {
          statement.setString(parameter, involving.get());
        } else {
          statement.setNull(parameter, Types.VARCHAR);
        }
      }
      return statement.executeUpdate();
    }
  }

  /// Fills months back to the first one that is kept: a pair without a rate takes the one of the
  /// month after. What is there stays.
  ///
  /// @return how many rows were added
  public static int fillBackwards(Connection connection, YearMonth current, YearMonth first)
      throws SQLException {
    int added = 0;
    try (var statement =
        connection.prepareStatement(
            """
            insert into monthly_exchange_rate
              (effective_date, base_currency, target_currency, exchange_rate, rate_type)
            select ?, base_currency, target_currency, exchange_rate, 'dynamic'
            from monthly_exchange_rate where effective_date = ?
            on conflict do nothing
            """)) {
      for (YearMonth month = current.minusMonths(1);
          !month.isBefore(first);
          month = month.minusMonths(1)) {
        statement.setObject(1, month.atDay(1));
        statement.setObject(2, month.plusMonths(1).atDay(1));
        added += statement.executeUpdate();
      }
    }
    return added;
  }

  /// Removes the rates of months that are no longer kept.
  public static int purge(Connection connection, YearMonth first) throws SQLException {
    try (var statement =
        connection.prepareStatement("delete from monthly_exchange_rate where effective_date < ?")) {
      statement.setObject(1, first.atDay(1));
      return statement.executeUpdate();
    }
  }
}
