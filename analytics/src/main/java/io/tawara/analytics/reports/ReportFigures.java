package io.tawara.analytics.reports;

import java.util.List;

/// What the rows of a report are made from and consist of.
///
/// @param scope the rows that belong to the report whatever is asked
/// @param aggregates what the statement sums up
public record ReportFigures(List<RowCondition> scope, List<Aggregate> aggregates) {}
