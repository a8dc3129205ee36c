package io.tawara.analytics.reports;

import java.util.List;
import java.util.Optional;

/// A named number of a row: the sum of aggregates. No aggregates: always zero. Because figures are
/// linear, the figures of a sum of rows are the sums of their figures.
///
/// @param name the flat name: the column in CSV, the key in `order_by` and `delta`
/// @param absentUnder a name of `KOKU_PARITY` under which what no row has is null instead of 0 and
///   comes after every number
public record Figure(String name, List<String> aggregates, Optional<String> absentUnder) {
  public Figure {
    aggregates = List.copyOf(aggregates);
  }

  static Figure of(String name, String... aggregates) {
    return of(name, List.of(aggregates));
  }

  static Figure of(String name, List<String> aggregates) {
    return new Figure(name, aggregates, Optional.empty());
  }

  Figure absentUnder(String parity) {
    return new Figure(name, aggregates, Optional.of(parity));
  }

  /// Whether what no row has is null for a query.
  public boolean absent(ReportQuery query) {
    return absentUnder.filter(query.parity()::has).isPresent();
  }
}
