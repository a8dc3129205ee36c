package io.tawara.gateway.reports;

import io.tawara.gateway.serving.AnswerMemory;
import io.tawara.gateway.serving.Utf8;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Rows with named cells whose columns are known only at the end: the header is the union of the
/// names of all rows, sorted by code point; what a row does not have is empty (reports-api §4.10).
///
/// A row is kept as bytes: for each cell the number of its column, its length and its text, the
/// numbers in groups of seven bits, the lowest first.
final class CsvTable {
  /// What a row takes beside its bytes.
  private static final int OVERHEAD = 20;

  private final AnswerMemory.Share memory;
  private final Map<String, Integer> indexes = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<byte[]> rows = new ArrayList<>();
  private final BitSet used = new BitSet();
  private final Utf8 text = new Utf8();
  private Utf8 row;

  CsvTable(AnswerMemory.Share memory) {
    this.memory = memory;
  }

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

  /// Begins a row, which is written there.
  void begin(Utf8 out) {
    row = out;
  }

  /// A cell of the current row; null is an empty one.
  void cell(int column, String value) {
    text.clear();
    if (value != null) {
      write(text, value);
    }
    number(column);
    number(text.length());
    text.writeTo(row);
  }

  void cell(String column, String value) {
    cell(column(column), value);
  }

  private void number(int number) {
    int rest = number;
    while (rest >= 0x80) {
      row.raw((byte) (rest | 0x80));
      rest >>>= 7;
    }
    row.raw((byte) rest);
  }

  /// Appends a row that was written.
  void add(byte[] written) {
    memory.take(written.length + OVERHEAD);
    rows.add(written);
    var cells = new Cells(written);
    while (cells.next()) {
      used.set(cells.column);
    }
  }

  /// The whole table, empty without rows.
  Buffer write() {
    var out = new Utf8(memory::take);
    if (rows.isEmpty()) {
      return out.buffer();
    }
    int[] sorted =
        used.stream()
            .boxed()
            .sorted((left, right) -> names.get(left).compareTo(names.get(right)))
            .mapToInt(column -> column)
            .toArray();
    for (int i = 0; i < sorted.length; i++) {
      if (i > 0) {
        out.raw(',');
      }
      write(out, names.get(sorted[i]));
    }
    out.raw("\r\n");
    var from = new int[names.size()];
    var to = new int[names.size()];
    for (int i = 0; i < rows.size(); i++) {
      // The table does not keep what the answer has.
      byte[] bytes = rows.set(i, null);
      Arrays.fill(from, 0);
      Arrays.fill(to, 0);
      var cells = new Cells(bytes);
      while (cells.next()) {
        from[cells.column] = cells.from;
        to[cells.column] = cells.to;
      }
      for (int j = 0; j < sorted.length; j++) {
        if (j > 0) {
          out.raw(',');
        }
        out.raw(bytes, from[sorted[j]], to[sorted[j]]);
      }
      out.raw("\r\n");
      memory.give(bytes.length + OVERHEAD);
    }
    return out.buffer();
  }

  /// The cells of a row, one after the other.
  private static final class Cells {
    private final byte[] bytes;
    private int at;
    private int column;
    private int from;
    private int to;

    Cells(byte[] bytes) {
      this.bytes = bytes;
    }

    boolean next() {
      if (at == bytes.length) {
        return false;
      }
      column = number();
      int length = number();
      from = at;
      at += length;
      to = at;
      return true;
    }

    private int number() {
      int number = 0;
      for (int shift = 0; ; shift += 7) {
        byte part = bytes[at++];
        number |= (part & 0x7f) << shift;
        if (part >= 0) {
          return number;
        }
      }
    }
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
