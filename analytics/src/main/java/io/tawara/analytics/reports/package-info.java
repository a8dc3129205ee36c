/// Reports as values: the catalogue says what a report is, a
/// [io.tawara.analytics.reports.ReportQuery] what is asked of it, the planner which rollup answers,
/// the compiler with which statement.
package io.tawara.analytics.reports;
