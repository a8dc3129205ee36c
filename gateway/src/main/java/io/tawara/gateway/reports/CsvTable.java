package io.tawara.gateway.reports;

import io.tawara.gateway.serving.Questions;
import io.tawara.gateway.serving.Utf8;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Rows with named cells whose columns are known only at the end: the header is the union of all
/// names, sorted by code point; what a row does not have is empty (reports-api §4.10). Cells are
/// kept as bytes.
final class CsvTable {
  private final Map<String, Integer> indexes = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<byte[]> cells = new ArrayList<>();
  private final List<int[]> places = new ArrayList<>();
  private final Utf8 line = new Utf8();
  private int[] place = new int[64];
  private int placed;
  private long size;

  /// The column of a name.
  int column(String name) {
    Integer known = indexes.get(name);
    if (known != null) {
      return known;
    }
    indexes.put(name, names.size());
    names.add(name);
    return names.size() - 1;
  }

  /// A cell of the current row; null is an empty one.
  void cell(int column, String text) {
    if (placed + 2 > place.length) {
      place = Arrays.copyOf(place, place.length * 2);
    }
    place[placed++] = column;
    if (text != null) {
      write(line, text);
    }
    place[placed++] = line.length();
  }

  void cell(String column, String text) {
    cell(column(column), text);
  }

  /// Ends the current row.
  void end() {
    size += line.length();
    if (size > Questions.LARGEST_ANSWER) {
      throw Utf8.tooLarge(Questions.LARGEST_ANSWER);
    }
    cells.add(line.toBytes());
    places.add(Arrays.copyOf(place, placed));
    line.clear();
    placed = 0;
  }

  /// The whole table, empty without rows.
  Buffer write() {
    var out = new Utf8();
    if (cells.isEmpty()) {
      return out.buffer();
    }
    var sorted = new ArrayList<>(names);
    sorted.sort(null);
    var position = new int[names.size()];
    for (int i = 0; i < sorted.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      write(out, sorted.get(i));
      position[indexes.get(sorted.get(i))] = i;
    }
    out.raw("\r\n");
    var from = new int[sorted.size()];
    var to = new int[sorted.size()];
    for (int row = 0; row < cells.size(); row++) {
      Arrays.fill(from, 0);
      Arrays.fill(to, 0);
      int[] at = places.get(row);
      int start = 0;
      for (int i = 0; i < at.length; i += 2) {
        from[position[at[i]]] = start;
        to[position[at[i]]] = at[i + 1];
        start = at[i + 1];
      }
      byte[] bytes = cells.get(row);
      for (int i = 0; i < from.length; i++) {
        if (i > 0) {
          out.raw(',');
        }
        out.raw(bytes, from[i], to[i]);
      }
      out.raw("\r\n");
    }
    return out.buffer();
  }

  private static void write(Utf8 out, String text) {
    boolean plain = true;
    for (int i = 0; i < text.length() && plain; i++) {
      char character = text.charAt(i);
      plain = character != ',' && character != '"' && character != '\n' && character != '\r';
    }
    if (plain) {
      out.raw(text);
    } else {
      out.raw('"').raw(text.replace("\"", "\"\"")).raw('"');
    }
  }
}
