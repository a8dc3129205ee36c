package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.Resolution;
import io.tawara.analytics.reports.TimeRange;
import io.tawara.analytics.reports.TimeRange.Scope;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The time sub keys of `filter` and the dates: their fields, their defaults and the range they
/// mean (params §3.1, §4).
final class TimeScope {
  private static final Set<String> DAY_VALUES = Set.of("-10", "-30", "-90");
  private static final Set<String> MONTH_VALUES = Set.of("-1", "-2", "-3");

  private static final Map<String, Field> FIELDS =
      Map.of(
          "resolution", Fields.choice(Set.of("daily", "monthly")),
          "time_scope_units", Fields.choice(Set.of("day", "month")),
          "time_scope_value", Fields.choice(Set.of("-10", "-30", "-90", "-1", "-2", "-3")));

  private static final Map<String, Field> MONTH_ONLY_FIELDS =
      Map.of(
          "resolution", Fields.choice(Set.of("monthly"), "valid choice is 'monthly'"),
          "time_scope_units", Fields.choice(Set.of("month"), "valid choice is 'month'"),
          "time_scope_value",
              Fields.choice(MONTH_VALUES, "valid choices are '('-1', '-2', '-3')'"));

  private TimeScope() {}

  static Map<String, Field> fields(boolean monthOnly) {
    return monthOnly ? MONTH_ONLY_FIELDS : FIELDS;
  }

  /// What is wrong with the three given together.
  static Optional<Object> problem(Map<String, Object> filter) {
    Object value = filter.get("time_scope_value");
    if (value == null || !(filter.get("time_scope_units") instanceof String units)) {
      return Optional.empty();
    }
    if (units.equals("day")) {
      if (MONTH_VALUES.contains(value)) {
        return problem(
            "time_scope_value", "Valid values are -10, -30, -90 when time_scope_units is day");
      }
      return "monthly".equals(filter.get("resolution"))
          ? problem("resolution", "Valid values are daily when time_scope_units is day")
          : Optional.empty();
    }
    return DAY_VALUES.contains(value)
        ? problem("time_scope_value", "Valid values are -1, -2, -3 when time_scope_units is month")
        : Optional.empty();
  }

  private static Optional<Object> problem(String name, String text) {
    return Optional.of(Map.of(name, List.of(text)));
  }

  /// The filter with what was left out; what was given stays.
  static Map<String, Object> completed(
      Map<String, Object> filter, boolean dates, boolean monthOnly) {
    var completed = new LinkedHashMap<>(filter);
    if (dates) {
      completed.putIfAbsent("resolution", "daily");
      return completed;
    }
    boolean months =
        monthOnly
            || (filter.get("time_scope_value") instanceof String value
                ? MONTH_VALUES.contains(value)
                : "month".equals(filter.get("time_scope_units")));
    completed.putIfAbsent("time_scope_value", months ? "-1" : "-10");
    completed.putIfAbsent("time_scope_units", months ? "month" : "day");
    completed.putIfAbsent("resolution", months ? "monthly" : "daily");
    return completed;
  }

  /// The range of a completed filter or of explicit dates.
  static TimeRange range(Shape.Given given, Map<String, Object> completed) {
    Resolution resolution =
        "monthly".equals(completed.get("resolution")) ? Resolution.MONTHLY : Resolution.DAILY;
    Optional<LocalDate> start = given.value("start_date", LocalDate.class);
    Optional<LocalDate> end = given.value("end_date", LocalDate.class);
    if (start.isPresent() && end.isPresent()) {
      return TimeRange.of(start.get(), end.get(), resolution);
    }
    Scope scope =
        Scope.of(Integer.parseInt((String) completed.get("time_scope_value"))).orElseThrow();
    return TimeRange.of(scope, resolution, given.asked().context().today());
  }
}
