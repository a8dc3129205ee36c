package io.tawara.gateway.reports;

import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.CompiledQuery.Layout;
import io.tawara.analytics.reports.Grouping;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.Ordering;
import io.tawara.analytics.reports.Paging;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportFigures;
import io.tawara.analytics.reports.ReportFigures.Shape;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.analytics.reports.Section;
import io.tawara.gateway.serving.AnswerMemory;
import io.tawara.gateway.serving.Utf8;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A report as flat lines, latest bucket first, with Koku's internal column names (reports-api
/// §4.10). Paging counts lines.
final class CsvReport implements RowSink {
  private final ReportQuery query;
  private final RowReader reader;
  private final RowOrder order;
  private final Lines lines;
  private final CsvTable table;
  private final String currency;
  private final Optional<LocalDate> likeOn;
  private final Map<LocalDate, List<Line>> kept = new LinkedHashMap<>();
  private final int projectLevel;
  private final boolean byProject;
  private final boolean lists;
  private final boolean clusters;
  private final boolean units;
  private final List<Part> parts = new ArrayList<>();
  private final String[] groupColumns;
  private LocalDate bucket;
  private final List<Line> behind = new ArrayList<>();
  private List<Line> current = new ArrayList<>();
  private long passed;

  /// Writes some cells of a row.
  @FunctionalInterface
  private interface Part {
    void write(Row row);
  }

  CsvReport(ReportQuery query, CompiledQuery compiled, AnswerMemory.Share memory) {
    this.query = query;
    this.reader = new RowReader(query, compiled);
    this.order = new RowOrder(reader);
    this.lines = new Lines(reader, order, memory);
    this.table = new CsvTable(memory);
    this.currency = query.rates().target();
    this.likeOn = query.order().flatMap(Ordering::likeOn);
    this.projectLevel = reader.levels().indexOf(new Key.Named("project"));
    this.byProject = query.groupedBy("project");
    this.lists = reader.figures().shape() != Shape.INSTANCES || query.ranked();
    this.clusters =
        lists && query.report().family().clusters() && reader.figures().shape() != Shape.RESOURCES;
    this.units = !query.parity().has(UnitReport.ONLY_DIRECT);
    this.groupColumns = new String[reader.levels().size()];
    for (int i = 0; i < groupColumns.length; i++) {
      groupColumns[i] = groupColumn(reader.levels().get(i));
    }
    reader.figures().sections().forEach(this::part);
  }

  /// Tags have no name of their own in flat rows.
  private String groupColumn(Key key) {
    if (!(key instanceof Key.Tag)) {
      return awsAccount(key.label());
    }
    int position =
        query.groups().stream()
            .filter(group -> group.key().equals(key))
            .mapToInt(Grouping::position)
            .findFirst()
            .orElse(0);
    return "INTERNAL_" + query.report().labels().orElseThrow().name() + "_" + position;
  }

  @Override
  public void row(Row row) {
    switch (RowReader.kind(row)) {
      case TOTAL -> reader.total(row);
      case CLUSTER -> reader.cluster(row);
      case GROUP -> group(row);
    }
  }

  private void group(Row row) {
    LocalDate day = reader.bucket(row);
    if (likeOn.isEmpty() && !day.equals(bucket)) {
      flush();
      bucket = day;
    }
    boolean shown = units || !reader.isUnit(row);
    if (shown && !isFull()) {
      Line line = lines.line(row, this::cells);
      if (likeOn.isPresent()) {
        kept.computeIfAbsent(day, _ -> new ArrayList<>()).add(line);
      } else {
        current.add(line);
      }
    }
  }

  private void flush() {
    add(order.sort(current));
    current = new ArrayList<>();
  }

  /// *Others* rows of clouds come after all rows of groups.
  private void add(List<Line> sorted) {
    boolean last = query.report().family() != ProviderFamily.OPENSHIFT;
    for (Line line : sorted) {
      if (last && reader.isOthers(line.row())) {
        behind.add(line);
      } else {
        add(line);
      }
    }
  }

