package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.AccessRestriction;
import io.tawara.analytics.reports.Condition;
import io.tawara.analytics.reports.Condition.Operator;
import io.tawara.analytics.reports.Delta;
import io.tawara.analytics.reports.Grouping;
import io.tawara.analytics.reports.Key;
import io.tawara.analytics.reports.Ordering;
import io.tawara.analytics.reports.Paging;
import io.tawara.analytics.reports.ParameterRules;
import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Labels;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.Ranking;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.reports.params.Checked.Bad;
import io.tawara.gateway.reports.params.Checked.Good;
import io.tawara.gateway.reports.params.Field.Asked;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// The parameters of one report: what it takes follows from its definition. Immutable; one per
/// report, made once.
public final class ReportParameters {
  private static final int STANDARD_LIMIT = 100;
  private static final int MAXIMUM_LIMIT = 1000;
  private static final Set<String> COST_TYPES =
      Set.of(
          "unblended_cost",
          "blended_cost",
          "calculated_amortized_cost",
          "savingsplan_effective_cost");
  private static final Set<String> NOT_CONDITIONS =
      Set.of(
          "resolution",
          "time_scope_units",
          "time_scope_value",
          "limit",
          "offset",
          "resource_scope");

  /// The keys that come last when one order is chosen among several.
  private static final Set<String> LAST_ORDERS = Set.of("supplementary", "infrastructure", "cost");

  private final ReportDefinition report;
  private final Shape shape;

  public ReportParameters(ReportDefinition report) {
    this.report = report;
    this.shape = new Shape(fields(), rules());
  }

  /// A request that was understood.
  ///
  /// @param query what it means
  /// @param echo its parameters as `meta` repeats them
  /// @param paging the paging that its links and `meta` speak of
  public record Parsed(ReportQuery query, Map<String, Object> echo, PagingNames paging) {}

  /// Checks and understands a query.
  ///
  /// @throws InvalidParameters when the query is refused
  /// @throws io.tawara.core.error.TawaraException of category FORBIDDEN when it names a resource
  ///   outside of the access lists
  public Parsed parse(
      QueryString query, Access access, ParameterContext context, ParityNames parity) {
    Shape.Given given = shape.check(query, context);
    boolean dates = given.has("start_date");
    Map<String, Object> filter =
        TimeScope.completed(given.map("filter"), dates, report.parameters().monthOnly());
    AccessRestriction restriction = Narrowing.of(report, given, access);
    String currency = given.value("currency", String.class).orElse(context.currency());
    Optional<String> costType =
        report.parameters().costType()
            ? Optional.of(given.value("cost_type", String.class).orElse(context.costType()))
            : Optional.empty();
    List<Grouping> groups = groups(given);
    // what lies in units is paged, not ranked
    boolean units = groups.stream().anyMatch(group -> group.key().equals(new Key.Named(UNIT)));
    // nor is what is grouped by something that the report takes without grouping by it
    boolean undivided =
        groups.isEmpty() && !given.map("group_by").isEmpty() && report.inherentGroup().isEmpty();
    Optional<Ranking> ranking = units || undivided ? Optional.empty() : ranking(filter);
    var parsed =
        new ReportQuery(
            report,
            TimeScope.range(given, filter),
            conditions(filter, given, context),
            excludes(given, context),
            groups,
            order(given),
            delta(given),
            ranking,
            units ? unitPaging(filter) : paging(given),
            given.has("category") ? strings(given.values().get("category")) : List.of(),
            costType,
            context.rates().apply(currency),
            restriction,
            disabledCostCategory(given),
            parity);
    return new Parsed(
        parsed,
        echo(given, filter, currency, costType),
        PagingNames.of(ranking.flatMap(each -> offset(each)).isPresent()));
  }

  // What the report takes ------------------------------------------------------------------------

  private Map<String, Field> fields() {
    ParameterRules rules = report.parameters();
    var fields = new LinkedHashMap<String, Field>();
    fields.put("filter", filterField());
    fields.put("group_by", groupField());
    fields.put("order_by", orderField());
    fields.put("exclude", keys(rules.exclude(), Map.of("infrastructures", EXCLUDE_INFRASTRUCTURE)));
    fields.put("limit", Fields.whole());
    fields.put("offset", Fields.whole());
    fields.put("currency", Fields.currency());
    fields.put("category", Fields.categories());
    if (!rules.monthOnly()) {
      fields.put("start_date", Fields.retainedDay("start_date"));
      fields.put("end_date", Fields.retainedDay("end_date"));
    }
    if (rules.costType()) {
      fields.put("cost_type", costTypeField());
    }
    switch (rules.delta()) {
      case DeltaRule.Unknown _ -> {}
      case DeltaRule.Choice choice -> fields.put("delta", deltaField(choice));
      case DeltaRule.ChoiceOrPair choice -> fields.put("delta", deltaField(choice));
    }
    return fields;
  }

