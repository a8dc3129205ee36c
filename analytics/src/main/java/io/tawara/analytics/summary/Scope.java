package io.tawara.analytics.summary;

import io.tawara.sql.Fragment;
import java.util.Objects;

/// Which rows of a daily table a report is about (`summaries` §15, `cost-models` §8.15). A report
/// reads either a rollup of its scope or the daily rows with the scope's predicate.
///
/// @param daily the table
/// @param name the template `scope_<name>` of the table's resource is the predicate
public record Scope(DailyTable daily, String name) {
  public Scope {
    Objects.requireNonNull(daily);
    Objects.requireNonNull(name);
  }

  /// A predicate on columns of the daily table, in PostgreSQL's dialect, without parameters.
  public Fragment predicate() {
    return daily.templates().fragment("scope_" + name);
  }
}
