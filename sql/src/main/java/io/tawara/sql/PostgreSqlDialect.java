package io.tawara.sql;

import java.util.List;

/// PostgreSQL: labels are `jsonb`; a double becomes decimal by way of its 15 significant digits.
record PostgreSqlDialect() implements Dialect {

  @Override
  public String expand(Macro macro, List<String> arguments) {
    return switch (macro) {
      case LINES -> arguments.get(0);
      case ROWS ->
          "(select * from jsonb_to_recordset(cast(%s as jsonb)) given (%s))"
              .formatted(
                  arguments.get(0), String.join(", ", arguments.subList(1, arguments.size())));
      case LINES_OF, USED_LINES_OF ->
          "%1$s.source = cast(:source as uuid) and %1$s.usage_start between cast(:start as date) and cast(:end as date)"
              .formatted(arguments.get(0));
      case BILL_LINES_OF ->
          """
          %1$s.source = cast(:source as uuid) and %1$s.year = :year and %1$s.month = :month \
          and %1$s.usage_start between cast(:start as date) and cast(:end as date)\
          """
              .formatted(arguments.get(0));
      case MEMBER ->
          """
          (select case when jsonb_typeof(member.value) in ('object', 'array') then null \
          else member.value #>> '{}' end \
          from jsonb_each(cast(nullif(%s, '') as jsonb)) member where member.key = '%s')\
          """
              .formatted(arguments.get(0), arguments.get(1));
      case NUMBER_TEXT -> "(%s ~ '^[0-9]+([.][0-9]+)?$')".formatted(arguments.get(0));
      case DAY_LINES_OF ->
          "%1$s.source = cast(:source as uuid) and %1$s.usage_start between cast(:start as date) and cast(:end as date)"
              .formatted(arguments.get(0));
      case MATCHES -> "%s ~ %s".formatted(arguments.get(0), arguments.get(1));
      case SCALAR ->
          """
          (case when jsonb_typeof(cast(nullif(%1$s, '') as jsonb) -> '%2$s') \
          in ('string', 'number', 'boolean') \
          then cast(nullif(%1$s, '') as jsonb) ->> '%2$s' end)\
          """
              .formatted(arguments.get(0), arguments.get(1));
      case LABELS -> "cast(nullif(%s, '') as jsonb)".formatted(arguments.get(0));
      case NO_LABELS -> "cast('{}' as jsonb)";
      case NULL_LABELS -> "cast(null as jsonb)";
      case ONLY ->
          """
          coalesce((select jsonb_object_agg(label.key, label.value) from jsonb_each(%s) label \
          where label.key in (select jsonb_array_elements_text(cast(%s as jsonb)))), cast('{}' as jsonb))\
          """
              .formatted(arguments.get(0), arguments.get(1));
      case MERGE -> "(%s || %s)".formatted(arguments.get(0), arguments.get(1));
      case LABEL -> "(%s ->> '%s')".formatted(arguments.get(0), arguments.get(1));
      case LABEL_TEXT -> "cast(%s as text)".formatted(arguments.get(0));
      case STORED_LABELS -> arguments.get(0);
      case DAYS_IN_MONTH ->
          "extract(day from date_trunc('month', %s) + interval '1 month' - interval '1 day')"
              .formatted(arguments.get(0));
      case DECIMAL -> "cast(%s as numeric(33, 15))".formatted(arguments.get(0));
      case BILLED -> "round(cast(cast(%s as text) as numeric), 15)".formatted(arguments.get(0));
      case DECIMAL_OF ->
          "cast(%s as numeric(%s, %s))"
              .formatted(arguments.get(0), arguments.get(1), arguments.get(2));
    };
  }
}
