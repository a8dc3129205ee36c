package io.tawara.analytics.reports;

import io.tawara.analytics.summary.AwsRollups;
import io.tawara.analytics.summary.AzureRollups;
import io.tawara.analytics.summary.GcpRollups;
import io.tawara.analytics.summary.OnCloudRollups;
import io.tawara.analytics.summary.Rollup;
import io.tawara.analytics.summary.Rollups;
import io.tawara.analytics.summary.Scope;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Picks the smallest table that covers a query: its groups, conditions, access lists and figures.
///
/// Rollups keep the greatest cost group of their rows. Where rows are told apart by namespace that
/// is the merged cost group that answers show (clarifications 15.4); a condition on the cost group
/// must see the daily rows.
public final class Planner {
  private static final String COST_GROUP = "cost_category_id";
  private static final String NAMESPACE = "namespace";

  private final List<Rollup> rollups;

  public Planner() {
    this(
        Stream.of(Rollups.ALL, AwsRollups.ALL, AzureRollups.ALL, GcpRollups.ALL, OnCloudRollups.ALL)
            .flatMap(List::stream)
            .toList());
  }

  Planner(List<Rollup> rollups) {
    this.rollups = List.copyOf(rollups);
  }

  /// What a query reads of a table.
  ///
  /// @param told columns by which rows must be told apart
  /// @param shown columns whose greatest value suffices when the rows are told apart by namespace
  /// @param measured columns that are added up or compared
  /// @param wholeMonths whether days are of no interest
  private record Need(
      Set<String> told, Set<String> shown, Set<String> measured, boolean wholeMonths) {}

  public Plan plan(ReportQuery query) {
    ReportDefinition report = query.report();
    ReportFigures figures = report.figures(query);
    var reasons = new ArrayList<String>();
    Set<String> conditions = conditionColumns(query);
    var told = new LinkedHashSet<>(conditions);
    var shown = new LinkedHashSet<String>();
    for (Grouping group : query.groups()) {
      told.addAll(groupColumns(report, group.key()));
    }
    report
        .inherentGroup()
        .ifPresent(name -> addColumns(told, report.dimensions().get(name).shown().columns()));
    for (ReportFigures.Attribute attribute : figures.attributes()) {
      switch (attribute.expression()) {
        case Expression.CostGroupName name -> shown.add(COST_GROUP);
        case Expression.Of of -> addColumns(told, of.columns());
        case Expression.Joined joined -> addColumns(told, joined.columns());
        case Expression.FirstPresent first -> addColumns(told, first.columns());
        case Expression.Below below -> addColumns(told, below.columns());
        case Expression.BelowName name -> addColumns(told, name.columns());
      }
    }
    if (!query.categories().isEmpty()) {
      shown.add(COST_GROUP);
    }
    var measured = new LinkedHashSet<String>();
    for (Aggregate aggregate : figures.aggregates()) {
      switch (aggregate) {
        case Aggregate.Sum sum -> {
          addColumns(measured, Set.copyOf(sum.terms()));
          sum.otherwise().map(Column::name).ifPresent(measured::add);
        }
        case Aggregate.GreatestNumber greatest -> measured.add(greatest.column().name());
        case Aggregate.DistinctSum sum -> {
          sum.identity().columns().forEach(column -> told.add(column.name()));
          measured.add(sum.value().name());
        }
        case Aggregate.Volumes volumes -> {
          told.add(volumes.volume().name());
          told.add(volumes.storageClass().name());
          measured.add(volumes.usage().name());
          measured.add(volumes.capacity().name());
        }
        case Aggregate.GreatestText greatest ->
            greatest.firstPresent().stream().map(Column::name).forEach(told::add);
        case Aggregate.RowCount count -> {}
        case Aggregate.TextList list -> told.add(list.column().name());
        case Aggregate.DistinctCount count ->
            count.identity().columns().forEach(column -> told.add(column.name()));
        case Aggregate.LabelSets sets -> addColumns(told, sets.columns());
      }
    }
    boolean byNode = query.groupedBy("node");
    figures
        .capacity()
        .ifPresent(
            capacity -> {
              (byNode ? capacity.nodeValue() : capacity.clusterValue())
                  .ifPresent(column -> measured.add(column.name()));
              if (byNode) {
                measured.add(capacity.count().name());
              }
            });
    Scope scope = scope(query, figures);
    Plan.Source rows = source(scope, new Need(told, shown, measured, wholeMonths(query)), reasons);
    Optional<Plan.Source> counts =
        figures
            .capacity()
            .map(
                capacity -> {
                  Scope countScope =
                      capacity.countScope().equals(figures.scope()) ? scope : capacity.countScope();
                  var nodes = new LinkedHashSet<>(conditions);
                  nodes.add("node");
                  return source(
                      countScope,
                      new Need(
                          nodes, Set.of(), Set.of(capacity.count().name()), wholeMonths(query)),
                      reasons);
                });
    return new Plan(rows, counts, reasons);
  }

