package io.tawara.catalog.query;

import io.tawara.core.config.TrinoConfig;
import io.tawara.sql.Identifier;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// Performs selects on line items, wherever these lie. The connection is one of the summaries'
/// database, behind the walls of a tenant: the line items of that tenant are read.
public interface LineItemEngine {

  /// Appends what a select finds to a table of the connection, in the connection's transaction.
  ///
  /// @param values one for every parameter of the template: texts, numbers, days, UUIDs, null
  /// @return the number of rows
  long fill(Connection connection, Identifier table, LineItemSelect select, Map<String, ?> values)
      throws SQLException;

  /// What a select finds, each row by column name. For few rows.
  List<Map<String, Object>> rows(
      Connection connection, LineItemSelect select, Map<String, ?> values) throws SQLException;

  /// Hands on what a select finds row by row, without keeping it. The connection is not to be used
  /// meanwhile.
  void each(
      Connection connection, LineItemSelect select, Map<String, ?> values, RowConsumer consumer)
      throws SQLException;

  /// Takes the row that a result stands on.
  @FunctionalInterface
  interface RowConsumer {
    void row(ResultSet row) throws SQLException;
  }

  /// Line items beside the summaries, in the tenant's own schema: on-prem mode.
  static LineItemEngine inDatabase() {
    return new DatabaseLineItems();
  }

  /// Line items in the tenant's schema of a Hive catalog: cloud mode.
  static LineItemEngine overTrino(TrinoConfig config) {
    return new TrinoLineItems(config);
  }
}
