package io.tawara.analytics.reports;

import io.tawara.analytics.summary.Scope;
import java.util.List;
import java.util.Optional;

/// Which tables answer a query.
///
/// @param rows the table of the figures
/// @param counts the table of the capacity's counts, where they are needed
/// @param reasons for each table that was not taken, what it lacks; last what was taken
public record Plan(Source rows, Optional<Source> counts, List<String> reasons) {

  /// A table and the rows of it that are in scope.
  ///
  /// @param scope what still has to be asked of every row; empty: the table has only such rows
  public record Source(String table, Optional<Scope> scope) {}
}
