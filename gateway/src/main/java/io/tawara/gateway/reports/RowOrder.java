package io.tawara.gateway.reports;

import io.tawara.analytics.reports.Aggregate;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.Ordering;
import io.tawara.analytics.reports.ReportQuery;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/// The order of the rows of one bucket (params §5.4, §6.2 rule 7). Ties are broken by group value
/// in code-point order, plain groups before tags, so that the same question always has the same
/// answer.
final class RowOrder {
  private static final Comparator<String> CODE_POINTS = RowOrder::compareCodePoints;

  /// Rows without a value come last.
  private static final Comparator<String> TIES =
      Comparator.<String, Boolean>comparing(String::isEmpty).thenComparing(CODE_POINTS);

  private final RowReader reader;
  private final Comparator<Sorted> order;
  private final Function<Row, Object> key;

  /// A row with what it is ordered by, computed once.
  private record Sorted(Row row, Object key) {}

  RowOrder(RowReader reader) {
    this.reader = reader;
    ReportQuery query = reader.query();
    List<Function<Row, String>> texts = tieBreakers();
    Comparator<Sorted> ties = (left, right) -> 0;
    for (Function<Row, String> text : texts) {
      ties = ties.thenComparing(sorted -> text.apply(sorted.row()), TIES);
    }
    Asked asked = asked();
    boolean byRank = query.ranked() && asked.ranked();
    Comparator<Sorted> main;
    if (byRank) {
      this.key = asked.key();
      main =
          Comparator.<Sorted>comparingLong(sorted -> reader.rank(sorted.row()))
              .thenComparing(asked.comparator());
    } else {
      this.key = asked.key();
      main = asked.comparator();
    }
    Comparator<Sorted> last =
        query.ranked()
            ? Comparator.<Sorted, Boolean>comparing(sorted -> reader.isOthers(sorted.row()))
                .thenComparing(main)
            : main;
    this.order = last.thenComparing(ties);
  }

  /// The rows of a bucket in order.
  List<Row> sort(List<Row> rows) {
    if (rows.size() < 2) {
      return rows;
    }
    var sorted = new Sorted[rows.size()];
    for (int i = 0; i < sorted.length; i++) {
      sorted[i] = new Sorted(rows.get(i), key.apply(rows.get(i)));
    }
    Arrays.sort(sorted, order);
    var result = new ArrayList<Row>(sorted.length);
    for (Sorted each : sorted) {
      result.add(each.row());
    }
    return result;
  }

  /// The rows of a bucket in the order which their groups have in another bucket; groups that are
  /// not there come last.
  List<Row> sortLike(List<Row> rows, List<Row> model) {
    var positions = new HashMap<List<String>, Integer>();
    for (Row row : model) {
      positions.putIfAbsent(groups(row), positions.size());
    }
    var sorted = new ArrayList<>(sort(rows));
    sorted.sort(
        Comparator.<Row, Boolean>comparing(row -> reader.query().ranked() && reader.isOthers(row))
            .thenComparingInt(row -> positions.getOrDefault(groups(row), Integer.MAX_VALUE)));
    return sorted;
  }

  private List<String> groups(Row row) {
    return IntStream.range(0, reader.levels().size())
        .mapToObj(level -> reader.value(row, level))
        .toList();
  }

  private List<Function<Row, String>> tieBreakers() {
    var texts = new ArrayList<Function<Row, String>>();
    List<Key> levels = reader.levels();
    for (boolean named : List.of(true, false)) {
      for (int i = 0; i < levels.size(); i++) {
        if (levels.get(i) instanceof Key.Named == named) {
          int level = i;
          texts.add(row -> reader.value(row, level));
        }
      }
    }
    for (int i = 0; i < reader.figures().attributes().size(); i++) {
      int index = i;
      texts.add(
          row -> {
            String value = reader.attribute(row, index);
            return value == null ? "" : value;
          });
    }
    return texts;
  }

  /// What is ordered by.
  ///
  /// @param ranked whether ranked rows keep the order of their ranks
  private record Asked(Function<Row, Object> key, Comparator<Sorted> comparator, boolean ranked) {}

  private Asked asked() {
    ReportQuery query = reader.query();
    if (query.order().flatMap(Ordering::key).isPresent()) {
      Ordering ordering = query.order().orElseThrow();
      Key asked = ordering.key().orElseThrow();
      boolean up = ordering.ascending();
      int level = reader.levels().indexOf(asked);
      if (level >= 0) {
        return asked instanceof Key.Named
            ? new Asked(row -> reader.shown(row, level), texts(up), false)
            : new Asked(row -> emptyAsNull(reader.value(row, level)), labels(up), false);
      }
      if (asked instanceof Key.Named(String name)) {
        if (name.equals("delta") && query.delta().isPresent()) {
          return new Asked(reader::difference, differences(up), false);
        }
        if (reader.hasFigure(name)) {
          boolean cost = name.equals("cost_total") || name.equals("cost_total_distributed");
          return new Asked(row -> reader.comparable(row, name), numbers(up), cost);
        }
        if (reader.figures().score().isPresent() && name.equals("usage_efficiency")) {
          return new Asked(reader::efficiency, numbers(up), false);
        }
        if (reader.figures().score().isPresent() && name.equals("wasted_cost")) {
          return new Asked(reader::wasted, numbers(up), false);
        }
        if (reader.aggregate(name).isPresent()) {
          return ofAggregate(reader.aggregate(name).orElseThrow(), up);
        }
        int attribute = reader.attributeIndex(name);
        if (attribute >= 0) {
          return new Asked(
              row -> {
                String value = reader.attribute(row, attribute);
                return value == null ? "No-" + name : value;
              },
              texts(up),
              false);
        }
      }
    }
    return standard();
  }

