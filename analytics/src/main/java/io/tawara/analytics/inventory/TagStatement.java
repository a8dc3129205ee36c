package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Bound;
import io.tawara.analytics.reports.Condition;
import io.tawara.analytics.reports.RowMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// Writes the statement of a question for tags (reports-api §5).
///
/// All keys: columns `count`, `key`, `kind`, `enabled`, `total` (number of values) and `values`
/// (the first ones). One key: `count`, `value`.
public final class TagStatement {
  /// How many values an entry shows.
  public static final int VALUES_SHOWN = 50;

  private final TagQuery query;
  private final Bound bound = new Bound();

  private TagStatement(TagQuery query) {
    this.query = query;
  }

  public static ListStatement of(TagQuery query) {
    var statement = new TagStatement(query);
    String sql = query.key().isPresent() ? statement.values() : statement.entries();
    return new ListStatement(sql, statement.bound.values());
  }

  private String entries() {
    String list =
        """
        select key, kind, bool_or(enabled) as enabled, max(total) as total,
          array_agg(value order by value) filter (where number <= %d) as values
        from (
          select found.*, count(*) over wide as total,
            row_number() over (wide order by value) as number
          from (
        %s
          ) found
          window wide as (partition by key, kind)) numbered
        group by key, kind
        """
            .formatted(VALUES_SHOWN, found());
    return ListStatement.page(
        list, "key, kind, enabled, total, values", "key, kind desc", query.limit(), query.offset());
  }

  private String values() {
    String list = "select distinct value from (\n" + found() + "\n) found";
    if (query.values().isEmpty() || query.values().contains("*")) {
      return ListStatement.page(list, "value", "value", query.limit(), query.offset());
    }
    String starts =
        bound.texts(
            RowMatch.patterns(query.values()).stream()
                .map(pattern -> pattern.substring(1))
                .toList());
    return ListStatement.page(
        list + "\nwhere value ilike any(" + bound.texts(RowMatch.patterns(query.values())) + ")",
        "value",
        "(value ilike any(" + starts + ")) desc, lower(value), value",
        query.limit(),
        query.offset());
  }

  /// Every key under the name that it is shown with, and every value, once.
  private String found() {
    if (query.list().inventories().isEmpty()) {
      return "select null::text as key, null::text as kind, false as enabled, null::text as value"
          + " where false";
    }
    return query.list().inventories().stream()
        .map(this::found)
        .collect(Collectors.joining("\nunion\n"));
  }

  private String found(TagInventory inventory) {
    String kind =
        query
            .kind()
            .flatMap(asked -> inventory.kind())
            .map(column -> "lower(t." + column.name() + ")")
            .orElse("null::text");
    List<String> conditions = conditions(inventory);
    return """
    select coalesce(parent.key, k.key) collate "pg_c_utf8" as key, %s collate "pg_c_utf8" as kind, k.enabled,
      t.value collate "pg_c_utf8" as value
    from %s t%s
    join reporting_enabledtagkeys k on k.provider_type = %s and k.key = t.key
    left join reporting_tagmapping mapping on mapping.child_id = k.uuid
    left join reporting_enabledtagkeys parent on parent.uuid = mapping.parent_id
    where %s
    group by 1, 2, 3, 4\
    """
        .formatted(
            kind,
            inventory.table().name(),
            switch (inventory.month()) {
              case TagInventory.Month.Of of -> "";
              case TagInventory.Month.In in ->
                  "\n    join %s m on m.id = t.%s"
                      .formatted(in.table().name(), in.reference().name());
            },
            bound.text(inventory.providerType()),
            conditions.isEmpty() ? "true" : String.join("\n  and ", conditions));
  }

  private List<String> conditions(TagInventory inventory) {
    var all = new ArrayList<String>();
    boolean anyTime = query.key().isPresent() && !query.values().isEmpty();
    inventory
        .type()
        .ifPresent(
            column -> all.add("t." + column.name() + " = " + bound.text(inventory.providerType())));
    if (!anyTime) {
      all.add(
          "%s between %s and %s"
              .formatted(
                  switch (inventory.month()) {
                    case TagInventory.Month.Of of -> "t." + of.column().name();
                    case TagInventory.Month.In in -> "m." + in.start().name();
                  },
                  bound.date(query.time().start().withDayOfMonth(1)),
                  bound.date(query.time().end())));
    }
    query
        .key()
        .ifPresent(
            key -> {
              String asked = bound.text(key);
              all.add("(k.key = " + asked + " or parent.key = " + asked + ")");
            });
    if (!query.keys().isEmpty() && !query.keys().contains("*")) {
      all.add(
          "(k.key ilike any(%s) or parent.key = any(%s))"
              .formatted(bound.texts(RowMatch.patterns(query.keys())), bound.texts(query.keys())));
    }
    if (query.list().switches()) {
      all.add(query.enabled() ? "k.enabled" : "not k.enabled");
    }
    kind(inventory).ifPresent(all::add);
    var match = new RowMatch(inventory.dimensions(), Optional.empty(), bound);
    all.addAll(match.filters(query.filters(), List.of()));
    for (Condition exclude : query.excludes()) {
      all.add(
          "(" + match.of(exclude.key(), exclude.operator(), exclude.values()) + ") is not true");
    }
    all.addAll(match.access(query.access()));
    return all;
  }

  private Optional<String> kind(TagInventory inventory) {
    return query
        .kind()
        .flatMap(
            kind ->
                switch (kind) {
                  case EACH -> Optional.empty();
                  case POD, STORAGE ->
                      Optional.of(
                          inventory
                              .kind()
                              .map(
                                  column ->
                                      "lower(t."
                                          + column.name()
                                          + ") = "
                                          + bound.text(
                                              kind.name().toLowerCase(java.util.Locale.ROOT)))
                              .orElse("false"));
                });
  }
}
