package io.tawara.analytics.inventory;

import io.tawara.analytics.inventory.ResourceCatalogue.ListedType;
import io.tawara.analytics.reports.Bound;
import io.tawara.analytics.reports.RowMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Writes the statements of questions for resources (reports-api §9).
public final class ResourceStatement {
  private ResourceStatement() {}

  /// One list: columns `count`, `value`, `alias`.
  public static ListStatement of(ResourceQuery query) {
    var bound = new Bound();
    ResourceDefinition definition = query.list();
    var conditions = new ArrayList<String>();
    conditions.add(value(definition) + " is not null");
    query
        .search()
        .ifPresent(
            search -> {
              String pattern = bound.texts(RowMatch.patterns(List.of(search)));
              String alias =
                  definition
                      .alias()
                      .map(name -> " or t." + name.column().name() + " ilike any(" + pattern + ")")
                      .orElse("");
              conditions.add("(" + value(definition) + " ilike any(" + pattern + ")" + alias + ")");
            });
    new TreeMap<>(query.filters())
        .forEach(
            (name, part) ->
                conditions.add(
                    "t.%s ilike any(%s)"
                        .formatted(
                            definition.filters().get(name).name(),
                            bound.texts(RowMatch.patterns(List.of(part))))));
    query
        .clouds()
        .ifPresent(
            clouds -> conditions.add("t.source_type = any(%s)".formatted(bound.texts(clouds))));
    if (query.ofClusters()) {
      definition
          .onCloud()
          .ifPresent(
              some ->
                  conditions.add(
                      "%s in (select o.%s from %s o where o.source_type = %s)"
                          .formatted(
                              value(definition),
                              some.column().name(),
                              some.table().name(),
                              bound.text(some.type()))));
    }
    conditions.addAll(
        new RowMatch(definition.access(), Optional.empty(), bound).access(query.access()));
    String alias =
        definition
            .alias()
            .map(name -> "coalesce(max(t." + name.column().name() + "), " + value(definition) + ")")
            .orElse("null::text");
    String list =
        "select %1$s collate \"pg_c_utf8\" as value, %2$s as alias\nfrom %3$s t\nwhere %4$s\ngroup by %1$s"
            .formatted(
                value(definition),
                alias,
                definition.table().name(),
                String.join("\n  and ", conditions));
    return new ListStatement(
        ListStatement.page(list, "value, alias", "value", query.limit(), query.offset()),
        bound.values());
  }

  /// How many there are of each type, whoever asks: one row, one column per type in their order. A
  /// type without a path counts 1, one whose list does not exist 0.
  public static ListStatement counts(List<ListedType> types) {
    String sql =
        types.stream()
            .map(
                type ->
                    type.path().isEmpty()
                        ? "1::bigint"
                        : type.list()
                            .map(
                                list ->
                                    "(select count(distinct %s) from %s t)"
                                        .formatted(value(list), list.table().name()))
                            .orElse("0::bigint"))
            .collect(Collectors.joining(",\n  ", "select ", ""));
    return new ListStatement(sql, List.of());
  }

  private static String value(ResourceDefinition definition) {
    String column = "t." + definition.value().column().name() + "::text";
    return definition
        .value()
        .name()
        .map(name -> "(" + column + " || ' (' || t." + name.name() + " || ')')")
        .orElse(column);
  }
}