  private Asked standard() {
    String name = reader.figures().defaultOrder();
    boolean up = reader.figures().defaultAscending();
    if (reader.hasFigure(name)) {
      return new Asked(row -> reader.comparable(row, name), numbers(up), true);
    }
    int level = reader.levels().indexOf(new Key.Named(name));
    if (level >= 0) {
      return new Asked(row -> reader.shown(row, level), texts(up), true);
    }
    int attribute = reader.attributeIndex(name);
    return new Asked(row -> reader.attribute(row, attribute), labels(up), true);
  }

  private Asked ofAggregate(Aggregate aggregate, boolean up) {
    int column = reader.aggregateColumn(aggregate.name());
    return switch (aggregate.kind()) {
      case NUMBER -> new Asked(row -> reader.number(row, column), numbers(up), false);
      case TEXT -> new Asked(row -> row.getString(column), labels(up), false);
      case TEXTS ->
          new Asked(
              row -> reader.texts(row, column),
              directed(comparing(Arrays::compare, String[].class), up),
              false);
    };
  }

  private static String emptyAsNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static Comparator<Sorted> numbers(boolean up) {
    return directed(
        comparing(Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder()), BigDecimal.class),
        up);
  }

  /// Text without regard to case; what begins like `Others` comes after everything else.
  private static Comparator<Sorted> texts(boolean up) {
    Comparator<String> text =
        Comparator.<String, Boolean>comparing(
                value -> value.toLowerCase(Locale.ROOT).startsWith("othe"))
            .thenComparing(value -> value.toLowerCase(Locale.ROOT), CODE_POINTS);
    return directed(comparing(text, String.class), up);
  }

  private static Comparator<Sorted> labels(boolean up) {
    return directed(comparing(Comparator.nullsLast(CODE_POINTS), String.class), up);
  }

  /// By percent, then by value.
  private static Comparator<Sorted> differences(boolean up) {
    return directed(
        comparing(
            Comparator.comparing(
                    RowReader.Difference::percent,
                    Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder()))
                .thenComparing(RowReader.Difference::value),
            RowReader.Difference.class),
        up);
  }

  private static <T> Comparator<Sorted> comparing(Comparator<T> comparator, Class<T> type) {
    return (left, right) -> comparator.compare(type.cast(left.key()), type.cast(right.key()));
  }

  private static Comparator<Sorted> directed(Comparator<Sorted> ascending, boolean up) {
    return up ? ascending : ascending.reversed();
  }

  private static int compareCodePoints(String left, String right) {
    int shorter = Math.min(left.length(), right.length());
    for (int i = 0; i < shorter; i++) {
      char a = left.charAt(i);
      char b = right.charAt(i);
      if (a != b) {
        boolean aPair = Character.isSurrogate(a);
        boolean bPair = Character.isSurrogate(b);
        return aPair != bPair ? (aPair ? 1 : -1) : Character.compare(a, b);
      }
    }
    return left.length() - right.length();
  }

  /// Groups of rows by value, in order of first occurrence.
  ///
  /// @param runs rows with which the innermost group begins anew
  static Map<String, List<Row>> fold(List<Row> rows, Function<Row, String> value, Set<Row> runs) {
    var groups = new LinkedHashMap<String, List<Row>>();
    for (Row row : rows) {
      String name = value.apply(row);
      List<Row> group = groups.get(name);
      if (group == null) {
        group = new ArrayList<>();
        groups.put(name, group);
      } else if (runs.contains(row)) {
        // A later run of the same group stands before the earlier one (reports-api §4.7).
        group = new Run(group);
        groups.put(name, group);
      }
      group.add(row);
    }
    return groups;
  }

  /// The rows of a bucket that are of another group than the row before them. Empty where a group
  /// has but one row.
  Set<Row> runs(List<Row> sorted) {
    if (reader.figures().attributes().isEmpty()) {
      return Set.of();
    }
    Set<Row> runs = Collections.newSetFromMap(new IdentityHashMap<>());
    List<String> last = null;
    for (Row row : sorted) {
      List<String> groups = groups(row);
      if (!groups.equals(last)) {
        runs.add(row);
      }
      last = groups;
    }
    return runs;
  }

  /// Rows of a later run before those of the earlier ones.
  private static final class Run extends ArrayList<Row> {
    private static final long serialVersionUID = 1L;
    private int next;

    Run(List<Row> earlier) {
      super(earlier);
    }

    @Override
    public boolean add(Row row) {
      add(next++, row);
      return true;
    }
  }
}
