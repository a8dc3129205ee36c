package io.tawara.ingest.ledger;

import io.tawara.core.provider.Provider;
import io.tawara.ingest.ledger.Files.State;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Deliveries of clouds and their files (`public.manifest`, `public.file`). All methods work in the
/// caller's transaction on public tables.
public final class CloudDeliveries {
  private CloudDeliveries() {}

  /// A delivery as it stands on the ledger.
  ///
  /// @param month the bill's month
  /// @param wholeMonth nothing older of the month is to be kept
  /// @param partitionDay the ingestion partition that it holds, for BigQuery
  /// @param ingressReport the posted report that it was made of
  /// @param retakes how often it was begun anew because its files changed
  public record CloudDelivery(
      int manifest,
      UUID provider,
      String schema,
      String assemblyId,
      YearMonth month,
      boolean wholeMonth,
      Optional<LocalDate> partitionDay,
      Optional<UUID> ingressReport,
      int retakes,
      List<CloudFile> files) {
    public CloudDelivery {
      files = List.copyOf(files);
    }
  }

  /// A file of a delivery.
  ///
  /// @param name unique within the delivery; ends with `.csv`, `.csv.gz` or `.parquet`
  /// @param origin where it is in the cloud
  /// @param etag of the version that is (to be) fetched
  /// @param bytes as listed, then as stored; -1 when not known
  /// @param objectKey where it is in the object store; empty before it was fetched
  public record CloudFile(
      long id,
      String name,
      State state,
      String origin,
      String etag,
      long bytes,
      Optional<String> objectKey) {}

  /// A delivery to be recorded.
  ///
  /// @param exported when the cloud made it
  public record NewDelivery(
      String assemblyId,
      YearMonth month,
      Instant exported,
      boolean wholeMonth,
      Optional<LocalDate> partitionDay,
      Optional<UUID> ingressReport) {}

  /// A file to be recorded; see [CloudFile].
  public record NewFile(String name, String origin, String etag, long bytes, Instant modified) {}

  /// What recording a delivery came to.
  ///
  /// @param toFetch how many of its files have not been fetched in this version
  /// @param unread how many were fetched and not converted yet
  public record Recorded(int manifest, int toFetch, int unread) {}