  private static final Field INFRASTRUCTURE =
      Fields.choice(Map.of("aws", "AWS", "azure", "Azure", "gcp", "GCP"));
  private static final Field EXCLUDE_INFRASTRUCTURE =
      Fields.choice(Map.of("aws", "AWS", "azure", "Azure"));

  private List<Shape.Rule> rules() {
    ParameterRules parameters = report.parameters();
    boolean openShift = report.family() == ProviderFamily.OPENSHIFT;
    var rules = new ArrayList<Shape.Rule>();
    if (openShift && !parameters.monthOnly()) {
      rules.add(Rules.distributedOrderNeedsProject());
    }
    rules.add(Rules.unknown(fields().keySet()));
    rules.add(Rules.categoryNeedsProject());
    rules.add(Rules.datesOrScope());
    rules.add(Rules.bothDates());
    rules.add(Rules.startBeforeEnd());
    rules.add(Rules.deltaWithoutDates());
    if (parameters.rankingNeedsGroup()) {
      rules.add(Rules.rankingNeedsGroup());
    }
    if (deltaOrderNeedsDelta()) {
      rules.add(Rules.deltaOrderNeedsDelta());
    }
    if (openShift) {
      rules.add(Rules.storageClassOrderNeedsGroup());
      rules.add(Rules.distributedDeltaNeedsProject());
    }
    rules.add(this::deltaWithoutFigure);
    if (!parameters.requiredFilters().isEmpty()) {
      rules.add(Rules.requiredFilters(parameters.requiredFilters()));
    }
    return rules;
  }

  private boolean deltaOrderNeedsDelta() {
    return switch (report.family()) {
      case OPENSHIFT, AWS, OPENSHIFT_ON_AWS, OPENSHIFT_ON_ALL -> true;
      case AZURE, GCP, OPENSHIFT_ON_AZURE, OPENSHIFT_ON_GCP -> false;
    };
  }

  private Field filterField() {
    ParameterRules rules = report.parameters();
    var more = new LinkedHashMap<>(TimeScope.fields(rules.monthOnly()));
    more.put("resource_scope", Fields.texts());
    more.put("infrastructures", INFRASTRUCTURE);
    if (rules.rankingInFilter()) {
      more.put("limit", Fields.whole(0));
      more.put("offset", Fields.whole(0));
    }
    var accepted = new LinkedHashSet<>(rules.filter().plain());
    accepted.addAll(more.keySet());
    if (!rules.filter().plain().contains("infrastructures")) {
      accepted.remove("infrastructures");
    }
    if (report.family() == ProviderFamily.AWS) {
      more.put(
          "exact:" + UNIT,
          (_, _) ->
              Checked.bad(
                  "The 'exact:' operator is not supported for the '%s' filter.".formatted(UNIT)));
    }
    return keys(new ParameterRules.Keys(accepted, rules.filter().prefixed()), more)
        .requiring(new LinkedHashSet<>(rules.requiredFilters()))
        .together((values, _) -> TimeScope.problem(values));
  }

  private static final String UNIT = "org_unit_id";
  private static final int STANDARD_UNIT_LIMIT = 10;

  private Field groupField() {
    ParameterRules.Keys groups = report.parameters().groupBy();
    if (groups.plain().isEmpty() && groups.prefixed().isEmpty()) {
      return (_, _) ->
          new Bad(Map.of("non_field_errors", List.of("Group by queries are not allowed.")));
    }
    return keys(groups, Map.of())
        .together(
            (values, asked) ->
                values.size() > asked.context().maximumGroups()
                    ? Optional.of(
                        Map.of(
                            "group_by",
                            "Cost Management supports a max of %d group_by options."
                                .formatted(asked.context().maximumGroups())))
                    : unitProblem(values));
  }

  /// Units are grouped by name, in costs only.
  private Optional<Object> unitProblem(Map<String, Object> values) {
    List<String> spellings = List.of(UNIT, "or:" + UNIT, "and:" + UNIT);
    for (String name : spellings) {
      if (values.containsKey(name)
          && (strings(values.get(name)).contains("*") || !report.name().equals("costs"))) {
        return Optional.of(Map.of(UNIT, "Unsupported parameter or invalid value"));
      }
    }
    return values.containsKey(UNIT) && values.containsKey("or:" + UNIT)
        ? Optional.of(
            Map.of("or_unit_id", "Multiple org_unit_id must be represented with the or: prefix."))
        : Optional.empty();
  }

