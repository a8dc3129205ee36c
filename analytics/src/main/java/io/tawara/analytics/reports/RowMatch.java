package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Condition.Operator;
import io.tawara.analytics.reports.Dimension.Matching;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Writes whether rows `t` match filters and access lists (params §5.1, reports-api §7.4): for
/// reports and for every other list that has dimensions. A key that the rows do not have matches
/// none.
public final class RowMatch {
  private final Map<String, Dimension> dimensions;
  private final Optional<Column> labels;
  private final Bound bound;

  /// @param labels the label map that tag keys are looked up in
  public RowMatch(Map<String, Dimension> dimensions, Optional<Column> labels, Bound bound) {
    this.dimensions = dimensions;
    this.labels = labels;
    this.bound = bound;
  }

  /// One condition for every dimension that is restricted.
  public List<String> access(AccessRestriction access) {
    var parts = new ArrayList<String>();
    access
        .granted()
        .forEach(
            (dimension, granted) ->
                parts.add(
                    dimensions.containsKey(dimension)
                        ? anyAttribute(dimension, granted(dimension, granted))
                        : "false"));
    return parts;
  }

  private java.util.function.UnaryOperator<String> granted(String dimension, List<String> values) {
    return dimensions.get(dimension).matching() == Matching.PATH
        ? column -> "string_to_array(" + column + ", '&') && " + bound.texts(values)
        : column -> column + "::text = any(" + bound.texts(values) + ")";
  }

  /// What rows must meet for filters and for groups that name values.
  public List<String> filters(List<Condition> filters, List<Grouping> groups) {
    // Plain and exact values of a key are one disjunction; a group's values count only where the
    // key has neither.
    var alternatives = new LinkedHashMap<Key, List<String>>();
    var conjuncts = new ArrayList<String>();
    var filtered = new ArrayList<Key>();
    for (Condition condition : filters) {
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
                .add(of(condition.key(), condition.operator(), condition.values()));
          }
        }
        case OR, AND ->
            conjuncts.add(of(condition.key(), condition.operator(), condition.values()));
      }
    }
    for (Grouping group : groups) {
      if (group.restricting() && !filtered.contains(group.key())) {
        conjuncts.add(
            below(group).orElseGet(() -> of(group.key(), group.operator(), group.values())));
      }
    }
    var all = new ArrayList<String>();
    alternatives.values().forEach(some -> all.add("(" + String.join(" or ", some) + ")"));
    all.addAll(conjuncts);
    return all;
  }

  /// A group of a path names elements.
  private Optional<String> below(Grouping group) {
    return group.key() instanceof Key.Named named
            && dimensions.containsKey(named.name())
            && dimensions.get(named.name()).matching() == Matching.PATH
        ? Optional.of(
            anyAttribute(
                named.name(),
                column -> "string_to_array(" + column + ", '&') && " + bound.texts(group.values())))
        : Optional.empty();
  }

  /// Whether a row has one of the values, or all, under a key.
  public String of(Key key, Operator operator, List<String> values) {
    return switch (key) {
      case Key.Named named -> named(named.name(), operator, values);
      case Key.Tag tag -> label(tag.key(), operator, values);
      case Key.CostCategory category -> map("t.cost_category", category.key(), operator, values);
    };
  }

  private String named(String name, Operator operator, List<String> values) {
    Dimension dimension = dimensions.get(name);
    if (dimension == null) {
      return "false";
    }
    if (dimension.matching() == Matching.IGNORED) {
      return "true";
    }
    if (dimension.matching() == Matching.COST_GROUP_NAME) {
      return "t.cost_category_id in (select c.id from reporting_ocp_cost_category c where "
          + text("c.name", operator, values)
          + ")";
    }
    if (dimension.matching() == Matching.COST_GROUP_OF_NAMESPACE) {
      return "exists (select from reporting_ocp_cost_category c"
          + " join reporting_ocp_cost_category_namespace n on n.cost_category_id = c.id where "
          + text("c.name", operator, values)
          + " and "
          + anyAttribute(name, column -> column + " like n.namespace")
          + ")";
    }
    if (dimension.matching() == Matching.EQUALITY) {
      return anyAttribute(name, column -> column + " = any(" + bound.texts(values) + ")");
    }
    return anyAttribute(name, column -> text(column, operator, values));
  }

  private String anyAttribute(String name, java.util.function.UnaryOperator<String> condition) {
    Dimension dimension = dimensions.get(name);
    if (dimension.shown() instanceof Expression.Joined joined) {
      return "(" + condition.apply("(" + joined.sql() + ")") + ")";
    }
    return dimension.attributes().stream()
        .map(column -> condition.apply("t." + column.name()))
        .collect(Collectors.joining(" or ", "(", ")"));
  }

  private String label(String key, Operator operator, List<String> values) {
    return labels.map(column -> map("t." + column.name(), key, operator, values)).orElse("true");
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

  /// Patterns of texts that contain a value, for `like` and `ilike`; nothing in a value is special.
  public static List<String> patterns(List<String> values) {
    return values.stream()
        .map(
            value ->
                "%" + value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
        .toList();
  }
}