  /// Makes the rows of a delivery, or brings them up to date: files with another etag than before
  /// are expected again, files that are not listed any more go when they were never fetched.
  public static Recorded record(
      Connection connection,
      Provider provider,
      NewDelivery delivery,
      List<NewFile> files,
      Instant now)
      throws SQLException {
    int manifest = ensure(connection, provider, delivery, files.size(), now);
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.file
              (manifest_id, provider_uuid, org_id, name, kind, origin, etag, bytes,
               remote_modified)
            values (?, ?, ?, ?, 'cost', ?, ?, ?, ?)
            on conflict (manifest_id, name) do update set
              origin = excluded.origin, etag = excluded.etag, bytes = excluded.bytes,
              remote_modified = excluded.remote_modified, state = 'expected', completed = null,
              error = null
            where file.etag is distinct from excluded.etag
            """)) {
      for (NewFile file : files) {
        statement.setInt(1, manifest);
        statement.setObject(2, provider.id());
        statement.setString(3, provider.organisationId());
        statement.setString(4, file.name());
        statement.setString(5, file.origin());
        statement.setString(6, file.etag());
        statement.setLong(7, file.bytes());
        statement.setObject(8, Deliveries.utc(file.modified()));
        statement.addBatch();
      }
      statement.executeBatch();
    }
    try (var statement =
        connection.prepareStatement(
            """
            delete from public.file where manifest_id = ? and state = 'expected'
              and object_key is null and name <> all (?)
            """)) {
      statement.setInt(1, manifest);
      statement.setArray(
          2, connection.createArrayOf("text", files.stream().map(NewFile::name).toArray()));
      statement.executeUpdate();
    }
    try (var statement =
        connection.prepareStatement(
            """
            select count(*) filter (where state = 'expected'),
                   count(*) filter (where state in ('downloaded', 'processing'))
            from public.file where manifest_id = ?
            """)) {
      statement.setInt(1, manifest);
      try (var rows = statement.executeQuery()) {
        rows.next();
        var recorded = new Recorded(manifest, rows.getInt(1), rows.getInt(2));
        if (recorded.toFetch() + recorded.unread() > 0) {
          reopen(connection, manifest);
        }
        return recorded;
      }
    }
  }

  private static void reopen(Connection connection, int manifest) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.manifest set completed_datetime = null where id = ?")) {
      statement.setInt(1, manifest);
      statement.executeUpdate();
    }
  }

  /// Notes that older deliveries of a month will not be fetched any more: a newer one holds
  /// everything.
  public static void supersede(
      Connection connection, Provider provider, YearMonth month, int by, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            with older as (
              update public.manifest set completed_datetime = coalesce(completed_datetime, ?)
              where provider_uuid = ? and billing_period_start_datetime = ? and id < ?
                and partition_day is null and ingress_report is null
                and exists (select 1 from public.file f
                            where f.manifest_id = manifest.id and f.state = 'expected')
              returning id)
            update public.file f
            set state = 'skipped', completed = ?, error = 'superseded by a newer delivery'
            from older where f.manifest_id = older.id and f.state in ('expected', 'downloaded')
            """)) {
      statement.setObject(1, Deliveries.utc(now));
      statement.setObject(2, provider.id());
      statement.setObject(3, month.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      statement.setInt(4, by);
      statement.setObject(5, Deliveries.utc(now));
      statement.executeUpdate();
    }
  }

  private static int ensure(
      Connection connection, Provider provider, NewDelivery delivery, int files, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.manifest
              (provider_uuid, schema_name, assembly_id, billing_period_start_datetime,
               num_total_files, creation_datetime, export_datetime, whole_month, partition_day,
               ingress_report)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (provider_uuid, assembly_id) do update set
              num_total_files = excluded.num_total_files,
              export_datetime = excluded.export_datetime
            returning id
            """)) {
      statement.setObject(1, provider.id());
      statement.setString(2, provider.tenant().name());
      statement.setString(3, delivery.assemblyId());
      statement.setObject(4, delivery.month().atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      statement.setInt(5, files);
      statement.setObject(6, Deliveries.utc(now));
      statement.setObject(7, Deliveries.utc(delivery.exported()));
      statement.setBoolean(8, delivery.wholeMonth());
      statement.setObject(9, delivery.partitionDay().orElse(null));
      statement.setObject(10, delivery.ingressReport().orElse(null));
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }

  /// A delivery with its files, by name.
  public static Optional<CloudDelivery> find(Connection connection, int manifest)
      throws SQLException {
    var files = new ArrayList<CloudFile>();
    try (var statement =
        connection.prepareStatement(
            """
            select id, name, state, origin, etag, coalesce(bytes, -1), object_key
            from public.file where manifest_id = ? and kind = 'cost' order by name
            """)) {
      statement.setInt(1, manifest);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          files.add(
              new CloudFile(
                  rows.getLong(1),
                  rows.getString(2),
                  State.of(rows.getString(3)),
                  rows.getString(4),
                  rows.getString(5),
                  rows.getLong(6),
                  Optional.ofNullable(rows.getString(7))));
        }
      }
    }
    try (var statement =
        connection.prepareStatement(
            """
            select provider_uuid, schema_name, assembly_id, billing_period_start_datetime,
                   whole_month, partition_day, ingress_report, retakes
            from public.manifest where id = ?
            """)) {
      statement.setInt(1, manifest);
      try (var rows = statement.executeQuery()) {
        return rows.next()
            ? Optional.of(
                new CloudDelivery(
                    manifest,
                    rows.getObject(1, UUID.class),
                    rows.getString(2),
                    rows.getString(3),
                    YearMonth.from(
                        rows.getObject(4, OffsetDateTime.class)
                            .withOffsetSameInstant(ZoneOffset.UTC)),
                    rows.getBoolean(5),
                    Optional.ofNullable(rows.getObject(6, LocalDate.class)),
                    Optional.ofNullable(rows.getObject(7, UUID.class)),
                    rows.getInt(8),
                    files))
            : Optional.empty();
      }
    }
  }

  /// Notes that a file is in the object store.
  public static void fetched(
      Connection connection, long file, String objectKey, long bytes, String requestId)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.file
            set state = 'downloaded', object_key = ?, bytes = ?, error = null, request_id = ?,
                tries = tries + 1
            where id = ?
            """)) {
      statement.setString(1, objectKey);
      statement.setLong(2, bytes);
      statement.setString(3, requestId);
      statement.setLong(4, file);
      statement.executeUpdate();
    }
  }

  /// Notes why a file could not be fetched; it stays expected.
  public static void notFetched(Connection connection, long file, String reason)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.file set error = ?, tries = tries + 1 where id = ?")) {
      statement.setString(1, Files.storable(reason));
      statement.setLong(2, file);
      statement.executeUpdate();
    }
  }

  /// Notes that a delivery is begun anew because its files changed.
  ///
  /// @return how often that has happened to it
  public static int retake(Connection connection, int manifest) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.manifest set retakes = retakes + 1 where id = ? returning retakes")) {
      statement.setInt(1, manifest);
      try (var rows = statement.executeQuery()) {
        return rows.next() ? rows.getInt(1) : 0;
      }
    }
  }

  /// The partition days of a provider and the newest export time that was fetched of each.
  public static java.util.Map<LocalDate, Instant> partitions(Connection connection, UUID provider)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select partition_day, max(export_datetime) from public.manifest m
            where provider_uuid = ? and partition_day is not null
              and not exists (select 1 from public.file f
                              where f.manifest_id = m.id and f.state = 'expected')
            group by partition_day
            """)) {
      statement.setObject(1, provider);
      var found = new java.util.HashMap<LocalDate, Instant>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(
              rows.getObject(1, LocalDate.class),
              rows.getObject(2, OffsetDateTime.class).toInstant());
        }
      }
      return found;
    }
  }
}
