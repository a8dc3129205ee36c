package io.tawara.gateway.settings;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Rows of tag keys and their mappings, in the caller's transaction behind the tenant's walls.
final class TagTable {
  private TagTable() {}

  static List<TagKey> keys(Connection connection) throws SQLException {
    var found = new ArrayList<TagKey>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select uuid, key, enabled, provider_type from reporting_enabledtagkeys")) {
      while (rows.next()) {
        found.add(key(rows, 1));
      }
    }
    return found;
  }

  static List<TagKey> categories(Connection connection) throws SQLException {
    var found = new ArrayList<TagKey>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select uuid, key, enabled, 'AWS' from reporting_awsenabledcategorykeys")) {
      while (rows.next()) {
        found.add(key(rows, 1));
      }
    }
    return found;
  }

  static void setCategoriesEnabled(Connection connection, Collection<UUID> ids, boolean enabled)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update reporting_awsenabledcategorykeys set enabled = ? where uuid = any (?)")) {
      statement.setBoolean(1, enabled);
      statement.setArray(2, connection.createArrayOf("uuid", ids.toArray()));
      statement.executeUpdate();
    }
  }

  static List<TagMapping> mappings(Connection connection) throws SQLException {
    var found = new ArrayList<TagMapping>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select p.uuid, p.key, p.enabled, p.provider_type,
                       c.uuid, c.key, c.enabled, c.provider_type
                from reporting_tagmapping m
                join reporting_enabledtagkeys p on p.uuid = m.parent_id
                join reporting_enabledtagkeys c on c.uuid = m.child_id
                """)) {
      while (rows.next()) {
        found.add(new TagMapping(key(rows, 1), key(rows, 5)));
      }
    }
    return found;
  }

  private static TagKey key(ResultSet rows, int first) throws SQLException {
    return new TagKey(
        rows.getObject(first, UUID.class),
        rows.getString(first + 1),
        rows.getBoolean(first + 2),
        rows.getString(first + 3));
  }

  static void setEnabled(Connection connection, Collection<UUID> ids, boolean enabled)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update reporting_enabledtagkeys set enabled = ? where uuid = any (?) and enabled <>"
                + " ?")) {
      statement.setBoolean(1, enabled);
      statement.setArray(2, connection.createArrayOf("uuid", ids.toArray()));
      statement.setBoolean(3, enabled);
      statement.executeUpdate();
    }
  }

  /// Creates keys that are missing and enables all of them.
  static void create(Connection connection, Collection<String> keys, String providerType)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into reporting_enabledtagkeys (key, enabled, provider_type)
            select distinct key, true, ? from unnest(?::text[]) as key
            on conflict (key, provider_type) do update set enabled = true
            """)) {
      statement.setString(1, providerType);
      statement.setArray(2, connection.createArrayOf("text", keys.toArray()));
      statement.executeUpdate();
    }
  }

  /// Deletes keys with their mappings.
  static void delete(Connection connection, Collection<String> keys, String providerType)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "delete from reporting_enabledtagkeys where provider_type = ? and key = any (?)")) {
      statement.setString(1, providerType);
      statement.setArray(2, connection.createArrayOf("text", keys.toArray()));
      statement.executeUpdate();
    }
  }

  static void map(Connection connection, UUID parent, Collection<UUID> children)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into reporting_tagmapping (child_id, parent_id) values (?, ?)")) {
      for (UUID child : children) {
        statement.setObject(1, child);
        statement.setObject(2, parent);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  static void unmap(Connection connection, Collection<TagKey> children) throws SQLException {
    try (var statement =
        connection.prepareStatement("delete from reporting_tagmapping where child_id = any (?)")) {
      statement.setArray(
          1, connection.createArrayOf("uuid", children.stream().map(TagKey::id).toArray()));
      statement.executeUpdate();
    }
  }

  /// Tag keys that OpenShift cost models have rates by, with the model; of several the last by
  /// name.
  static Map<String, UUID> costModels(Connection connection) throws SQLException {
    var found = new HashMap<String, UUID>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select rate -> 'tag_rates' ->> 'tag_key', m.uuid
                from cost_model m, jsonb_array_elements(m.rates) as rate
                where m.source_type = 'OCP' and rate -> 'tag_rates' ->> 'tag_key' is not null
                order by m.name, m.uuid
                """)) {
      while (rows.next()) {
        found.put(rows.getString(1), rows.getObject(2, UUID.class));
      }
    }
    return found;
  }
}
