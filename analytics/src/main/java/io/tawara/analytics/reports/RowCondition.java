package io.tawara.analytics.reports;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A condition on rows that belongs to a report or a rollup, not to a request. Values are constants
/// of the catalogue.
public sealed interface RowCondition {
  record In(Column column, List<String> values) implements RowCondition {}

  /// Null counts as not in.
  record NotIn(Column column, List<String> values) implements RowCondition {}

  record Present(Column column) implements RowCondition {}

  record Contains(Column column, String text) implements RowCondition {}

  record AnyOf(List<RowCondition> alternatives) implements RowCondition {}

  record AllOf(List<RowCondition> parts) implements RowCondition {}

  /// The columns that evaluating the condition needs.
  default Set<Column> columns() {
    return switch (this) {
      case In in -> Set.of(in.column());
      case NotIn notIn -> Set.of(notIn.column());
      case Present present -> Set.of(present.column());
      case Contains contains -> Set.of(contains.column());
      case AnyOf any ->
          any.alternatives().stream()
              .flatMap(part -> part.columns().stream())
              .collect(Collectors.toUnmodifiableSet());
      case AllOf all ->
          all.parts().stream()
              .flatMap(part -> part.columns().stream())
              .collect(Collectors.toUnmodifiableSet());
    };
  }

  static RowCondition in(String column, String... values) {
    return new In(new Column(column), List.of(values));
  }

  static RowCondition notIn(String column, String... values) {
    return new NotIn(new Column(column), List.of(values));
  }

  static RowCondition present(String column) {
    return new Present(new Column(column));
  }
}
