package io.tawara.analytics.reports;

/// Turns a query and its plan into one statement.
public final class Compiler {
  private final Planner planner;

  public Compiler(Planner planner) {
    this.planner = planner;
  }

  /// @param flat whether the rows are wanted for CSV: all buckets, with currency and exchange rate
  ///
  /// @throws io.tawara.core.input.InvalidInputException when amounts cannot be converted
  public CompiledQuery compile(ReportQuery query, boolean flat) {
    query.rates().require(query.time());
    return new Statement(query, planner.plan(query), flat).compile();
  }
}
