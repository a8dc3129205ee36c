package io.tawara.catalog;

import io.tawara.catalog.Column.Presence;
import io.tawara.catalog.Column.Role;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A line-item table as a value: what a report type is recognised by, how its rows become daily
/// rows, and what the table looks like in each engine.
///
/// @param reportType name of the report type in paths and in the ledger, for example `pod_usage`
/// @param name of the table of daily rows
/// @param monthColumn the date by which the table is partitioned in months
public record LineItemTable(
    String reportType, String name, String monthColumn, List<Column> columns) {

  public LineItemTable {
    columns = List.copyOf(columns);
    if (!name.matches("[a-z][a-z0-9_]{0,54}")) {
      throw new IllegalArgumentException("not a table name: " + name);
    }
    Set<String> names = columns.stream().map(Column::name).collect(Collectors.toSet());
    if (names.size() != columns.size() || !names.contains(monthColumn)) {
      throw new IllegalArgumentException("columns of " + name + " are not consistent");
    }
  }

  /// The columns that a file must have to be of this type.
  public Set<String> mandatory() {
    return columns.stream()
        .filter(c -> c.presence() == Presence.MANDATORY)
        .map(Column::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  public List<Column> columns(Role role) {
    return columns.stream().filter(column -> column.role() == role).toList();
  }

  public Column column(String columnName) {
    return columns.stream()
        .filter(column -> column.name().equals(columnName))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name + " has no column " + columnName));
  }

  public boolean has(String columnName) {
    return columns.stream().anyMatch(column -> column.name().equals(columnName));
  }

  /// Names of all columns in table order.
  public List<String> columnNames() {
    return columns.stream().map(Column::name).toList();
  }
}