  @Override
  public Buffer end() {
    flush();
    List<Line> model = order.sort(likeOn.map(kept::get).orElse(List.of()));
    kept.values()
        .forEach(some -> add(model.isEmpty() ? order.sort(some) : order.sortLike(some, model)));
    behind.forEach(this::add);
    return table.write();
  }

  /// Whether whatever still comes is behind the page.
  private boolean isFull() {
    Paging paging = query.paging();
    return paging.limit() > 0 && passed >= (long) paging.offset() + paging.limit();
  }

  private void add(Line line) {
    byte[] cells = lines.placed(line);
    if (!isFull() && passed++ >= query.paging().offset()) {
      table.add(cells);
    }
  }

  private void cells(Utf8 out, Row row) {
    table.begin(out);
    boolean others = reader.isOthers(row);
    table.cell("date", query.time().label(reader.bucket(row)));
    for (int level = 0; level < groupColumns.length; level++) {
      boolean ofTags = !(reader.levels().get(level) instanceof Key.Named);
      boolean absent =
          !others
              && (ofTags || query.report().family() != ProviderFamily.OPENSHIFT)
              && reader.value(row, level).isEmpty();
      table.cell(groupColumns[level], absent ? null : reader.shown(row, level));
    }
    if (reader.unitLevel() >= 0) {
      table.cell("type", UnitReport.type(reader, row));
    }
    if (clusters) {
      list("clusters", reader.clusters(row));
    }
    if (lists) {
      list("source_uuid", reader.sources(row));
    }
    if (byProject) {
      table.cell("classification", JsonRows.classification(reader, row, projectLevel, others));
      if (reader.hasOthers() && query.categories().isEmpty()) {
        table.cell("default_project", others ? "False" : null);
      }
    }
    List<ReportFigures.Attribute> attributes = reader.figures().attributes();
    for (int i = 0; i < attributes.size(); i++) {
      attribute(row, i, attributes.get(i).name(), others);
    }
    parts.forEach(part -> part.write(row));
    if (query.delta().isPresent()) {
      RowReader.Difference difference = reader.difference(row);
      number("delta_value", difference.value());
      table.cell(
          "delta_percent", difference.percent() == null ? null : difference.percent().toString());
    }
    if (query.ranked()) {
      table.cell("rank", Long.toString(reader.rank(row)));
    }
    if (reader.figures().shape() != Shape.INSTANCES) {
      String bill = row.getString(Layout.CURRENCY);
      table.cell("base_currency", bill == null && query.ranked() ? "0" : bill);
      number("exchange_rate", reader.number(row, Layout.RATE));
    }
  }

  private void attribute(Row row, int index, String name, boolean others) {
    if (reader.levels().stream().anyMatch(level -> level.label().equals(name))) {
      return;
    }
    String value = reader.attribute(row, index);
    if (name.equals("cost_group")) {
      table.cell(name, value == null && query.ranked() ? "0" : value);
    } else {
      table.cell(
          awsAccount(name),
          !others
              ? value
              : query.report().family() == ProviderFamily.AZURE
                  ? null
                  : reader.othersAttribute(row, index));
    }
  }

  /// Flat rows of AWS call an account `id` and its name `alias`.
  private String awsAccount(String name) {
    if (query.report().family() != ProviderFamily.AWS) {
      return name;
    }
    return switch (name) {
      case "account", "org_unit_id" -> "id";
      case "account_alias" -> "alias";
      default -> name;
    };
  }

  private void list(String name, String[] values) {
    for (int i = 0; i < values.length; i++) {
      table.cell(name + "." + i, values[i]);
    }
  }

  private void number(String column, BigDecimal value) {
    table.cell(column, value.toString());
  }

