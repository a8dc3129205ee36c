package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Condition.Operator;
import io.tawara.analytics.reports.Dimension.Matching;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;

/// Writes the conditions of a query on rows `t` (params §5.1–5.3, reports-api §7.4).
final class Conditions {
  private final ReportQuery query;
  private final Bound bound;

  Conditions(ReportQuery query, Bound bound) {
    this.query = query;
    this.bound = bound;
  }

  /// All of them, joined by `and`.
  String where(TimeRange time, boolean excludes) {
    var parts = new ArrayList<String>();
    parts.add(
        "t.usage_start between " + bound.date(time.start()) + " and " + bound.date(time.end()));
    if (query.emptyResult()) {
      parts.add("false");
    }
    parts.addAll(filters());
    if (excludes) {
      parts.addAll(excludes());
    }
    query
        .access()
        .granted()
        .forEach(
            (dimension, granted) ->
                parts.add(
                    anyAttribute(
                        dimension, column -> column + " = any(" + bound.texts(granted) + ")")));
    return String.join("\n    and ", parts);
  }

  private List<String> filters() {
    // Plain and exact values of a key are one disjunction; a group's values count only where the
    // key
    // has neither.
    var alternatives = new LinkedHashMap<Key, List<String>>();
    var conjuncts = new ArrayList<String>();
    var filtered = new ArrayList<Key>();
    for (Condition condition : query.filters()) {
      switch (condition.operator()) {
        case ANY, EXACT -> {
          filtered.add(condition.key());
          boolean nothing =
              condition.operator() == Operator.ANY
                  && condition.wildcard()
                  && condition.key() instanceof Key.Named;
          if (!nothing) {
            alternatives
                .computeIfAbsent(condition.key(), key -> new ArrayList<>())
                .add(matches(condition.key(), condition.operator(), condition.values()));
          }
        }
        case OR, AND ->
            conjuncts.add(matches(condition.key(), condition.operator(), condition.values()));
      }
    }
    for (Grouping group : query.groups()) {
      if (group.restricting() && !filtered.contains(group.key())) {
        conjuncts.add(matches(group.key(), group.operator(), group.values()));
      }
    }
    var all = new ArrayList<String>();
    alternatives.values().forEach(some -> all.add("(" + String.join(" or ", some) + ")"));
    all.addAll(conjuncts);
    return all;
  }

  private List<String> excludes() {
    var kept = new ArrayList<String>();
    var tags = new ArrayList<String>();
    var either = new LinkedHashMap<Operator, List<String>>();
    for (Condition condition : query.excludes()) {
      switch (condition.operator()) {
        case EXACT -> {}
        case ANY, OR, AND -> {
          boolean nothing = condition.operator() == Operator.ANY && condition.wildcard();
          if (!nothing) {
            String match = matches(condition.key(), condition.operator(), condition.values());
            switch (condition.key()) {
              case Key.Named named ->
                  either.computeIfAbsent(condition.operator(), o -> new ArrayList<>()).add(match);
              case Key.Tag tag -> tags.add("(" + match + ") is not true");
              case Key.CostCategory category -> tags.add("(" + match + ") is not true");
            }
          }
        }
      }
    }
    List<String> plain = either.getOrDefault(Operator.ANY, List.of());
    List<String> or = either.getOrDefault(Operator.OR, List.of());
    if (query.parity().has("or-and-plain-exclude") && !plain.isEmpty() && !or.isEmpty()) {
      kept.add(
          "(("
              + String.join(" or ", plain)
              + ") and ("
              + String.join(" or ", or)
              + ")) is not true");
      either.remove(Operator.ANY);
      either.remove(Operator.OR);
    }
    either.values().forEach(some -> some.forEach(match -> kept.add("(" + match + ") is not true")));
    if (!tags.isEmpty()) {
      boolean one =
          query.report().figures().shape() == ReportFigures.Shape.RESOURCES
              || query.report().family() == ProviderFamily.AWS
              || query.report().family() == ProviderFamily.AZURE
              || query.report().family() == ProviderFamily.GCP;
      kept.add("(" + String.join(one ? " or " : " and ", tags) + ")");
    }
    return kept;
  }

  private String matches(Key key, Operator operator, List<String> values) {
    return switch (key) {
      case Key.Named named -> named(named.name(), operator, values);
      case Key.Tag tag -> label(tag.key(), operator, values);
      case Key.CostCategory category -> map("t.cost_category", category.key(), operator, values);
    };
  }

  private String named(String name, Operator operator, List<String> values) {
    Dimension dimension = query.report().dimensions().get(name);
    if (dimension.matching() == Matching.COST_GROUP_NAME) {
      return "t.cost_category_id in (select c.id from reporting_ocp_cost_category c where "
          + text("c.name", operator, values)
          + ")";
    }
    if (dimension.matching() == Matching.EQUALITY) {
      return anyAttribute(name, column -> column + " = any(" + bound.texts(values) + ")");
    }
    return anyAttribute(name, column -> text(column, operator, values));
  }

  private String anyAttribute(String name, java.util.function.UnaryOperator<String> condition) {
    return query.report().dimensions().get(name).attributes().stream()
        .map(column -> condition.apply("t." + column.name()))
        .collect(Collectors.joining(" or ", "(", ")"));
  }

  private String label(String key, Operator operator, List<String> values) {
    return query
        .report()
        .labels()
        .map(labels -> map("t." + labels.name(), key, operator, values))
        .orElse("true");
  }

  private String map(String column, String key, Operator operator, List<String> values) {
    if (values.contains("*") && operator != Operator.EXACT) {
      return column + " ? " + bound.text(key);
    }
    return text("(" + column + " ->> " + bound.text(key) + ")", operator, values);
  }

  private String text(String column, Operator operator, List<String> values) {
    return switch (operator) {
      case EXACT -> column + " = any(" + bound.texts(values) + ")";
      case ANY, OR -> column + " ilike any(" + bound.texts(patterns(values)) + ")";
      case AND -> column + " ilike all(" + bound.texts(patterns(values)) + ")";
    };
  }

  private static List<String> patterns(List<String> values) {
    return values.stream()
        .map(
            value ->
                "%" + value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        .toList();
  }
}
