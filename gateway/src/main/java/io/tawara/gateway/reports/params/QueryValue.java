package io.tawara.gateway.reports.params;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What a key of a query string holds: a text, several of them because the key was repeated, or
/// nested keys because it was written with brackets.
sealed interface QueryValue {
  record Text(String text) implements QueryValue {}

  record Many(List<String> texts) implements QueryValue {
    public Many {
      texts = List.copyOf(texts);
    }
  }

  record Nested(Map<String, QueryValue> entries) implements QueryValue {}

  /// The name of the shape in error texts of the wire protocol.
  default String shape() {
    return switch (this) {
      case Text _ -> "str";
      case Many _ -> "list";
      case Nested _ -> "dict";
    };
  }

  /// How error texts of the wire protocol print the value: a text as it is, other shapes as
  /// literals (`['a', 'b']`, `{'': 'asc'}`).
  default String printed() {
    return this instanceof Text(String text) ? text : literal();
  }

  private String literal() {
    return switch (this) {
      case Text(String text) -> quoted(text);
      case Many(List<String> texts) ->
          texts.stream().map(QueryValue::quoted).collect(Collectors.joining(", ", "[", "]"));
      case Nested(Map<String, QueryValue> entries) ->
          entries.entrySet().stream()
              .map(
                  entry ->
                      (isNumber(entry.getKey()) ? entry.getKey() : quoted(entry.getKey()))
                          + ": "
                          + entry.getValue().literal())
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }

  static boolean isNumber(String key) {
    return !key.isEmpty() && key.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  static String quoted(String text) {
    char quote = text.indexOf('\'') >= 0 && text.indexOf('"') < 0 ? '"' : '\'';
    var out = new StringBuilder().append(quote);
    text.codePoints()
        .forEach(
            point -> {
              switch (point) {
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                  if (point == quote) {
                    out.append('\\').append(quote);
                  } else if (Character.isISOControl(point)) {
                    out.append("\\x%02x".formatted(point));
                  } else {
                    out.appendCodePoint(point);
                  }
                }
              }
            });
    return out.append(quote).toString();
  }
}
