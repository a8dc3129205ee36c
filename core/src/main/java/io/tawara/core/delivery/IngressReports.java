package io.tawara.core.delivery;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/// Files that customers posted (`public.ingress_report`), seen from the delivery that was made of
/// them; nothing happens for other deliveries. All methods work in the caller's transaction on
/// public tables.
public final class IngressReports {
  private IngressReports() {}

  /// Notes that a delivery was dealt with to the end.
  public static void completed(Connection connection, int manifest, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.ingress_report set status = 'Completed', completed_timestamp = ?
            where uuid = (select ingress_report from public.manifest where id = ?)
            """)) {
      statement.setObject(1, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
      statement.setInt(2, manifest);
      statement.executeUpdate();
    }
  }

  /// Notes why a delivery cannot be read, for example `Unable to process file(s) due to missing
  /// required columns: {...}.`
  public static void refused(Connection connection, int manifest, String status)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.ingress_report set status = ?
            where uuid = (select ingress_report from public.manifest where id = ?)
            """)) {
      statement.setString(1, status);
      statement.setInt(2, manifest);
      statement.executeUpdate();
    }
  }
}
