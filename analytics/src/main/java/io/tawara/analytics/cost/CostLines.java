package io.tawara.analytics.cost;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/// Where the engine reads line items from: the same database, or Trino.
@FunctionalInterface
public interface CostLines {
  /// Fills a temporary table of the engine's connection with the rows of a select.
  ///
  /// @param table name of the temporary table, columns as the template of that name selects
  /// @param parameters of the template
  void fill(Connection connection, String table, Map<String, ?> parameters) throws SQLException;

  /// Line items in the tenant's own PostgreSQL schema.
  static CostLines inDatabase() {
    return new DatabaseCostLines();
  }
}
