package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Aggregate.Money;
import io.tawara.analytics.reports.CompiledQuery.Layout;
import io.tawara.analytics.reports.ReportFigures.Shape;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Writes the one statement of a query.
///
/// `cells` reads the table once and aggregates it to bucket, groups, cluster and source. Everything
/// else (rows, totals, ranks, *Others*, capacities) is computed from the cells. Columns of cells:
/// `b` bucket, `d` day, `g0`… groups, `x0`… attributes, `c` cluster, `s` source, `al` alias, `m`
/// month, `cur` bill currency, `id` identity, `a0`… aggregates, `kc`/`kn`/`kq` capacity of cluster
/// and node, and count.
final class Statement {
  private static final String OF_RATES =
      "t.cost_model_rate_type in ('Infrastructure', 'Supplementary')";
  private static final Key ORGANIZATIONAL_UNIT = new Key.Named("org_unit_id");

  private final ReportQuery query;
  private final Plan plan;
  private final boolean flat;
  private final ReportFigures figures;
  private final List<Key> levels;
  private final Layout layout;
  private final Bound bound = new Bound();
  private final Conditions conditions;
  private final Factors factors;
  private final boolean converted;
  private final boolean byNode;
  private final boolean wholeRange;
  private final List<String> with = new ArrayList<>();

  Statement(ReportQuery query, Plan plan, boolean flat) {
    this.query = query;
    this.plan = plan;
    this.flat = flat;
    this.figures = query.report().figures(query);
    this.levels = Levels.of(query);
    this.layout =
        new Layout(
            levels.size(),
            figures.attributes().stream().map(ReportFigures.Attribute::name).toList(),
            figures.aggregates());
    this.conditions = new Conditions(query, bound);
    this.factors = new Factors(query.rates());
    this.converted = !factors.none();
    this.byNode = levels.contains(new Key.Named("node")) && figures.capacity().isPresent();
    this.wholeRange =
        query.time().resolution() == Resolution.MONTHLY && query.time().scope().isPresent();
  }

  CompiledQuery compile() {
    with.add("cells as materialized (\n" + cells(query.time(), true, figures.aggregates()) + "\n)");
    capacities();
    identities();
    previous();
    rows();
    ranking();
    var selects = new ArrayList<String>();
    selects.add(total());
    selects.add(figures.capacity().isPresent() && !byNode ? clusterCapacities() : clusterNames());
    selects.addAll(groups());
    String sql =
        "with "
            + String.join(",\n", with)
            + "\n"
            + selects.stream().map(s -> "(" + s + ")").collect(Collectors.joining("\nunion all\n"))
            + "\norder by 1, 2"
            + (flat ? " desc" : "");
    return new CompiledQuery(sql, bound.values(), layout, plan);
  }

  // -- cells ------------------------------------------------------------------------------------

