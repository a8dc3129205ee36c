package io.tawara.analytics.reports;

import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The days of a query, both ends included, and how they are folded into buckets (params §4).
///
/// @param scope the `time_scope_value` that led to the range, empty for explicit dates
public record TimeRange(
    LocalDate start, LocalDate end, Resolution resolution, Optional<Scope> scope) {

  /// A named period that ends today (days) or is a calendar month. The delta period of a query is
  /// the same period one step earlier.
  public enum Scope {
    LAST_10_DAYS(-10, false),
    LAST_30_DAYS(-30, false),
    LAST_90_DAYS(-90, false),
    THIS_MONTH(-1, true),
    LAST_MONTH(-2, true),
    MONTH_BEFORE_LAST(-3, true);

    private final int value;
    private final boolean months;

    Scope(int value, boolean months) {
      this.value = value;
      this.months = months;
    }

    /// The `time_scope_value`.
    public int value() {
      return value;
    }

    /// Whether the unit is months; otherwise days.
    public boolean months() {
      return months;
    }

    /// The same day in the period before.
    LocalDate earlier(LocalDate day) {
      return months ? day.minusMonths(1) : day.plusDays(value);
    }

    /// The scope of a `time_scope_value`.
    public static Optional<Scope> of(int value) {
      for (Scope scope : values()) {
        if (scope.value == value) {
          return Optional.of(scope);
        }
      }
      return Optional.empty();
    }
  }

  public TimeRange {
    Objects.requireNonNull(resolution);
    Objects.requireNonNull(scope);
    if (start.isAfter(end)) {
      throw new IllegalArgumentException("range ends before it starts");
    }
  }

  /// The range of a scope as seen on a day.
  public static TimeRange of(Scope scope, Resolution resolution, LocalDate today) {
    LocalDate firstOfMonth = today.withDayOfMonth(1);
    return switch (scope) {
      case LAST_10_DAYS, LAST_30_DAYS, LAST_90_DAYS ->
          new TimeRange(today.plusDays(scope.value() + 1), today, resolution, Optional.of(scope));
      case THIS_MONTH -> new TimeRange(firstOfMonth, today, resolution, Optional.of(scope));
      case LAST_MONTH, MONTH_BEFORE_LAST -> {
        LocalDate first = firstOfMonth.plusMonths(scope.value() + 1);
        yield new TimeRange(
            first, first.plusMonths(1).minusDays(1), resolution, Optional.of(scope));
      }
    };
  }

  /// A range of explicit dates.
  public static TimeRange of(LocalDate start, LocalDate end, Resolution resolution) {
    return new TimeRange(start, end, resolution, Optional.empty());
  }

  /// The range that a delta compares with; empty for explicit dates, which have none.
  public Optional<TimeRange> previous() {
    return scope.map(
        named -> new TimeRange(named.earlier(start), named.earlier(end), resolution, scope));
  }

  /// The first day of every bucket, ascending. Never empty; days without data have buckets too.
  public List<LocalDate> buckets() {
    var found = new ArrayList<LocalDate>();
    switch (resolution) {
      case DAILY -> {
        for (LocalDate day = start; !day.isAfter(end); day = day.plusDays(1)) {
          found.add(day);
        }
      }
      case MONTHLY -> {
        for (LocalDate month = start.withDayOfMonth(1);
            !month.isAfter(end);
            month = month.plusMonths(1)) {
          found.add(month);
        }
      }
    }
    return List.copyOf(found);
  }

  /// How a bucket's first day is written in an answer: `YYYY-MM-DD` or `YYYY-MM`.
  public String label(LocalDate bucket) {
    return switch (resolution) {
      case DAILY -> bucket.toString();
      case MONTHLY -> YearMonth.from(bucket).toString();
    };
  }
}
