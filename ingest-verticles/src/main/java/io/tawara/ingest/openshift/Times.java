package io.tawara.ingest.openshift;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.util.Locale;
import java.util.Optional;

/// Instants as operators write them.
final class Times {
  private static final String GO_SUFFIX = " +0000 UTC";
  private static final DateTimeFormatter ISO =
      new DateTimeFormatterBuilder()
          .appendPattern("uuuu-MM-dd['T'][' ']HH:mm[:ss]")
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalStart()
          .appendOffset("+HH:MM", "Z")
          .optionalEnd()
          .optionalStart()
          .appendOffset("+HHMM", "Z")
          .optionalEnd()
          .toFormatter(Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT);

  private Times() {}

  /// A time of a report: `2026-10-01 00:00:00 +0000 UTC` or ISO 8601; without an offset it is UTC.
  static Optional<Instant> ofReport(String text) {
    return iso(
        text.endsWith(GO_SUFFIX) ? text.substring(0, text.length() - GO_SUFFIX.length()) : text);
  }

  /// A time of a manifest: ISO 8601 with `T` or a blank, a plain date, or seconds since 1970.
  static Optional<Instant> ofManifest(String text) {
    if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
      return iso(text + "T00:00:00");
    }
    if (text.matches("-?\\d{1,11}(\\.\\d{1,9})?")) {
      return Optional.of(
          Instant.ofEpochMilli(new java.math.BigDecimal(text).movePointRight(3).longValue()));
    }
    return iso(text);
  }

  private static Optional<Instant> iso(String text) {
    try {
      TemporalAccessor parsed = ISO.parseBest(text, OffsetDateTime::from, LocalDateTime::from);
      return Optional.of(
          parsed instanceof OffsetDateTime offset
              ? offset.toInstant()
              : LocalDateTime.from(parsed).toInstant(ZoneOffset.UTC));
    } catch (DateTimeParseException none) {
      return Optional.empty();
    }
  }
}
