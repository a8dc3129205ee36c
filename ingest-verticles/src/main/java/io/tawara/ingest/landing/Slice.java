package io.tawara.ingest.landing;

import java.time.LocalDate;
import java.time.YearMonth;

/// Rows that come and go together.
///
/// @param year of the partition, four digits
/// @param month of the partition, two digits
/// @param name of what can be replaced within the partition: a day of use, a partition day; blank:
///   only the month as a whole
public record Slice(String year, String month, String name) {
  /// A slice of a month.
  public static Slice of(YearMonth month, String name) {
    return new Slice(
        "%04d".formatted(month.getYear()), "%02d".formatted(month.getMonthValue()), name);
  }

  /// A day of use, in the partition of any month.
  public static Slice of(String year, String month, LocalDate day) {
    return new Slice(year, month, day.toString());
  }
}
