package io.tawara.gateway.reports.params;

import io.tawara.gateway.reports.params.Shape.Rule;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/// The rules between parameters (params §3.2). Their order in a [Shape] is part of the protocol.
final class Rules {
  private Rules() {}

  static Rule unknown(Set<String> known) {
    return given -> {
      var unknown = new LinkedHashMap<String, Object>();
      for (String name : given.asked().query().parameters().keySet()) {
        if (!known.contains(name)) {
          unknown.put(name, InvalidParameters.UNSUPPORTED);
        }
      }
      return unknown.isEmpty() ? Optional.empty() : Optional.of(unknown);
    };
  }

  /// `order_by[distributed_cost]` shows only where costs are distributed to: projects.
  static Rule distributedOrderNeedsProject() {
    return orderNeedsGroup("distributed_cost", "cost_total_distributed", List.of("project"));
  }

  static Rule storageClassOrderNeedsGroup() {
    return orderNeedsGroup(
        "storage_class", "storage_class", List.of("persistentvolumeclaim", "storageclass"));
  }

  private static Rule orderNeedsGroup(String key, String printed, List<String> groups) {
    return when(
        given ->
            given.map("order_by").containsKey(key)
                && groups.stream().noneMatch(given.map("group_by")::containsKey),
        Map.of(
            "order_by",
            List.of(
                "Cannot order by field %s without grouping by one of %s."
                    .formatted(printed, String.join(", ", groups)))));
  }

  static Rule categoryOnlyAsFilter() {
    return when(
        given -> given.has("category"),
        error("Category may only be used as a filter for the tag endpoints."));
  }

  static Rule categoryNeedsProject() {
    return when(
        given -> given.has("category") && !given.map("group_by").containsKey("project"),
        error("Category may not be used without a group_by project parameter"));
  }

  static Rule datesOrScope() {
    return when(
        given ->
            (given.has("start_date") || given.has("end_date"))
                && (given.map("filter").containsKey("time_scope_value")
                    || given.map("filter").containsKey("time_scope_units")),
        Map.of(
            "error",
            List.of(
                "The parameters [start_date, end_date] may not be ",
                "used with the filters [time_scope_value, time_scope_units]")));
  }

  static Rule bothDates() {
    return when(
        given -> given.has("start_date") != given.has("end_date"),
        error("The parameters [start_date, end_date] must both be defined."));
  }

  static Rule startBeforeEnd() {
    return when(
        given ->
            given.has("start_date")
                && given
                    .value("start_date", LocalDate.class)
                    .orElseThrow()
                    .isAfter(given.value("end_date", LocalDate.class).orElseThrow()),
        error("start_date must be a date that is before end_date."));
  }

  static Rule deltaWithoutDates() {
    return when(
        given -> given.has("delta") && given.has("start_date"),
        error("Delta calculation is not supported with start_date and end_date parameters."));
  }

  static Rule rankingNeedsGroup() {
    return when(
        given ->
            given.map("group_by").isEmpty()
                && (given.value("filter", "limit", Long.class).orElse(0L) != 0
                    || given.value("filter", "offset", Long.class).orElse(0L) != 0),
        error("filter[limit] and filter[offset] requires a valid group_by param."));
  }

  static Rule deltaOrderNeedsDelta() {
    return when(
        given -> given.map("order_by").containsKey("delta") && !given.has("delta"),
        Map.of("order_by", List.of("Cannot order by delta without a delta param")));
  }

  static Rule distributedDeltaNeedsProject() {
    return when(
        given ->
            given.value("delta", String.class).filter("distributed_cost"::equals).isPresent()
                && !given.map("group_by").containsKey("project"),
        Map.of("delta", List.of("Cannot use distributed_cost delta without grouping by project.")));
  }

  /// A report whose filters are mandatory was asked without any filter.
  static Rule requiredFilters(List<String> names) {
    return when(
        given -> !given.has("filter"),
        Map.of(
            "non_field_errors",
            List.of(
                "MIG profiles endpoint requires filters: %1$s. Missing: %1$s"
                    .formatted(String.join(", ", names)))));
  }

  private static Rule when(Predicate<Shape.Given> condition, Map<String, Object> body) {
    return given -> condition.test(given) ? Optional.of(body) : Optional.empty();
  }

  private static Map<String, Object> error(String text) {
    return Map.of("error", List.of(text));
  }
}
