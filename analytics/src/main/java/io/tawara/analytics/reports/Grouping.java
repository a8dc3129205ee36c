package io.tawara.analytics.reports;

import java.util.List;

/// One level of `group_by`, outermost first in [ReportQuery#groups()].
///
/// @param values as asked; `*` among them groups without restricting
/// @param position offset of the bare key in the URL-decoded query string, which names the column
///   of a tag group in CSV
public record Grouping(Key key, Condition.Operator operator, List<String> values, int position) {
  public Grouping {
    values = List.copyOf(values);
  }

  /// Whether the values restrict the rows unless a filter of the same key does.
  public boolean restricting() {
    return !values.isEmpty() && !values.contains("*");
  }
}
