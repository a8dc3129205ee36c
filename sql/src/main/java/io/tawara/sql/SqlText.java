package io.tawara.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// A rendered statement: text with `?` for parameters, and their names in order.
public record SqlText(String text, List<String> parameters) {
  private static final int BATCH = 1000;

  public SqlText {
    parameters = List.copyOf(parameters);
  }

  /// Prepares the statement with its parameters bound. The caller closes it.
  ///
  /// @param values one for every parameter name; a value may be null
  public PreparedStatement prepare(Connection connection, Map<String, ?> values)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(text);
    try {
      bind(statement, values);
      return statement;
    } catch (SQLException | RuntimeException failure) {
      statement.close();
      throw failure;
    }
  }

  /// Executes the statement and returns the number of rows that it changed.
  public long update(Connection connection, Map<String, ?> values) throws SQLException {
    try (PreparedStatement statement = prepare(connection, values)) {
      return statement.executeLargeUpdate();
    }
  }

  /// Executes the statement once per set of values, in batches.
  public void updateAll(Connection connection, List<? extends Map<String, ?>> rows)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      int waiting = 0;
      for (Map<String, ?> row : rows) {
        bind(statement, row);
        statement.addBatch();
        if (++waiting % BATCH == 0) {
          statement.executeBatch();
        }
      }
      if (waiting % BATCH != 0) {
        statement.executeBatch();
      }
    }
  }

  private void bind(PreparedStatement statement, Map<String, ?> values) throws SQLException {
    for (int i = 0; i < parameters.size(); i++) {
      String name = parameters.get(i);
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException("parameter " + name + " has no value");
      }
      statement.setObject(i + 1, values.get(name));
    }
  }
}
