package io.tawara.gateway.internal;

import io.tawara.core.input.InvalidInputException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;

/// Days in queries.
final class Days {
  private Days() {}

  /// The beginning of a day.
  static OffsetDateTime of(String text) {
    try {
      return LocalDate.parse(text).atStartOfDay().atOffset(ZoneOffset.UTC);
    } catch (DateTimeParseException wrong) {
      throw new InvalidInputException("date", "Invalid date format. Use YYYY-MM-DD.");
    }
  }
}
