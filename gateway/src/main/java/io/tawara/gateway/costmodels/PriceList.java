package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;

/// Rates that hold from one day to another.
///
/// @param start the first day of a month
/// @param end the last day of a month
/// @param rates as [RateRules] stores them, with the ids and names of their rows
record PriceList(
    UUID id,
    String name,
    String description,
    String currency,
    LocalDate start,
    LocalDate end,
    boolean enabled,
    int version,
    JsonNode rates,
    Instant created,
    Instant updated) {

  /// Whether it holds on a part of the month that has already come.
  boolean touches(YearMonth month, LocalDate today) {
    return !start.isAfter(today) && !end.isBefore(month.atDay(1));
  }

  PriceList with(JsonNode newRates, Instant now) {
    return new PriceList(
        id, name, description, currency, start, end, enabled, version, newRates, created, now);
  }
}