  /// Grouped by storage class, volumes show rows without a claim too (clarifications 15.4).
  private static Scope scope(ReportQuery query, ReportFigures figures) {
    if (figures.scope().equals(Rollups.VOLUME) && query.groupedBy("storageclass")) {
      return Rollups.STORAGE;
    }
    if (query.report().family() == ProviderFamily.OPENSHIFT_ON_ALL) {
      if (figures.scope().equals(OnCloudRollups.COST)
          && query.parity().has("on-cloud-nine-decimals")) {
        return OnCloudRollups.COST_OF_ALL;
      }
      if (figures.scope().equals(OnCloudRollups.STORAGE_OF_ALL)
          && query.parity().has("on-all-storage-by-table")
          && inStorageTable(query)) {
        return OnCloudRollups.STORAGE_OF_ALL_TABLE;
      }
    }
    return figures.scope().equals(Rollups.NETWORK)
            && query.parity().has("network-filter-all-rows")
            && outsideNetworkTables(query)
        ? Rollups.COST
        : figures.scope();
  }

  /// What Koku answers from its table of storage on all clouds: no key but account and family.
  private static boolean inStorageTable(ReportQuery query) {
    return Stream.of(
            query.filters().stream().map(Condition::key),
            query.excludes().stream().map(Condition::key),
            query.groups().stream().map(Grouping::key))
        .flatMap(keys -> keys)
        .allMatch(
            key ->
                key.equals(new Key.Named("account"))
                    || key.equals(new Key.Named("product_family")));
  }

  /// What Koku answers from the daily rows: filters of clusters and infrastructures, any tag.
  private static boolean outsideNetworkTables(ReportQuery query) {
    return query.filters().stream()
            .anyMatch(
                filter ->
                    filter.key() instanceof Key.Tag
                        || filter.key().equals(new Key.Named("cluster"))
                        || filter.key().equals(new Key.Named("infrastructures")))
        || query.excludes().stream().anyMatch(exclude -> exclude.key() instanceof Key.Tag)
        || query.groups().stream().anyMatch(group -> group.key() instanceof Key.Tag);
  }

  private Plan.Source source(Scope scope, Need need, List<String> reasons) {
    for (Rollup rollup : rollups) {
      if (!rollup.scope().equals(scope)) {
        continue;
      }
      Optional<String> lack = lack(rollup, need);
      if (lack.isEmpty()) {
        reasons.add(rollup.table() + " covers the question");
        return new Plan.Source(rollup.table(), Optional.empty());
      }
      reasons.add(rollup.table() + " lacks " + lack.get());
    }
    String daily = scope.daily().table();
    reasons.add(daily + " has every column");
    return new Plan.Source(daily, Optional.of(scope));
  }

  /// Buckets of whole months (the current one until today, which is all there is of it). What is
  /// compared with the same days of the month before needs days.
  private static boolean wholeMonths(ReportQuery query) {
    return query.time().resolution() == Resolution.MONTHLY
        && query.time().scope().filter(TimeRange.Scope::months).isPresent()
        && query.delta().filter(Delta.Previous.class::isInstance).isEmpty();
  }

  private static Optional<String> lack(Rollup rollup, Need need) {
    if (rollup.fill() == Rollup.Fill.GROUPED_BY_MONTH && !need.wholeMonths()) {
      return Optional.of("days");
    }
    for (String column : need.told()) {
      if (!rollup.hasDimension(column)) {
        return Optional.of(column);
      }
    }
    for (String column : need.shown()) {
      if (!rollup.hasDimension(NAMESPACE)) {
        return Optional.of(column);
      }
    }
    for (String column : need.measured()) {
      if (rollup.measure(column).isEmpty()) {
        return Optional.of(column);
      }
    }
    return Optional.empty();
  }

  private static Set<String> conditionColumns(ReportQuery query) {
    ReportDefinition report = query.report();
    var columns = new LinkedHashSet<String>();
    for (List<Condition> conditions : List.of(query.filters(), query.excludes())) {
      for (Condition condition : conditions) {
        columns.addAll(matchColumns(report, condition.key()));
      }
    }
    for (Grouping group : query.groups()) {
      if (group.restricting()) {
        columns.addAll(matchColumns(report, group.key()));
      }
    }
    for (String dimension : query.access().granted().keySet()) {
      columns.addAll(matchColumns(report, new Key.Named(dimension)));
    }
    return columns;
  }

  private static Set<String> groupColumns(ReportDefinition report, Key key) {
    var columns = new LinkedHashSet<String>();
    switch (key) {
      case Key.Named named ->
          addColumns(columns, report.dimensions().get(named.name()).shown().columns());
      case Key.Tag tag -> report.labels().ifPresent(labels -> columns.add(labels.name()));
      case Key.CostCategory category -> columns.add("cost_category");
    }
    return columns;
  }

  private static Set<String> matchColumns(ReportDefinition report, Key key) {
    var columns = new LinkedHashSet<String>();
    switch (key) {
      case Key.Named named ->
          report.dimensions().get(named.name()).attributes().stream()
              .map(Column::name)
              .forEach(columns::add);
      case Key.Tag tag -> report.labels().ifPresent(labels -> columns.add(labels.name()));
      case Key.CostCategory category -> columns.add("cost_category");
    }
    return columns;
  }

  private static void addColumns(Set<String> names, Set<Column> columns) {
    columns.forEach(column -> names.add(column.name()));
  }
}
