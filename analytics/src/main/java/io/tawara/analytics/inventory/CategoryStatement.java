package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Writes the statement of a question for AWS cost categories: columns `count`, `key`, `enabled`,
/// `values`.
public final class CategoryStatement {
  private CategoryStatement() {}

  /// @param key a part of the key
  /// @param value a part of a value
  /// @param account a part of the account's id or name
  /// @param granted ids or names of the accounts that may be seen; empty: all
  /// @param ofClusters only categories of what OpenShift clusters run on
  public static ListStatement of(
      Optional<String> key,
      Optional<String> value,
      Optional<String> account,
      Optional<List<String>> granted,
      boolean ofClusters,
      int limit) {
    var bound = new Bound();
    var conditions = new ArrayList<String>();
    key.ifPresent(part -> conditions.add("k.key ilike any(" + patterns(bound, part) + ")"));
    value.ifPresent(part -> conditions.add("t.value ilike any(" + patterns(bound, part) + ")"));
    account.ifPresent(
        part ->
            conditions.add(
                "(t.account ilike any(%1$s) or t.account_name ilike any(%1$s))"
                    .formatted(patterns(bound, part))));
    granted.ifPresent(
        accounts ->
            conditions.add(
                "(t.account = any(%1$s) or t.account_name = any(%1$s))"
                    .formatted(bound.texts(accounts))));
    if (ofClusters) {
      conditions.add(
          "exists (select from ocp_cloud_daily_summary c where c.source_type = 'AWS'"
              + " and c.cost_category ->> t.key = t.value)");
    }
    String list =
        """
        select k.key collate "pg_c_utf8" as key, k.enabled,
          array_agg(distinct t.value collate "pg_c_utf8") as values
        from aws_category_value t
        join reporting_awsenabledcategorykeys k on k.key = t.key
        where k.enabled%s
        group by k.key, k.enabled
        """
            .formatted(
                conditions.isEmpty() ? "" : "\n  and " + String.join("\n  and ", conditions));
    return new ListStatement(
        ListStatement.page(list, "key, enabled, values", "key", limit, 0), bound.values());
  }

  private static String patterns(Bound bound, String part) {
    return bound.texts(io.tawara.analytics.reports.RowMatch.patterns(List.of(part)));
  }
}
