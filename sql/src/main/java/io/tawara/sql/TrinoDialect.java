package io.tawara.sql;

import io.tawara.core.tenancy.TenantSchema;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Trino: labels are `map(varchar, varchar)`; a double becomes decimal by way of its shortest text.
record TrinoDialect(Identifier lineItems, TenantSchema tenant) implements Dialect {

  @Override
  public String expand(Macro macro, List<String> arguments) {
    return switch (macro) {
      case LINES ->
          "%s.\"%s\".%s"
              .formatted(
                  lineItems.name(), tenant.name().toLowerCase(Locale.ROOT), arguments.get(0));
      case ROWS -> rows(arguments.get(0), arguments.subList(1, arguments.size()));
      case LINES_OF, BILL_LINES_OF ->
          """
          %1$s.source = cast(:source as varchar) and %1$s.year = :year and %1$s.month = :month \
          and %1$s.usage_start between cast(:start as date) and cast(:end as date)\
          """
              .formatted(arguments.get(0));
      case USED_LINES_OF ->
          """
          %1$s.source = cast(:source as varchar) \
          and %1$s.year || %1$s.month in (\
          date_format(date_add('month', -1, cast(:first as date)), '%%Y%%m'), \
          date_format(cast(:first as date), '%%Y%%m'), date_format(cast(:next as date), '%%Y%%m')) \
          and %1$s.usage_start between cast(:start as date) and cast(:end as date)\
          """
              .formatted(arguments.get(0));
      case MEMBER ->
          "json_extract_scalar(nullif(%s, ''), '$[\"%s\"]')"
              .formatted(arguments.get(0), arguments.get(1));
      case NUMBER_TEXT -> "regexp_like(%s, '^[0-9]+([.][0-9]+)?$')".formatted(arguments.get(0));
      case DAY_LINES_OF ->
          """
          %1$s.source = cast(:source as varchar) \
          and %1$s.usage_start between cast(:start as date) and cast(:end as date)\
          """
              .formatted(arguments.get(0));
      case MATCHES -> "regexp_like(%s, %s)".formatted(arguments.get(0), arguments.get(1));
      case SCALAR ->
          "json_extract_scalar(nullif(%s, ''), '$[\"%s\"]')"
              .formatted(arguments.get(0), arguments.get(1));
      case LABELS ->
          """
          transform_values(cast(json_parse(nullif(%s, '')) as map(varchar, json)), \
          (k, v) -> coalesce(json_extract_scalar(v, '$'), json_format(v)))\
          """
              .formatted(arguments.get(0));
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
      case DECIMAL, BILLED -> "cast(%s as decimal(33, 15))".formatted(arguments.get(0));
      case DECIMAL_OF ->
          "cast(%s as decimal(%s, %s))"
              .formatted(arguments.get(0), arguments.get(1), arguments.get(2));
    };
  }

  private static String rows(String values, List<String> columns) {
    String fields =
        columns.stream()
            .map(column -> column.replaceAll(" text$", " varchar"))
            .collect(Collectors.joining(", "));
    String names =
        columns.stream()
            .map(column -> column.substring(0, column.indexOf(' ')))
            .collect(Collectors.joining(", "));
    return "(select %2$s from unnest(cast(json_parse(%1$s) as array(row(%3$s)))) given (%2$s))"
        .formatted(values, names, fields);
  }
}
