package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.ids.Ids;
import io.tawara.gateway.http.Json;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Rows of price lists and of their assignment to cost models. Works in the caller's transaction
/// behind the tenant's walls.
final class PriceListTable {
  private static final String SELECT =
      """
      select uuid, name, description, currency, effective_start_date, effective_end_date, enabled,
             version, rates, created_timestamp, updated_timestamp
      from price_list
      """;

  /// A cost model that uses a price list.
  record User(UUID model, String name, int priority) {}

  /// A price list as a cost model uses it.
  record Attached(PriceList list, int priority) {}

  private PriceListTable() {}

  static Optional<PriceList> find(Connection connection, UUID id) throws SQLException {
    try (var statement = connection.prepareStatement(SELECT + "where uuid = ?")) {
      statement.setObject(1, id);
      return list(statement).stream().findFirst();
    }
  }

  static List<PriceList> all(Connection connection) throws SQLException {
    try (var statement = connection.prepareStatement(SELECT + "order by name, uuid")) {
      return list(statement);
    }
  }

  /// The price lists of a model, first priority first.
  static List<Attached> ofModel(Connection connection, UUID model) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            SELECT
                + """
                join price_list_cost_model_map on price_list_id = uuid
                where cost_model_id = ? order by priority, uuid
                """)) {
      statement.setObject(1, model);
      List<PriceList> lists = list(statement);
      List<Integer> priorities = priorities(connection, model);
      var attached = new ArrayList<Attached>();
      for (int i = 0; i < lists.size(); i++) {
        attached.add(new Attached(lists.get(i), priorities.get(i)));
      }
      return attached;
    }
  }

  private static List<Integer> priorities(Connection connection, UUID model) throws SQLException {
    var found = new ArrayList<Integer>();
    try (var statement =
        connection.prepareStatement(
            """
            select priority from price_list_cost_model_map
            where cost_model_id = ? order by priority, price_list_id
            """)) {
      statement.setObject(1, model);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getInt(1));
        }
      }
    }
    return found;
  }

  /// Who uses which price list, by the names of the models.
  static Map<UUID, List<User>> users(Connection connection) throws SQLException {
    var found = new LinkedHashMap<UUID, List<User>>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select price_list_id, m.uuid, m.name, priority
                from price_list_cost_model_map join cost_model m on m.uuid = cost_model_id
                order by m.name, m.uuid
                """)) {
      while (rows.next()) {
        found
            .computeIfAbsent(rows.getObject(1, UUID.class), unused -> new ArrayList<>())
            .add(new User(rows.getObject(2, UUID.class), rows.getString(3), rows.getInt(4)));
      }
    }
    return found;
  }

  /// Adds a price list and the rows of its rates.
  static PriceList insert(Connection connection, PriceList list, List<ObjectNode> rates, Ids ids)
      throws SQLException {
    write(
        connection,
        """
        insert into price_list (
          name, description, currency, effective_start_date, effective_end_date, enabled, version,
          rates, created_timestamp, updated_timestamp, uuid)
        values (?, ?, ?, ?, ?, ?, ?, '[]', ?, ?, ?)
        """,
        list);
    return setRates(connection, list, rates, ids);
  }

  /// Writes everything but the rates.
  static void update(Connection connection, PriceList list) throws SQLException {
    write(
        connection,
        """
        update price_list set
          name = ?, description = ?, currency = ?, effective_start_date = ?,
          effective_end_date = ?, enabled = ?, version = ?, created_timestamp = ?,
          updated_timestamp = ?
        where uuid = ?
        """,
        list);
  }

  private static void write(Connection connection, String sql, PriceList list) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setString(1, list.name());
      statement.setString(2, list.description());
      statement.setString(3, list.currency());
      statement.setObject(4, list.start());
      statement.setObject(5, list.end());
      statement.setBoolean(6, list.enabled());
      statement.setInt(7, list.version());
      statement.setObject(8, time(list.created()));
      statement.setObject(9, time(list.updated()));
      statement.setObject(10, list.id());
      statement.executeUpdate();
    }
  }

  /// Replaces the rates and their rows.
  static PriceList setRates(Connection connection, PriceList list, List<ObjectNode> rates, Ids ids)
      throws SQLException {
    List<ObjectNode> named = RateRows.write(connection, list.id(), rates, ids, list.updated());
    var stored = Json.array().addAll(named);
    try (var statement =
        connection.prepareStatement(
            "update price_list set rates = ?::jsonb, updated_timestamp = ? where uuid = ?")) {
      statement.setString(1, Json.text(stored));
      statement.setObject(2, time(list.updated()));
      statement.setObject(3, list.id());
      statement.executeUpdate();
    }
    return list.with(stored, list.updated());
  }

  static void delete(Connection connection, UUID id) throws SQLException {
    try (var statement = connection.prepareStatement("delete from price_list where uuid = ?")) {
      statement.setObject(1, id);
      statement.executeUpdate();
    }
  }

  /// Makes these the price lists of a model, in this order.
  static void assign(Connection connection, UUID model, List<UUID> lists) throws SQLException {
    try (var delete =
            connection.prepareStatement(
                "delete from price_list_cost_model_map where cost_model_id = ?");
        var insert =
            connection.prepareStatement(
                """
                insert into price_list_cost_model_map (cost_model_id, price_list_id, priority)
                values (?, ?, ?)
                """)) {
      delete.setObject(1, model);
      delete.executeUpdate();
      for (int i = 0; i < lists.size(); i++) {
        insert.setObject(1, model);
        insert.setObject(2, lists.get(i));
        insert.setInt(3, i + 1);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /// The providers of all models that use a price list.
  static List<UUID> providers(Connection connection, Collection<UUID> models) throws SQLException {
    var found = new ArrayList<UUID>();
    try (var statement =
        connection.prepareStatement(
            "select provider_uuid from cost_model_map where cost_model_id = any (?) order by 1")) {
      statement.setArray(1, connection.createArrayOf("uuid", models.toArray()));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getObject(1, UUID.class));
        }
      }
    }
    return found;
  }

  private static OffsetDateTime time(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  private static List<PriceList> list(PreparedStatement statement) throws SQLException {
    var found = new ArrayList<PriceList>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(
            new PriceList(
                rows.getObject(1, UUID.class),
                rows.getString(2),
                rows.getString(3),
                rows.getString(4),
                rows.getObject(5, LocalDate.class),
                rows.getObject(6, LocalDate.class),
                rows.getBoolean(7),
                rows.getInt(8),
                Json.stored(rows.getString(9)),
                rows.getObject(10, OffsetDateTime.class).toInstant(),
                rows.getObject(11, OffsetDateTime.class).toInstant()));
      }
    }
    return found;
  }
}
