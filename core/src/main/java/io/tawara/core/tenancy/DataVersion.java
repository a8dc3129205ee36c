package io.tawara.core.tenancy;

import java.sql.Connection;
import java.sql.SQLException;

/// The counter of a tenant's published state. Raised in the transaction of every publication or
/// settings change; caches key on it, so nothing needs flushing and nothing is stale.
public final class DataVersion {
  private DataVersion() {}

  /// Raises the version. The connection must be behind the tenant's walls.
  public static void raise(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.executeUpdate("update data_version set version = version + 1");
    }
  }
}
