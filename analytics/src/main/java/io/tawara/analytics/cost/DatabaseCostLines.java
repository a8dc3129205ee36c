package io.tawara.analytics.cost;

import io.tawara.sql.Dialect;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;

/// Line items beside the summaries: one `insert … select` per table.
final class DatabaseCostLines implements CostLines {
  private final Map<String, SqlText> fills;

  DatabaseCostLines() {
    SqlTemplates inputs = SqlTemplates.of("cost/inputs");
    SqlTemplates engine = SqlTemplates.of("cost/engine");
    this.fills =
        inputs.names().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    name -> name,
                    name ->
                        engine.render(
                            Dialect.postgreSql(),
                            "fill",
                            Map.of(
                                "table", new Identifier(name), "select", inputs.fragment(name)))));
  }

  @Override
  public void fill(Connection connection, String table, Map<String, ?> parameters)
      throws SQLException {
    fills.get(table).update(connection, parameters);
  }
}
