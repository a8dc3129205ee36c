package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Aggregate.Money;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

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
    var byKey = new TreeMap<String, List<ExchangeRates.Rate>>();
    for (ExchangeRates.Rate rate : rates.rates()) {
      byKey.computeIfAbsent(rate.base(), base -> new ArrayList<>()).add(rate);
    }
    String key;
    Map<String, List<ExchangeRates.Rate>> found = new LinkedHashMap<>();
    if (money == Money.BILL) {
      key = "c.cur";
      found.putAll(byKey);
    } else {
      key = "c.s::text";
      new TreeMap<>(rates.modelCurrencies())
          .forEach(
              (source, currency) -> {
                List<ExchangeRates.Rate> some = byKey.get(currency);
                if (some != null) {
                  found.put(source.toString(), some);
                }
              });
    }
    if (found.isEmpty()) {
      return Optional.empty();
    }
    var text = new StringBuilder("(case");
    found.forEach(
        (value, some) -> {
          for (YearMonth month : months(some)) {
            some.stream()
                .filter(rate -> rate.month().equals(Optional.of(month)))
                .findFirst()
                .ifPresent(
                    rate ->
                        text.append(" when ")
                            .append(key)
                            .append(" = ")
                            .append(bound.text(value))
                            .append(" and c.m = ")
                            .append(bound.date(month.atDay(1)))
                            .append(" then ")
                            .append(bound.number(rate.factor())));
          }
          some.stream()
              .filter(rate -> rate.month().isEmpty())
              .findFirst()
              .ifPresent(
                  rate ->
                      text.append(" when ")
                          .append(key)
                          .append(" = ")
                          .append(bound.text(value))
                          .append(" then ")
                          .append(bound.number(rate.factor())));
        });
    return Optional.of(text.append(" else 1 end)").toString());
  }

  private static TreeSet<YearMonth> months(List<ExchangeRates.Rate> rates) {
    var months = new TreeSet<YearMonth>();
    rates.forEach(rate -> rate.month().ifPresent(months::add));
    return months;
  }
}
