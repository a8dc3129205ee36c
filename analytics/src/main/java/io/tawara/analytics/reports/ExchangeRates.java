package io.tawara.analytics.reports;

import java.math.BigDecimal;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// How amounts become the target currency. A row's bill amounts are in its `raw_currency`, its
/// cost-model amounts in the currency of the model that is assigned to its source.
///
/// @param target what every amount is shown in
/// @param modelCurrencies source → currency of its cost model; sources that are absent have none
/// @param rates base currency → target, by month or for every month; where there is none the factor
///   is 1
public record ExchangeRates(String target, Map<UUID, String> modelCurrencies, List<Rate> rates) {

  /// One factor.
  ///
  /// @param month empty: holds for every month that has no rate of its own
  public record Rate(String base, Optional<YearMonth> month, BigDecimal factor) {}

  public ExchangeRates {
    modelCurrencies = Map.copyOf(modelCurrencies);
    rates = List.copyOf(rates);
  }

  /// Amounts stay as they are and only get a unit.
  public static ExchangeRates unconverted(String target) {
    return new ExchangeRates(target, Map.of(), List.of());
  }
}
