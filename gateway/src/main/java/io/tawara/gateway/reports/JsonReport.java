package io.tawara.gateway.reports;

import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.Ordering;
import io.tawara.analytics.reports.Paging;
import io.tawara.analytics.reports.Ranking;
import io.tawara.analytics.reports.ReportFigures.Shape;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.reports.params.PagingNames;
import io.tawara.gateway.reports.params.ReportParameters;
import io.tawara.gateway.serving.AnswerMemory;
import io.tawara.gateway.serving.Utf8;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// A report as JSON: `meta`, `links`, `data` with nested groups (reports-api §4).
final class JsonReport implements RowSink {
  private static final int STANDARD_RANKED_LIMIT = 5;

  private final ReportParameters.Parsed parsed;
  private final String path;
  private final Query parameters;
  private final ReportQuery query;
  private final RowReader reader;
  private final JsonRows rows;
  private final RowOrder order;
  private final Lines lines;
  private final Utf8 out;
  private final List<LocalDate> buckets;
  private final byte[][] levelHeads;
  private final Optional<LocalDate> likeOn;
  private final Map<LocalDate, List<Line>> kept = new LinkedHashMap<>();
  private List<Line> current = new ArrayList<>();
  private int next;
  private boolean begun;

  /// @param parameters of the request, for links
  JsonReport(
      ReportParameters.Parsed parsed,
      CompiledQuery compiled,
      String path,
      Query parameters,
      AnswerMemory.Share memory) {
    this.parsed = parsed;
    this.path = path;
    this.parameters = parameters;
    this.query = parsed.query();
    this.reader = new RowReader(query, compiled);
    this.rows = new JsonRows(reader);
    this.order = new RowOrder(reader);
    this.lines = new Lines(reader, order, memory);
    this.out = new Utf8(memory::take);
    this.buckets = shownBuckets();
    this.likeOn = query.order().flatMap(Ordering::likeOn);
    List<Key> levels = reader.levels();
    this.levelHeads = new byte[levels.size()][];
    for (int i = 0; i < levelHeads.length; i++) {
      levelHeads[i] = new Utf8().raw(',').string(levels.get(i).label() + "s").raw(":[").toBytes();
    }
  }

  private List<LocalDate> shownBuckets() {
    List<LocalDate> all = query.time().buckets();
    return paged() ? cut(all, query.paging()) : all;
  }

  /// Whether `limit` and `offset` cut the list of buckets.
  private boolean paged() {
    return reader.figures().shape() != Shape.RESOURCES && parsed.paging() == PagingNames.DATES;
  }

  private static <T> List<T> cut(List<T> all, Paging paging) {
    int from = Math.min(paging.offset(), all.size());
    int to =
        paging.limit() == 0 ? all.size() : (int) Math.min(all.size(), (long) from + paging.limit());
    return all.subList(from, to);
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
    LocalDate bucket = reader.bucket(row);
    if (reader.figures().shape() == Shape.RESOURCES) {
      // All are shown in one bucket, the first.
      LocalDate first = kept.isEmpty() ? bucket : kept.keySet().iterator().next();
      kept.computeIfAbsent(first, _ -> new ArrayList<>()).add(written(row, first));
      return;
    }
    if (likeOn.isPresent()) {
      kept.computeIfAbsent(bucket, _ -> new ArrayList<>()).add(written(row, bucket));
      return;
    }
    begin();
    while (next < buckets.size() && buckets.get(next).isBefore(bucket)) {
      flush();
    }
    if (next < buckets.size() && buckets.get(next).equals(bucket)) {
      current.add(written(row, bucket));
    }
  }

  private Line written(Row row, LocalDate bucket) {
    return lines.line(row, (line, each) -> rows.row(line, each, query.time().label(bucket)));
  }

