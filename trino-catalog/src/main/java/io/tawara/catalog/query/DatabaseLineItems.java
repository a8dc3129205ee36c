package io.tawara.catalog.query;

import io.tawara.sql.Dialect;
import io.tawara.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// One `insert … select` per fill.
final class DatabaseLineItems implements LineItemEngine {
  private static final int FETCHED = 10_000;

  private final Dialect dialect = Dialect.postgreSql();

  @Override
  public long fill(
      Connection connection, Identifier table, LineItemSelect select, Map<String, ?> values)
      throws SQLException {
    return select
        .templates()
        .renderInsert(dialect, table, select.name(), select.fragments())
        .update(connection, values);
  }

  @Override
  public List<Map<String, Object>> rows(
      Connection connection, LineItemSelect select, Map<String, ?> values) throws SQLException {
    try (var statement = select.render(dialect).prepare(connection, values);
        var found = statement.executeQuery()) {
      return Rows.all(found);
    }
  }

  @Override
  public void each(
      Connection connection, LineItemSelect select, Map<String, ?> values, RowConsumer consumer)
      throws SQLException {
    try (var statement = select.render(dialect).prepare(connection, values)) {
      statement.setFetchSize(FETCHED);
      try (var found = statement.executeQuery()) {
        while (found.next()) {
          consumer.row(found);
        }
      }
    }
  }
}
