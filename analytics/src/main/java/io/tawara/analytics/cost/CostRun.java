package io.tawara.analytics.cost;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.Objects;
import java.util.UUID;

/// What one calculation is about: some days of one month of one OpenShift source.
///
/// @param source provider of the cluster
/// @param period id of the report period (source and month)
/// @param clusterAlias may be null
/// @param start first day
/// @param end last day, of the same month
public record CostRun(
    UUID source,
    long period,
    String clusterId,
    String clusterAlias,
    LocalDate start,
    LocalDate end) {
  public CostRun {
    Objects.requireNonNull(source);
    Objects.requireNonNull(clusterId);
    if (end.isBefore(start) || !YearMonth.from(start).equals(YearMonth.from(end))) {
      throw new IllegalArgumentException("not days of one month: " + start + " to " + end);
    }
  }

  YearMonth month() {
    return YearMonth.from(start);
  }
}