  private void part(Section section) {
    switch (section) {
      case Section.Cost cost -> {
        for (Section.Member member : cost.members()) {
          figure(member.figure(), member.figure());
        }
        if (cost.name().equals("cost")) {
          parts.add(row -> table.cell("cost_units", currency));
        }
      }
      case Section.Quantity quantity -> {
        figure(quantity.name(), quantity.figure());
        if (quantity.name().equals("usage")) {
          parts.add(row -> table.cell("usage_units", reader.unit(row, quantity)));
        }
      }
      case Section.Request request ->
          parts.add(
              row -> {
                BigDecimal asked = reader.figure(row, request.figure());
                BigDecimal unused = RowReader.positive(asked.subtract(reader.figure(row, "usage")));
                number("request", asked);
                number("request_unused", unused);
                number("request_unused_percent", RowReader.percentOf(unused, reader.capacity(row)));
              });
      case Section.CapacityBlock block -> parts.add(row -> capacity(row, block));
      case Section.TextList list -> {
        int column = reader.aggregateColumn(list.aggregate());
        parts.add(row -> list(list.name(), reader.texts(row, column)));
      }
      case Section.Measured measured -> {
        int column = reader.aggregateColumn(measured.aggregate());
        parts.add(
            row -> {
              number(measured.name(), reader.number(row, column));
              table.cell(measured.name() + "_units", measured.unit());
            });
      }
      case Section.Text text -> {
        int column = reader.aggregateColumn(text.aggregate());
        parts.add(row -> table.cell(text.name(), row.getString(column)));
      }
      case Section.Score score -> {
        if (reader.scoresShown()) {
          parts.add(
              row -> {
                number("score.usage_efficiency_percent", reader.efficiency(row));
                number("score.wasted_cost.value", reader.wasted(row));
                table.cell("score.wasted_cost.units", currency);
              });
        }
      }
      case Section.VirtualMachineRequest request ->
          parts.add(
              row -> {
                number(request.cpu(), JsonRows.perHour(reader.figure(row, request.cpu())));
                table.cell(request.cpu() + "_units", "Core");
                number(request.memory(), JsonRows.perHour(reader.figure(row, request.memory())));
                table.cell(request.memory() + "_units", "GiB");
              });
      case Section.VirtualMachineStorage storage -> {
        int column = reader.aggregateColumn(storage.aggregate());
        parts.add(row -> tree("storage", JsonRows.storage(reader.texts(row, column))));
      }
      case Section.MergedLabels labels -> {
        if (labels.flat()) {
          int column = reader.aggregateColumn(labels.aggregate());
          parts.add(row -> tree("tags", JsonRows.tags(reader.texts(row, column))));
        }
      }
      case Section.MigProfileParts profile -> {
        int index = reader.attributeIndex(profile.dimension());
        parts.add(
            row -> {
              String name = reader.attribute(row, index);
              profile("compute", JsonRows.ProfilePart.compute(name));
              profile("memory", JsonRows.ProfilePart.memory(name));
            });
      }
      case Section.WholeNumber whole -> {
        int column = reader.aggregateColumn(whole.aggregate());
        parts.add(row -> number(whole.name(), reader.number(row, column)));
      }
    }
  }

  private void figure(String column, String figure) {
    int[] columns = reader.figureColumns(figure);
    int cell = table.column(column);
    parts.add(row -> table.cell(cell, RowReader.sum(row, columns).toString()));
  }

  private void capacity(Row row, Section.CapacityBlock block) {
    BigDecimal capacity = reader.capacity(row);
    BigDecimal unused =
        RowReader.positive(
            capacity.subtract(reader.figure(row, "usage").max(reader.figure(row, "request"))));
    number("capacity", capacity);
    number("capacity_unused", unused);
    number("capacity_unused_percent", RowReader.percentOf(unused, capacity));
    if (!reader.byNode()) {
      number("capacity_count", reader.capacityCount(row));
      table.cell("capacity_count_units", block.countUnit());
    }
  }

  private void profile(String name, JsonRows.ProfilePart part) {
    table.cell(name + ".value", part.value() == null ? null : part.value().toString());
    table.cell(name + ".units", part.units());
  }

  /// Lists and objects spread as `name.0.member`.
  private void tree(String name, Object value) {
    switch (value) {
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          tree(name + "." + i, list.get(i));
        }
      }
      case Map<?, ?> map -> map.forEach((key, each) -> tree(name + "." + key, each));
      case null -> table.cell(name, null);
      default -> table.cell(name, value.toString());
    }
  }
}
