package io.tawara.core.tenancy;

import java.sql.Connection;
import java.sql.SQLException;

/// What a tenant's schema consists of beside the Flyway migrations: tables that are made from
/// values (line items). Runs under the tenant's role, after every migration, and must be
/// idempotent.
@FunctionalInterface
public interface Migrations {
  void afterMigration(Connection connection, TenantSchema tenant) throws SQLException;

  /// Changes whenever [#afterMigration] would do something else.
  default String fingerprint() {
    return "";
  }

  static Migrations none() {
    return (connection, tenant) -> {};
  }
}
