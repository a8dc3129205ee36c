package io.tawara.ingest.landing;

import java.time.LocalDate;
import java.time.YearMonth;

/// Which rows of a provider's table are replaced.
public sealed interface Scope {
  /// Everything used on a day.
  record Day(LocalDate day) implements Scope {}

  /// Everything that came in a partition day of a GCP export.
  record PartitionDay(LocalDate day) implements Scope {}

  /// A month's whole bill.
  record Bill(YearMonth month) implements Scope {}
}
