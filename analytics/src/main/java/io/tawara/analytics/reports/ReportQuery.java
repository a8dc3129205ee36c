package io.tawara.analytics.reports;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// A validated request for a report: everything that decides about figures, nothing of HTTP.
///
/// @param filters conditions that rows meet, in the order asked (params §5.1). The key of a named
///   condition is one of the definition's dimensions. `infrastructures` carries the ids of the
///   clusters concerned (none: the query is an [#emptyResult]; an exclude without clusters is left
///   out)
/// @param excludes conditions that rows do not meet (params §5.3)
/// @param groups outermost first, at most four; without the report's inherent group, which the
///   planner adds; keys that validation accepts but that cannot group are left out
/// @param order empty: the report's default order
/// @param categories names of the selected cost groups (`category`, `*` expanded); empty: not asked
/// @param costType AWS family: `unblended_cost`, …; empty elsewhere
/// @param rates how amounts become the target currency
/// @param emptyResult nothing can match (a disabled cost category was used): the answer has empty
///   buckets and zero totals
/// @param parity the names of Koku's figures that are wanted although they are wrong
///   (`KOKU_PARITY`)
public record ReportQuery(
    ReportDefinition report,
    TimeRange time,
    List<Condition> filters,
    List<Condition> excludes,
    List<Grouping> groups,
    Optional<Ordering> order,
    Optional<Delta> delta,
    Optional<Ranking> ranking,
    Paging paging,
    List<String> categories,
    Optional<String> costType,
    ExchangeRates rates,
    AccessRestriction access,
    boolean emptyResult,
    ParityNames parity) {

  /// Names of the deviations that stay as Koku has them.
  public record ParityNames(java.util.Set<String> names) {
    public static final ParityNames NONE = new ParityNames(java.util.Set.of());

    public ParityNames {
      names = java.util.Set.copyOf(names);
    }

    public boolean has(String name) {
      return names.contains(name);
    }
  }

  public ReportQuery {
    Objects.requireNonNull(report);
    Objects.requireNonNull(time);
    filters = List.copyOf(filters);
    excludes = List.copyOf(excludes);
    groups = List.copyOf(groups);
    categories = List.copyOf(categories);
    Objects.requireNonNull(rates);
    Objects.requireNonNull(access);
    Objects.requireNonNull(parity);
  }

  /// Whether the rows are ranked and limited.
  public boolean ranked() {
    return ranking.map(Ranking::active).orElse(false);
  }

  /// Whether a named dimension is among the groups.
  public boolean groupedBy(String dimension) {
    return groups.stream().anyMatch(group -> group.key().equals(new Key.Named(dimension)));
  }
}
