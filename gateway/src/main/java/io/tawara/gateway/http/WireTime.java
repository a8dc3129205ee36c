package io.tawara.gateway.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/// Times as they stand in answers. All are UTC.
public final class WireTime {
  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter WHOLE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS").withZone(ZoneOffset.UTC);

  private WireTime() {}

  /// `2026-11-03T10:15:30.123456Z`, without the fraction when it is zero.
  public static String zulu(Instant time) {
    return iso(time) + "Z";
  }

  /// `2026-11-03T10:15:30.123456+00:00`, without the fraction when it is zero.
  public static String offset(Instant time) {
    return iso(time) + "+00:00";
  }

  /// `2026-11-03 10:15:30`.
  public static String seconds(Instant time) {
    return SECONDS.format(time);
  }

  private static String iso(Instant time) {
    Instant micros = time.truncatedTo(ChronoUnit.MICROS);
    return (micros.getNano() == 0 ? WHOLE : MICROS).format(micros);
  }
}
