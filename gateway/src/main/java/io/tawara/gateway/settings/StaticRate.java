package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.WireTime;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;

/// An exchange rate that a person has set for whole months.
///
/// @param rate how many units of the target one unit of the base is
/// @param start the first day of a month
/// @param end the last day of a month
record StaticRate(
    UUID id,
    String base,
    String target,
    BigDecimal rate,
    LocalDate start,
    LocalDate end,
    Instant created,
    Instant updated) {

  boolean covers(YearMonth month) {
    return !start.isAfter(month.atDay(1)) && !end.isBefore(month.atEndOfMonth());
  }

  boolean samePair(StaticRate other) {
    return base.equals(other.base) && target.equals(other.target);
  }

  boolean sameScope(StaticRate other) {
    return samePair(other) && start.equals(other.start) && end.equals(other.end);
  }

  boolean overlaps(StaticRate other) {
    return samePair(other) && !start.isAfter(other.end) && !other.start.isAfter(end);
  }

  String name() {
    return base + "-" + target;
  }

  ObjectNode view() {
    return Json.object()
        .put("uuid", id.toString())
        .put("name", name())
        .put("base_currency", base)
        .put("target_currency", target)
        .put("exchange_rate", rate.doubleValue())
        .put("start_date", start.toString())
        .put("end_date", end.toString())
        .put("created_timestamp", WireTime.zulu(created))
        .put("updated_timestamp", WireTime.zulu(updated));
  }
}
