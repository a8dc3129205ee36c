package io.tawara.ingest.csv;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Map;

/// JSON as line items hold it: `", "` between members and `": "` between key and value, without
/// NUL, which neither text nor jsonb can hold.
public final class JsonText {
  private JsonText() {}

  /// A JSON object with `", "` between members and `": "` between key and value.
  public static String object(Map<String, String> labels) {
    if (labels.isEmpty()) {
      return "{}";
    }
    var out = new StringBuilder("{");
    labels.forEach(
        (key, value) -> {
          if (out.length() > 1) {
            out.append(", ");
          }
          quote(key, out);
          out.append(": ");
          quote(value, out);
        });
    return out.append('}').toString();
  }

  private static void quote(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\0' -> {} // neither text nor jsonb can hold it
        default -> {
          if (c < 0x20) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /// Any JSON value.
  public static String of(JsonNode value) {
    var out = new StringBuilder();
    write(value, out);
    return out.toString();
  }

  private static void write(JsonNode value, StringBuilder out) {
    if (value.isObject()) {
      out.append('{');
      Iterator<Map.Entry<String, JsonNode>> members = value.fields();
      while (members.hasNext()) {
        Map.Entry<String, JsonNode> member = members.next();
        quote(member.getKey(), out);
        out.append(": ");
        write(member.getValue(), out);
        if (members.hasNext()) {
          out.append(", ");
        }
      }
      out.append('}');
    } else if (value.isArray()) {
      out.append('[');
      for (int i = 0; i < value.size(); i++) {
        out.append(i == 0 ? "" : ", ");
        write(value.get(i), out);
      }
      out.append(']');
    } else if (value.isTextual()) {
      quote(value.textValue(), out);
    } else {
      out.append(value);
    }
  }
}
