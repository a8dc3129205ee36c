package io.tawara.ingest.days;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;

/// The registry of tag keys and cost categories that were ever seen (`data-formats` §1.8). Known
/// keys are left as they are. The connection must be behind the tenant's walls.
public final class TagKeys {
  private TagKeys() {}

  /// Registers keys; new ones start disabled.
  public static void disabled(Connection connection, String provider, Collection<String> keys)
      throws SQLException {
    insert(
        connection,
        """
        insert into reporting_enabledtagkeys (key, enabled, provider_type)
        select key, false, ? from unnest(?) as seen (key)
        order by key on conflict (key, provider_type) do nothing
        """,
        provider,
        keys);
  }

  /// Registers keys; new ones start enabled, in the order of their names, as long as the tenant has
  /// fewer enabled keys than permitted.
  ///
  /// @param limit 0 or less: any number
  public static void enabled(
      Connection connection, String provider, Collection<String> keys, int limit)
      throws SQLException {
    try (var one = connection.createStatement()) {
      // two sources of a tenant must not both find room for the last key
      one.execute("select pg_advisory_xact_lock(hashtext('tag keys'), hashtext(current_schema()))");
    }
    insert(
        connection,
        """
        insert into reporting_enabledtagkeys (key, enabled, provider_type)
        select key,
               %d <= 0 or row_number() over (order by key) + (
                 select count(*) from reporting_enabledtagkeys where enabled) <= %d,
               provider
        from (select ? as provider) as given, unnest(?) as seen (key)
        where not exists (
          select 1 from reporting_enabledtagkeys known
          where known.key = seen.key and known.provider_type = given.provider)
        order by key on conflict (key, provider_type) do nothing
        """
            .formatted(limit, limit),
        provider,
        keys);
  }

  private static void insert(
      Connection connection, String sql, String provider, Collection<String> keys)
      throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, provider);
      statement.setArray(2, connection.createArrayOf("text", keys.toArray()));
      statement.executeUpdate();
    }
  }

  /// Registers AWS cost categories; new ones are enabled.
  public static void categories(Connection connection, Collection<String> keys)
      throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    try (var statement =
        connection.prepareStatement(
            """
            insert into reporting_awsenabledcategorykeys (key, enabled)
            select key, true from unnest(?) as seen (key)
            order by key on conflict (key) do nothing
            """)) {
      statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
      statement.executeUpdate();
    }
  }
}
