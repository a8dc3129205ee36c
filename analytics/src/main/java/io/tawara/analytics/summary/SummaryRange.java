package io.tawara.analytics.summary;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/// Days that are summarised together: within one calendar month, both ends included.
public record SummaryRange(LocalDate start, LocalDate end) {
  public SummaryRange {
    if (end.isBefore(start) || !YearMonth.from(start).equals(YearMonth.from(end))) {
      throw new IllegalArgumentException("not days of one month: " + start + " to " + end);
    }
  }

  public YearMonth month() {
    return YearMonth.from(start);
  }

  /// The parameters that every statement on some days of a source takes: `source`, `start` and
  /// `end` (days, both included), `year` and `month` (texts of the partition of line items),
  /// `first` (of the month), `next` (first of the next month).
  public Map<String, Object> parameters(UUID source) {
    var values = new HashMap<String, Object>();
    values.put("source", source);
    values.put("start", start);
    values.put("end", end);
    values.put("year", "%04d".formatted(start.getYear()));
    values.put("month", "%02d".formatted(start.getMonthValue()));
    values.put("first", month().atDay(1));
    values.put("next", month().plusMonths(1).atDay(1));
    return values;
  }

  SummaryRange from(LocalDate later) {
    return later.isAfter(start) && !later.isAfter(end) ? new SummaryRange(later, end) : this;
  }

  /// Splits days into calendar months, the earlier month first.
  public static List<SummaryRange> months(LocalDate start, LocalDate end) {
    if (end.isBefore(start)) {
      return List.of();
    }
    return Stream.iterate(
            YearMonth.from(start),
            month -> !month.isAfter(YearMonth.from(end)),
            month -> month.plusMonths(1))
        .map(
            month ->
                new SummaryRange(later(start, month.atDay(1)), earlier(end, month.atEndOfMonth())))
        .toList();
  }

  /// The days that a request for `[start, end]` really summarises: not before the first of the
  /// month `initialMonths` before today (`summaries` §3.1), and never an empty range. Without
  /// dates: the day before yesterday, but not before the first of this month, until today.
  public static List<SummaryRange> requested(
      LocalDate start, LocalDate end, LocalDate today, int initialMonths) {
    LocalDate first =
        start == null
            ? (today.getDayOfMonth() <= 2 ? today.withDayOfMonth(1) : today.minusDays(2))
            : start;
    LocalDate last = end == null ? today : end;
    LocalDate earliest = today.minusMonths(initialMonths).withDayOfMonth(1);
    return months(later(first, earliest), last.isBefore(earliest) ? today : last);
  }

  private static LocalDate later(LocalDate a, LocalDate b) {
    return a.isAfter(b) ? a : b;
  }

  private static LocalDate earlier(LocalDate a, LocalDate b) {
    return a.isBefore(b) ? a : b;
  }
}