  @Override
  public Buffer end() {
    if (reader.figures().shape() == Shape.RESOURCES) {
      resources();
    } else if (likeOn.isPresent()) {
      begin();
      List<Line> model = order.sort(kept.getOrDefault(likeOn.get(), List.of()));
      for (LocalDate bucket : buckets) {
        List<Line> some = kept.getOrDefault(bucket, List.of());
        bucket(bucket, model.isEmpty() ? order.sort(some) : order.sortLike(some, model));
      }
    } else {
      begin();
      while (next < buckets.size()) {
        flush();
      }
    }
    out.raw("]}");
    return out.buffer();
  }

  private void flush() {
    bucket(buckets.get(next++), order.sort(current));
    current = new ArrayList<>();
  }

  // -- meta and links ---------------------------------------------------------------------------

  private void begin() {
    if (!begun) {
      head(query.time().buckets().size());
    }
  }

  private void head(long buckets) {
    begun = true;
    Page page = page(buckets);
    long count = count(buckets);
    var meta = new LinkedHashMap<String, Object>();
    meta.put("count", count);
    meta.put("limit", page.limit());
    meta.put("offset", page.offset());
    if (query.ranked() && reader.rankedGroups() > 0) {
      meta.put(
          "others", Math.max(0, reader.rankedGroups() - query.ranking().orElseThrow().limit()));
    }
    meta.putAll(parsed.echo());
    reader
        .aggregate("distributed_overhead")
        .ifPresent(
            overhead ->
                meta.put(
                    "distributed_overhead",
                    reader.number(reader.total(), reader.aggregateColumn(overhead.name())).signum()
                        > 0));
    if (query.delta().isPresent()) {
      RowReader.Difference difference = reader.difference(reader.total());
      var delta = new LinkedHashMap<String, Object>();
      delta.put("value", difference.value());
      delta.put("percent", difference.percent());
      meta.put("delta", delta);
    }
    out.raw("{\"meta\":{");
    meta.forEach((name, value) -> out.string(name).raw(':').value(value).raw(','));
    out.raw("\"total\":");
    rows.total(out);
    out.raw("},\"links\":");
    out.raw(
        page.links(path, parameters, count, parsed.paging().limit(), parsed.paging().offset())
            .toString());
    out.raw(",\"data\":[");
  }

  private Page page(long count) {
    if (parsed.paging() == PagingNames.RANKS) {
      Ranking ranking = query.ranking().orElseThrow();
      return new Page(
          ranking.active() ? ranking.limit() : STANDARD_RANKED_LIMIT, ranking.offset().orElse(0));
    }
    Paging paging = query.paging();
    return new Page(paging.limit(), paging.offset());
  }

  private long count(long buckets) {
    if (parsed.paging() == PagingNames.RANKS) {
      return query.ranked() ? reader.rankedGroups() : 0;
    }
    return buckets;
  }

  // -- data -------------------------------------------------------------------------------------

  private boolean firstBucket = true;

  private void bucket(LocalDate bucket, List<Line> sorted) {
    String date = query.time().label(bucket);
    if (!firstBucket) {
      out.raw(',');
    }
    firstBucket = false;
    out.raw("{\"date\":").string(date);
    nested(sorted, 0, order.runs(sorted));
    out.raw('}');
  }

  /// `,"gs":[{"g":…,…}]` or `,"values":[…]`
  private void nested(List<Line> some, int level, Set<Line> runs) {
    if (level == levelHeads.length) {
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
    out.raw(levelHeads[level]);
    String label = reader.levels().get(level).label();
    boolean first = true;
    boolean innermost = level == levelHeads.length - 1;
    for (Map.Entry<String, List<Line>> group :
        RowOrder.fold(some, row -> reader.shown(row, level), innermost ? runs : Set.of())
            .entrySet()) {
      if (!first) {
        out.raw(',');
      }
      first = false;
      out.raw('{').string(label).raw(':').string(group.getKey());
      nested(group.getValue(), level + 1, runs);
      out.raw('}');
    }
    out.raw(']');
  }

  /// One bucket whose innermost list is paged; none when there is nothing.
  private void resources() {
    List<Line> all = new ArrayList<>();
    kept.values().forEach(all::addAll);
    head(all.size());
    if (!all.isEmpty()) {
      bucket(kept.keySet().iterator().next(), cut(order.sort(all), query.paging()));
    }
  }
}
