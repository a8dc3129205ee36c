package io.tawara.gateway.ingress;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.WireTime;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// The rows of posted reports (`public.ingress_report`). All methods work in the caller's
/// transaction on public tables.
public final class IngressReports {
  private static final String COLUMNS =
      """
      select uuid, created_timestamp, completed_timestamp, reports_list::text, source_uuid,
             bill_year, bill_month, schema_name, status
      from public.ingress_report
      """;

  private IngressReports() {}

  /// The reports of a tenant, of one source or of all, newest first.
  public static List<ObjectNode> list(Connection connection, String schema, Optional<UUID> source)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            COLUMNS
                + "where schema_name = ? and (?::uuid is null or source_uuid = ?)"
                + " order by created_timestamp desc, uuid")) {
      select.setString(1, schema);
      select.setObject(2, source.orElse(null));
      select.setObject(3, source.orElse(null));
      return read(select);
    }
  }

  /// One report of a tenant.
  public static Optional<ObjectNode> find(Connection connection, String schema, UUID report)
      throws SQLException {
    try (var select = connection.prepareStatement(COLUMNS + "where schema_name = ? and uuid = ?")) {
      select.setString(1, schema);
      select.setObject(2, report);
      return read(select).stream().findFirst();
    }
  }

  private static List<ObjectNode> read(PreparedStatement select) throws SQLException {
    var found = new ArrayList<ObjectNode>();
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        ObjectNode item = Json.object();
        item.put("uuid", rows.getString(1));
        item.put("created_timestamp", time(rows.getObject(2, OffsetDateTime.class)));
        item.put("completed_timestamp", time(rows.getObject(3, OffsetDateTime.class)));
        item.set("reports_list", Json.stored(rows.getString(4)));
        item.put("source", rows.getString(5));
        item.putNull("sources_id");
        item.put("bill_year", rows.getString(6));
        item.put("bill_month", rows.getString(7));
        item.put("schema_name", rows.getString(8));
        item.put("status", rows.getString(9));
        found.add(item);
      }
    }
    return found;
  }

  private static String time(OffsetDateTime time) {
    return time == null ? null : WireTime.zulu(time.toInstant());
  }

  /// Whether a report of the source and month that was posted on this day still waits.
  static boolean pending(
      Connection connection, UUID source, String year, String month, Instant startOfDay)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select 1 from public.ingress_report
            where source_uuid = ? and bill_year = ? and bill_month = ? and status = 'pending'
              and created_timestamp >= ? limit 1
            """)) {
      select.setObject(1, source);
      select.setString(2, year);
      select.setString(3, month);
      select.setObject(4, OffsetDateTime.ofInstant(startOfDay, ZoneOffset.UTC));
      try (var rows = select.executeQuery()) {
        return rows.next();
      }
    }
  }

  static void insert(
      Connection connection,
      UUID report,
      UUID source,
      ArrayNode keys,
      String year,
      String month,
      String schema,
      Instant now)
      throws SQLException {
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.ingress_report
              (uuid, created_timestamp, reports_list, source_uuid, bill_year, bill_month,
               schema_name)
            values (?, ?, ?::jsonb, ?, ?, ?, ?)
            """)) {
      insert.setObject(1, report);
      insert.setObject(2, OffsetDateTime.ofInstant(now, ZoneOffset.UTC));
      insert.setString(3, keys.toString());
      insert.setObject(4, source);
      insert.setString(5, year);
      insert.setString(6, month);
      insert.setString(7, schema);
      insert.executeUpdate();
    }
  }
}