  /// Lists of texts by sub key, some sub keys with fields of their own.
  private SubKeys keys(ParameterRules.Keys accepted, Map<String, Field> own) {
    boolean dropLabels = report.parameters().labels() == Labels.DROPPED;
    Field texts = Fields.texts();
    return SubKeys.of(
            (text, asked) -> {
              SubKey sub = SubKey.of(text);
              boolean known =
                  sub.labelled()
                      ? knownLabel(sub.key(), asked.context())
                      : (sub.prefixed() ? accepted.prefixed() : accepted.plain())
                          .contains(sub.key().label());
              return known ? Optional.of(own.getOrDefault(text, texts)) : Optional.empty();
            })
        .dropping(text -> dropLabels && SubKey.of(text).key() instanceof Key.Tag);
  }

  private boolean knownLabel(Key key, ParameterContext context) {
    return switch (key) {
      case Key.Tag(String tag) -> context.tagKeys().contains(tag);
      case Key.CostCategory(String category) ->
          report.parameters().costCategories() && context.costCategories().containsKey(category);
      case Key.Named _ -> false;
    };
  }

  static Field costTypeField() {
    return Fields.choice(COST_TYPES);
  }

  // order_by -------------------------------------------------------------------------------------

  private Field orderField() {
    Field direction = Fields.choice(Set.of("asc", "desc"));
    Field day = Fields.day();
    return SubKeys.of(
            (text, asked) -> {
              SubKey sub = SubKey.of(text);
              boolean known =
                  sub.labelled()
                      ? sub.operator() != Operator.AND && knownLabel(sub.key(), asked.context())
                      : (sub.operator() == Operator.ANY || sub.operator() == Operator.OR)
                          && report.parameters().order(sub.key().label()).isPresent();
              return known
                  ? Optional.of(text.equals("date") ? day : direction)
                  : Optional.<Field>empty();
            })
        .together(this::orderProblem);
  }

  private Optional<Object> orderProblem(Map<String, Object> values, Asked asked) {
    for (var entry : values.entrySet()) {
      String name = entry.getKey();
      if (name.contains("or:")) {
        return problem(
            name, "The order_by key \"%s\" can not contain the or parameter.".formatted(name));
      }
      if (!grouped(name, asked)) {
        return problem(name, "Order-by \"%s\" requires matching Group-by.".formatted(name));
      }
      if (entry.getValue() instanceof LocalDate day
          && (day.isBefore(asked.context().retentionStart())
              || day.isAfter(asked.context().today()))) {
        return problem(
            name,
            "Order-by date must be from %s to %s"
                .formatted(asked.context().retentionStart(), asked.context().today()));
      }
    }
    return Optional.empty();
  }

  private boolean grouped(String name, Asked asked) {
    if (name.equals("date")) {
      return asked.hasAny("group_by");
    }
    List<String> groups =
        report.parameters().order(name).map(OrderKey::groups).orElse(List.of(name));
    return groups.isEmpty()
        || groups.stream()
            .anyMatch(
                group -> asked.has("group_by", group) || asked.has("group_by", "or:" + group));
  }

  private static Optional<Object> problem(String name, String text) {
    return Optional.of(Map.of(name, text));
  }

  private Optional<Ordering> order(Shape.Given given) {
    Map<String, Object> asked = given.map("order_by");
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    Optional<LocalDate> likeOn = given.value("order_by", "date", LocalDate.class);
    var candidates = new ArrayList<String>();
    report.parameters().orderBy().stream()
        .map(OrderKey::name)
        .filter(name -> asked.containsKey(name) && !LAST_ORDERS.contains(name))
        .forEach(candidates::add);
    asked.keySet().stream().filter(name -> SubKey.of(name).labelled()).forEach(candidates::add);
    asked.keySet().stream().filter(LAST_ORDERS::contains).forEach(candidates::add);
    candidates.remove("date");
    if (candidates.isEmpty()) {
      return Optional.of(new Ordering(Optional.empty(), false, likeOn));
    }
    String effective = candidates.getLast();
    Key key = SubKey.of(effective).labelled() ? SubKey.of(effective).key() : named(effective);
    return Optional.of(new Ordering(Optional.of(key), asked.get(effective).equals("asc"), likeOn));
  }

  private Key named(String name) {
    return new Key.Named(echoed(name));
  }

  /// The name of an order key in the echo and in the query.
  private String echoed(String name) {
    return report.parameters().order(name).map(OrderKey::echo).orElse(name);
  }

