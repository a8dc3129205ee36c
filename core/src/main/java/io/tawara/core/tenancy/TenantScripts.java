package io.tawara.core.tenancy;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.flywaydb.core.api.MigrationInfo;

/// The migrations of tenants' schemas, read once, and the short way to apply them: one transaction
/// that reads and writes Flyway's own history, so that Flyway can take over at any time.
final class TenantScripts {
  private static final String FOLDER = "db/tenant/";

  private final List<Script> scripts;

  private record Script(
      String version, String description, String name, int checksum, String sql) {}

  private TenantScripts(List<Script> scripts) {
    this.scripts = List.copyOf(scripts);
  }

  /// @param migrations all of them, in the order in which they are applied
  static TenantScripts of(MigrationInfo[] migrations) {
    var scripts = new ArrayList<Script>();
    for (MigrationInfo migration : migrations) {
      scripts.add(
          new Script(
              migration.getVersion().getVersion(),
              migration.getDescription(),
              migration.getScript(),
              migration.getChecksum(),
              text(migration.getScript())));
    }
    return new TenantScripts(scripts);
  }

  private static String text(String name) {
    try (InputStream resource =
        TenantScripts.class.getClassLoader().getResourceAsStream(FOLDER + name)) {
      if (resource == null) {
        throw new TawaraException(Category.INTERNAL, "no migration " + FOLDER + name);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException unreadable) {
      throw new TawaraException(Category.INTERNAL, "migration " + name, unreadable);
    }
  }

  /// Names what a schema is after all scripts.
  ///
  /// @param more what else makes it
  String digest(String more) {
    var all = new StringBuilder(more);
    for (Script script : scripts) {
      all.append('\n').append(script.name()).append(' ').append(script.checksum());
    }
    return UUID.nameUUIDFromBytes(all.toString().getBytes(StandardCharsets.UTF_8)).toString();
  }

  /// Applies what is missing.
  ///
  /// @param connection behind the tenant's walls, in a transaction
  /// @return false, having changed nothing, when the history is not there or not as expected
  boolean apply(Connection connection) throws SQLException {
    var applied = new HashMap<String, Integer>();
    int rank = 0;
    try (var statement = connection.createStatement()) {
      try (var rows = statement.executeQuery("select to_regclass('schema_history') is not null")) {
        rows.next();
        if (!rows.getBoolean(1)) {
          return false;
        }
      }
      try (var rows =
          statement.executeQuery(
              "select installed_rank, version, type, checksum, success from schema_history")) {
        while (rows.next()) {
          rank = Math.max(rank, rows.getInt(1));
          if (!rows.getBoolean(5)) {
            return false;
          }
          if (rows.getString(3).equals("SQL")) {
            applied.put(rows.getString(2), rows.getInt(4));
          }
        }
      }
    }
    if (!isPart(applied)) {
      return false;
    }
    for (Script script : scripts) {
      if (!applied.containsKey(script.version())) {
        rank++;
        apply(connection, script, rank);
      }
    }
    return true;
  }

  private boolean isPart(Map<String, Integer> applied) {
    var known = new HashMap<String, Integer>();
    scripts.forEach(script -> known.put(script.version(), script.checksum()));
    return known.entrySet().containsAll(applied.entrySet());
  }

  private static void apply(Connection connection, Script script, int rank) throws SQLException {
    long begin = System.nanoTime();
    try (var statement = connection.createStatement()) {
      statement.execute(script.sql());
    }
    try (var insert =
        connection.prepareStatement(
            """
            insert into schema_history (installed_rank, version, description, type, script,
              checksum, installed_by, execution_time, success)
            values (?, ?, ?, 'SQL', ?, ?, current_user, ?, true)
            """)) {
      insert.setInt(1, rank);
      insert.setString(2, script.version());
      insert.setString(3, script.description());
      insert.setString(4, script.name());
      insert.setInt(5, script.checksum());
      insert.setInt(6, (int) ((System.nanoTime() - begin) / 1_000_000));
      insert.executeUpdate();
    }
  }
}
