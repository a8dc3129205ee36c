package io.tawara.gateway.costmodels;

import io.tawara.core.provider.ProviderType;
import io.tawara.gateway.http.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/// Rows of cost models and of who uses them. Works in the caller's transaction behind the tenant's
/// walls. Every change of a model's row is audited by the database.
final class CostModelTable {
  private static final String SELECT =
      """
      select uuid, name, description, source_type, created_timestamp, updated_timestamp, rates,
             markup, distribution, distribution_info, currency,
             array(select provider_uuid from cost_model_map where cost_model_id = m.uuid
                   order by provider_uuid)
      from cost_model m
      """;

  private CostModelTable() {}

  static Optional<CostModel> find(Connection connection, UUID id) throws SQLException {
    try (var statement = connection.prepareStatement(SELECT + "where uuid = ?")) {
      statement.setObject(1, id);
      return list(statement).stream().findFirst();
    }
  }

  static List<CostModel> all(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(SELECT + "order by name, uuid")) {
      return list(statement);
    }
  }

  static void insert(Connection connection, CostModel model) throws SQLException {
    write(
        connection,
        """
        insert into cost_model (
          name, description, source_type, created_timestamp, updated_timestamp, rates, markup,
          distribution, distribution_info, currency, uuid)
        values (?, ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?, ?::jsonb, ?, ?)
        """,
        model);
  }

  static void update(Connection connection, CostModel model) throws SQLException {
    write(
        connection,
        """
        update cost_model set
          name = ?, description = ?, source_type = ?, created_timestamp = ?,
          updated_timestamp = ?, rates = ?::jsonb, markup = ?::jsonb, distribution = ?,
          distribution_info = ?::jsonb, currency = ?
        where uuid = ?
        """,
        model);
  }

  private static void write(Connection connection, String sql, CostModel model)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, model.name());
      statement.setString(2, model.description());
      statement.setString(3, model.sourceType().wireName());
      statement.setObject(4, time(model.created()));
      statement.setObject(5, time(model.updated()));
      statement.setString(6, Json.text(model.rates()));
      statement.setString(7, Json.text(model.markup()));
      statement.setString(8, model.distribution());
      statement.setString(9, Json.text(model.distributionInfo()));
      statement.setString(10, model.currency());
      statement.setObject(11, model.id());
      statement.executeUpdate();
    }
  }

  static void delete(Connection connection, UUID id) throws SQLException {
    try (var statement = connection.prepareStatement("delete from cost_model where uuid = ?")) {
      statement.setObject(1, id);
      statement.executeUpdate();
    }
  }

  /// Which model each provider uses, of these providers.
  static Map<UUID, UUID> users(Connection connection, Collection<UUID> providers)
      throws SQLException {
    var found = new TreeMap<UUID, UUID>();
    try (var statement =
        connection.prepareStatement(
            "select provider_uuid, cost_model_id from cost_model_map where provider_uuid = any"
                + " (?)")) {
      statement.setArray(1, connection.createArrayOf("uuid", providers.toArray()));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getObject(1, UUID.class), rows.getObject(2, UUID.class));
        }
      }
    }
    return found;
  }

  /// Makes these the providers that use a model.
  static void assign(Connection connection, UUID model, Collection<UUID> providers)
      throws SQLException {
    try (var delete =
            connection.prepareStatement("delete from cost_model_map where cost_model_id = ?");
        var insert =
            connection.prepareStatement(
                "insert into cost_model_map (provider_uuid, cost_model_id) values (?, ?)")) {
      delete.setObject(1, model);
      delete.executeUpdate();
      for (UUID provider : providers) {
        insert.setObject(1, provider);
        insert.setObject(2, model);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private static OffsetDateTime time(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static List<CostModel> list(PreparedStatement statement) throws SQLException {
    var found = new ArrayList<CostModel>();
    try (var rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(
            new CostModel(
                rows.getObject(1, UUID.class),
                rows.getString(2),
                rows.getString(3),
                ProviderType.ofName(rows.getString(4)).orElseThrow(),
                rows.getObject(5, OffsetDateTime.class).toInstant(),
                rows.getObject(6, OffsetDateTime.class).toInstant(),
                Json.stored(rows.getString(7)),
                Json.stored(rows.getString(8)),
                rows.getString(9),
                Json.stored(rows.getString(10)),
                rows.getString(11),
                List.of((UUID[]) rows.getArray(12).getArray())));
      }
    }
    return found;
  }
}
