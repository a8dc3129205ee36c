package io.tawara.app.settings;

import io.tawara.core.config.Parity;
import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What values a setting takes.
///
/// @param allowed in words
/// @param example a value that is taken
/// @param read empty when the text is not allowed
public record Kind<T>(String allowed, String example, Function<String, Optional<T>> read) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|min|h|d)?");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,12})\\s*([kmgt]?)i?b?");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:\\[\\]-]{1,253}");

  static Kind<Boolean> flag() {
    return new Kind<>(
        "true or false",
        "true",
        text ->
            switch (text.toLowerCase(Locale.ROOT)) {
              case "true", "1", "yes", "y", "on" -> Optional.of(true);
              case "false", "0", "no", "n", "off" -> Optional.of(false);
              default -> Optional.empty();
            });
  }

  static Kind<Integer> whole(int from, int to, int example) {
    return new Kind<>(
        "a whole number from " + from + " to " + to,
        Integer.toString(example),
        text ->
            text.matches("-?\\d{1,9}")
                ? Optional.of(Integer.valueOf(text)).filter(n -> n >= from && n <= to)
                : Optional.empty());
  }

  static Kind<Integer> port() {
    return new Kind<>(
        "a port, 0 for any free one",
        "8000",
        text ->
            text.matches("\\d{1,5}")
                ? Optional.of(Integer.valueOf(text)).filter(n -> n <= 65_535)
                : Optional.empty());
  }

  static Kind<String> text(String example) {
    return new Kind<>("text", example, text -> Optional.of(text));
  }

  static Kind<String> matching(String allowed, String example, String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return new Kind<>(
        allowed, example, text -> Optional.of(text).filter(t -> compiled.matcher(t).matches()));
  }

  static Kind<String> host(String example) {
    return new Kind<>(
        "a host name or address",
        example,
        text -> Optional.of(text).filter(t -> HOST.matcher(t).matches()));
  }

  /// Seconds unless a unit is given, as Koku's settings are.
  static Kind<Duration> duration(String example) {
    return new Kind<>("seconds, or a number with ms, s, m, h or d", example, Kind::readDuration);
  }

  private static Optional<Duration> readDuration(String text) {
    Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long number = Long.parseLong(matcher.group(1));
    return Optional.of(
        switch (matcher.group(2) == null ? "s" : matcher.group(2)) {
          case "ms" -> Duration.ofMillis(number);
          case "m", "min" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofSeconds(number);
        });
  }

  static Kind<Long> size(String example) {
    return new Kind<>("bytes, or a number with KB, MB, GB or TB", example, Kind::readSize);
  }

  private static Optional<Long> readSize(String text) {
    Matcher matcher = SIZE.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int thousands = matcher.group(2).isEmpty() ? 0 : "kmgt".indexOf(matcher.group(2)) + 1;
    try {
      return Optional.of(
          Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << (10 * thousands)));
    } catch (ArithmeticException tooLarge) {
      return Optional.empty();
    }
  }

  static Kind<URI> address(String example) {
    return new Kind<>(
        "an http or https address without user information",
        example,
        text -> {
          try {
            URI uri = URI.create(text);
            boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
            return Optional.of(uri)
                .filter(u -> http && u.getHost() != null && u.getUserInfo() == null);
          } catch (IllegalArgumentException notOne) {
            return Optional.empty();
          }
        });
  }

  static Kind<Path> path(String example) {
    return new Kind<>(
        "a path",
        example,
        text -> {
          try {
            return text.isBlank() ? Optional.empty() : Optional.of(Path.of(text));
          } catch (InvalidPathException notOne) {
            return Optional.empty();
          }
        });
  }

  static Kind<Instant> instant() {
    return new Kind<>(
        "an ISO instant",
        "2026-11-20T17:00:00Z",
        text -> {
          try {
            return Optional.of(Instant.parse(text));
          } catch (DateTimeException notOne) {
            return Optional.empty();
          }
        });
  }

  static <E extends Enum<E>> Kind<E> choice(Class<E> type, E example) {
    return new Kind<>(
        "one of " + names(List.of(type.getEnumConstants())),
        name(example),
        text -> find(type, text));
  }

  static <E extends Enum<E>> Kind<Set<E>> choices(Class<E> type) {
    List<E> all = List.of(type.getEnumConstants());
    return new Kind<>(
        "some of " + names(all) + ", with commas",
        names(all).replace(" ", ""),
        text -> {
          var found = EnumSet.noneOf(type);
          for (String each : text.split(",", -1)) {
            Optional<E> one = find(type, each);
            if (one.isEmpty()) {
              return Optional.empty();
            }
            found.add(one.get());
          }
          return Optional.of(Set.copyOf(found));
        });
  }

  private static <E extends Enum<E>> Optional<E> find(Class<E> type, String text) {
    return Stream.of(type.getEnumConstants())
        .filter(each -> name(each).equalsIgnoreCase(text.strip()))
        .findFirst();
  }

  private static String name(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static String names(Collection<? extends Enum<?>> values) {
    return values.stream().map(Kind::name).collect(Collectors.joining(", "));
  }

  /// Texts with commas between them; none of them empty.
  static Kind<Set<String>> texts(String example) {
    return new Kind<>(
        "texts with commas between them",
        example,
        text -> {
          var all = new LinkedHashSet<String>();
          for (String each : text.split(",", -1)) {
            if (!each.isBlank()) {
              all.add(each.strip());
            }
          }
          return Optional.of(Set.copyOf(all));
        });
  }

  static Kind<Set<Parity>> parities() {
    return new Kind<>(
        "all, none, or some of "
            + Stream.of(Parity.values()).map(Parity::wireName).collect(Collectors.joining(", ")),
        "label-change-doubles,gcp-first-credit",
        text -> {
          if (text.equalsIgnoreCase("all")) {
            return Optional.of(Set.of(Parity.values()));
          }
          if (text.equalsIgnoreCase("none")) {
            return Optional.of(Set.of());
          }
          var found = EnumSet.noneOf(Parity.class);
          for (String each : text.split(",", -1)) {
            Optional<Parity> one = Parity.ofName(each.strip());
            if (one.isEmpty()) {
              return Optional.empty();
            }
            found.add(one.get());
          }
          return Optional.of(Set.copyOf(found));
        });
  }
}
