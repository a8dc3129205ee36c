package io.tawara.ingest.landing;

import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.UUID;

/// The catalogue of Parquet files (`public.line_item_file`): which of them hold a partition's rows,
/// and which objects are to be deleted. All methods work in the caller's transaction on public
/// tables.
final class LineItemFiles {
  private LineItemFiles() {}

  /// A partition and the files that make it up.
  record Partition(
      UUID provider, String table, HivePartition place, long version, List<String> files) {
    Partition {
      files = List.copyOf(files);
    }
  }

  /// Notes an object before it is written: it is deleted some day unless a transaction enters it.
  static void pending(Connection connection, String key) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "insert into public.line_item_garbage (object_key, due)"
                + " values (?, now() + interval '1 day')")) {
      statement.setString(1, key);
      statement.executeUpdate();
    }
  }

  /// Enters a file that was noted as pending.
  static void add(
      Connection connection,
      Partition partition,
      Slice slice,
      int manifest,
      String key,
      long rows,
      long bytes,
      TenantSchema tenant)
      throws SQLException {
    try (var claim =
        connection.prepareStatement("delete from public.line_item_garbage where object_key = ?")) {
      claim.setString(1, key);
      if (claim.executeUpdate() != 1) {
        throw ParquetLandings.swept(key);
      }
    }
    try (var raise =
        connection.prepareStatement(
            """
            insert into public.line_item_partition as known
              (provider_uuid, schema_name, table_name, year, month)
            values (?, ?, ?, ?, ?)
            on conflict (provider_uuid, table_name, year, month)
              do update set version = known.version + 1
            """)) {
      raise.setObject(1, partition.provider());
      raise.setString(2, tenant.name());
      raise.setString(3, partition.table());
      raise.setString(4, slice.year());
      raise.setString(5, slice.month());
      raise.executeUpdate();
    }
    try (var insert =
        connection.prepareStatement(
            """
            insert into public.line_item_file
              (object_key, provider_uuid, table_name, year, month, slice, manifest_id, rows, bytes)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      insert.setString(1, key);
      insert.setObject(2, partition.provider());
      insert.setString(3, partition.table());
      insert.setString(4, slice.year());
      insert.setString(5, slice.month());
      insert.setString(6, slice.name());
      insert.setInt(7, manifest);
      insert.setLong(8, rows);
      insert.setLong(9, bytes);
      insert.executeUpdate();
    }
  }

  /// Takes the files of a scope out. Their objects go later: somebody may be reading them.
  ///
  /// @return how many there were
  static int remove(Connection connection, UUID provider, String table, Scope scope)
      throws SQLException {
    String condition =
        switch (scope) {
          case Scope.Day day -> "slice = ?";
          case Scope.PartitionDay day -> "slice = ?";
          case Scope.Bill bill -> "year = ? and month = ?";
        };
    try (var statement =
        connection.prepareStatement(
            takeOut("provider_uuid = ? and table_name = ? and " + condition))) {
      statement.setObject(1, provider);
      statement.setString(2, table);
      switch (scope) {
        case Scope.Day day -> statement.setString(3, day.day().toString());
        case Scope.PartitionDay day -> statement.setString(3, day.day().toString());
        case Scope.Bill bill -> {
          Slice slice = Slice.of(bill.month(), "");
          statement.setString(3, slice.year());
          statement.setString(4, slice.month());
        }
      }
      return statement.executeUpdate();
    }
  }

  private static String takeOut(String condition) {
    return """
    with gone as (
      delete from public.line_item_file where %s
      returning object_key, provider_uuid, table_name, year, month),
    raised as (
      update public.line_item_partition p set version = version + 1
      from (select distinct provider_uuid, table_name, year, month from gone) g
      where p.provider_uuid = g.provider_uuid and p.table_name = g.table_name
        and p.year = g.year and p.month = g.month)
    insert into public.line_item_garbage (object_key, due)
    select object_key, now() + interval '1 hour' from gone
    """
        .formatted(condition);
  }

  /// Takes out every file of the months before one.
  ///
  /// @return the providers concerned
  static List<UUID> expire(Connection connection, TenantSchema tenant, YearMonth first)
      throws SQLException {
    var providers = new TreeSet<UUID>();
    try (var old =
        connection.prepareStatement(
            """
            select distinct provider_uuid from public.line_item_partition
            where schema_name = ? and year || month < ?
            """)) {
      bindExpired(old, tenant, first);
      try (var rows = old.executeQuery()) {
        while (rows.next()) {
          providers.add(rows.getObject(1, UUID.class));
        }
      }
    }
    try (var statement =
        connection.prepareStatement(
            takeOut(
                """
                (provider_uuid, table_name, year, month) in (
                  select provider_uuid, table_name, year, month from public.line_item_partition
                  where schema_name = ? and year || month < ?)
                """))) {
      bindExpired(statement, tenant, first);
      statement.executeUpdate();
    }
    return List.copyOf(providers);
  }

  private static void bindExpired(PreparedStatement statement, TenantSchema tenant, YearMonth first)
      throws SQLException {
    Slice slice = Slice.of(first, "");
    statement.setString(1, tenant.name());
    statement.setString(2, slice.year() + slice.month());
  }

  /// Forgets a provider; its objects go at once.
  static void forget(Connection connection, UUID provider) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            with gone as (
              delete from public.line_item_file where provider_uuid = ? returning object_key)
            insert into public.line_item_garbage (object_key, due)
            select object_key, now() from gone
            """)) {
      statement.setObject(1, provider);
      statement.executeUpdate();
    }
    try (var statement =
        connection.prepareStatement(
            "delete from public.line_item_partition where provider_uuid = ?")) {
      statement.setObject(1, provider);
      statement.executeUpdate();
    }
  }

  /// All partitions of a provider, without their files.
  static List<Partition> partitions(Connection connection, UUID provider) throws SQLException {
    return read(connection, provider, "true");
  }

  /// The partitions whose current files Trino does not see yet.
  static List<Partition> unpublished(Connection connection, UUID provider) throws SQLException {
    return read(connection, provider, "p.published < p.version");
  }

  private static List<Partition> read(Connection connection, UUID provider, String condition)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select p.table_name, p.year, p.month, p.version,
                   coalesce(array_agg(f.object_key order by f.object_key)
                     filter (where f.object_key is not null), '{}')
            from public.line_item_partition p
            left join public.line_item_file f using (provider_uuid, table_name, year, month)
            where p.provider_uuid = ? and %s
            group by p.table_name, p.year, p.month, p.version
            order by p.table_name, p.year, p.month
            """
                .formatted(condition))) {
      statement.setObject(1, provider);
      var found = new ArrayList<Partition>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Partition(
                  provider,
                  rows.getString(1),
                  new HivePartition(provider, rows.getString(2), rows.getString(3)),
                  rows.getLong(4),
                  List.of((String[]) rows.getArray(5).getArray())));
        }
      }
      return found;
    }
  }

  /// Notes that Trino sees a version; a partition without files is forgotten.
  static void published(Connection connection, Partition partition) throws SQLException {
    String sql =
        partition.files().isEmpty()
            ? "delete from public.line_item_partition where version = ? and provider_uuid = ?"
                + " and table_name = ? and year = ? and month = ?"
            : "update public.line_item_partition set published = ? where provider_uuid = ?"
                + " and table_name = ? and year = ? and month = ?";
    try (var statement = connection.prepareStatement(sql)) {
      statement.setLong(1, partition.version());
      statement.setObject(2, partition.provider());
      statement.setString(3, partition.table());
      statement.setString(4, partition.place().year());
      statement.setString(5, partition.place().month());
      statement.executeUpdate();
    }
  }

  /// Locks and returns objects that are due.
  static List<String> garbage(Connection connection, int most) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select object_key from public.line_item_garbage where due <= now()
            order by due limit ? for update skip locked
            """)) {
      statement.setInt(1, most);
      var keys = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
      }
      return keys;
    }
  }

  static void swept(Connection connection, List<String> keys) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "delete from public.line_item_garbage where object_key = any (?)")) {
      statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
      statement.executeUpdate();
    }
  }
}