  // delta ----------------------------------------------------------------------------------------

  private static Field deltaField(DeltaRule.Choice rule) {
    var declared = new LinkedHashSet<>(rule.figures().keySet());
    declared.addAll(rule.elsewhere());
    Field choice = Fields.choice(declared);
    return (value, asked) -> {
      Checked checked = choice.check(value, asked);
      return checked instanceof Good(String text) && !rule.figures().containsKey(text)
          ? new Bad(Map.of("delta", "\"" + text + "\" is not a valid choice."))
          : checked;
    };
  }

  private static Field deltaField(DeltaRule.ChoiceOrPair rule) {
    Field text = Fields.text();
    return (value, asked) -> {
      if (!(text.check(value, asked) instanceof Good(String given))) {
        return text.check(value, asked);
      }
      if (rule.figures().containsKey(given)) {
        return new Good(given);
      }
      List<String> compared = List.of(given.split("__", -1));
      if (compared.size() > 2) {
        return new Bad(Map.of(given, "Only two fields may be compared"));
      }
      return compared.size() == 2 && rule.comparable().containsAll(compared)
          ? new Good(given)
          : new Bad(Map.of(given, "Unsupported parameter"));
    };
  }

  /// The family takes the delta, but this report has no such figure.
  private Optional<Map<String, Object>> deltaWithoutFigure(Shape.Given given) {
    return delta(given)
        .filter(
            delta ->
                delta instanceof Delta.Previous(String figure)
                    && !report.figures().figures().containsKey(figure)
                    && report
                        .figuresByProject()
                        .map(figures -> !figures.figures().containsKey(figure))
                        .orElse(true))
        .map(
            _ ->
                Map.of(
                    "delta",
                    Map.of(
                        given.value("delta", String.class).orElseThrow(),
                        "Unsupported parameter")));
  }

  private Optional<Delta> delta(Shape.Given given) {
    return given
        .value("delta", String.class)
        .map(
            asked -> {
              Map<String, String> figures =
                  switch (report.parameters().delta()) {
                    case DeltaRule.Unknown _ -> Map.of();
                    case DeltaRule.Choice(Map<String, String> known, Set<String> _) -> known;
                    case DeltaRule.ChoiceOrPair(Map<String, String> known, Set<String> _) -> known;
                  };
              if (figures.containsKey(asked)) {
                return new Delta.Previous(figures.get(asked));
              }
              String[] compared = asked.split("__", -1);
              return new Delta.Between(compared[0], compared[1]);
            });
  }

  // Rows -----------------------------------------------------------------------------------------

  /// A source type in `group_by` does not group, it only selects.
  private List<Condition> conditions(
      Map<String, Object> filter, Shape.Given given, ParameterContext context) {
    var conditions = new ArrayList<Condition>();
    given
        .map("group_by")
        .forEach(
            (name, value) -> {
              if (SubKey.of(name).key().equals(new Key.Named("source_type"))) {
                condition(name, strings(value), context).ifPresent(conditions::add);
              }
            });
    filter.forEach(
        (name, value) -> {
          if (!NOT_CONDITIONS.contains(name)) {
            condition(name, strings(value), context).ifPresent(conditions::add);
          }
        });
    return conditions;
  }

  private List<Condition> excludes(Shape.Given given, ParameterContext context) {
    var conditions = new ArrayList<Condition>();
    given
        .map("exclude")
        .forEach(
            (name, value) -> {
              if (SubKey.of(name).operator() != Operator.EXACT) {
                condition(name, strings(value), context).ifPresent(conditions::add);
              }
            });
    return conditions;
  }

  /// A condition, unless the key has no meaning for this report.
  private Optional<Condition> condition(
      String name, List<String> values, ParameterContext context) {
    SubKey sub = SubKey.of(name);
    if (sub.key().equals(new Key.Named("infrastructures"))) {
      return sub.prefixed() || report.family() != ProviderFamily.OPENSHIFT
          ? Optional.empty()
          : Optional.of(
              new Condition(sub.key(), Operator.ANY, infrastructureClusters(values, context)));
    }
    return sub.labelled() || report.dimensions().containsKey(sub.key().label())
        ? Optional.of(new Condition(sub.key(), sub.operator(), values))
        : Optional.empty();
  }

  /// The clusters that run on a cloud. None: a name that no cluster has.
  private static List<String> infrastructureClusters(
      List<String> clouds, ParameterContext context) {
    var clusters = new ArrayList<String>();
    clouds.forEach(
        cloud -> clusters.addAll(context.infrastructureClusters().getOrDefault(cloud, List.of())));
    return clusters.isEmpty() ? List.of("") : clusters;
  }

