package io.tawara.analytics.reports;

import java.util.List;
import java.util.Set;

/// A text computed from columns.
public sealed interface Expression {
  /// One column.
  record Of(Column column) implements Expression {}

  /// Columns joined by a separator, null as nothing.
  record Joined(List<Column> parts, String separator) implements Expression {}

  /// The first of the columns that is not null.
  record FirstPresent(List<Column> choices) implements Expression {}

  /// The name of the cost group of a row.
  record CostGroupName() implements Expression {}

  /// The columns that it reads.
  default Set<Column> columns() {
    return switch (this) {
      case Of of -> Set.of(of.column());
      case Joined joined -> Set.copyOf(joined.parts());
      case FirstPresent first -> Set.copyOf(first.choices());
      case CostGroupName name -> Set.of(new Column("cost_category_id"));
    };
  }
}
