package io.tawara.app.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Tells how an answer differs from the recorded one. Numbers agree within 1e-9; time stamps of
/// writing are compared by form; lists of clusters and sources are sets; rows in another order are
/// one difference of that kind.
final class Comparison {
  private static final double TOLERANCE = 1e-9;
  private static final Pattern STAMP =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:?\\d\\d)?");
  private static final Pattern STAMP_KEYS =
      Pattern.compile(
          "(timestamp|_datetime|_date|_time|last_polling_time|_at|timeRequested|last_processed|^start|^end)$");
  private static final Set<String> SETS = Set.of("clusters", "source_uuid", "source_uuids", "ids");
  private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

  private final List<String> differences = new ArrayList<>();
  private boolean onlyOrder = true;

  /// What differs, as `kind path: wanted …, got …`.
  List<String> differences() {
    return differences;
  }

  /// Whether nothing but the order of rows differs.
  boolean onlyOrder() {
    return onlyOrder;
  }

  void json(JsonNode want, JsonNode got) {
    compare(want, got, "$", "");
  }

  void csv(String want, String got) {
    List<List<String>> wanted = rows(want);
    List<List<String>> found = rows(got);
    if (wanted.size() != found.size()) {
      add("length", "csv", wanted.size(), found.size());
      return;
    }
    sortSources(wanted);
    sortSources(found);
    var inner = new Comparison();
    inner.cells(wanted, found);
    if (inner.differences.isEmpty()) {
      return;
    }
    if (permuted(wanted, found, (left, right, each) -> each.cells(List.of(left), List.of(right)))) {
      add("order", "csv", "", "");
    } else {
      differences.addAll(inner.differences);
      onlyOrder &= inner.onlyOrder;
    }
  }

  private void cells(List<List<String>> wanted, List<List<String>> found) {
    for (int i = 0; i < wanted.size(); i++) {
      if (wanted.get(i).size() != found.get(i).size()) {
        add("length", "csv[" + i + "]", wanted.get(i), found.get(i));
        return;
      }
      for (int j = 0; j < wanted.get(i).size(); j++) {
        String left = wanted.get(i).get(j);
        String right = found.get(i).get(j);
        boolean numbers = NUMBER.matcher(left).matches() && NUMBER.matcher(right).matches();
        boolean stamps = STAMP.matcher(left).matches() && STAMP.matcher(right).matches();
        if (!stamps
            && (numbers
                ? !close(Double.parseDouble(left), Double.parseDouble(right))
                : !left.equals(right))) {
          add("cell", "csv[" + i + "][" + j + "]", left, right);
        }
      }
    }
  }

  /// Sources are listed by identifiers, which each server gives anew: their cells are a set.
  private static void sortSources(List<List<String>> rows) {
    if (rows.isEmpty()) {
      return;
    }
    var columns = new ArrayList<Integer>();
    for (int i = 0; i < rows.getFirst().size(); i++) {
      if (rows.getFirst().get(i).startsWith("source_uuid.")) {
        columns.add(i);
      }
    }
    for (List<String> row : rows.subList(1, rows.size())) {
      var sources = new ArrayList<String>();
      columns.forEach(column -> sources.add(row.get(column)));
      sources.sort(null);
      for (int i = 0; i < columns.size(); i++) {
        row.set(columns.get(i), sources.get(i));
      }
    }
  }

  void status(int want, int got, String body) {
    if (want != got) {
      add("status", "", want, got + " " + body.substring(0, Math.min(body.length(), 300)));
    }
  }

  void contentType(String want, String got) {
    if (!want.isEmpty() && !got.isEmpty() && !want.equals(got)) {
      add("content type", "", want, got);
    }
  }

  private void add(String kind, String path, Object want, Object got) {
    onlyOrder &= kind.equals("order");
    differences.add("%s %s: wanted %s, got %s".formatted(kind, path, want, got));
  }

  private void compare(JsonNode want, JsonNode got, String path, String key) {
    if (want.isNumber() && got.isNumber()) {
      if (!close(want.doubleValue(), got.doubleValue())) {
        add("number", path, want, got);
      }
    } else if (want.isTextual() && got.isTextual()) {
      boolean stamps =
          STAMP_KEYS.matcher(key).find()
              && STAMP.matcher(want.asText()).matches()
              && STAMP.matcher(got.asText()).matches();
      if (!stamps && !want.equals(got)) {
        add("text", path, want, got);
      }
    } else if (want.getNodeType() != got.getNodeType()) {
      add("type", path, want, got);
    } else if (want.isObject()) {
      objects(want, got, path);
    } else if (want.isArray()) {
      arrays(want, got, path, key);
    } else if (!want.equals(got)) {
      add("value", path, want, got);
    }
  }

  private void objects(JsonNode want, JsonNode got, String path) {
    var names = new TreeSet<String>();
    want.fieldNames().forEachRemaining(names::add);
    got.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      String inner = path + "." + name;
      if (!want.has(name)) {
        add("extra", inner, null, got.get(name));
      } else if (!got.has(name)) {
        add("missing", inner, want.get(name), null);
      } else {
        compare(want.get(name), got.get(name), inner, name);
      }
    }
  }

  private void arrays(JsonNode want, JsonNode got, String path, String key) {
    if (want.size() != got.size()) {
      add("length", path, want.size(), got.size());
      return;
    }
    if (SETS.contains(key) && allText(want) && allText(got)) {
      if (!sorted(want).equals(sorted(got))) {
        add("value", path, want, got);
      }
      return;
    }
    var inner = new Comparison();
    for (int i = 0; i < want.size(); i++) {
      inner.compare(want.get(i), got.get(i), path + "[" + i + "]", key);
    }
    if (inner.differences.isEmpty()) {
      return;
    }
    var wanted = new ArrayList<JsonNode>();
    var found = new ArrayList<JsonNode>();
    want.forEach(wanted::add);
    got.forEach(found::add);
    if (permuted(wanted, found, (left, right, each) -> each.compare(left, right, path, key))) {
      add("order", path, "", "");
    } else {
      differences.addAll(inner.differences);
      onlyOrder &= inner.onlyOrder;
    }
  }

  private static boolean allText(JsonNode list) {
    for (JsonNode each : list) {
      if (!each.isTextual()) {
        return false;
      }
    }
    return true;
  }

  private static List<String> sorted(JsonNode list) {
    var texts = new ArrayList<String>();
    list.forEach(each -> texts.add(each.asText()));
    texts.sort(null);
    return texts;
  }

  private interface Each<T> {
    void compare(T want, T got, Comparison comparison);
  }

  /// Whether two lists of equal length have equal elements, apart from order on any level.
  private static <T> boolean permuted(List<T> wanted, List<T> found, Each<T> each) {
    var left = new ArrayList<>(found);
    for (T want : wanted) {
      boolean matched = false;
      for (Iterator<T> candidates = left.iterator(); candidates.hasNext() && !matched; ) {
        var comparison = new Comparison();
        each.compare(want, candidates.next(), comparison);
        if (comparison.onlyOrder) {
          candidates.remove();
          matched = true;
        }
      }
      if (!matched) {
        return false;
      }
    }
    return true;
  }

  private static boolean close(double want, double got) {
    double difference = Math.abs(want - got);
    return difference <= TOLERANCE
        || difference <= TOLERANCE * Math.max(Math.abs(want), Math.abs(got));
  }

  private static List<List<String>> rows(String csv) {
    var rows = new ArrayList<List<String>>();
    for (String line : csv.split("\r\n|\n", -1)) {
      if (!line.isEmpty()) {
        rows.add(cells(line));
      }
    }
    return rows;
  }

  private static List<String> cells(String line) {
    var cells = new ArrayList<String>();
    var cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char character = line.charAt(i);
      if (quoted && character == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (character == '"') {
        quoted = !quoted;
      } else if (character == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(character);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
