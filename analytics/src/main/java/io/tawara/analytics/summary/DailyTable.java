package io.tawara.analytics.summary;

import io.tawara.analytics.summary.Rollup.Dimension;
import io.tawara.analytics.summary.Rollup.Measure;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// A table of daily rows that rollups and reports are made of. Partitioned by `usage_start` in
/// months; every row has `usage_start`, `source_uuid` and `raw_currency`.
///
/// @param table its name
/// @param templates the resource with the predicates of its scopes and computed columns
/// @param grain columns that every rollup of it has in its grain; `usage_start`, the day, is first
/// @param attributes columns that every rollup of it has as the greatest of its rows
/// @param dependent attributes that follow from the grain: rows can be told apart by them
public record DailyTable(
    String table,
    SqlTemplates templates,
    List<Dimension> grain,
    List<Measure> attributes,
    Set<String> dependent) {

  public DailyTable {
    Objects.requireNonNull(table);
    Objects.requireNonNull(templates);
    grain = List.copyOf(grain);
    attributes = List.copyOf(attributes);
    dependent = Set.copyOf(dependent);
  }
}
