package io.tawara.gateway.reports;

import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.Paging;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.reports.params.ReportParameters;
import io.tawara.gateway.serving.Utf8;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Writes a report that is grouped by organisational units as JSON (reports-api §4.8): what lies
/// directly in the units, accounts and further units, side by side. The paging cuts each bucket's
/// list; the rows are few, so all are kept until the end.
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
  private final Map<LocalDate, List<Row>> kept = new LinkedHashMap<>();

  UnitReport(
      ReportParameters.Parsed parsed, CompiledQuery compiled, String path, Query parameters) {
    this.parsed = parsed;
    this.path = path;
    this.parameters = parameters;
    this.reader = new RowReader(parsed.query(), compiled);
    this.rows = new JsonRows(reader);
    this.order = new RowOrder(reader);
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
      case GROUP -> kept.computeIfAbsent(reader.bucket(row), _ -> new ArrayList<>()).add(row);
    }
  }

  @Override
  public Buffer end() {
    ReportQuery query = parsed.query();
    List<Key> levels = reader.levels();
    boolean hidden = levels.size() > 1 && query.parity().has(ONLY_DIRECT);
    boolean units = kept.values().stream().flatMap(List::stream).anyMatch(reader::isUnit);
    if (hidden) {
      kept.values().forEach(some -> some.removeIf(reader::isUnit));
    }
    var entities = new TreeSet<String>();
    kept.values()
        .forEach(some -> some.forEach(row -> entities.add(reader.value(row, reader.unitLevel()))));
    Paging paging = query.paging();
    var page = new Page(paging.limit(), paging.offset());
    var meta = new LinkedHashMap<String, Object>();
    meta.put("count", entities.size());
    meta.put("limit", page.limit());
    meta.put("offset", page.offset());
    meta.putAll(parsed.echo());
    meta.put("group_by", groups(units));
    var out = new Utf8();
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
      bucket(out, bucket, page);
    }
    return out.raw("]}").buffer();
  }

  /// What `meta` repeats as groups: accounts, unless units below were found.
  private Map<String, Object> groups(boolean units) {
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

  private void bucket(Utf8 out, LocalDate bucket, Page page) {
    String date = parsed.query().time().label(bucket);
    out.raw("{\"date\":").string(date).raw(",\"org_entities\":[");
    var entities = new LinkedHashMap<String, List<Row>>();
    List<Line> lines = kept.getOrDefault(bucket, List.of()).stream().map(order::line).toList();
    for (Line line : order.sort(lines)) {
      Row row = line.row();
      entities
          .computeIfAbsent(reader.value(row, reader.unitLevel()), _ -> new ArrayList<>())
          .add(row);
    }
    boolean first = true;
    for (List<Row> entity : page.cut(List.copyOf(entities.values()))) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      Row some = entity.getFirst();
      out.raw("{\"id\":").string(reader.shown(some, reader.unitLevel()));
      out.raw(",\"type\":").string(type(reader, some));
      if (reader.isUnit(some)) {
        out.raw(",\"date\":").string(date);
      }
      nested(out, entity, 0, date);
      out.raw('}');
    }
    out.raw("]}");
  }

  private void nested(Utf8 out, List<Row> some, int level, String date) {
    if (level == reader.levels().size()) {
      out.raw(",\"values\":[");
      for (int i = 0; i < some.size(); i++) {
        if (i > 0) {
          out.raw(',');
        }
        rows.row(out, some.get(i), date);
      }
      out.raw(']');
      return;
    }
    if (level == reader.unitLevel()) {
      nested(out, some, level + 1, date);
      return;
    }
    String label = reader.levels().get(level).label();
    var groups = new LinkedHashMap<String, List<Row>>();
    for (Row row : some) {
      groups.computeIfAbsent(reader.shown(row, level), _ -> new ArrayList<>()).add(row);
    }
    out.raw(',').string(label + "s").raw(":[");
    boolean first = true;
    for (var group : groups.entrySet()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.raw('{').string(label).raw(':').string(group.getKey());
      nested(out, group.getValue(), level + 1, date);
      out.raw('}');
    }
    out.raw(']');
  }
}
