package io.tawara.gateway.http;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// The query of a URL: names and values in the order in which they were sent, decoded.
public final class Query {
  private static final int MAX_PARAMETERS = 1000;

  /// One name with one value.
  public record Parameter(String name, String value) {}

  private final String raw;
  private final List<Parameter> parameters;

  private Query(String raw, List<Parameter> parameters) {
    this.raw = raw;
    this.parameters = List.copyOf(parameters);
  }

  /// Reads a raw query (without `?`); null is an empty one. Broken percent escapes stay as they
  /// are.
  public static Query parse(String raw) {
    if (raw == null || raw.isEmpty()) {
      return new Query("", List.of());
    }
    var found = new ArrayList<Parameter>();
    for (String part : raw.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      if (found.size() == MAX_PARAMETERS) {
        throw HttpError.of(400, "The number of GET parameters is too large.", "detail");
      }
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      found.add(new Parameter(decode(name, true), decode(value, true)));
    }
    return new Query(raw, found);
  }

  public String raw() {
    return raw;
  }

  public List<Parameter> parameters() {
    return parameters;
  }

  /// The last value of a name, which is the one that counts where only one is wanted.
  public Optional<String> last(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::value)
        .reduce((earlier, later) -> later);
  }

  /// All values of a name.
  public List<String> all(String name) {
    return parameters.stream()
        .filter(parameter -> parameter.name().equals(name))
        .map(Parameter::value)
        .toList();
  }

  public boolean has(String name) {
    return parameters.stream().anyMatch(parameter -> parameter.name().equals(name));
  }

  /// The same query with one value for a name.
  public Query with(String name, String value) {
    var changed = new ArrayList<>(without(name).parameters);
    changed.add(new Parameter(name, value));
    return new Query(raw, changed);
  }

  public Query without(String name) {
    return new Query(
        raw, parameters.stream().filter(parameter -> !parameter.name().equals(name)).toList());
  }

  /// The query of a link: sorted by name, percent-encoded.
  public String sorted() {
    var byName = new TreeMap<String, List<String>>();
    for (Parameter parameter : parameters) {
      byName.computeIfAbsent(parameter.name(), unused -> new ArrayList<>()).add(parameter.value());
    }
    var text = new StringBuilder();
    byName.forEach(
        (name, values) -> {
          for (String value : values) {
            text.append(text.isEmpty() ? "" : "&").append(encode(name)).append('=');
            text.append(encode(value));
          }
        });
    return text.toString();
  }

  private static String encode(String text) {
    var out = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      if (character == ' ') {
        out.append('+');
      } else if (character < 128
          && (Character.isLetterOrDigit(character) || "_.-~".indexOf(character) >= 0)) {
        out.append(character);
      } else {
        out.append('%');
        out.append(Character.toUpperCase(Character.forDigit(character >> 4, 16)));
        out.append(Character.toUpperCase(Character.forDigit(character & 15, 16)));
      }
    }
    return out.toString();
  }

  /// Decodes percent escapes, and in queries `+`. What is not an escape stays.
  static String decode(String text, boolean plusIsBlank) {
    if (text.indexOf('%') < 0 && (!plusIsBlank || text.indexOf('+') < 0)) {
      return text;
    }
    var out = new java.io.ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      boolean room = i + 2 < text.length();
      int high = room ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = room ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (character == '%' && high >= 0 && low >= 0) {
        out.write(high << 4 | low);
        i += 2;
      } else if (character == '+' && plusIsBlank) {
        out.write(' ');
      } else {
        int codePoint = text.codePointAt(i);
        out.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
        i += Character.charCount(codePoint) - 1;
      }
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