  private List<Grouping> groups(Shape.Given given) {
    String text = given.asked().query().decoded();
    var groups = new LinkedHashMap<Key, Grouping>();
    given
        .map("group_by")
        .forEach(
            (name, value) -> {
              SubKey sub = SubKey.of(name);
              if (groupable(sub)) {
                groups.putIfAbsent(
                    sub.key(),
                    new Grouping(
                        sub.key(),
                        sub.operator(),
                        strings(value),
                        text.indexOf(sub.key().label())));
              }
            });
    return groups.values().stream().sorted(Comparator.comparingInt(Grouping::position)).toList();
  }

  private boolean groupable(SubKey sub) {
    return switch (sub.key()) {
      case Key.Named(String name) ->
          sub.operator() != Operator.EXACT
              && Optional.ofNullable(report.dimensions().get(name))
                  .map(dimension -> dimension.groupable())
                  .orElse(false);
      case Key.Tag _, Key.CostCategory _ -> true;
    };
  }

  private static boolean disabledCostCategory(Shape.Given given) {
    return List.of("filter", "exclude", "group_by").stream()
        .flatMap(name -> given.map(name).keySet().stream())
        .map(name -> SubKey.of(name).key())
        .anyMatch(
            key ->
                key instanceof Key.CostCategory(String category)
                    && !given.asked().context().costCategories().getOrDefault(category, true));
  }

  private static Optional<Ranking> ranking(Map<String, Object> filter) {
    if (!filter.containsKey("limit") && !filter.containsKey("offset")) {
      return Optional.empty();
    }
    OptionalInt offset =
        filter.get("offset") instanceof Long given
            ? OptionalInt.of(clamped(given))
            : OptionalInt.empty();
    return Optional.of(
        new Ranking(filter.get("limit") instanceof Long limit ? clamped(limit) : 0, offset));
  }

  private static Optional<Integer> offset(Ranking ranking) {
    return ranking.offset().isPresent()
        ? Optional.of(ranking.offset().getAsInt())
        : Optional.empty();
  }

  private static Paging paging(Shape.Given given) {
    long limit = given.value("limit", Long.class).orElse((long) STANDARD_LIMIT);
    long offset = given.value("offset", Long.class).orElse(0L);
    return new Paging(
        limit < 0 ? STANDARD_LIMIT : (int) Math.min(limit, MAXIMUM_LIMIT),
        clamped(Math.max(offset, 0)));
  }

  private static Paging unitPaging(Map<String, Object> filter) {
    return new Paging(
        filter.get("limit") instanceof Long limit ? clamped(limit) : STANDARD_UNIT_LIMIT,
        filter.get("offset") instanceof Long offset ? clamped(offset) : 0);
  }

  private static int clamped(long number) {
    return (int) Math.min(number, Integer.MAX_VALUE);
  }

  // Echo -----------------------------------------------------------------------------------------

  private Map<String, Object> echo(
      Shape.Given given, Map<String, Object> filter, String currency, Optional<String> costType) {
    var echo = new LinkedHashMap<String, Object>();
    for (String name : List.of("limit", "offset", "start_date", "end_date", "category")) {
      if (given.has(name)) {
        Object value = given.values().get(name);
        echo.put(name, value instanceof LocalDate day ? day.toString() : value);
      }
    }
    echo.put("currency", currency);
    costType.ifPresent(value -> echo.put("cost_type", value));
    echo.put("filter", filter);
    if (report.dimensions().containsKey(UNIT)
        && filter.containsKey(UNIT)
        && given.map("group_by").containsKey("account")) {
      echo.put("aws_use_or_operator", true);
    }
    echo.put("group_by", groupEcho(given));
    var order = new LinkedHashMap<String, Object>();
    given
        .map("order_by")
        .forEach(
            (name, value) ->
                order.put(echoed(name), value instanceof LocalDate day ? day.toString() : value));
    echo.put("order_by", order);
    echo.put("exclude", given.map("exclude"));
    return echo;
  }

  /// A group by everything that is also filtered is repeated with the filter's values.
  private static Map<String, Object> groupEcho(Shape.Given given) {
    var groups = new LinkedHashMap<>(given.map("group_by"));
    groups.replaceAll(
        (name, values) ->
            values.equals(List.of("*")) ? given.map("filter").getOrDefault(name, values) : values);
    return groups;
  }

  @SuppressWarnings("unchecked")
  private static List<String> strings(Object values) {
    return (List<String>) values;
  }
}
