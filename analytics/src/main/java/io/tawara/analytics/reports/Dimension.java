package io.tawara.analytics.reports;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Something named that rows can be grouped by, filtered by or both.
///
/// @param name as in parameters and answers, for example `project`
/// @param shown what a group of it shows; null or blank shows as `No-<name>`
/// @param attributes what a filter value is matched with; a row matches when any of them does
/// @param groupable whether `group_by` has an effect
/// @param matching how filter values match without prefix
/// @param companion what else rows show when they are grouped by it
public record Dimension(
    String name,
    Expression shown,
    List<Column> attributes,
    boolean groupable,
    Matching matching,
    Optional<ReportFigures.Attribute> companion) {

  /// How plain filter values match.
  public enum Matching {
    /// Case-insensitive substring.
    SUBSTRING,
    /// Equality: the values are identifiers that the parser resolved (`infrastructures` → cluster
    /// ids).
    EQUALITY,
    /// Nothing is asked of rows.
    IGNORED,
    /// Case-insensitive substring of a path whose elements are joined by `&`; access to an element
    /// is access to all below it.
    PATH,
    /// Case-insensitive substring of the name of the cost group that the column's id stands for.
    COST_GROUP_NAME,
    /// The same for rows that have a namespace and no id of a cost group.
    COST_GROUP_OF_NAMESPACE
  }

  public Dimension {
    attributes = List.copyOf(attributes);
  }

  /// A dimension of one column that can be grouped by.
  public static Dimension of(String name, String column) {
    return of(name, column, column);
  }

  /// A dimension that shows one column and is matched with several.
  public static Dimension of(String name, String column, String... attributes) {
    return new Dimension(
        name,
        new Expression.Of(new Column(column)),
        Arrays.stream(attributes).map(Column::new).toList(),
        true,
        Matching.SUBSTRING,
        Optional.empty());
  }

  /// Something that is accepted and restricts nothing.
  public static Dimension ignored(String name) {
    return new Dimension(
        name,
        new Expression.Joined(List.of(), ""),
        List.of(),
        false,
        Matching.IGNORED,
        Optional.empty());
  }

  /// A dimension that shows columns joined by `_`.
  static Dimension joined(String name, String... columns) {
    return new Dimension(
        name,
        new Expression.Joined(Arrays.stream(columns).map(Column::new).toList(), "_"),
        List.of(),
        true,
        Matching.SUBSTRING,
        Optional.empty());
  }

  /// The same dimension for filters only.
  public Dimension filterOnly() {
    return new Dimension(name, shown, attributes, false, matching, companion);
  }

  /// The same dimension whose rows show the first present of some columns as well.
  Dimension showing(String member, String... columns) {
    return new Dimension(
        name,
        shown,
        attributes,
        groupable,
        matching,
        Optional.of(
            new ReportFigures.Attribute(
                member,
                new Expression.FirstPresent(Arrays.stream(columns).map(Column::new).toList()),
                true,
                true)));
  }

  /// A tree of units that accounts stand in.
  static Dimension units(String name, String path, String unit, String account, String alias) {
    var below = new Expression.Below(new Column(path), new Column(unit), new Column(account));
    return new Dimension(
        name,
        below,
        List.of(new Column(path)),
        true,
        Matching.PATH,
        Optional.of(
            new ReportFigures.Attribute(
                "alias", new Expression.BelowName(below, new Column(alias)), true, true)));
  }

  /// The same dimension whose *Others* rows show nothing of what [#showing] adds.
  Dimension notOfOthers() {
    return new Dimension(
        name,
        shown,
        attributes,
        groupable,
        matching,
        companion.map(
            shown -> new ReportFigures.Attribute(shown.name(), shown.expression(), true, false)));
  }

  /// The same dimension with another way of matching.
  public Dimension matching(Matching other) {
    return new Dimension(name, shown, attributes, groupable, other, companion);
  }
}
