package io.tawara.core.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// The progress of deliveries (`public.manifest`). All methods work in the caller's transaction,
/// which must not be behind a tenant's walls.
public final class Manifests {

  /// The steps of a delivery, in order.
  public enum Step {
    DOWNLOAD("download"),
    PROCESSING("processing"),
    SUMMARY("summary");

    private final String name;

    Step(String name) {
      this.name = name;
    }
  }

  private Manifests() {}

  /// Notes that a step of one delivery began; what is known of an earlier try is forgotten.
  public static void started(Connection connection, int manifest, Step step, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.manifest
            set state = state || jsonb_build_object(?::text, jsonb_build_object('start', ?::text))
            where id = ?
            """)) {
      statement.setString(1, step.name);
      statement.setString(2, now.toString());
      statement.setInt(3, manifest);
      statement.executeUpdate();
    }
  }

  /// Notes that a step of one delivery ended.
  ///
  /// @param success false: it failed
  public static void ended(
      Connection connection, int manifest, Step step, boolean success, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.manifest
            set state = state || jsonb_build_object(?::text,
                  coalesce(state -> ?, '{}') || jsonb_build_object(
                    ?::text, ?::text, 'time_taken_seconds',
                    greatest(0, extract(epoch from ?::timestamptz
                      - coalesce((state -> ? ->> 'start')::timestamptz, ?))::bigint)))
            where id = ?
            """)) {
      OffsetDateTime time = OffsetDateTime.ofInstant(now, ZoneOffset.UTC);
      statement.setString(1, step.name);
      statement.setString(2, step.name);
      statement.setString(3, success ? "end" : "failed");
      statement.setString(4, now.toString());
      statement.setObject(5, time);
      statement.setString(6, step.name);
      statement.setObject(7, time);
      statement.setInt(8, manifest);
      statement.executeUpdate();
    }
  }
}
