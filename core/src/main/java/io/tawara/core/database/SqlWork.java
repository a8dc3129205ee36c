package io.tawara.core.database;

import java.sql.Connection;
import java.sql.SQLException;

/// Work on one connection, inside a transaction that the caller of the work ends.
@FunctionalInterface
public interface SqlWork<T> {
  T with(Connection connection) throws SQLException;

  /// Work without a result.
  @FunctionalInterface
  interface Action {
    void with(Connection connection) throws SQLException;

    default SqlWork<Void> asWork() {
      return connection -> {
        with(connection);
        return null;
      };
    }
  }
}
