package io.tawara.gateway.reports;

import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Paging;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.reports.params.ReportParameters;
import io.tawara.gateway.serving.AnswerMemory;
import io.tawara.gateway.serving.Utf8;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes a report that is grouped by organisational units as JSON (reports-api §4.8): what lies
/// directly in the units, accounts and further units, side by side. The paging cuts each bucket's
/// list, so all are kept until the end.
final class UnitReport implements RowSink {
  /// The parity under which units below are not shown in CSV and with further groups.
  static final String ONLY_DIRECT = "org-unit-direct-only";

  private static final Set<String> SPELLINGS =
      Set.of("org_unit_id", "or:org_unit_id", "and:org_unit_id");

  private final ReportParameters.Parsed parsed;
  private final String path;
  private final Query parameters;
  private final RowReader reader;
  private final JsonRows rows;
  private final RowOrder order;
  private final Lines lines;
  private final Utf8 out;
  private final boolean hidden;
  private final Map<LocalDate, List<Line>> kept = new LinkedHashMap<>();
  private final Set<String> entities = new HashSet<>();
  private boolean units;

  UnitReport(
      ReportParameters.Parsed parsed,
      CompiledQuery compiled,
      String path,
      Query parameters,
      AnswerMemory.Share memory) {
    this.parsed = parsed;
    this.path = path;
    this.parameters = parameters;
    this.reader = new RowReader(parsed.query(), compiled);
    this.rows = new JsonRows(reader);
    this.order = new RowOrder(reader);
    this.lines = new Lines(reader, order, memory);
    this.out = new Utf8(memory::take);
    this.hidden = reader.levels().size() > 1 && parsed.query().parity().has(ONLY_DIRECT);
  }

  /// What a row is about.
  static String type(RowReader reader, Row row) {
    return reader.isUnit(row) ? "organizational_unit" : "account";
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
    boolean unit = reader.isUnit(row);
    units |= unit;
    if (unit && hidden) {
      return;
    }
    entities.add(reader.value(row, reader.unitLevel()));
    LocalDate bucket = reader.bucket(row);
    String date = parsed.query().time().label(bucket);
    kept.computeIfAbsent(bucket, _ -> new ArrayList<>())
        .add(lines.line(row, (line, each) -> rows.row(line, each, date)));
  }

  @Override
  public Buffer end() {
    ReportQuery query = parsed.query();
    Paging paging = query.paging();
    var page = new Page(paging.limit(), paging.offset());
    var meta = new LinkedHashMap<String, Object>();
    meta.put("count", entities.size());
    meta.put("limit", page.limit());
    meta.put("offset", page.offset());
    meta.putAll(parsed.echo());
    meta.put("group_by", groups());
    out.raw("{\"meta\":{");
    meta.forEach((name, value) -> out.string(name).raw(':').value(value).raw(','));
    out.raw("\"total\":");
    rows.total(out);
    out.raw("},\"links\":");
    out.raw(page.links(path, parameters, entities.size(), "limit", "offset").toString());
    out.raw(",\"data\":[");
    boolean first = true;
    for (LocalDate bucket : query.time().buckets()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      bucket(bucket, page);
    }
    return out.raw("]}").buffer();
  }

  /// What `meta` repeats as groups: accounts, unless units below were found.
  private Map<String, Object> groups() {
    var groups = new LinkedHashMap<String, Object>();
    if (!units) {
      groups.put("account", List.of("*"));
    }
    if (parsed.echo().get("group_by") instanceof Map<?, ?> asked) {
      asked.forEach(
          (name, values) -> {
            if (!SPELLINGS.contains(name.toString())) {
              groups.put(name.toString(), values);
            }
          });
    }
    return groups;
  }

  private void bucket(LocalDate bucket, Page page) {
    String date = parsed.query().time().label(bucket);
    out.raw("{\"date\":").string(date).raw(",\"org_entities\":[");
    List<Line> sorted = order.sort(kept.getOrDefault(bucket, List.of()));
    Map<String, List<Line>> found =
        RowOrder.fold(sorted, row -> reader.value(row, reader.unitLevel()), Set.of());
    boolean first = true;
    for (List<Line> entity : page.cut(List.copyOf(found.values()))) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      Row some = entity.getFirst().row();
      out.raw("{\"id\":").string(reader.shown(some, reader.unitLevel()));
      out.raw(",\"type\":").string(type(reader, some));
      if (reader.isUnit(some)) {
        out.raw(",\"date\":").string(date);
      }
      nested(entity, 0);
      out.raw('}');
    }
    out.raw("]}");
  }

  private void nested(List<Line> some, int level) {
    if (level == reader.levels().size()) {
      out.raw(",\"values\":[");
      for (int i = 0; i < some.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        out.raw(lines.placed(some.get(i)));
      }
      out.raw(']');
      return;
    }
    if (level == reader.unitLevel()) {
      nested(some, level + 1);
      return;
    }
    String label = reader.levels().get(level).label();
    out.raw(',').string(label + "s").raw(":[");
    boolean first = true;
    for (var group : RowOrder.fold(some, row -> reader.shown(row, level), Set.of()).entrySet()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.raw('{').string(label).raw(':').string(group.getKey());
      nested(group.getValue(), level + 1);
      out.raw('}');
    }
    out.raw(']');
  }
}
