package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.ExchangeRates;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The tenant as it was when the recordings were made.
final class Contexts {
  private Contexts() {}

  static final Set<String> CURRENCIES =
      Set.of(
          "AED", "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "INR", "JPY",
          "NGN", "NOK", "NZD", "SAR", "SEK", "SGD", "TWD", "USD", "ZAR", "PLN");

  static ParameterContext recorded(String currency, Set<String> tagKeys) {
    return new ParameterContext(
        LocalDate.parse("2026-11-20"),
        4,
        2,
        currency,
        CURRENCIES,
        "unblended_cost",
        tagKeys,
        Map.of(),
        List.of("Platform"),
        Map.of(),
        ExchangeRates::unconverted);
  }

  static ParameterContext plain() {
    return recorded("USD", Set.of("app", "env"));
  }
}
