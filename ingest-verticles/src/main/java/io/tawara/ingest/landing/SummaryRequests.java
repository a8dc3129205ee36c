package io.tawara.ingest.landing;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.UUID;

/// Asks for summaries, in the transaction of what made them necessary.
final class SummaryRequests {
  private static final String KIND = "summarise";

  private SummaryRequests() {}

  /// Asks for days of a delivery; payloads of one set ask once.
  static void add(
      Connection connection,
      WorkQueue queue,
      TenantSchema tenant,
      UUID provider,
      int manifest,
      LocalDate[] days,
      String requestId)
      throws SQLException {
    try (var waiting =
        connection.prepareStatement(
            """
            update public.work
            set body = body || jsonb_build_object(
              'start', least(body ->> 'start', ?), 'end', greatest(body ->> 'end', ?))
            where kind = ? and key = ? and state = 'queued' and body ->> 'manifest' = ?
            """)) {
      waiting.setString(1, days[0].toString());
      waiting.setString(2, days[1].toString());
      waiting.setString(3, KIND);
      waiting.setString(4, WorkItem.providerKey(provider));
      waiting.setString(5, Integer.toString(manifest));
      if (waiting.executeUpdate() == 0) {
        ObjectNode body =
            JsonNodeFactory.instance
                .objectNode()
                .put("schema", tenant.name())
                .put("provider", provider.toString())
                .put("start", days[0].toString())
                .put("end", days[1].toString())
                .put("manifest", manifest);
        queue.add(connection, new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId));
      }
    }
  }
}
