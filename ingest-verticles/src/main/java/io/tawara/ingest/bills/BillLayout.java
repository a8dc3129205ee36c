package io.tawara.ingest.bills;

import io.tawara.catalog.Column;
import io.tawara.catalog.Column.Role;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.LogicalType;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.ingest.bills.BillFormat.Cell;
import io.tawara.ingest.bills.BillFormat.Collected;
import io.tawara.ingest.bills.BillFormat.Number;
import io.tawara.ingest.bills.BillFormat.Refusal;
import io.tawara.ingest.bills.BillFormat.Text;
import io.tawara.ingest.days.RowShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// How the columns of one file of a bill map to the columns of its tables. Every value of a row
/// that any table wants has one place: among the texts, the times, or the numbers.
final class BillLayout {
  private static final int ABSENT = -1;

  /// A text of a row: cell `field` (absent: -1) made a text by `cell`; `tagKeys` when it tells
  /// keys.
  record TextInput(String name, int field, Cell cell, Keys keys) {}

  /// What the keys that a text tells are.
  enum Keys {
    NONE,
    TAGS,
    CATEGORIES
  }

  /// A text that is made of many cells: their fields and keys, in the order of column names.
  record CollectedInput(String name, int[] fields, String[] names, Keys keys) {}

  record TimeInput(String name, int field) {}

  final BillFormat format;
  final int headerFields;
  final List<TextInput> texts = new ArrayList<>();
  final List<CollectedInput> collected = new ArrayList<>();
  final List<TimeInput> times = new ArrayList<>();

  /// Names of a row's numbers: those read from fields first, then those made from cells, then those
  /// made from numbers.
  final List<String> numbers = new ArrayList<>();

  final int[] numberFields;
  final List<Number.OfCell> cellNumbers = new ArrayList<>();
  final int[] cellNumberFields;
  final List<Number.OfNumber> numberNumbers = new ArrayList<>();
  final int[] numberNumberSources;

  final Optional<RowShape> daily;

  /// For each group column of the daily table, its position among texts (collected ones after the
  /// plain ones).
  final int[] dailyGroups;

  final int[] dailyTexts;

  /// For each column of the table of rows: its position among texts, times or numbers; -1: a place.
  final int[] rowSources;

  final int usageTime;
  final int sliceTimeField;
  final int invoiceMonth;
  final int partitionDay;
  final int[] currencies;
  final int columnsNotKept;

  private final Map<String, Integer> textPositions = new HashMap<>();
  private final Map<String, Integer> timePositions = new HashMap<>();

  /// @param header the file's column names
  /// @throws TawaraException of [Category#INPUT] when the file is not of the format
  static BillLayout of(BillFormat format, List<String> header) {
    var fields = new HashMap<String, Integer>();
    for (int field = 0; field < header.size(); field++) {
      fields.putIfAbsent(format.canonical().apply(normalised(header.get(field))), field);
    }
    for (Refusal refusal : format.refusals()) {
      if (fields.keySet().containsAll(refusal.columns())) {
        throw new TawaraException(Category.INPUT, refusal.reason());
      }
    }
    Set<String> missing = missing(format.required(), fields.keySet());
    if (!missing.isEmpty()) {
      throw new TawaraException(
          Category.INPUT, "missing required columns: " + String.join(", ", missing));
    }
    return new BillLayout(format, header, fields);
  }

  private static Set<String> missing(List<Set<String>> required, Set<String> present) {
    var missing = new TreeSet<String>();
    for (Set<String> alternatives : required) {
      if (alternatives.stream().noneMatch(present::contains)) {
        missing.add(String.join(" or ", new TreeSet<>(alternatives)));
      }
    }
    return missing;
  }

