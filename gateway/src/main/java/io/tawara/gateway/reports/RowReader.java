package io.tawara.gateway.reports;

import io.tawara.analytics.reports.Aggregate;
import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.CompiledQuery.Layout;
import io.tawara.analytics.reports.Delta;
import io.tawara.analytics.reports.Figure;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.Levels;
import io.tawara.analytics.reports.ReportFigures;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.analytics.reports.Resolution;
import io.tawara.analytics.reports.Section;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.data.Numeric;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// What the columns of a compiled query's rows mean: groups, figures, capacities, scores, deltas
/// (reports-api §3, §4). One per answer; learns clusters and the total as their rows arrive, which
/// is before the rows of groups.
final class RowReader {
  private static final Key UNIT = new Key.Named("org_unit_id");

  /// Decimals of computed percentages.
  private static final MathContext PERCENT = new MathContext(28, RoundingMode.HALF_EVEN);

  private static final MathContext QUOTIENT = new MathContext(36, RoundingMode.HALF_EVEN);
  private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
  private static final String[] NONE = {};

  private final ReportQuery query;
  private final Layout layout;
  private final ReportFigures figures;
  private final List<Key> levels;
  private final Map<String, int[]> figureColumns = new HashMap<>();
  private final Optional<Section.Score> score;
  private final boolean byNode;
  private final boolean wholeRange;
  private final int capacityColumn;
  private final Map<String, String> names = new HashMap<>();
  private final Map<LocalDate, Map<String, Capacity>> capacities = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private int[] columns = {};
  private int[] places = {};
  private Row total;

  /// A cluster's capacity in a bucket (or in the whole range).
  private record Capacity(BigDecimal value, BigDecimal count) {}

  RowReader(ReportQuery query, CompiledQuery compiled) {
    this.query = query;
    this.layout = compiled.layout();
    this.figures = query.report().figures(query);
    this.levels = Levels.of(query);
    for (Figure figure : figures.figures().values()) {
      figureColumns.put(
          figure.name(), figure.aggregates().stream().mapToInt(this::aggregateColumn).toArray());
    }
    this.score = figures.score();
    this.byNode = figures.capacity().isPresent() && levels.contains(new Key.Named("node"));
    this.wholeRange =
        query.time().resolution() == Resolution.MONTHLY && query.time().scope().isPresent();
    this.capacityColumn =
        figures
            .capacity()
            .flatMap(io.tawara.analytics.reports.Capacity::summed)
            .map(this::aggregateColumn)
            .orElse(-1);
  }

  ReportQuery query() {
    return query;
  }

  ReportFigures figures() {
    return figures;
  }

  List<Key> levels() {
    return levels;
  }

  boolean byNode() {
    return byNode;
  }

  // -- arriving rows ----------------------------------------------------------------------------

  static CompiledQuery.Row kind(Row row) {
    return switch (row.getInteger(Layout.KIND)) {
      case 0 -> CompiledQuery.Row.TOTAL;
      case 1 -> CompiledQuery.Row.CLUSTER;
      default -> CompiledQuery.Row.GROUP;
    };
  }

  /// What of a group's row is asked for after it was written: its groups, attributes and rank.
  Row brief(Row row) {
    if (places.length == 0) {
      briefly(row.size());
    }
    var values = new Object[columns.length];
    for (int i = 0; i < columns.length; i++) {
      Object value = row.getValue(columns[i]);
      values[i] = value instanceof String text ? texts.computeIfAbsent(text, same -> same) : value;
    }
    return new BriefRow(places, values);
  }

  private void briefly(int size) {
    columns =
        Stream.of(
                IntStream.of(Layout.BUCKET, Layout.TAIL, Layout.RANK),
                IntStream.range(0, levels.size()).map(layout::group),
                IntStream.range(0, figures.attributes().size()).map(layout::attribute))
            .flatMapToInt(each -> each)
            .distinct()
            .toArray();
    places = new int[size];
    Arrays.fill(places, -1);
    for (int i = 0; i < columns.length; i++) {
      places[columns[i]] = i;
    }
  }

  void total(Row row) {
    this.total = row;
  }

  Row total() {
    return total;
  }

  void cluster(Row row) {
    String id = row.getString(Layout.CLUSTER);
    names.put(id, row.getString(Layout.ALIAS));
    capacities
        .computeIfAbsent(row.getLocalDate(Layout.BUCKET), _ -> new HashMap<>())
        .put(id, new Capacity(decimal(row, Layout.CAPACITY), decimal(row, Layout.COUNT)));
  }

  /// Whether nothing at all was selected.
  boolean nothing() {
    Long cells = total.getLong(Layout.TAIL);
    return cells == null || cells == 0;
  }

  /// How many groups were ranked.
  long rankedGroups() {
    Long groups = total.getLong(Layout.RANK);
    return groups == null ? 0 : groups;
  }

