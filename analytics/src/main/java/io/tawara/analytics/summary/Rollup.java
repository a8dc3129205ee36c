package io.tawara.analytics.summary;

import io.tawara.sql.Fragment;
import io.tawara.sql.Fragment.Aggregate;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A table that holds a daily table aggregated to some grain. One definition serves both sides: the
/// fill statement and the planner that asks whether a table covers a question.
///
/// Every rollup has the grain and the attributes of its daily table beside its own grain and
/// measures. `usage_start` is the day and equals `usage_end`.
///
/// @param table name of the table
/// @param scope the daily rows that are aggregated
/// @param grain columns by which they are grouped beside the common grain
/// @param measures aggregated columns
/// @param fill how the table is filled
public record Rollup(
    String table, Scope scope, List<Dimension> grain, List<Measure> measures, Fill fill) {

  /// How a rollup is filled.
  public enum Fill {
    /// By grouping daily rows.
    GROUPED,
    /// By grouping the daily rows of a month: `usage_start` is its first day. For questions about
    /// whole months.
    GROUPED_BY_MONTH,
    /// By grouping daily rows, or from GPU usage where the source has no GPU rows.
    GROUPED_OR_GPU_USAGE,
    /// By the statements for virtual machines.
    VIRTUAL_MACHINES
  }

  /// A column of the grain.
  ///
  /// @param template name of the template that computes it, absent when the daily rows have it
  public record Dimension(String column, Optional<String> template) {}

  /// An aggregated column. Amounts are added up; a question that needs MAX columns over several
  /// rows has to say what it means (capacities: the greatest per node or cluster and day, then the
  /// sum of these).
  ///
  /// @param template name of the template that computes it, absent when the daily rows have it
  public record Measure(String column, Aggregate aggregate, Optional<String> template) {
    static Measure sum(String column) {
      return new Measure(column, Aggregate.SUM, Optional.empty());
    }

    static Measure max(String column) {
      return new Measure(column, Aggregate.MAX, Optional.empty());
    }
  }

  private static final SqlTemplates MONTHS = SqlTemplates.of("rollups");

  public Rollup {
    grain = List.copyOf(grain);
    measures = List.copyOf(measures);
  }

  static List<Dimension> dimensions(String... columns) {
    return Stream.of(columns).map(column -> new Dimension(column, Optional.empty())).toList();
  }

  /// Whether rows of this rollup are rows of the other one added up: the same daily rows, more
  /// finely grouped. Sums of sums and greatest of greatest are exact.
  boolean coarserThan(Rollup other) {
    return fill == Fill.GROUPED
        && other.fill == Fill.GROUPED
        && scope.equals(other.scope)
        && other.grain.size() > grain.size()
        && other.grain.containsAll(grain)
        && other.measures.containsAll(measures)
        && grain.stream().allMatch(dimension -> dimension.template().isEmpty())
        && measures.stream().allMatch(measure -> measure.template().isEmpty());
  }

  /// Whether rows can be told apart by this column.
  public boolean hasDimension(String column) {
    return scope.daily().dependent().contains(column) || inGrain(column);
  }

  private boolean inGrain(String column) {
    return Stream.concat(scope.daily().grain().stream(), grain.stream())
        .anyMatch(dimension -> dimension.column().equals(column));
  }

  /// The measure or attribute of this name.
  public Optional<Measure> measure(String column) {
    return Stream.concat(scope.daily().attributes().stream(), measures.stream())
        .filter(measure -> measure.column().equals(column))
        .findFirst();
  }

  /// All columns in the order in which they are filled.
  public List<String> columns() {
    var columns = new ArrayList<String>();
    scope.daily().grain().forEach(dimension -> columns.add(dimension.column()));
    columns.add("usage_end");
    attributes().forEach(measure -> columns.add(measure.column()));
    grain.forEach(dimension -> columns.add(dimension.column()));
    measures.forEach(measure -> columns.add(measure.column()));
    return List.copyOf(columns);
  }

  Identifier tableName() {
    return new Identifier(table);
  }

  Fragment columnList() {
    return Fragment.list(columns().stream().map(Identifier::new).toList());
  }

  /// What is selected for the columns, in their order.
  Fragment valueList() {
    var values = new ArrayList<Fragment>();
    scope.daily().grain().forEach(dimension -> values.add(expression(dimension)));
    values.add(day());
    attributes().forEach(measure -> values.add(aggregate(measure)));
    grain.forEach(dimension -> values.add(expression(dimension)));
    measures.forEach(measure -> values.add(aggregate(measure)));
    return Fragment.list(values);
  }

  Fragment grainList() {
    return Fragment.list(
        Stream.concat(scope.daily().grain().stream(), grain.stream())
            .map(this::expression)
            .toList());
  }

  /// The attributes that are not in the grain.
  private List<Measure> attributes() {
    return scope.daily().attributes().stream()
        .filter(measure -> !inGrain(measure.column()))
        .toList();
  }

  private Fragment day() {
    return fill == Fill.GROUPED_BY_MONTH ? MONTHS.fragment("month") : new Identifier("usage_start");
  }

  private SqlTemplates templates() {
    return scope.daily().templates();
  }

  private Fragment expression(Dimension dimension) {
    if (dimension.column().equals("usage_start")) {
      return day();
    }
    return dimension
        .template()
        .map(templates()::fragment)
        .orElseGet(() -> new Identifier(dimension.column()));
  }

  private Fragment aggregate(Measure measure) {
    return measure
        .aggregate()
        .of(
            measure
                .template()
                .map(templates()::fragment)
                .orElseGet(() -> new Identifier(measure.column())));
  }
}
