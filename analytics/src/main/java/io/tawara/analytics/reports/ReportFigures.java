package io.tawara.analytics.reports;

import io.tawara.analytics.summary.Scope;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the rows of a report are made from and consist of.
///
/// @param scope the rows that belong to the report whatever is asked
/// @param onlyRollups whether the daily rows cannot answer (virtual machines, GPUs)
/// @param aggregates what the statement computes per row
/// @param figures numbers by flat name
/// @param sections what a row shows, in order
/// @param capacity how the capacity is found, where the report has one
/// @param attributes columns by which rows differ inside a group and which they show (GPU node, …)
/// @param defaultOrder the figure or dimension that rows are ordered by when nothing else is asked
public record ReportFigures(
    Scope scope,
    boolean onlyRollups,
    List<Aggregate> aggregates,
    Map<String, Figure> figures,
    List<Section> sections,
    Optional<Capacity> capacity,
    List<Attribute> attributes,
    String defaultOrder,
    boolean defaultAscending,
    Shape shape) {

  /// A column that tells apart rows of one group, or says more of the group.
  ///
  /// @param ofGroup it follows from the group: no further rows
  /// @param ofOthers whether *Others* rows show their label under it
  public record Attribute(String name, Expression expression, boolean ofGroup, boolean ofOthers) {
    Attribute(String name, Expression expression) {
      this(name, expression, false, true);
    }
  }

  /// The same with more attributes.
  ReportFigures with(List<Attribute> more) {
    return new ReportFigures(
        scope,
        onlyRollups,
        aggregates,
        figures,
        sections,
        capacity,
        Stream.concat(attributes.stream(), more.stream()).toList(),
        defaultOrder,
        defaultAscending,
        shape);
  }

  /// What an answer looks like.
  public enum Shape {
    /// Buckets with nested groups; paging counts buckets.
    BUCKETS,
    /// One bucket whose innermost list is paged (virtual machines).
    RESOURCES,
    /// Single things without sums or totals; ranking counts things and shows no *Others* (MIG).
    INSTANCES
  }

  /// The aggregate of a name.
  public Aggregate aggregate(String name) {
    return aggregates.stream()
        .filter(aggregate -> aggregate.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// The section that scores efficiency, if the report has one.
  public Optional<Section.Score> score() {
    return sections.stream()
        .filter(Section.Score.class::isInstance)
        .map(Section.Score.class::cast)
        .findFirst();
  }
}
