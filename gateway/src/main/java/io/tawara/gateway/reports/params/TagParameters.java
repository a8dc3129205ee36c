package io.tawara.gateway.reports.params;

import io.tawara.analytics.inventory.TagDefinition;
import io.tawara.analytics.inventory.TagQuery;
import io.tawara.analytics.inventory.TagQuery.Kind;
import io.tawara.analytics.reports.AccessRestriction;
import io.tawara.analytics.reports.Condition;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.reports.params.QueryValue.Nested;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The parameters of one list of tags: what it takes follows from its definition (params §8.5).
/// Immutable; one per list, made once.
public final class TagParameters {
  private static final int STANDARD_LIMIT = 100;
  private static final int MAXIMUM_LIMIT = 1000;
  private static final String ENABLED = "enabled";
  private static final String TYPE = "type";

  private final TagDefinition list;
  private final Shape shape;

  public TagParameters(TagDefinition list) {
    this.list = list;
    var fields = new LinkedHashMap<String, Field>();
    fields.put("filter", filterField());
    fields.put("exclude", keys(Map.of()));
    fields.put("key_only", Fields.flag());
    fields.put("limit", Fields.whole(1));
    fields.put("offset", Fields.whole(0));
    fields.put("start_date", Fields.retainedDay("start_date"));
    fields.put("end_date", Fields.retainedDay("end_date"));
    fields.put("currency", Fields.currency());
    fields.put("category", Fields.categories());
    this.shape =
        new Shape(
            fields,
            List.of(
                Rules.unknown(fields.keySet()),
                Rules.categoryOnlyAsFilter(),
                Rules.datesOrScope(),
                Rules.bothDates(),
                Rules.startBeforeEnd(),
                Rules.rankingNeedsGroup()));
  }

  /// A request that was understood.
  ///
  /// @param query what it means
  /// @param keyOnly whether keys are wanted without values
  /// @param echo its parameters as `meta` repeats them
  public record Parsed(TagQuery query, boolean keyOnly, Map<String, Object> echo) {}