  /// Whether the answer has rows for the groups behind the limit.
  boolean hasOthers() {
    return query.ranked()
        && query.ranking().orElseThrow().offset().isEmpty()
        && figures.shape() != ReportFigures.Shape.INSTANCES
        && rankedGroups() > query.ranking().orElseThrow().limit();
  }

  // -- a row of a group -------------------------------------------------------------------------

  LocalDate bucket(Row row) {
    return row.getLocalDate(Layout.BUCKET);
  }

  boolean isOthers(Row row) {
    return row != total && row.getValue(Layout.TAIL) != null;
  }

  /// What the groups behind the limit are called.
  String othersLabel(Row row) {
    return row.getLong(Layout.TAIL) > 1 ? "Others" : "Other";
  }

  long rank(Row row) {
    Long rank = row.getLong(Layout.RANK);
    return rank == null ? 0 : rank;
  }

  /// Which level tells apart what lies in organisational units, -1 for none.
  int unitLevel() {
    return levels.indexOf(UNIT);
  }

  /// Whether a row is about a unit with all that is in it, not about an account.
  boolean isUnit(Row row) {
    return unitLevel() >= 0 && value(row, unitLevel()).startsWith("unit:");
  }

  /// The value of a group, empty where the row has none.
  String value(Row row, int level) {
    String value = row.getString(layout.group(level));
    return value == null ? "" : value;
  }

  /// The value as it is shown.
  String shown(Row row, int level) {
    if (isOthers(row)) {
      return othersLabel(row);
    }
    String value = value(row, level);
    if (levels.get(level).equals(UNIT)) {
      return value.substring(value.indexOf(':') + 1);
    }
    return value.isEmpty() ? "No-" + levels.get(level).label() : value;
  }

  /// Names of the row's clusters, ascending.
  String[] clusters(Row row) {
    String[] ids = texts(row, Layout.CLUSTERS);
    var shown = new String[ids.length];
    for (int i = 0; i < ids.length; i++) {
      shown[i] = names.getOrDefault(ids[i], ids[i]);
    }
    return sorted(shown);
  }

  /// The row's sources, ascending.
  String[] sources(Row row) {
    return sorted(texts(row, Layout.SOURCES));
  }

  private static String[] sorted(String[] texts) {
    if (texts.length < 2) {
      return texts;
    }
    String[] sorted = texts.clone();
    Arrays.sort(sorted);
    int kept = 1;
    for (int i = 1; i < sorted.length; i++) {
      if (!sorted[i].equals(sorted[kept - 1])) {
        sorted[kept++] = sorted[i];
      }
    }
    return kept == sorted.length ? sorted : Arrays.copyOf(sorted, kept);
  }

  /// An attribute's value, null where there is none; what follows from a group may be blank.
  String attribute(Row row, int index) {
    String value = row.getString(layout.attribute(index));
    boolean nothing =
        value == null || (value.isEmpty() && !figures.attributes().get(index).ofGroup());
    return nothing ? null : value;
  }

  /// An attribute as it is shown in an *Others* row.
  String othersAttribute(Row row, int index) {
    return figures.attributes().get(index).ofOthers() ? othersLabel(row) : null;
  }

  int attributeIndex(String name) {
    return layout.attributes().indexOf(name);
  }

  // -- numbers ----------------------------------------------------------------------------------

  int[] figureColumns(String figure) {
    return figureColumns.get(figure);
  }

  boolean hasFigure(String figure) {
    return figureColumns.containsKey(figure);
  }

  /// Σ of the columns.
  static BigDecimal sum(Row row, int[] columns) {
    BigDecimal sum = BigDecimal.ZERO;
    for (int column : columns) {
      BigDecimal term = decimalOrNull(row, column);
      if (term != null) {
        sum = sum == BigDecimal.ZERO ? term : sum.add(term);
      }
    }
    return sum;
  }

  /// Whether a row shows no figure at all, not even 0.
  boolean absent(Row row, String figure) {
    if (!figures.figures().get(figure).absent(query)) {
      return false;
    }
    for (int column : figureColumns.get(figure)) {
      if (row.getValue(column) != null) {
        return false;
      }
    }
    return true;
  }

  /// What a row is ordered by: its figure, or null.
  BigDecimal comparable(Row row, String figure) {
    return absent(row, figure) ? null : figure(row, figure);
  }

  BigDecimal figure(Row row, String figure) {
    return sum(row, figureColumns.get(figure));
  }

  int aggregateColumn(String aggregate) {
    return layout.aggregate(layout.indexOf(aggregate));
  }

  Optional<Aggregate> aggregate(String name) {
    return figures.aggregates().stream().filter(each -> each.name().equals(name)).findFirst();
  }

  BigDecimal number(Row row, int column) {
    return decimal(row, column);
  }

  /// The unit of a quantity in a row.
  String unit(Row row, Section.Quantity quantity) {
    String unit = quantity.ofRows().map(name -> row.getString(aggregateColumn(name))).orElse(null);
    return unit == null || unit.isEmpty() ? quantity.unit() : unit;
  }

