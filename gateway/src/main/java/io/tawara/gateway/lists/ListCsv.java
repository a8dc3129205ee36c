package io.tawara.gateway.lists;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Format;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/// Lists of JSON objects as CSV: nested members become columns with dotted names, columns are in
/// the order of their names, and no rows give an empty text.
public final class ListCsv {
  private ListCsv() {}

  public static Answer answer(ArrayNode rows) {
    return Answer.bytes(200, Format.CSV.contentType(), bytes(rows));
  }

  /// The body alone.
  public static Buffer bytes(ArrayNode rows) {
    var flat = new ArrayList<Map<String, String>>();
    var columns = new TreeSet<String>();
    for (JsonNode row : rows) {
      var cells = new TreeMap<String, String>();
      flatten("", row, cells);
      columns.addAll(cells.keySet());
      flat.add(cells);
    }
    var text = new StringBuilder();
    if (!flat.isEmpty()) {
      line(text, List.copyOf(columns));
      for (Map<String, String> cells : flat) {
        line(text, columns.stream().map(column -> cells.getOrDefault(column, "")).toList());
      }
    }
    return Buffer.buffer(text.toString());
  }

  private static void flatten(String path, JsonNode node, Map<String, String> cells) {
    if (node.isObject()) {
      node.properties()
          .forEach(member -> flatten(join(path, member.getKey()), member.getValue(), cells));
    } else if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        flatten(join(path, Integer.toString(i)), node.get(i), cells);
      }
    } else {
      cells.put(
          path,
          node.isBoolean()
              ? (node.booleanValue() ? "True" : "False")
              : node.isNull() ? "" : node.asText());
    }
  }

  private static String join(String path, String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  private static void line(StringBuilder text, List<String> cells) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      boolean quoted = cell.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
      text.append(i == 0 ? "" : ",");
      text.append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    text.append("\r\n");
  }
}
