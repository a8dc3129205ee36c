package io.tawara.ingest.ledger;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.ingest.openshift.PayloadManifest;
import java.sql.Connection;
import java.sql.Date;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Deliveries (`public.manifest`) and which of them fills which day (`public.day_slice`). All
/// methods work in the caller's transaction on public tables.
public final class Deliveries {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Deliveries() {}

  /// Makes the row of a delivery, or finds the one of an earlier payload of the same set.
  public static int ensure(
      Connection connection, Provider provider, PayloadManifest manifest, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.manifest
              (provider_uuid, schema_name, assembly_id, billing_period_start_datetime,
               num_total_files, creation_datetime, export_datetime, cluster_id, cluster_channel,
               operator_version, operator_certified, operator_airgapped, operator_daily_reports,
               operator_errors, start_datetime, end_datetime, hours_per_day)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?::jsonb)
            on conflict (provider_uuid, assembly_id) do update set completed_datetime = null
            returning id
            """)) {
      statement.setObject(1, provider.id());
      statement.setString(2, provider.tenant().name());
      statement.setString(3, manifest.uuid().toString());
      statement.setObject(4, manifest.month().atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      statement.setInt(5, manifest.files().size());
      statement.setObject(6, utc(now));
      statement.setObject(7, utc(manifest.date()));
      statement.setString(8, manifest.clusterId());
      statement.setString(9, manifest.clusterChannel());
      statement.setString(10, manifest.operatorVersion());
      statement.setBoolean(11, manifest.certified());
      if (manifest.airGapped().isPresent()) {
        statement.setBoolean(12, manifest.airGapped().get());
      } else {
        statement.setNull(12, Types.BOOLEAN);
      }
      statement.setBoolean(13, manifest.dailyReports());
      statement.setString(14, manifest.errors().isEmpty() ? null : json(manifest.errors()));
      statement.setObject(15, manifest.start().map(Deliveries::utc).orElse(null));
      statement.setObject(16, manifest.end().map(Deliveries::utc).orElse(null));
      var hours = new HashMap<String, Integer>();
      manifest.hoursPerDay().forEach((day, count) -> hours.put(day.toString(), count));
      statement.setString(17, json(hours));
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /// What fills a day of a report, seen from one delivery.
  ///
  /// @param own what was decided for this delivery: `written` or `ignored`; empty: nothing yet
  /// @param ownHours hours that were stored with that decision
  /// @param otherHours most hours of another delivery whose rows stand; empty: there is none
  public record Slice(Optional<String> own, int ownHours, Optional<Integer> otherHours) {}

  /// The slices of a report type of a provider by day.
  public static Map<LocalDate, Slice> slices(
      Connection connection, UUID provider, String reportType, int manifest) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select usage_day,
                   max(state) filter (where manifest_id = ?),
                   coalesce(max(hours) filter (where manifest_id = ?), 0),
                   max(hours) filter (where manifest_id <> ? and state = 'written')
            from public.day_slice where provider_uuid = ? and report_type = ?
            group by usage_day
            """)) {
      statement.setInt(1, manifest);
      statement.setInt(2, manifest);
      statement.setInt(3, manifest);
      statement.setObject(4, provider);
      statement.setString(5, reportType);
      var slices = new HashMap<LocalDate, Slice>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          slices.put(
              rows.getObject(1, LocalDate.class),
              new Slice(
                  Optional.ofNullable(rows.getString(2)),
                  rows.getInt(3),
                  Optional.ofNullable(rows.getObject(4, Integer.class))));
        }
      }
      return slices;
    }
  }

  /// Notes what was decided about a day of a delivery.
  public static void decide(
      Connection connection,
      UUID provider,
      String reportType,
      LocalDate day,
      int manifest,
      int hours,
      String state)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.day_slice
              (provider_uuid, report_type, usage_day, manifest_id, hours, state)
            values (?, ?, ?, ?, ?, ?)
            on conflict (provider_uuid, report_type, usage_day, manifest_id) do nothing
            """)) {
      statement.setObject(1, provider);
      statement.setString(2, reportType);
      statement.setObject(3, day);
      statement.setInt(4, manifest);
      statement.setInt(5, hours);
      statement.setString(6, state);
      statement.executeUpdate();
    }
  }

  /// Whether the rows of any delivery of a day stand.
  public static boolean wrote(
      Connection connection, UUID provider, String reportType, LocalDate day) throws SQLException {
    return newerWrote(connection, provider, reportType, day, -1);
  }

  /// Whether the rows of a delivery that came after this one stand for a day.
  public static boolean newerWrote(
      Connection connection, UUID provider, String reportType, LocalDate day, int manifest)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select 1 from public.day_slice
            where provider_uuid = ? and report_type = ? and usage_day = ? and manifest_id > ?
              and state = 'written' limit 1
            """)) {
      statement.setObject(1, provider);
      statement.setString(2, reportType);
      statement.setObject(3, day);
      statement.setInt(4, manifest);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// Notes that the rows of all other deliveries of a day were removed.
  ///
  /// @return how many there were
  public static int replaceOthers(
      Connection connection, UUID provider, String reportType, LocalDate day, int manifest)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.day_slice set state = 'replaced'
            where provider_uuid = ? and report_type = ? and usage_day = ? and manifest_id <> ?
              and state = 'written'
            """)) {
      statement.setObject(1, provider);
      statement.setString(2, reportType);
      statement.setObject(3, day);
      statement.setInt(4, manifest);
      return statement.executeUpdate();
    }
  }

  /// First and last day that a delivery wrote.
  public static Optional<LocalDate[]> written(Connection connection, int manifest)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select min(usage_day), max(usage_day) from public.day_slice
            where manifest_id = ? and state = 'written'
            """)) {
      statement.setInt(1, manifest);
      try (var rows = statement.executeQuery()) {
        rows.next();
        LocalDate first = rows.getObject(1, LocalDate.class);
        return first == null
            ? Optional.empty()
            : Optional.of(new LocalDate[] {first, rows.getObject(2, LocalDate.class)});
      }
    }
  }

  /// Deliveries of operators by provider that lack files, and for which nothing came for so long.
  public static Map<UUID, List<Integer>> overdue(Connection connection, Duration patience)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select p.uuid, f.manifest_id
            from public.file f join public.api_provider p on p.uuid = f.provider_uuid
            where p.type = 'OCP' and f.kind = 'cost' and f.manifest_id in (
              select manifest_id from public.file where state = 'expected' and kind = 'cost')
            group by p.uuid, f.manifest_id
            having max(greatest(f.received, f.completed)) < now() - make_interval(secs => ?)
            order by f.manifest_id
            """)) {
      statement.setDouble(1, patience.toMillis() / 1e3);
      var overdue = new LinkedHashMap<UUID, List<Integer>>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          overdue
              .computeIfAbsent(rows.getObject(1, UUID.class), provider -> new ArrayList<>())
              .add(rows.getInt(2));
        }
      }
      return overdue;
    }
  }

  /// Notes which days are to be summarised; nothing to summarise completes the delivery.
  public static void days(
      Connection connection, int manifest, Optional<LocalDate[]> days, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.manifest set first_day = ?, last_day = ?, completed_datetime = ?"
                + " where id = ?")) {
      statement.setDate(1, days.map(d -> Date.valueOf(d[0])).orElse(null));
      statement.setDate(2, days.map(d -> Date.valueOf(d[1])).orElse(null));
      statement.setObject(3, days.isPresent() ? null : utc(now));
      statement.setInt(4, manifest);
      statement.executeUpdate();
    }
  }

  static OffsetDateTime utc(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException impossible) {
      throw new TawaraException(Category.INTERNAL, "not writable as JSON", impossible);
    }
  }
}
