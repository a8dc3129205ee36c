package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Column;
import io.tawara.analytics.reports.Dimension;
import java.util.Map;
import java.util.Optional;

/// Where the values of a provider type's tags stand: one row for every key, value and place where
/// it was seen in a billing month. Every such table has `key` and `value`.
///
/// @param providerType of the keys' registry, for example `OCP`
/// @param type the column that tells the provider type, where the table holds several
/// @param month where the billing month of a row stands
/// @param kind the column that tells pods' tags (`Pod`) from volumes' (`Storage`)
/// @param dimensions what rows can be filtered and restricted by
public record TagInventory(
    String providerType,
    Column table,
    Optional<Column> type,
    Month month,
    Optional<Column> kind,
    Map<String, Dimension> dimensions) {

  /// Where the billing month of a row stands: its first day.
  public sealed interface Month {
    /// In a column of the inventory.
    record Of(Column column) implements Month {}

    /// In another table.
    ///
    /// @param reference the column of the inventory that holds an `id` of it
    /// @param start its column with the first day
    record In(Column table, Column reference, Column start) implements Month {}
  }

  public TagInventory {
    dimensions = Map.copyOf(dimensions);
  }
}