  /// Lower case, every run of other characters an underscore (`data-formats` §1.6).
  static String normalised(String name) {
    var out = new StringBuilder(name.length());
    boolean gap = false;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean kept =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_';
      if (kept) {
        out.append(c);
        gap = false;
      } else if (!gap) {
        out.append('_');
        gap = true;
      }
    }
    return out.toString().toLowerCase(Locale.ROOT);
  }

  private BillLayout(BillFormat format, List<String> header, Map<String, Integer> fields) {
    this.format = format;
    headerFields = header.size();
    var used = new HashSet<Integer>();
    var made = new LinkedHashMap<String, Column>();
    for (LineItemTable table : format.tables()) {
      for (Column column : table.columns()) {
        if (column.role() != Role.PLACE) {
          made.putIfAbsent(column.name(), column);
        }
      }
    }
    for (Collected each : format.collected()) {
      collect(each, header, used);
    }
    var sent = new ArrayList<String>();
    for (Column column : made.values()) {
      switch (column.type()) {
        case TEXT, JSON_TEXT -> text(column.name(), fields);
        case TIMESTAMP -> time(column.name(), fields);
        case DOUBLE -> {
          if (!format.numbers().containsKey(column.name())) {
            sent.add(column.name());
          }
        }
        case INTEGER, DATE, UUID ->
            throw new IllegalArgumentException("a bill has no column like " + column);
      }
    }
    format.currency().forEach(column -> text(column, fields));
    time(format.usageTime(), fields);
    numbers.addAll(sent);
    numberFields = sent.stream().mapToInt(name -> fields.getOrDefault(name, ABSENT)).toArray();
    format
        .numbers()
        .forEach(
            (name, number) -> {
              if (number instanceof Number.OfCell ofCell && made.containsKey(name)) {
                numbers.add(name);
                cellNumbers.add(ofCell);
              }
            });
    format
        .numbers()
        .forEach(
            (name, number) -> {
              if (number instanceof Number.OfNumber ofNumber && made.containsKey(name)) {
                numbers.add(name);
                numberNumbers.add(ofNumber);
              }
            });
    cellNumberFields =
        cellNumbers.stream().mapToInt(each -> fields.getOrDefault(each.from(), ABSENT)).toArray();
    numberNumberSources =
        numberNumbers.stream().mapToInt(each -> numbers.indexOf(each.from())).toArray();
    for (int i = 0; i < collected.size(); i++) {
      textPositions.put(collected.get(i).name(), texts.size() + i);
    }
    daily = format.daily().map(table -> RowShape.of(table, numbers));
    dailyGroups = daily.map(shape -> positions(shape.groups())).orElse(new int[0]);
    dailyTexts = daily.map(shape -> positions(shape.texts())).orElse(new int[0]);
    rowSources = format.rows().columns().stream().mapToInt(this::rowSource).toArray();
    usageTime = timePositions.get(format.usageTime());
    sliceTimeField =
        format.sliceTime().map(name -> fields.getOrDefault(name, ABSENT)).orElse(ABSENT);
    invoiceMonth = format.invoiceMonth().map(textPositions::get).orElse(ABSENT);
    partitionDay = format.partitionDay().map(textPositions::get).orElse(ABSENT);
    currencies = format.currency().stream().mapToInt(textPositions::get).toArray();
    texts.forEach(input -> used.add(input.field()));
    times.forEach(input -> used.add(input.field()));
    for (int field : numberFields) {
      used.add(field);
    }
    used.remove(ABSENT);
    columnsNotKept = header.size() - used.size();
  }

  private void collect(Collected wanted, List<String> header, Set<Integer> used) {
    var columns = new TreeMap<String, Integer>();
    var keys = new HashMap<String, String>();
    for (int field = 0; field < header.size(); field++) {
      String name = header.get(field);
      String lower = name.toLowerCase(Locale.ROOT);
      for (String prefix : wanted.prefixes()) {
        if (lower.startsWith(prefix) && name.length() > prefix.length()) {
          columns.put(name, field);
          keys.put(name, name.substring(prefix.length()));
          used.add(field);
        }
      }
    }
    collected.add(
        new CollectedInput(
            wanted.column(),
            columns.values().stream().mapToInt(Integer::intValue).toArray(),
            columns.keySet().stream().map(keys::get).toArray(String[]::new),
            keys(wanted.column())));
  }

  private Keys keys(String column) {
    if (column.equals(format.tags())) {
      return Keys.TAGS;
    }
    return format.categories().filter(column::equals).isPresent() ? Keys.CATEGORIES : Keys.NONE;
  }

  private void text(String column, Map<String, Integer> fields) {
    if (textPositions.containsKey(column)
        || collected.stream().anyMatch(each -> each.name().equals(column))) {
      return;
    }
    Text text = format.texts().getOrDefault(column, new Text(column, BillFormats.plain()));
    textPositions.put(column, texts.size());
    texts.add(
        new TextInput(column, fields.getOrDefault(text.from(), ABSENT), text.cell(), keys(column)));
  }

  private void time(String column, Map<String, Integer> fields) {
    if (!timePositions.containsKey(column)) {
      timePositions.put(column, times.size());
      times.add(new TimeInput(column, fields.getOrDefault(column, ABSENT)));
    }
  }

  private int[] positions(List<Column> columns) {
    return columns.stream().mapToInt(column -> textPositions.get(column.name())).toArray();
  }

  private int rowSource(Column column) {
    if (column.role() == Role.PLACE) {
      return ABSENT;
    }
    return switch (column.type()) {
      case TEXT, JSON_TEXT -> textPositions.get(column.name());
      case TIMESTAMP -> timePositions.get(column.name());
      case DOUBLE -> numbers.indexOf(column.name());
      case INTEGER, DATE, UUID ->
          throw new IllegalArgumentException("a bill has no column like " + column);
    };
  }

  /// Whether a type is kept among the texts.
  static boolean isText(Column column) {
    return column.type() == LogicalType.TEXT || column.type() == LogicalType.JSON_TEXT;
  }
}
