package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Condition.Operator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Writes the conditions of a query on rows `t` (params §5.1–5.3, reports-api §7.4).
final class Conditions {
  private final ReportQuery query;
  private final Bound bound;
  private final RowMatch match;

  Conditions(ReportQuery query, Bound bound) {
    this.query = query;
    this.bound = bound;
    this.match = new RowMatch(query.report().dimensions(), query.report().labels(), bound);
  }

  /// All of them, joined by `and`.
  String where(TimeRange time, boolean excludes) {
    var parts = new ArrayList<String>();
    parts.add(
        "t.usage_start between " + bound.date(time.start()) + " and " + bound.date(time.end()));
    if (query.emptyResult()) {
      parts.add("false");
    }
    query
        .report()
        .family()
        .sourceType()
        .ifPresent(type -> parts.add("t.source_type = " + bound.text(type)));
    parts.addAll(match.filters(query.filters(), query.groups()));
    if (excludes) {
      parts.addAll(excludes());
    }
    parts.addAll(match.access(query.access()));
    return String.join("\n    and ", parts);
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
            String matching = match.of(condition.key(), condition.operator(), condition.values());
            switch (condition.key()) {
              case Key.Named named ->
                  either
                      .computeIfAbsent(condition.operator(), o -> new ArrayList<>())
                      .add(matching);
              case Key.Tag tag -> tags.add("(" + matching + ") is not true");
              case Key.CostCategory category -> tags.add("(" + matching + ") is not true");
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
    either
        .values()
        .forEach(some -> some.forEach(matching -> kept.add("(" + matching + ") is not true")));
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
}