  /// Why a parameter makes no sense although it is known.
  public static final class SenselessParameter extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SenselessParameter(String name) {
      super("Invalid query parameter '" + name + "'.");
    }
  }

  /// Checks and understands a query.
  ///
  /// @param key the key whose values are asked for, known to the tenant
  /// @throws InvalidParameters when the query is refused
  /// @throws SenselessParameter when a parameter does not go with a key, or only with one
  /// @throws io.tawara.core.error.TawaraException of category FORBIDDEN when it names a resource
  ///   outside of the access lists
  public Parsed parse(
      QueryString query, Optional<String> key, Access access, ParameterContext context) {
    boolean values =
        query.parameters().get("filter") instanceof Nested(Map<String, QueryValue> entries)
            && entries.containsKey("value");
    if (values && key.isEmpty()) {
      throw new SenselessParameter("value");
    }
    Shape.Given given = shape.check(query, context);
    boolean keyOnly = given.value("key_only", Boolean.class).orElse(false);
    if (keyOnly && key.isPresent()) {
      throw new SenselessParameter("key_only");
    }
    Map<String, List<String>> granted =
        Narrowing.granted(list.accessDimensions(), list.family(), given, access);
    Map<String, Object> filter =
        TimeScope.completed(given.map("filter"), given.has("start_date"), false);
    if (list.switches()) {
      filter.putIfAbsent(ENABLED, true);
    }
    long limit = given.value("limit", Long.class).orElse((long) STANDARD_LIMIT);
    long offset = given.value("offset", Long.class).orElse(0L);
    var understood =
        new TagQuery(
            list,
            key,
            TimeScope.range(given, filter),
            conditions(filter, list.filter().plain(), list.filter().prefixed()),
            conditions(
                given.map("exclude"),
                TagDefinition.EFFECTIVE_EXCLUDES,
                TagDefinition.EFFECTIVE_EXCLUDES),
            texts(filter.get("key")),
            texts(filter.get("value")),
            Optional.ofNullable(filter.get(TYPE)).map(type -> kind((String) type)),
            enabled(filter),
            new AccessRestriction(granted),
            (int) Math.min(limit, MAXIMUM_LIMIT),
            (int) Math.min(offset, Integer.MAX_VALUE));
    return new Parsed(understood, keyOnly, echo(given, filter, granted, keyOnly, context));
  }

  private Field filterField() {
    var own = new LinkedHashMap<>(TimeScope.fields(false));
    own.put("resource_scope", Fields.texts());
    own.put("limit", Fields.whole(0));
    own.put("offset", Fields.whole(0));
    if (list.kinds()) {
      own.put(TYPE, Fields.choice(Set.of("pod", "storage", "*")));
    }
    if (list.switches()) {
      own.put(ENABLED, Fields.flag());
    }
    return keys(own).together((values, _) -> TimeScope.problem(values));
  }

  private SubKeys keys(Map<String, Field> own) {
    var plain = new LinkedHashSet<>(list.filter().plain());
    plain.addAll(List.of("key", "value"));
    plain.addAll(own.keySet());
    var prefixed = new LinkedHashSet<>(list.filter().prefixed());
    if (list.switches()) {
      plain.add(ENABLED);
      prefixed.add(ENABLED);
    }
    if (list.kinds()) {
      plain.add(TYPE);
    }
    var accepted = new Keys(plain, prefixed);
    Field texts = Fields.texts();
    return SubKeys.of(
        (text, _) -> {
          SubKey sub = SubKey.of(text);
          boolean known =
              !sub.labelled()
                  && (sub.prefixed() ? accepted.prefixed() : accepted.plain())
                      .contains(sub.key().label());
          return known ? Optional.of(own.getOrDefault(sub.key().label(), texts)) : Optional.empty();
        });
  }

  private static Kind kind(String type) {
    return switch (type) {
      case "pod" -> Kind.POD;
      case "storage" -> Kind.STORAGE;
      default -> Kind.EACH;
    };
  }

  /// Any spelling of the flag counts; the last one when there are several.
  private static boolean enabled(Map<String, Object> filter) {
    boolean enabled = true;
    for (var entry : filter.entrySet()) {
      if (SubKey.of(entry.getKey()).key().label().equals(ENABLED)
          && entry.getValue() instanceof Boolean given) {
        enabled = given;
      }
    }
    return enabled;
  }

  private static List<Condition> conditions(
      Map<String, Object> given, Set<String> plain, Set<String> prefixed) {
    var conditions = new ArrayList<Condition>();
    given.forEach(
        (name, values) -> {
          SubKey sub = SubKey.of(name);
          boolean named =
              (sub.prefixed() ? prefixed : plain).contains(sub.key().label())
                  && values instanceof List<?>;
          if (named) {
            conditions.add(new Condition(sub.key(), sub.operator(), texts(values)));
          }
        });
    return conditions;
  }

  @SuppressWarnings("unchecked")
  private static List<String> texts(Object values) {
    return values == null ? List.of() : (List<String>) values;
  }

  private static Map<String, Object> echo(
      Shape.Given given,
      Map<String, Object> filter,
      Map<String, List<String>> granted,
      boolean keyOnly,
      ParameterContext context) {
    var echo = new LinkedHashMap<String, Object>();
    for (String name : List.of("limit", "offset", "start_date", "end_date")) {
      if (given.has(name)) {
        Object value = given.values().get(name);
        echo.put(name, value instanceof LocalDate day ? day.toString() : value);
      }
    }
    echo.put("currency", given.value("currency", String.class).orElse(context.currency()));
    echo.put("key_only", keyOnly);
    echo.put("filter", filter);
    echo.put("group_by", Map.of());
    echo.put("order_by", Map.of());
    echo.put("access", granted);
    echo.put("exclude", given.map("exclude"));
    return echo;
  }
}
