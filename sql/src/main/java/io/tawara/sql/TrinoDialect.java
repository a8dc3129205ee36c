package io.tawara.sql;

import io.tawara.core.tenancy.TenantSchema;
import java.util.List;

/// Trino: labels are `map(varchar, varchar)`; a double becomes decimal by way of its shortest text.
record TrinoDialect(Identifier lineItems, Identifier summaries, TenantSchema tenant)
    implements Dialect {

  @Override
  public String expand(Macro macro, List<String> arguments) {
    return switch (macro) {
      case SUMMARY -> qualified(summaries, arguments.get(0));
      case LINES -> qualified(lineItems, arguments.get(0));
      case LINES_OF ->
          """
          %1$s.source = cast(:source as varchar) and %1$s.year = :year and %1$s.month = :month \
          and %1$s.usage_start between cast(:start as date) and cast(:end as date)\
          """
              .formatted(arguments.get(0));
      case LABELS ->
          "cast(json_parse(nullif(%s, '')) as map(varchar, varchar))".formatted(arguments.get(0));
      case NO_LABELS -> "cast(map() as map(varchar, varchar))";
      case NULL_LABELS -> "cast(null as map(varchar, varchar))";
      case ONLY ->
          """
          coalesce(map_filter(%s, (k, v) -> contains(cast(json_parse(%s) as array(varchar)), k)), \
          cast(map() as map(varchar, varchar)))\
          """
              .formatted(arguments.get(0), arguments.get(1));
      case MERGE -> "map_concat(%s, %s)".formatted(arguments.get(0), arguments.get(1));
      case LABEL -> "element_at(%s, '%s')".formatted(arguments.get(0), arguments.get(1));
      case LABEL_TEXT -> "json_format(cast(%s as json))".formatted(arguments.get(0));
      case STORED_LABELS -> "cast(%s as json)".formatted(arguments.get(0));
      case DAYS_IN_MONTH -> "day(last_day_of_month(%s))".formatted(arguments.get(0));
      case DECIMAL -> "cast(%s as decimal(33, 15))".formatted(arguments.get(0));
    };
  }

  private String qualified(Identifier catalog, String table) {
    return catalog.name() + '.' + tenant.quoted() + '.' + table;
  }
}
