package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Bound;
import io.tawara.analytics.reports.Dimension;
import io.tawara.analytics.reports.RowMatch;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes the statement of a question for the organisational units of AWS (reports-api §10): their
/// latest records that held during the time asked for. Columns `count`, `org_unit_id`,
/// `org_unit_name`, `org_unit_path`, `level`, `sub_orgs`, `accounts` (names, or ids of accounts
/// without one).
public final class OrganizationStatement {
  private static final Map<String, Dimension> UNITS =
      Map.of(
          "org_unit_id",
          Dimension.of("org_unit_id", "org_unit_id"),
          "account",
          Dimension.ignored("account"));

  private OrganizationStatement() {}

  public static ListStatement of(TagQuery query) {
    var bound = new Bound();
    String period =
        "t.created_timestamp <= %s and (t.deleted_timestamp is null or t.deleted_timestamp >= %s)"
            .formatted(bound.date(query.time().end()), bound.date(query.time().start()));
    var conditions = new ArrayList<String>();
    conditions.addAll(
        new RowMatch(UNITS, Optional.empty(), bound).filters(query.filters(), List.of()));
    query
        .access()
        .granted()
        .forEach(
            (name, values) -> {
              if (name.equals("org_unit_id")) {
                conditions.add("string_to_array(t.org_unit_path, '&') && " + bound.texts(values));
              }
            });
    String accounts =
        Optional.ofNullable(query.access().granted().get("account"))
            .map(
                granted ->
                    " and (names.account_id = any(%1$s) or names.account_alias = any(%1$s))"
                        .formatted(bound.texts(granted)))
            .orElse("");
    String list =
        """
        with units as (
          select distinct on (t.org_unit_id) t.org_unit_id, t.org_unit_name, t.org_unit_path,
            t.level
          from aws_organizational_unit t
          where t.account_alias_id is null and %1$s
          order by t.org_unit_id, t.created_timestamp desc, t.id desc
        )
        select t.org_unit_id collate "pg_c_utf8" as org_unit_id, t.org_unit_name, t.org_unit_path,
          t.level,
          array(select below.org_unit_id from units below
            where below.level = t.level + 1
              and starts_with(below.org_unit_path, t.org_unit_path || '&')
            order by 1) as sub_orgs,
          array(select distinct coalesce(names.account_alias, names.account_id)
            from aws_organizational_unit t2
            join aws_account_alias names on names.id = t2.account_alias_id
            where t2.org_unit_id = t.org_unit_id and %2$s%3$s
            order by 1) as accounts
        from units t
        where %4$s
        """
            .formatted(
                period,
                period.replace("t.", "t2."),
                accounts,
                conditions.isEmpty() ? "true" : String.join("\n  and ", conditions));
    return new ListStatement(
        ListStatement.page(
            list,
            "org_unit_id, org_unit_name, org_unit_path, level, sub_orgs, accounts",
            "org_unit_id",
            query.limit(),
            query.offset()),
        bound.values());
  }
}
