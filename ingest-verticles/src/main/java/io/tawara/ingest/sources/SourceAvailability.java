package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.source.SourceStatus;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;

/// Whether a source works, as its users see it: on its row, and in Platform Sources where sources
/// come from there. Only changes are told. All methods work in the caller's transaction on public
/// tables.
public final class SourceAvailability {
  private SourceAvailability() {}

  public static void available(
      Connection connection, WorkQueue work, UUID provider, boolean platformSources)
      throws SQLException {
    tell(connection, work, provider, SourceStatus.available(), platformSources);
  }

  /// @param message for people, without secrets
  public static void unavailable(
      Connection connection, WorkQueue work, UUID provider, String message, boolean platformSources)
      throws SQLException {
    tell(connection, work, provider, SourceStatus.unavailable(message), platformSources);
  }

  private static void tell(
      Connection connection, WorkQueue work, UUID provider, ObjectNode status, boolean platform)
      throws SQLException {
    WorkItem push;
    try (var update =
        connection.prepareStatement(
            """
            update public.api_sources set status = ?::jsonb
            where provider_id = ? and status is distinct from ?::jsonb
              and (status <> '{}'::jsonb or ?::jsonb ->> 'availability_status' <> 'available')
            returning source_id, coalesce(auth_header, ''), account_id, org_id
            """)) {
      update.setString(1, status.toString());
      update.setObject(2, provider);
      update.setString(3, status.toString());
      update.setString(4, status.toString());
      try (var rows = update.executeQuery()) {
        if (!rows.next()) {
          return;
        }
        push =
            SourceStatus.push(
                rows.getInt(1),
                rows.getString(2),
                Optional.ofNullable(rows.getString(3)),
                Optional.ofNullable(rows.getString(4)),
                status);
      }
    }
    if (platform) {
      work.add(connection, push);
    }
  }
}
