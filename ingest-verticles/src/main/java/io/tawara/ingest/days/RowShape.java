package io.tawara.ingest.days;

import io.tawara.catalog.Column;
import io.tawara.catalog.Column.Role;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.LogicalType;
import java.util.List;

/// How the values of a row are kept per group.
///
/// @param groups columns of the key, all texts
/// @param sumNumbers which of a row's numbers each sum adds up
/// @param maxima numeric columns of which the greatest stands
/// @param maximumNumbers which of a row's numbers each of them looks at
/// @param texts text columns of which the greatest stands
public record RowShape(
    LineItemTable table,
    List<Column> groups,
    List<Column> sums,
    int[] sumNumbers,
    List<Column> maxima,
    int[] maximumNumbers,
    List<Column> texts) {

  /// @param numbers names of the numbers of a row, in order
  public static RowShape of(LineItemTable table, List<String> numbers) {
    List<Column> sums = table.columns(Role.SUM);
    List<Column> maxima =
        table.columns(Role.MAX).stream()
            .filter(c -> c.type() == LogicalType.DOUBLE || c.type() == LogicalType.INTEGER)
            .toList();
    return new RowShape(
        table,
        table.columns(Role.GROUP),
        sums,
        positions(table, sums, numbers),
        maxima,
        positions(table, maxima, numbers),
        table.columns(Role.MAX).stream().filter(c -> c.type() == LogicalType.TEXT).toList());
  }

  private static int[] positions(LineItemTable table, List<Column> columns, List<String> numbers) {
    return columns.stream()
        .mapToInt(
            column -> {
              int position = numbers.indexOf(column.name());
              if (position < 0) {
                throw new IllegalArgumentException(
                    table.name() + " has no number " + column.name());
              }
              return position;
            })
        .toArray();
  }
}
