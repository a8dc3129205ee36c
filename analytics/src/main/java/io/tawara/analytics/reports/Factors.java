package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Aggregate.Money;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// Exchange rates as SQL: nothing where every factor is 1, a constant where all are the same, a
/// look-up by source or bill currency and month otherwise.
final class Factors {
  private final ExchangeRates rates;

  Factors(ExchangeRates rates) {
    this.rates = rates;
  }

  /// Whether amounts of any kind are converted at all.
  boolean none() {
    return rates.rates().stream()
        .allMatch(
            rate ->
                rate.base().equals(rates.target()) || rate.factor().compareTo(BigDecimal.ONE) == 0);
  }

  /// The factor of a cell `c` (columns `s`, `m`, `cur`), empty for 1. `m` is the first of the
  /// month.
  Optional<String> of(Money money, Bound bound) {
    if (money == Money.NONE || none()) {
      return Optional.empty();
    }
    var cases = new ArrayList<String>();
    if (money == Money.BILL) {
      for (ExchangeRates.Rate rate : byMonthFirst()) {
        cases.add(when("c.cur", rate.base(), rate.month(), rate.factor(), bound));
      }
    } else {
      new TreeMap<>(rates.modelCurrencies())
          .forEach(
              (source, months) ->
                  new TreeMap<>(months)
                      .forEach(
                          (month, currency) ->
                              factor(currency, month)
                                  .ifPresent(
                                      factor ->
                                          cases.add(
                                              when(
                                                  "c.s::text",
                                                  source.toString(),
                                                  Optional.of(month),
                                                  factor,
                                                  bound)))));
    }
    return cases.isEmpty()
        ? Optional.empty()
        : Optional.of("(case" + String.join("", cases) + " else 1 end)");
  }

  /// The rates of single months before those that hold for every other month.
  private List<ExchangeRates.Rate> byMonthFirst() {
    return rates.rates().stream()
        .sorted(
            Comparator.comparing(ExchangeRates.Rate::base)
                .thenComparing(rate -> rate.month().isEmpty())
                .thenComparing(rate -> rate.month().map(YearMonth::toString).orElse("")))
        .toList();
  }

  private Optional<BigDecimal> factor(String base, YearMonth month) {
    return byMonthFirst().stream()
        .filter(rate -> rate.base().equals(base) && rate.month().map(month::equals).orElse(true))
        .map(ExchangeRates.Rate::factor)
        .findFirst();
  }

  private static String when(
      String column, String value, Optional<YearMonth> month, BigDecimal factor, Bound bound) {
    return " when "
        + column
        + " = "
        + bound.text(value)
        + month.map(each -> " and c.m = " + bound.date(each.atDay(1))).orElse("")
        + " then "
        + bound.number(factor);
  }
}
