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

/// The order of the rows of one bucket (params §5.4, §6.2 rule 7). Ties are broken by group value
/// in code-point order, plain groups before tags, so that the same question always has the same
/// answer.
final class RowOrder {
  private static final Comparator<String> CODE_POINTS = RowOrder::compareCodePoints;

  /// Rows without a value come last.
  private static final Comparator<String> TIES =
      Comparator.<String, Boolean>comparing(String::isEmpty).thenComparing(CODE_POINTS);

  private final RowReader reader;
  private final Comparator<Line> order;
  private final Function<Row, Object> key;

  RowOrder(RowReader reader) {
    this.reader = reader;
    ReportQuery query = reader.query();
    List<Function<Row, String>> texts = tieBreakers();
    Comparator<Line> ties = (left, right) -> 0;
    for (Function<Row, String> text : texts) {
      ties = ties.thenComparing(line -> text.apply(line.row()), TIES);
    }
    Asked asked = asked();
    boolean byRank = query.ranked() && asked.ranked();
    Comparator<Line> main;
    if (byRank) {
      this.key = asked.key();
      main =
          Comparator.<Line>comparingLong(line -> reader.rank(line.row()))
              .thenComparing(asked.comparator());
    } else {
      this.key = asked.key();
      main = asked.comparator();
    }
    Comparator<Line> last =
        query.ranked()
            ? Comparator.<Line, Boolean>comparing(line -> reader.isOthers(line.row()))
                .thenComparing(main)
            : main;
    this.order = last.thenComparing(ties);
  }

  /// What a row is ordered by.
  Object key(Row row) {
    return key.apply(row);
  }

  /// The rows of a bucket in order.
  List<Line> sort(List<Line> lines) {
    var sorted = new ArrayList<Line>(lines);
    sorted.sort(order);
    return sorted;
  }

  /// The rows of a bucket in the order which their groups have in another bucket; groups that are
  /// not there come last.
  List<Line> sortLike(List<Line> lines, List<Line> model) {
    var positions = new HashMap<List<String>, Integer>();
    for (Line line : model) {
      positions.putIfAbsent(groups(line.row()), positions.size());
    }
    List<Line> sorted = sort(lines);
    sorted.sort(
        Comparator.<Line, Boolean>comparing(
                line -> reader.query().ranked() && reader.isOthers(line.row()))
            .thenComparingInt(
                line -> positions.getOrDefault(groups(line.row()), Integer.MAX_VALUE)));
    return sorted;
  }

  private List<String> groups(Row row) {
    var groups = new String[reader.levels().size()];
    for (int level = 0; level < groups.length; level++) {
      groups[level] = reader.value(row, level);
    }
    return List.of(groups);
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
  private record Asked(Function<Row, Object> key, Comparator<Line> comparator, boolean ranked) {}

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

  private static Comparator<Line> numbers(boolean up) {
    return directed(
        comparing(Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder()), BigDecimal.class),
        up);
  }

  /// Text without regard to case; what begins like `Others` comes after everything else.
  private static Comparator<Line> texts(boolean up) {
    Comparator<String> text =
        Comparator.<String, Boolean>comparing(
                value -> value.toLowerCase(Locale.ROOT).startsWith("othe"))
            .thenComparing(value -> value.toLowerCase(Locale.ROOT), CODE_POINTS);
    return directed(comparing(text, String.class), up);
  }

  private static Comparator<Line> labels(boolean up) {
    return directed(comparing(Comparator.nullsLast(CODE_POINTS), String.class), up);
  }

  /// By percent, then by value.
  private static Comparator<Line> differences(boolean up) {
    return directed(
        comparing(
            Comparator.comparing(
                    RowReader.Difference::percent,
                    Comparator.nullsLast(Comparator.<BigDecimal>naturalOrder()))
                .thenComparing(RowReader.Difference::value),
            RowReader.Difference.class),
        up);
  }

  private static <T> Comparator<Line> comparing(Comparator<T> comparator, Class<T> type) {
    return (left, right) -> comparator.compare(type.cast(left.key()), type.cast(right.key()));
  }

  private static Comparator<Line> directed(Comparator<Line> ascending, boolean up) {
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
  static Map<String, List<Line>> fold(
      List<Line> lines, Function<Row, String> value, Set<Line> runs) {
    var groups = new LinkedHashMap<String, List<Line>>();
    for (Line line : lines) {
      String name = value.apply(line.row());
      List<Line> group = groups.get(name);
      if (group == null) {
        group = new ArrayList<>();
        groups.put(name, group);
      } else if (runs.contains(line)) {
        // A later run of the same group stands before the earlier one (reports-api §4.7).
        group = new Run(group);
        groups.put(name, group);
      }
      group.add(line);
    }
    return groups;
  }

  /// The rows of a bucket that are of another group than the row before them. Empty where a group
  /// has but one row.
  Set<Line> runs(List<Line> sorted) {
    if (reader.figures().attributes().isEmpty()) {
      return Set.of();
    }
    Set<Line> runs = Collections.newSetFromMap(new IdentityHashMap<>());
    List<String> last = null;
    for (Line line : sorted) {
      List<String> groups = groups(line.row());
      if (!groups.equals(last)) {
        runs.add(line);
      }
      last = groups;
    }
    return runs;
  }

  /// Rows of a later run before those of the earlier ones.
  private static final class Run extends ArrayList<Line> {
    private static final long serialVersionUID = 1L;
    private int next;

    Run(List<Line> earlier) {
      super(earlier);
    }

    @Override
    public boolean add(Line line) {
      add(next++, line);
      return true;
    }
  }
}
