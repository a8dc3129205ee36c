package io.tawara.core.outbox;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The table of messages that wait to be sent.
public final class Outbox {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// A message and its place in the order.
  public record Waiting(long id, OutboxMessage message) {}

  private Outbox() {}

  /// Adds a message in the caller's transaction, which must not be behind a tenant's walls.
  public static void add(Connection connection, OutboxMessage message, String requestId)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.outbox (topic, key, headers, value, request_id)
            values (?, ?, ?::jsonb, ?, ?)
            """)) {
      insert.setString(1, message.topic());
      insert.setString(2, message.key());
      insert.setString(3, text(message.headers()));
      insert.setString(4, message.value());
      insert.setString(5, requestId);
      insert.executeUpdate();
    }
  }

  /// The oldest waiting messages. They stay locked until the caller's transaction ends; empty when
  /// another process is sending. Two senders would break the order, hence one lock for all.
  public static List<Waiting> take(Connection connection, int most) throws SQLException {
    try (var lock = connection.prepareStatement("select pg_try_advisory_xact_lock(?)");
        var select =
            connection.prepareStatement(
                "select id, topic, key, headers, value from public.outbox order by id limit ?")) {
      lock.setLong(1, 0x7461_6f75_7462L);
      try (var locked = lock.executeQuery()) {
        locked.next();
        if (!locked.getBoolean(1)) {
          return List.of();
        }
      }
      select.setInt(1, most);
      var found = new ArrayList<Waiting>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Waiting(
                  rows.getLong(1),
                  new OutboxMessage(
                      rows.getString(2),
                      rows.getString(3),
                      headers(rows.getString(4)),
                      rows.getString(5))));
        }
      }
      return found;
    }
  }

  /// Removes messages that were sent.
  public static void remove(Connection connection, List<Long> ids) throws SQLException {
    try (var delete = connection.prepareStatement("delete from public.outbox where id = any (?)")) {
      delete.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      delete.executeUpdate();
    }
  }

  private static String text(Map<String, String> headers) {
    try {
      return JSON.writeValueAsString(headers);
    } catch (JsonProcessingException impossible) {
      throw new TawaraException(Category.INTERNAL, "headers are not writable", impossible);
    }
  }

  private static Map<String, String> headers(String text) {
    try {
      return JSON.readValue(text, new TypeReference<Map<String, String>>() {});
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "headers are not JSON", broken);
    }
  }
}
