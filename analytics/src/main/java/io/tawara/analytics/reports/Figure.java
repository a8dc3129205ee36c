package io.tawara.analytics.reports;

import java.util.List;

/// A named number of a row: the sum of aggregates. No aggregates: always zero. Because figures are
/// linear, the figures of a sum of rows are the sums of their figures.
///
/// @param name the flat name: the column in CSV, the key in `order_by` and `delta`
public record Figure(String name, List<String> aggregates) {
  public Figure {
    aggregates = List.copyOf(aggregates);
  }

  static Figure of(String name, String... aggregates) {
    return new Figure(name, List.of(aggregates));
  }
}
