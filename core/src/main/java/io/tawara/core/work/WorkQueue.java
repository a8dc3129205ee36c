package io.tawara.core.work;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.function.BinaryOperator;

/// Adds and counts durable work (see `docs/design/work.md`). Items are performed by a [Worker],
/// possibly in another process.
public final class WorkQueue {
  static final ObjectMapper JSON = new ObjectMapper();
  static final String TASK = "work";

  private final Database database;

  public WorkQueue(Database database) {
    this.database = database;
  }

  /// Adds an item in a transaction of its own.
  public long add(WorkItem item) {
    return database.transaction(connection -> add(connection, item));
  }

  /// Adds an item in the caller's transaction, which must not be behind a tenant's walls.
  public long add(Connection connection, WorkItem item) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.work (kind, key, body, request_id)
            values (?, ?, ?::jsonb, ?) returning id
            """)) {
      insert.setString(1, item.kind());
      insert.setString(2, item.key());
      insert.setString(3, text(item.body()));
      insert.setString(4, item.requestId());
      try (var rows = insert.executeQuery()) {
        rows.next();
        long id = rows.getLong(1);
        wake(connection, item.key());
        return id;
      }
    }
  }

  /// Adds an item, or merges it into one of the same kind and key that has not started.
  ///
  /// @param merge makes one body of the waiting item's and the new one's, in this order
  public long coalesce(Connection connection, WorkItem item, BinaryOperator<JsonNode> merge)
      throws SQLException {
    try (var waiting =
        connection.prepareStatement(
            """
            select id, body from public.work
            where kind = ? and key = ? and state = 'queued'
            order by id desc limit 1 for update
            """)) {
      waiting.setString(1, item.kind());
      waiting.setString(2, item.key());
      try (var rows = waiting.executeQuery()) {
        if (!rows.next()) {
          return add(connection, item);
        }
        long id = rows.getLong(1);
        JsonNode merged = merge.apply(parse(rows.getString(2)), item.body());
        try (var update =
            connection.prepareStatement("update public.work set body = ?::jsonb where id = ?")) {
          update.setString(1, text(merged));
          update.setLong(2, id);
          update.executeUpdate();
        }
        return id;
      }
    }
  }

  /// Adds many items at once, in their order.
  public void addAll(Connection connection, List<WorkItem> items) throws SQLException {
    try (var insert =
            connection.prepareStatement(
                """
                insert into public.work (kind, key, body, request_id) values (?, ?, ?::jsonb, ?)
                """);
        var wake =
            connection.prepareStatement(
                """
                insert into public.scheduled_tasks
                  (task_name, task_instance, execution_time, picked, version)
                select '%s', key, now(), false, 1 from unnest(?) key order by key
                on conflict (task_name, task_instance) do nothing
                """
                    .formatted(TASK))) {
      for (WorkItem item : items) {
        insert.setString(1, item.kind());
        insert.setString(2, item.key());
        insert.setString(3, text(item.body()));
        insert.setString(4, item.requestId());
        insert.addBatch();
      }
      insert.executeBatch();
      Object[] keys = items.stream().map(WorkItem::key).distinct().toArray();
      wake.setArray(1, connection.createArrayOf("text", keys));
      wake.executeUpdate();
    }
  }

  /// Ends an item in the transaction of its last effect, so that a crash cannot come between the
  /// two. For a handler that is performing the item and does nothing after this transaction; only
  /// needed where performing it again would do something else.
  public void finish(Connection connection, WorkItem item) throws SQLException {
    try (var delete =
        connection.prepareStatement(
            "delete from public.work where kind = ? and key = ? and state = 'running'")) {
      delete.setString(1, item.kind());
      delete.setString(2, item.key());
      delete.executeUpdate();
    }
  }

  /// Puts an item aside as failed without trying it: nobody can perform it as it is. A person can
  /// read the reason, drive it again or discard it.
  public void park(Connection connection, WorkItem item, String reason) throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.work (kind, key, body, request_id, state, error)
            values (?, ?, ?::jsonb, ?, 'failed', ?)
            """)) {
      insert.setString(1, item.kind());
      insert.setString(2, item.key());
      insert.setString(3, text(item.body()));
      insert.setString(4, item.requestId());
      insert.setString(5, reason);
      insert.executeUpdate();
    }
  }

  /// Drives a failed item again: it goes to the end of its key's line with its tries forgotten.
  ///
  /// @return whether there was such a failed item
  public boolean again(Connection connection, long id) throws SQLException {
    String key;
    try (var redrive =
        connection.prepareStatement(
            """
            with failed as (
              delete from public.work where id = ? and state = 'failed'
              returning kind, key, body, request_id)
            insert into public.work (kind, key, body, request_id)
            select kind, key, body, request_id from failed
            returning key
            """)) {
      redrive.setLong(1, id);
      try (var rows = redrive.executeQuery()) {
        if (!rows.next()) {
          return false;
        }
        key = rows.getString(1);
      }
    }
    wake(connection, key);
    return true;
  }

  /// Discards a failed item.
  ///
  /// @return whether there was such a failed item
  public boolean discard(Connection connection, long id) throws SQLException {
    try (var delete =
        connection.prepareStatement("delete from public.work where id = ? and state = 'failed'")) {
      delete.setLong(1, id);
      return delete.executeUpdate() == 1;
    }
  }

  /// Counts all work.
  public WorkCounts counts() {
    return database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select count(*) filter (where state = 'queued'),
                             count(*) filter (where state = 'running'),
                             count(*) filter (where state = 'failed')
                      from public.work
                      """)) {
            rows.next();
            return new WorkCounts(rows.getLong(1), rows.getLong(2), rows.getLong(3));
          }
        });
  }

  static void wake(Connection connection, String key) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.scheduled_tasks
              (task_name, task_instance, execution_time, picked, version)
            values (?, ?, now(), false, 1)
            on conflict (task_name, task_instance) do nothing
            """)) {
      statement.setString(1, TASK);
      statement.setString(2, key);
      statement.executeUpdate();
    }
  }

  static String text(JsonNode body) {
    try {
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException impossible) {
      throw new TawaraException(Category.INTERNAL, "work body is not writable", impossible);
    }
  }

  static JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "work body is not JSON", broken);
    }
  }
}
