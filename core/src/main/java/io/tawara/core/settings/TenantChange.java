package io.tawara.core.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.database.Database;
import io.tawara.core.database.SqlWork;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// A change of an organisation's settings or prices: one transaction that holds the tenant's
/// settings lock (so that two changes at once happen one after the other), raises the data version
/// and adds the work that the change causes. Either all of it happens or nothing.
public final class TenantChange {
  private final Connection connection;
  private final TenantSchema tenant;
  private final String requestId;
  private final Map<String, WorkItem> work = new TreeMap<>();

  private TenantChange(Connection connection, TenantSchema tenant, String requestId) {
    this.connection = connection;
    this.tenant = tenant;
    this.requestId = requestId;
  }

  /// What a change does.
  @FunctionalInterface
  public interface Action<T> {
    T with(TenantChange change) throws SQLException;
  }

  /// Performs a change.
  ///
  /// @param requestId for logs of the work it causes; may be null
  public static <T> T perform(
      Database database, WorkQueue queue, TenantSchema tenant, String requestId, Action<T> action) {
    return database.tenant(
        tenant,
        connection -> {
          lock(connection, tenant);
          var change = new TenantChange(connection, tenant, requestId);
          T result = action.with(change);
          DataVersion.raise(connection);
          change.addWork(queue);
          return result;
        });
  }

  /// The transaction, behind the tenant's walls.
  public Connection connection() {
    return connection;
  }

  public TenantSchema tenant() {
    return tenant;
  }

  /// Does something with public tables in the same transaction.
  public <T> T outside(SqlWork<T> action) throws SQLException {
    Database.leave(connection);
    T result = action.with(connection);
    Database.enter(connection, tenant);
    return result;
  }

  /// Has a provider's costs of these days calculated again.
  public void recalculate(UUID provider, LocalDate start, LocalDate end) {
    add("cost", provider, start, end);
  }

  /// Has a provider's summaries of these days made again, and then its costs.
  public void summarise(UUID provider, LocalDate start, LocalDate end) {
    add("summarise", provider, start, end);
  }

  private void add(String kind, UUID provider, LocalDate start, LocalDate end) {
    var body = JsonNodeFactory.instance.objectNode();
    body.put("schema", tenant.name());
    body.put("provider", provider.toString());
    body.put("start", start.toString());
    body.put("end", end.toString());
    work.put(
        provider + " " + kind, new WorkItem(kind, WorkItem.providerKey(provider), body, requestId));
  }

  private void addWork(WorkQueue queue) throws SQLException {
    if (work.isEmpty()) {
      return;
    }
    Database.leave(connection);
    for (WorkItem item : work.values()) { // in the order of providers: no deadlocks
      queue.coalesce(connection, item, TenantChange::widest);
    }
  }

  /// One item for the days of both.
  static JsonNode widest(JsonNode waiting, JsonNode added) {
    ObjectNode merged = waiting.deepCopy();
    String start = added.path("start").asText();
    String end = added.path("end").asText();
    if (start.compareTo(waiting.path("start").asText()) < 0) {
      merged.put("start", start);
    }
    if (end.compareTo(waiting.path("end").asText()) > 0) {
      merged.put("end", end);
    }
    return merged;
  }

  private static void lock(Connection connection, TenantSchema tenant) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select pg_advisory_xact_lock(hashtextextended('settings:' || ?, 0))")) {
      statement.setString(1, tenant.name());
      statement.execute();
    }
  }
}
