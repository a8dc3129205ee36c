package io.tawara.core.currency;

import io.tawara.core.input.InvalidInputException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The factors from other currencies into one, month by month: what a report converts with. A month
/// without a factor is an error that names it, never a factor of 1 (`cost-models.md` §5.4).
///
/// @param target the currency of the answer
/// @param factors base currency → month → how many units of the target one unit of the base is
public record MonthlyRates(String target, Map<String, Map<YearMonth, BigDecimal>> factors) {
  /// Parameters: target currency, first month, last month (first days). Columns: base currency,
  /// month (first day), factor. Months whose row is not written yet take it from a static rate that
  /// covers them. Runs under a tenant's role.
  public static final String SELECT =
      """
      with month as (
        select generate_series(?::date, ?::date, interval '1 month')::date as month)
      select base_currency, effective_date, exchange_rate from monthly_exchange_rate
      join month on month.month = effective_date
      where target_currency = ?
      union all
      select r.base_currency, month.month, r.exchange_rate from static_exchange_rate r
      join month on month.month between r.start_date and r.end_date
      where r.target_currency = ?
        and not exists (
          select 1 from monthly_exchange_rate m
          where m.effective_date = month.month and m.base_currency = r.base_currency
            and m.target_currency = r.target_currency)
      """;

  public MonthlyRates {
    factors =
        factors.entrySet().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Map.Entry::getKey, entry -> Map.copyOf(entry.getValue())));
  }

  /// Reads the factors of a range of months. The connection is behind the tenant's walls.
  public static MonthlyRates load(
      Connection connection, String target, YearMonth first, YearMonth last) throws SQLException {
    var found = new TreeMap<String, Map<YearMonth, BigDecimal>>();
    try (var statement = connection.prepareStatement(SELECT)) {
      statement.setObject(1, first.atDay(1));
      statement.setObject(2, last.atDay(1));
      statement.setString(3, target);
      statement.setString(4, target);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found
              .computeIfAbsent(rows.getString(1), unused -> new TreeMap<>())
              .put(
                  YearMonth.from(rows.getObject(2, LocalDate.class)),
                  rows.getBigDecimal(3).stripTrailingZeros());
        }
      }
    }
    return new MonthlyRates(target, found);
  }

  /// The factor for amounts in a currency in a month; 1 for the target itself.
  public Optional<BigDecimal> factor(String base, YearMonth month) {
    if (base.equals(target)) {
      return Optional.of(BigDecimal.ONE);
    }
    return Optional.ofNullable(factors.getOrDefault(base, Map.of()).get(month));
  }

  /// Makes sure that every amount can be converted.
  ///
  /// @param needed the months in which amounts of a currency occur
  /// @param marketRates whether a source of market rates is configured, for the advice in the text
  /// @throws InvalidInputException of source `currency`, naming every gap
  public void require(Map<String, ? extends Collection<YearMonth>> needed, boolean marketRates) {
    var absent = new ArrayList<String>();
    var partial = new ArrayList<String>();
    for (var entry : new TreeMap<>(needed).entrySet()) {
      List<YearMonth> months = new ArrayList<>(new TreeSet<>(entry.getValue()));
      List<YearMonth> missing =
          months.stream().filter(month -> factor(entry.getKey(), month).isEmpty()).toList();
      if (missing.isEmpty()) {
        continue;
      }
      String pair = entry.getKey() + " -> " + target;
      if (missing.size() == months.size()) {
        absent.add(
            pair + " for " + months.getFirst().atDay(1) + " to " + months.getLast().atDay(1));
      } else {
        partial.add(
            pair
                + " for months: "
                + missing.stream().map(YearMonth::toString).collect(Collectors.joining(", ")));
      }
    }
    var sentences = new ArrayList<String>();
    if (!absent.isEmpty()) {
      sentences.add("No exchange rate available for " + String.join(", ", absent) + ".");
    }
    if (!partial.isEmpty()) {
      sentences.add("Exchange rate missing for " + String.join(", ", partial) + ".");
    }
    if (!sentences.isEmpty()) {
      sentences.add(
          "Ask your administrator to configure static exchange rates"
              + (marketRates ? "." : " or enable dynamic exchange rates."));
      throw new InvalidInputException("currency", String.join(" ", sentences));
    }
  }

  /// The factors as rows, for a join in SQL.
  public List<Factor> rows() {
    var rows = new ArrayList<Factor>();
    new LinkedHashMap<>(factors)
        .forEach(
            (base, months) ->
                months.forEach((month, factor) -> rows.add(new Factor(base, month, factor))));
    return rows;
  }

  /// One factor.
  public record Factor(String base, YearMonth month, BigDecimal factor) {}
}
