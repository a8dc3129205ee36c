package io.tawara.analytics.reports;

import io.tawara.core.input.InvalidInputException;
import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// How amounts become the target currency. A row's bill amounts are in its `raw_currency`, its
/// cost-model amounts in the currency that the source's model had when the month was calculated.
///
/// @param target what every amount is shown in
/// @param modelCurrencies source → month → currency that the costs of its model were calculated in
/// @param rates base currency → target, by month or for every month; where there is none the factor
///   is 1
/// @param occurring the currencies that amounts are in, and the months in which they occur: each
///   must have a rate, see [#require]
/// @param marketRates whether a source of market rates is configured
public record ExchangeRates(
    String target,
    Map<UUID, Map<YearMonth, String>> modelCurrencies,
    List<Rate> rates,
    Map<String, Set<YearMonth>> occurring,
    boolean marketRates) {

  /// One factor.
  ///
  /// @param month empty: holds for every month that has no rate of its own
  public record Rate(String base, Optional<YearMonth> month, BigDecimal factor) {}

  public ExchangeRates {
    modelCurrencies = Map.copyOf(modelCurrencies);
    rates = List.copyOf(rates);
    occurring = Map.copyOf(occurring);
  }

  /// Amounts stay as they are and only get a unit.
  public static ExchangeRates unconverted(String target) {
    return new ExchangeRates(target, Map.of(), List.of(), Map.of(), false);
  }

  /// Makes sure that every amount of a range can be converted: amounts in different currencies are
  /// never added up, and none gets a unit that it is not in.
  ///
  /// @throws InvalidInputException of source `currency`, naming every gap
  public void require(TimeRange time) {
    YearMonth first = YearMonth.from(time.previous().map(TimeRange::start).orElse(time.start()));
    YearMonth last = YearMonth.from(time.end());
    var absent = new ArrayList<String>();
    var partial = new ArrayList<String>();
    new TreeMap<>(occurring)
        .forEach(
            (base, months) -> {
              var needed = new TreeSet<>(months);
              needed.removeIf(month -> month.isBefore(first) || month.isAfter(last));
              var missing = new TreeSet<>(needed);
              missing.removeIf(month -> known(base, month));
              if (missing.isEmpty()) {
                return;
              }
              String pair = base + " -> " + target;
              if (missing.equals(needed)) {
                absent.add(
                    "%s for %s to %s"
                        .formatted(pair, missing.first().atDay(1), missing.last().atDay(1)));
              } else {
                partial.add(
                    missing.stream()
                        .map(YearMonth::toString)
                        .collect(Collectors.joining(", ", pair + " for months: ", "")));
              }
            });
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

  private boolean known(String base, YearMonth month) {
    return base.equals(target)
        || rates.stream()
            .anyMatch(
                rate -> rate.base().equals(base) && rate.month().map(month::equals).orElse(true));
  }
}