  private String cells(TimeRange time, boolean excludes, List<Aggregate> aggregates) {
    boolean full = aggregates == figures.aggregates();
    var keys = new ArrayList<String>();
    var values = new ArrayList<String>();
    keys.add(
        switch (time.resolution()) {
              case DAILY -> "t.usage_start";
              case MONTHLY -> "date_trunc('month', t.usage_start)::date";
            }
            + " as b");
    if (full && daysMatter()) {
      keys.add("t.usage_start as d");
    }
    for (int i = 0; i < levels.size(); i++) {
      keys.add(groupExpression(levels.get(i)) + " as g" + i);
    }
    if (full) {
      for (int i = 0; i < figures.attributes().size(); i++) {
        keys.add(expression(figures.attributes().get(i).expression()) + " as x" + i);
      }
      boolean clusters = query.report().family().clusters();
      keys.add((clusters ? "t.cluster_id" : "''") + " as c");
      values.add((clusters ? "max(t.cluster_alias)" : "null::text") + " as al");
      identity().ifPresent(identity -> keys.add(identity(identity) + " as id"));
    }
    keys.add("t.source_uuid as s");
    if (converted) {
      keys.add("t.raw_currency as cur");
      keys.add("date_trunc('month', t.usage_start)::date as m");
    } else if (full && flat) {
      values.add("max(t.raw_currency) as cur");
    }
    for (Aggregate aggregate : aggregates) {
      String name = column(aggregate);
      switch (aggregate) {
        case Aggregate.Sum sum -> values.add(sum(sum) + " as " + name);
        case Aggregate.RowCount count ->
            values.add("count(*)" + onlyRateTypes(count.rateTypes()) + " as " + name);
        case Aggregate.GreatestNumber greatest ->
            values.add("max(t." + greatest.column().name() + ") as " + name);
        case Aggregate.GreatestText greatest ->
            values.add(
                extreme(greatest)
                    + greatest.firstPresent().stream()
                        .map(column -> "t." + column.name())
                        .collect(Collectors.joining(", ", "coalesce(", ")"))
                    + ") as "
                    + name);
        case Aggregate.TextList list -> keys.add("t." + list.column().name() + " as " + name);
        case Aggregate.DistinctCount count -> {}
        case Aggregate.DistinctSum sum ->
            values.add("max(t." + sum.value().name() + ") as " + name);
        case Aggregate.LabelSets sets ->
            keys.add(
                "case when "
                    + sets.volume().map(column -> "t." + column.name() + " is null").orElse("true")
                    + (has(sets.parity()) ? " and " + OF_RATES : "")
                    + " then t."
                    + sets.labels().name()
                    + "::text end as "
                    + name);
        case Aggregate.Volumes volumes -> {
          keys.add("t." + volumes.volume().name() + " as vp");
          keys.add("t." + volumes.storageClass().name() + " as vs");
          values.add("max(t." + volumes.usage().name() + ") as vu");
          values.add("max(t." + volumes.capacity().name() + ") as vc");
        }
      }
    }
    if (full) {
      figures
          .capacity()
          .ifPresent(
              capacity -> {
                if (byNode) {
                  capacity
                      .nodeValue()
                      .ifPresent(column -> values.add("max(t." + column.name() + ") as kn"));
                  values.add("max(t." + capacity.count().name() + ") as kq");
                } else {
                  capacity
                      .clusterValue()
                      .ifPresent(column -> values.add("max(t." + column.name() + ") as kc"));
                }
              });
    }
    values.add("count(*) as n");
    return "  select "
        + String.join(",\n    ", Stream.concat(keys.stream(), values.stream()).toList())
        + "\n  from "
        + from(plan.rows())
        + "\n  where "
        + where(plan.rows(), time, excludes)
        + "\n  group by "
        + IntStream.rangeClosed(1, keys.size())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", "));
  }

  private String from(Plan.Source source) {
    String text = source.table() + " t";
    boolean names =
        !query.categories().isEmpty()
            || figures.attributes().stream()
                .anyMatch(attribute -> attribute.expression() instanceof Expression.CostGroupName);
    return names
        ? text
            + "\n"
            + "  left join (select id, name from reporting_ocp_cost_category) cc on cc.id ="
            + " t.cost_category_id"
        : text;
  }

  private String where(Plan.Source source, TimeRange time, boolean excludes) {
    String text =
        conditions.where(time, excludes)
            + onlyUnitsWithAccounts().map(more -> "\n    and " + more).orElse("");
    Optional<String> scope = source.scope().map(s -> s.predicate().text());
    String more = figures.shape() == Shape.INSTANCES ? "\n    and t.mig_profile is not null" : "";
    return scope.map(predicate -> text + "\n    and " + predicate).orElse(text) + more;
  }

  /// Whether the days inside a bucket must be told apart: capacities are the greatest of a day.
  private boolean daysMatter() {
    return figures
        .capacity()
        .map(capacity -> (byNode ? capacity.nodeValue() : capacity.clusterValue()).isPresent())
        .orElse(false);
  }

  private static String extreme(Aggregate.GreatestText text) {
    return text.least() ? "min(" : "max(";
  }

  private String groupExpression(Key key) {
    return switch (key) {
      case Key.Named named -> {
        Dimension dimension = query.report().dimensions().get(named.name());
        String shown = expression(dimension.shown());
        yield named.name().equals("project") && !query.categories().isEmpty()
            ? "case when cc.name = any("
                + bound.texts(query.categories())
                + ") then cc.name else "
                + shown
                + " end"
            : shown;
      }
      case Key.Tag tag ->
          "coalesce(t."
              + query.report().labels().orElseThrow().name()
              + " ->> "
              + bound.text(tag.key())
              + ", '')";
      case Key.CostCategory category ->
          "coalesce(t.cost_category ->> " + bound.text(category.key()) + ", '')";
    };
  }

  private String expression(Expression expression) {
    return switch (expression) {
      case Expression.Of of -> "coalesce(t." + of.column().name() + ", '')";
      case Expression.Joined joined -> joined.sql();
      case Expression.FirstPresent first ->
          first.choices().stream()
              .map(column -> "t." + column.name() + ", ")
              .collect(Collectors.joining("", "coalesce(", "'')"));
      case Expression.Below below ->
          "case when "
              + direct(below)
              + " then 'account:' || t."
              + below.account().name()
              + " else 'unit:' || "
              + child(below)
              + " end";
      case Expression.BelowName name ->
          "case when "
              + direct(name.below())
              + " then coalesce(t."
              + name.accountName().name()
              + ", t."
              + name.below().account().name()
              + ") else (select u.org_unit_name from aws_organizational_unit u where u.source_uuid"
              + " = t.source_uuid and u.org_unit_id = "
              + child(name.below())
              + " order by u.created_timestamp desc, u.id desc limit 1) end";
      case Expression.CostGroupName name -> "coalesce(cc.name, '')";
    };
  }

  /// The units that the query groups by.
  private String units() {
    return bound.texts(
        query.groups().stream()
            .filter(group -> group.key().equals(ORGANIZATIONAL_UNIT))
            .flatMap(group -> group.values().stream())
            .toList());
  }

  private String direct(Expression.Below below) {
    return "t." + below.unit().name() + " = any(" + units() + ")";
  }

  /// The unit below the deepest of the units on the row's path.
  private String child(Expression.Below below) {
    String path = "unnest(string_to_array(t." + below.path().name() + ", '&')) with ordinality";
    return "(select e.v from "
        + path
        + " e(v, i) where e.i = 1 + (select max(f.i) from "
        + path
        + " f(v, i) where f.v = any("
        + units()
        + ")))";
  }

  /// Koku leaves out units below that have no account directly in them.
  private Optional<String> onlyUnitsWithAccounts() {
    if (!query.parity().has("org-unit-direct-only")) {
      return Optional.empty();
    }
    return levels.contains(ORGANIZATIONAL_UNIT)
            && query.report().dimensions().get("org_unit_id").shown()
                instanceof Expression.Below below
        ? Optional.of(
            "("
                + direct(below)
                + " or exists (select from aws_organizational_unit u where u.source_uuid ="
                + " t.source_uuid and u.account_alias_id is not null and u.deleted_timestamp is"
                + " null and u.org_unit_id = "
                + child(below)
                + "))")
        : Optional.empty();
  }

  private static String sum(Aggregate.Sum sum) {
    String terms =
        sum.terms().size() == 1
            ? "t." + sum.terms().getFirst().name()
            : sum.terms().stream()
                .map(column -> "coalesce(t." + column.name() + ", 0)")
                .collect(Collectors.joining(" + "));
    String counted =
        sum.otherwise()
            .map(column -> "coalesce(nullif(" + terms + ", 0), t." + column.name() + ")")
            .orElse(terms);
    return "sum(" + counted + ")" + onlyRateTypes(sum.rateTypes());
  }

  private static String onlyRateTypes(List<String> rateTypes) {
    return rateTypes.isEmpty()
        ? ""
        : rateTypes.stream()
            .collect(
                Collectors.joining("', '", " filter (where t.cost_model_rate_type in ('", "'))"));
  }

  private String column(Aggregate aggregate) {
    return "a" + layout.indexOf(aggregate.name());
  }

  private boolean has(Optional<String> parity) {
    return parity.isPresent() && query.parity().has(parity.get());
  }

  private String identity(Aggregate.Identity identity) {
    String columns =
        identity.columns().stream()
            .map(column -> "t." + column.name())
            .collect(Collectors.joining(" || '|' || "));
    return has(identity.parity())
        ? "case when " + OF_RATES + " then " + columns + " || '|' || t.cost_model_rate_type end"
        : columns;
  }

  private Optional<Aggregate.Identity> identity() {
    return figures.aggregates().stream()
        .flatMap(
            aggregate ->
                switch (aggregate) {
                  case Aggregate.DistinctCount count -> Stream.of(count.identity());
                  case Aggregate.DistinctSum sum -> Stream.of(sum.identity());
                  case Aggregate.Sum sum -> Stream.<Aggregate.Identity>empty();
                  case Aggregate.RowCount count -> Stream.<Aggregate.Identity>empty();
                  case Aggregate.GreatestNumber greatest -> Stream.<Aggregate.Identity>empty();
                  case Aggregate.GreatestText greatest -> Stream.<Aggregate.Identity>empty();
                  case Aggregate.TextList list -> Stream.<Aggregate.Identity>empty();
                  case Aggregate.LabelSets sets -> Stream.<Aggregate.Identity>empty();
                  case Aggregate.Volumes volumes -> Stream.<Aggregate.Identity>empty();
                })
        .findFirst();
  }

  // -- names of columns -------------------------------------------------------------------------

  private String groupColumns(String prefix) {
    return columns(prefix + "g", levels.size());
  }

  private String attributeColumns(String prefix) {
    return columns(prefix + "x", figures.attributes().size());
  }

  private static String columns(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(i -> ", " + prefix + i).collect(Collectors.joining());
  }

  /// Columns of groups and attributes after a comma each, or nothing.
  private String keys(String prefix) {
    return groupColumns(prefix) + attributeColumns(prefix);
  }

  private static String list(String columns) {
    return columns.isEmpty() ? "" : columns.substring(2);
  }

  private static String equal(String left, String right, String columns) {
    return Stream.of(columns.split(", "))
        .filter(column -> !column.isEmpty())
        .map(column -> left + "." + column + " = " + right + "." + column)
        .collect(Collectors.joining(" and "));
  }

  private String and(String left, String right, String columns) {
    String text = equal(left, right, columns);
    return text.isEmpty() ? "" : " and " + text;
  }

  // -- side tables ------------------------------------------------------------------------------

  private void capacities() {
    if (figures.capacity().isEmpty()) {
      return;
    }
    Capacity capacity = figures.capacity().get();
    String bucket =
        wholeRange
            ? "null::date"
            : switch (query.time().resolution()) {
              case DAILY -> "t.usage_start";
              case MONTHLY -> "date_trunc('month', t.usage_start)::date";
            };
    Plan.Source counts = plan.counts().orElseThrow();
    with.add(
        "nodes as materialized (\n  select "
            + bucket
            + " as b, t.cluster_id as c, t.node as node, max(t."
            + capacity.count().name()
            + ") as k\n  from "
            + counts.table()
            + " t\n  where "
            + where(counts, query.time(), true)
            + "\n  group by 1, 2, 3\n)");
    if (byNode) {
      int node = levels.indexOf(new Key.Named("node"));
      if (capacity.nodeValue().isPresent()) {
        with.add(
            "node_capacity as (select b"
                + keys("")
                + ", sum(k) as k from (select b, d"
                + keys("")
                + ", max(kn) as k from cells group by b, d"
                + keys("")
                + ") days group by b"
                + keys("")
                + ")");
      } else {
        with.add(
            "node_capacity as (select b, g"
                + node
                + ", sum("
                + column(figures.aggregate(capacity.summed().orElseThrow()))
                + ") as k from cells group by b, g"
                + node
                + ")");
      }
    } else {
      String cluster = wholeRange ? "null::date" : "b";
      with.add(
          capacity.clusterValue().isPresent()
              ? "cluster_capacity as (select b, c, max(al) as al, sum(k) as k from (select "
                  + cluster
                  + " as b, d, c, max(al) as al, max(kc) as k from cells group by 1, 2, 3) days"
                  + " group by b, c)"
              : "cluster_capacity as (select "
                  + cluster
                  + " as b, c, max(al) as al, null::numeric as k from cells group by 1, 2)");
    }
  }

  private void identities() {
    if (identity().isEmpty()) {
      return;
    }
    String sums =
        figures.aggregates().stream()
            .filter(Aggregate.DistinctSum.class::isInstance)
            .map(this::column)
            .map(name -> ", max(" + name + ") as " + name)
            .collect(Collectors.joining());
    String outer =
        figures.aggregates().stream()
            .filter(a -> a instanceof Aggregate.DistinctSum || a instanceof Aggregate.DistinctCount)
            .map(
                a ->
                    a instanceof Aggregate.DistinctCount
                        ? ", count(*) as " + column(a)
                        : ", sum(" + column(a) + ") as " + column(a))
            .collect(Collectors.joining());
    with.add(
        "things as (select b"
            + keys("")
            + outer
            + " from (select b, id"
            + keys("")
            + sums
            + " from cells where id is not null group by b, id"
            + keys("")
            + ") each_thing group by b"
            + keys("")
            + ")");
  }

  private Optional<Figure> previousFigure() {
    return query
        .delta()
        .flatMap(
            delta ->
                switch (delta) {
                  case Delta.Previous previous ->
                      Optional.ofNullable(figures.figures().get(previous.figure()));
                  case Delta.Between between -> Optional.<Figure>empty();
                })
        .filter(figure -> query.time().previous().isPresent());
  }

  private void previous() {
    Optional<Figure> figure = previousFigure();
    if (figure.isEmpty()) {
      return;
    }
    List<Aggregate> needed =
        figure.get().aggregates().stream().map(figures::aggregate).distinct().toList();
    boolean excludes = !query.parity().has("delta-ignores-exclude");
    with.add(
        "previous_cells as (\n"
            + cells(query.time().previous().orElseThrow(), excludes, needed)
            + "\n)");
    with.add(
        "previous as (select c.b"
            + groupColumns("c.")
            + ", "
            + amount(figure.get())
            + " as v from previous_cells c group by c.b"
            + groupColumns("c.")
            + ")");
  }

  /// The day or month that a bucket is compared with.
  private String shifted(String bucket) {
    TimeRange.Scope scope = query.time().scope().orElseThrow();
    String shifted =
        scope.months()
            ? "(" + bucket + " - interval '1 month')::date"
            : "(" + bucket + " - " + -scope.value() + ")";
    return switch (query.time().resolution()) {
      case DAILY -> shifted;
      case MONTHLY -> "date_trunc('month', " + shifted + ")::date";
    };
  }

  // -- rows -------------------------------------------------------------------------------------

  /// Σ of a figure over cells `c`.
  private String amount(Figure figure) {
    return figure.aggregates().isEmpty()
        ? "0::numeric"
        : figure.aggregates().stream()
            .map(name -> "coalesce(" + aggregated(figures.aggregate(name)) + ", 0)")
            .collect(Collectors.joining(" + "));
  }

  /// An aggregate over cells `c`.
  private String aggregated(Aggregate aggregate) {
    String name = "c." + column(aggregate);
    return switch (aggregate) {
      case Aggregate.Sum sum ->
          "sum("
              + name
              + factors.of(sum.money(), bound).map(factor -> " * " + factor).orElse("")
              + ")";
      case Aggregate.RowCount count -> "sum(" + name + ")";
      case Aggregate.GreatestNumber greatest -> "max(" + name + ")";
      case Aggregate.GreatestText greatest -> extreme(greatest) + name + ")";
      case Aggregate.TextList list ->
          "array_agg(distinct "
              + name
              + " collate \"C\" order by "
              + name
              + " collate \"C\") filter (where "
              + name
              + " is not null)";
      case Aggregate.LabelSets sets ->
          "array_agg(distinct " + name + ") filter (where " + name + " is not null)";
      case Aggregate.Volumes volumes ->
          "array_agg(distinct jsonb_build_object('pvc_name', c.vp, 'storage_class', c.vs, 'usage',"
              + " c.vu::float8, 'capacity', c.vc::float8)::text) filter (where c.vp is not null and"
              + " c.vu is not null)";
      case Aggregate.DistinctCount count -> "null::numeric";
      case Aggregate.DistinctSum sum -> "null::numeric";
    };
  }

  private boolean scored() {
    return figures.score().isPresent();
  }

  private void rows() {
    var columns = new ArrayList<String>();
    columns.add("c.b" + keys("c."));
    for (Aggregate aggregate : figures.aggregates()) {
      columns.add(aggregated(aggregate) + " as " + column(aggregate));
    }
    columns.add("array_agg(distinct c.c) as cs");
    columns.add("array_agg(distinct c.s::text) as ss");
    if (byNode) {
      columns.add("max(c.kq) as kq");
    }
    if (flat) {
      columns.add("max(c.cur) as cur");
      columns.add(rate() + " as rate");
    }
    with.add(
        "rows_ as (\n  select "
            + String.join(",\n    ", columns)
            + "\n  from cells c group by c.b"
            + keys("c.")
            + "\n)");
  }

  private String rate() {
    return converted
        ? "max(greatest("
            + factors.of(Money.MODEL, bound).orElse("1")
            + ", "
            + factors.of(Money.BILL, bound).orElse("1")
            + "))"
        : "1::numeric";
  }

  private String rowAmount(String row, String figure) {
    return figures.figures().get(figure).aggregates().stream()
        .map(name -> "coalesce(" + row + "." + column(figures.aggregate(name)) + ", 0)")
        .collect(Collectors.joining(" + ", "(", ")"));
  }

  private String efficiency(String row) {
    Section.Score score = figures.score().orElseThrow();
    String request = rowAmount(row, score.request());
    return "case when "
        + request
        + " = 0 then 0 else round("
        + rowAmount(row, score.usage())
        + " / "
        + request
        + " * 100) end";
  }

  private String wasted(String row) {
    Section.Score score = figures.score().orElseThrow();
    String request = rowAmount(row, score.request());
    return "case when "
        + request
        + " = 0 then 0 else greatest("
        + rowAmount(row, score.cost())
        + " * (1 - "
        + rowAmount(row, score.usage())
        + " / "
        + request
        + "), 0) end";
  }

  // -- ranking ----------------------------------------------------------------------------------

  private boolean instances() {
    return figures.shape() == Shape.INSTANCES;
  }

  private String rankKeys(String prefix) {
    return instances() ? keys(prefix) : groupColumns(prefix);
  }

  private void ranking() {
    if (!query.ranked()) {
      return;
    }
    var sums = new ArrayList<String>();
    for (Aggregate aggregate : figures.aggregates()) {
      if (aggregate instanceof Aggregate.Sum) {
        sums.add(aggregated(aggregate) + " as " + column(aggregate));
      }
    }
    for (int i = 0; i < figures.attributes().size(); i++) {
      if (figures.attributes().get(i).ofGroup()) {
        sums.add("max(c.x" + i + ") as x" + i);
      }
    }
    with.add(
        "ranges as (\n  select "
            + list(rankKeys("c."))
            + sums.stream().map(sum -> ",\n    " + sum).collect(Collectors.joining())
            + ",\n    array_agg(distinct c.c) as cs, array_agg(distinct c.s::text) as ss\n"
            + "  from cells c group by "
            + list(rankKeys("c."))
            + "\n)");
    with.add(
        "ranked as materialized (select r.*, row_number() over (order by "
            + rankOrder()
            + ") as rk, count(*) over () as groups_ from ranges r)");
  }

  private String rankOrder() {
    var terms = new ArrayList<String>();
    Optional<String> metric = Optional.empty();
    boolean ascending = figures.defaultAscending();
    if (query.order().isPresent() && query.order().get().key().isPresent()) {
      Key key = query.order().get().key().get();
      String name = key instanceof Key.Named named ? named.name() : "";
      String figure =
          name.equals("delta")
              ? query
                  .delta()
                  .map(
                      delta ->
                          switch (delta) {
                            case Delta.Previous previous -> previous.figure();
                            case Delta.Between between -> between.figure();
                          })
                  .orElse("")
              : name;
      if (figures.figures().containsKey(figure) && summed(figure)) {
        metric = Optional.of(rankAmount(figure));
        ascending = query.order().get().ascending();
      } else if (scored() && figure.equals("usage_efficiency")) {
        metric = Optional.of(efficiency("r"));
        ascending = query.order().get().ascending();
      } else if (scored() && figure.equals("wasted_cost")) {
        metric = Optional.of(wasted("r"));
        ascending = query.order().get().ascending();
      } else if (levels.contains(key) && query.ranking().orElseThrow().offset().isPresent()) {
        metric = Optional.of("r.g" + levels.indexOf(key) + " collate \"C\"");
        ascending = query.order().get().ascending();
      }
    }
    if (metric.isEmpty() && figures.figures().containsKey(figures.defaultOrder())) {
      metric = Optional.of(rankAmount(figures.defaultOrder()));
    }
    boolean up = ascending;
    metric.ifPresent(text -> terms.add(text + (up ? "" : " desc")));
    for (String column : list(rankKeys("r.")).split(", ")) {
      terms.add("nullif(" + column + ", '') collate \"C\" nulls last");
    }
    return String.join(", ", terms);
  }

  private String rankAmount(String figure) {
    Figure ranked = figures.figures().get(figure);
    return ranked.absent(query)
        ? ranked.aggregates().stream()
            .map(name -> "r." + column(figures.aggregate(name)))
            .collect(Collectors.joining(" + "))
        : rowAmount("r", figure);
  }

  private boolean summed(String figure) {
    return figures.figures().get(figure).aggregates().stream()
        .allMatch(name -> figures.aggregate(name) instanceof Aggregate.Sum);
  }

  // -- results ----------------------------------------------------------------------------------

  private String select(CompiledQuery.Row kind, Map<Integer, String> values, String rest) {
    var columns = new ArrayList<String>();
    for (int i = 0; i < layout.width(); i++) {
      String type = type(i);
      String value = i == Layout.KIND ? Integer.toString(kind.ordinal()) : values.get(i);
      columns.add(value == null ? "null::" + type : "(" + value + ")::" + type);
    }
    return "select " + String.join(", ", columns) + "\n" + rest;
  }

  private String type(int column) {
    return switch (column) {
      case Layout.KIND -> "int4";
      case Layout.BUCKET -> "date";
      case Layout.RANK, Layout.TAIL -> "int8";
      case Layout.CLUSTER, Layout.ALIAS, Layout.CURRENCY -> "text";
      case Layout.CLUSTERS, Layout.SOURCES -> "text[]";
      case Layout.CAPACITY,
          Layout.COUNT,
          Layout.EFFICIENCY,
          Layout.WASTED,
          Layout.PREVIOUS,
          Layout.RATE ->
          "numeric";
      default -> {
        int aggregate = column - layout.aggregate(0);
        if (aggregate < 0) {
          yield "text";
        }
        yield switch (layout.aggregates().get(aggregate).kind()) {
          case NUMBER -> "numeric";
          case TEXT -> "text";
          case TEXTS -> "text[]";
        };
      }
    };
  }

  private String total() {
    var values = new HashMap<Integer, String>();
    for (int i = 0; i < layout.aggregates().size(); i++) {
      Aggregate aggregate = layout.aggregates().get(i);
      switch (aggregate) {
        case Aggregate.Sum sum -> values.put(layout.aggregate(i), aggregated(sum));
        case Aggregate.RowCount count -> values.put(layout.aggregate(i), aggregated(count));
        case Aggregate.TextList list -> values.put(layout.aggregate(i), aggregated(list));
        case Aggregate.GreatestNumber greatest -> {}
        case Aggregate.GreatestText greatest ->
            values.put(layout.aggregate(i), aggregated(greatest));
        case Aggregate.DistinctCount count ->
            values.put(
                layout.aggregate(i), "(select count(distinct id) from cells where id is not null)");
        case Aggregate.DistinctSum sum -> {
          String name = column(sum);
          values.put(
              layout.aggregate(i),
              "(select sum(v) from (select max("
                  + name
                  + ") as v from cells where id is not null group by id) each_thing)");
        }
        case Aggregate.LabelSets sets -> {}
        case Aggregate.Volumes volumes -> {}
      }
    }
    values.put(Layout.TAIL, "count(*)");
    if (query.ranked()) {
      values.put(Layout.RANK, "(select count(*) from ranked)");
    }
    if (previousFigure().isPresent()) {
      String days =
          query.time().resolution() == Resolution.DAILY
              ? " where not exists (select from cells) or p.b in (select "
                  + shifted("z.b")
                  + " from cells z)"
              : "";
      values.put(Layout.PREVIOUS, "(select sum(p.v) from previous p" + days + ")");
    }
    figures
        .capacity()
        .ifPresent(
            capacity -> {
              values.put(
                  Layout.COUNT,
                  "(select sum(k) from (select max(k) as k from nodes group by c, node) greatest)");
              if (byNode && capacity.nodeValue().isPresent()) {
                int node = levels.indexOf(new Key.Named("node"));
                values.put(
                    Layout.CAPACITY,
                    "(select sum(k) from (select max(kn) as k from cells group by d, g"
                        + node
                        + ") days)");
              } else if (!byNode && capacity.clusterValue().isPresent()) {
                values.put(Layout.CAPACITY, "(select sum(k) from cluster_capacity)");
              } else {
                values.put(
                    Layout.CAPACITY,
                    "sum(c." + column(figures.aggregate(capacity.summed().orElseThrow())) + ")");
              }
            });
    return select(CompiledQuery.Row.TOTAL, values, "from cells c");
  }

  /// Ids and names of the clusters that the rows speak of.
  private String clusterNames() {
    return select(
        CompiledQuery.Row.CLUSTER,
        Map.of(Layout.CLUSTER, "k.c", Layout.ALIAS, "k.al"),
        "from (select c.c as c, coalesce(max(c.al), c.c) as al from cells c group by c.c) k");
  }

  private String clusterCapacities() {
    return select(
        CompiledQuery.Row.CLUSTER,
        Map.of(
            Layout.BUCKET,
            "k.b",
            Layout.CLUSTER,
            "k.c",
            Layout.ALIAS,
            "coalesce(k.al, k.c)",
            Layout.CAPACITY,
            "k.k",
            Layout.COUNT,
            "n.k"),
        "from cluster_capacity k left join (select b, c, sum(k) as k from nodes group by b, c) n"
            + " on n.c = k.c"
            + (wholeRange ? "" : " and n.b = k.b"));
  }

  private List<String> groups() {
    var values = new HashMap<Integer, String>();
    for (int i = 0; i < levels.size(); i++) {
      values.put(layout.group(i), (query.ranked() ? "r.g" : "w.g") + i);
    }
    for (int i = 0; i < layout.attributes().size(); i++) {
      boolean ofGroup = query.ranked() && figures.attributes().get(i).ofGroup();
      values.put(layout.attribute(i), (ofGroup ? "r.x" : "w.x") + i);
    }
    boolean things = identity().isPresent();
    for (int i = 0; i < layout.aggregates().size(); i++) {
      boolean thing =
          layout.aggregates().get(i) instanceof Aggregate.DistinctCount
              || layout.aggregates().get(i) instanceof Aggregate.DistinctSum;
      values.put(layout.aggregate(i), (thing ? "h.a" : "w.a") + i);
    }
    String bucket = query.ranked() ? "d.b" : "w.b";
    values.put(Layout.BUCKET, bucket);
    values.put(Layout.CLUSTERS, query.ranked() ? "r.cs" : "w.cs");
    values.put(Layout.SOURCES, query.ranked() ? "r.ss" : "w.ss");
    if (flat) {
      values.put(Layout.CURRENCY, "w.cur");
      values.put(Layout.RATE, "w.rate");
    }
    var from = new StringBuilder("from ");
    if (query.ranked()) {
      values.put(Layout.RANK, "r.rk");
      from.append(
              "(select distinct b from cells) d cross join ranked r left join rows_ w on w.b = d.b")
          .append(and("w", "r", list(rankKeys(""))));
    } else {
      from.append("rows_ w");
    }
    if (things) {
      from.append(" left join things h on h.b = w.b").append(and("h", "w", list(keys(""))));
    }
    if (byNode) {
      Capacity capacity = figures.capacity().orElseThrow();
      values.put(Layout.CAPACITY, "nc.k");
      values.put(Layout.COUNT, "w.kq");
      from.append(" left join node_capacity nc on nc.b = w.b");
      if (capacity.nodeValue().isPresent()) {
        from.append(and("nc", "w", list(keys(""))));
      } else {
        String node = "g" + levels.indexOf(new Key.Named("node"));
        from.append(" and nc.").append(node).append(" = w.").append(node);
      }
    }
    if (previousFigure().isPresent()) {
      values.put(Layout.PREVIOUS, "p.v");
      from.append(" left join previous p on p.b = ")
          .append(shifted(bucket))
          .append(and("p", query.ranked() ? "r" : "w", list(groupColumns(""))));
    }
    var conditions = new ArrayList<String>();
    page(bucket).ifPresent(conditions::add);
    if (!query.ranked()) {
      return List.of(
          select(
              CompiledQuery.Row.GROUP,
              values,
              from + (conditions.isEmpty() ? "" : "\nwhere " + String.join(" and ", conditions))));
    }
    Ranking ranking = query.ranking().orElseThrow();
    long first = ranking.offset().orElse(0);
    long last = first + ranking.limit();
    var shown = new ArrayList<>(conditions);
    shown.add("r.rk > " + first + " and r.rk <= " + last);
    var selects = new ArrayList<String>();
    selects.add(
        select(CompiledQuery.Row.GROUP, values, from + "\nwhere " + String.join(" and ", shown)));
    if (ranking.offset().isEmpty() && !instances()) {
      selects.add(others(last));
    }
    return selects;
  }

  private String others(long last) {
    var sums = new ArrayList<String>();
    var values = new HashMap<Integer, String>();
    boolean things = identity().isPresent();
    for (int i = 0; i < layout.aggregates().size(); i++) {
      String name = "a" + i;
      int position = layout.aggregate(i);
      switch (layout.aggregates().get(i)) {
        case Aggregate.Sum sum -> {
          sums.add("sum(w." + name + ") as " + name);
          values.put(position, "o." + name);
        }
        case Aggregate.RowCount count -> {}
        case Aggregate.GreatestNumber greatest -> {
          sums.add("sum(w." + name + ") as " + name);
          values.put(position, "o." + name);
        }
        case Aggregate.GreatestText greatest -> {
          sums.add(extreme(greatest) + "w." + name + ") as " + name);
          values.put(position, "o." + name);
        }
        case Aggregate.TextList list ->
            values.put(
                position,
                "(select array_agg(e.v order by r.rk, e.i) from ranked r join rows_ w on w.b = o.b"
                    + and("w", "r", list(groupColumns("")))
                    + " cross join lateral unnest(w."
                    + name
                    + ") with ordinality as e(v, i) where r.rk > "
                    + last
                    + ")");
        case Aggregate.DistinctCount count -> {
          sums.add("sum(h." + name + ") as " + name);
          values.put(position, "o." + name);
        }
        case Aggregate.DistinctSum sum -> {
          sums.add("sum(h." + name + ") as " + name);
          values.put(position, "o." + name);
        }
        case Aggregate.LabelSets sets -> {}
        case Aggregate.Volumes volumes -> {}
      }
    }
    for (int i = 0; i < layout.attributes().size(); i++) {
      if (layout.attributes().get(i).equals("cost_group")) {
        sums.add("string_agg(nullif(w.x" + i + ", ''), '' order by r.rk) as x" + i);
        values.put(layout.attribute(i), "o.x" + i);
      }
    }
    if (scored()) {
      sums.add("sum(" + efficiency("w") + ") as eff");
      sums.add("sum(" + wasted("w") + ") as wst");
      values.put(Layout.EFFICIENCY, "o.eff");
      values.put(Layout.WASTED, "o.wst");
    }
    if (byNode) {
      sums.add("sum(w.kq) as kq");
      values.put(Layout.COUNT, "o.kq");
    }
    if (flat) {
      sums.add("string_agg(w.cur, '' order by r.rk) as cur");
      sums.add("sum(w.rate) as rate");
      values.put(Layout.CURRENCY, "o.cur");
      values.put(Layout.RATE, "o.rate");
    }
    values.put(Layout.BUCKET, "d.b");
    values.put(Layout.RANK, Long.toString(last + 1));
    values.put(Layout.TAIL, "(select count(*) from ranked r where r.rk > " + last + ")");
    String union =
        "(select array_agg(distinct u) from ranked r, unnest(r.%s) u where r.rk > " + last + ")";
    values.put(Layout.CLUSTERS, union.formatted("cs"));
    values.put(Layout.SOURCES, union.formatted("ss"));
    with.add(
        "others as (select w.b"
            + sums.stream().map(sum -> ",\n    " + sum).collect(Collectors.joining())
            + "\n  from ranked r join rows_ w on true"
            + and("w", "r", list(groupColumns("")))
            + (things ? " left join things h on h.b = w.b" + and("h", "w", list(keys(""))) : "")
            + " where r.rk > "
            + last
            + " group by w.b)");
    var conditions = new ArrayList<String>();
    conditions.add("exists (select from ranked r where r.rk > " + last + ")");
    page("d.b").ifPresent(conditions::add);
    return select(
        CompiledQuery.Row.GROUP,
        values,
        "from (select distinct b from cells) d left join others o on o.b = d.b\nwhere "
            + String.join(" and ", conditions));
  }

  /// Only the buckets of the page leave the data base, and the day whose order is applied.
  private Optional<String> page(String bucket) {
    Paging paging = query.paging();
    List<LocalDate> buckets = query.time().buckets();
    boolean all = paging.offset() == 0 && (paging.limit() == 0 || paging.limit() >= buckets.size());
    if (flat
        || all
        || figures.shape() == Shape.RESOURCES
        || query.ranking().isPresent() && query.ranking().get().offset().isPresent()) {
      return Optional.empty();
    }
    if (paging.offset() >= buckets.size()) {
      return Optional.of("false");
    }
    int to =
        paging.limit() == 0
            ? buckets.size()
            : (int) Math.min(buckets.size(), (long) paging.offset() + paging.limit());
    String shown =
        bucket
            + " between "
            + bound.date(buckets.get(paging.offset()))
            + " and "
            + bound.date(buckets.get(to - 1));
    return Optional.of(
        query
            .order()
            .flatMap(Ordering::likeOn)
            .map(day -> "(" + shown + " or " + bucket + " = " + bound.date(day) + ")")
            .orElse(shown));
  }
}
