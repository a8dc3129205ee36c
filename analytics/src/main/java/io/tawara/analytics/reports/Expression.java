package io.tawara.analytics.reports;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A text computed from columns.
public sealed interface Expression {
  /// One column.
  record Of(Column column) implements Expression {}

  /// Columns joined by a separator, null as nothing.
  record Joined(List<Column> parts, String separator) implements Expression {
    /// In PostgreSQL, of rows `t`; what is absent is empty.
    String sql() {
      return parts.stream()
          .map(column -> "coalesce(t." + column.name() + ", '')")
          .collect(Collectors.joining(" || '" + separator + "' || "));
    }
  }

  /// The first of the columns that is not null.
  record FirstPresent(List<Column> choices) implements Expression {}

  /// What lies directly in the units that a group names: an account, or a unit one level below with
  /// all that is in it. The text is `account:<id>` or `unit:<id>`.
  ///
  /// @param path ids of the units from the root down to the row's own, joined by `&`
  /// @param unit the row's own unit
  /// @param account the row's account
  record Below(Column path, Column unit, Column account) implements Expression {}

  /// The name of what [Below] gives.
  record BelowName(Below below, Column accountName) implements Expression {}

  /// The name of the cost group of a row.
  record CostGroupName() implements Expression {}

  /// The columns that it reads.
  default Set<Column> columns() {
    return switch (this) {
      case Of of -> Set.of(of.column());
      case Joined joined -> Set.copyOf(joined.parts());
      case FirstPresent first -> Set.copyOf(first.choices());
      case Below below -> Set.of(below.path(), below.unit(), below.account());
      case BelowName name ->
          Set.of(
              name.below().path(), name.below().unit(), name.below().account(), name.accountName());
      case CostGroupName name -> Set.of(new Column("cost_category_id"));
    };
  }
}
