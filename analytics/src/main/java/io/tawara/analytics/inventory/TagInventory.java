package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Column;
import io.tawara.analytics.reports.Dimension;
import java.util.Map;
import java.util.Optional;

/// Where the values of a provider type's tags stand: one row for every key, value and place where
/// it was seen in a billing month. Every such table has `key` and `value`.
///
/// @param providerType of the keys' registry, for example `OCP`
/// @param month the table of billing months that rows refer to
/// @param kind the column that tells pods' tags (`Pod`) from volumes' (`Storage`)
/// @param dimensions what rows can be filtered and restricted by
public record TagInventory(
    String providerType,
    Column table,
    Month month,
    Optional<Column> kind,
    Map<String, Dimension> dimensions) {

  /// A table of billing months.
  ///
  /// @param reference the column of the inventory that holds an `id` of it
  /// @param start its column with the first day
  public record Month(Column table, Column reference, Column start) {}

  public TagInventory {
    dimensions = Map.copyOf(dimensions);
  }
}