  String[] texts(Row row, int column) {
    String[] texts = row.getArrayOfStrings(column);
    return texts == null ? NONE : texts;
  }

  private static BigDecimal decimal(Row row, int column) {
    BigDecimal value = decimalOrNull(row, column);
    return value == null ? BigDecimal.ZERO : value;
  }

  /// The decimal as it was read; the client would write it as text and read that again.
  private static BigDecimal decimalOrNull(Row row, int column) {
    return row.getValue(column) instanceof Numeric number
        ? number.bigDecimalValue()
        : row.getBigDecimal(column);
  }

  // -- capacities -------------------------------------------------------------------------------

  BigDecimal capacity(Row row) {
    if (row == total) {
      return decimal(row, Layout.CAPACITY);
    }
    if (byNode) {
      return isOthers(row) ? BigDecimal.ZERO : decimal(row, Layout.CAPACITY);
    }
    if (capacityColumn >= 0) {
      return decimal(row, capacityColumn);
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (String cluster : texts(row, Layout.CLUSTERS)) {
      sum = sum.add(ofCluster(row, cluster).value());
    }
    return sum;
  }

  BigDecimal capacityCount(Row row) {
    if (row == total || byNode) {
      return decimal(row, Layout.COUNT);
    }
    BigDecimal sum = BigDecimal.ZERO;
    for (String cluster : texts(row, Layout.CLUSTERS)) {
      sum = sum.add(ofCluster(row, cluster).count());
    }
    return sum;
  }

  private static final Capacity NO_CAPACITY = new Capacity(BigDecimal.ZERO, BigDecimal.ZERO);

  private Capacity ofCluster(Row row, String cluster) {
    return capacities
        .getOrDefault(wholeRange ? null : bucket(row), Map.of())
        .getOrDefault(cluster, NO_CAPACITY);
  }

  /// What nobody uses or asks for: `max(capacity − max(usage, request), 0)`, and whether it was cut
  /// off at 0.
  static BigDecimal positive(BigDecimal difference) {
    return difference.signum() < 0 ? BigDecimal.ZERO : difference;
  }

  /// A part of the capacity in percent; of 1 where there is no capacity.
  static BigDecimal percentOf(BigDecimal part, BigDecimal capacity) {
    return part.divide(capacity.signum() > 0 ? capacity : BigDecimal.ONE, PERCENT)
        .multiply(HUNDRED, PERCENT);
  }

  // -- score ------------------------------------------------------------------------------------

  /// Whether scores are shown: at most one group and no tag among groups and filters.
  boolean scoresShown() {
    return query.groups().size() <= 1
        && query.groups().stream().noneMatch(group -> group.key() instanceof Key.Tag)
        && query.filters().stream().noneMatch(filter -> filter.key() instanceof Key.Tag);
  }

  BigDecimal efficiency(Row row) {
    if (isOthers(row)) {
      return decimal(row, Layout.EFFICIENCY);
    }
    Section.Score parts = score.orElseThrow();
    BigDecimal request = figure(row, parts.request());
    return request.signum() == 0
        ? BigDecimal.ZERO
        : figure(row, parts.usage())
            .divide(request, QUOTIENT)
            .multiply(HUNDRED)
            .setScale(0, RoundingMode.HALF_UP);
  }

  BigDecimal wasted(Row row) {
    if (isOthers(row)) {
      return decimal(row, Layout.WASTED);
    }
    Section.Score parts = score.orElseThrow();
    BigDecimal request = figure(row, parts.request());
    return request.signum() == 0
        ? BigDecimal.ZERO
        : positive(
            figure(row, parts.cost())
                .multiply(
                    BigDecimal.ONE.subtract(figure(row, parts.usage()).divide(request, QUOTIENT))));
  }

  // -- delta ------------------------------------------------------------------------------------

  /// How a row (or the total) compares.
  ///
  /// @param percent null where there is nothing to compare with
  record Difference(BigDecimal value, BigDecimal percent) {}

  Difference difference(Row row) {
    return switch (query.delta().orElseThrow()) {
      case Delta.Previous previous -> {
        BigDecimal now = amount(row, previous.figure());
        BigDecimal before = isOthers(row) ? BigDecimal.ZERO : decimal(row, Layout.PREVIOUS);
        BigDecimal change = now.subtract(before);
        yield new Difference(
            change,
            before.setScale(2, RoundingMode.HALF_EVEN).signum() == 0
                ? null
                : change.divide(before, PERCENT).multiply(HUNDRED, PERCENT));
      }
      case Delta.Between between -> {
        BigDecimal left = amount(row, between.figure());
        BigDecimal right = amount(row, between.base());
        yield new Difference(
            left.subtract(right),
            right.signum() == 0 ? null : left.divide(right, PERCENT).multiply(HUNDRED, PERCENT));
      }
    };
  }

  private BigDecimal amount(Row row, String figure) {
    return figure.equals("capacity") ? capacity(row) : figure(row, figure);
  }
}
