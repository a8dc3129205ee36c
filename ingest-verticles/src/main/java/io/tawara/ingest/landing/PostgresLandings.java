package io.tawara.ingest.landing;

import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.PostgresTables;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.csv.CopyBuffer;
import io.tawara.ingest.days.HourOfNode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/// Line items in the tenant's own tables, by binary COPY within the transaction.
public final class PostgresLandings implements Landings {
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);
  private static final int CAPACITY_BATCH = 20_000;

  private final Database database;
  private final PostgresTables tables;
  private final WorkQueue queue;

  public PostgresLandings(Database database, PostgresTables tables, WorkQueue queue) {
    this.database = database;
    this.tables = tables;
    this.queue = queue;
  }

  @Override
  public boolean keepsRaw() {
    return false;
  }

  @Override
  public void prepare(Provider provider, Collection<YearMonth> months) {
    database.runTenant(
        provider.tenant(),
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = " + LOCK_TIMEOUT.toMillis());
          }
          tables.ensureMonths(connection, months);
        });
  }

  @Override
  public Landing begin(Connection connection, Provider provider, int manifest) {
    return new PostgresLanding(connection, provider, manifest);
  }

  @Override
  public void expire(TenantSchema tenant, YearMonth first) {
    // partitions and rows go with all others of the tenant's schema
  }

  @Override
  public void forget(TenantSchema tenant, UUID provider) {
    // its rows go with all others of the tenant's schema
  }

  private final class PostgresLanding implements Landing {
    private final Connection connection;
    private final Provider provider;
    private final int manifest;

    PostgresLanding(Connection connection, Provider provider, int manifest) {
      this.connection = connection;
      this.provider = provider;
      this.manifest = manifest;
    }

    @Override
    public LineItemWriter open(LineItemTable table, Slice slice) throws SQLException {
      Database.enter(connection, provider.tenant());
      String sql =
          "copy %s (%s) from stdin with (format binary)"
              .formatted(table.name(), String.join(", ", table.columnNames()));
      CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
      return new CopyWriter(copy, new CopyBuffer(copy::writeToCopy));
    }

    @Override
    public void remove(LineItemTable table, Scope scope) throws SQLException {
      Database.enter(connection, provider.tenant());
      String condition =
          switch (scope) {
            case Scope.Day day -> "usage_start = ?";
            case Scope.PartitionDay day -> "partition_date = ?";
            case Scope.Bill bill -> "year = ? and month = ?";
          };
      try (var statement =
          connection.prepareStatement(
              "delete from %s where source = ? and %s".formatted(table.name(), condition))) {
        statement.setObject(1, provider.id());
        switch (scope) {
          case Scope.Day day -> statement.setObject(2, day.day());
          case Scope.PartitionDay day -> statement.setString(2, day.day().toString());
          case Scope.Bill bill -> {
            Slice slice = Slice.of(bill.month(), "");
            statement.setString(2, slice.year());
            statement.setString(3, slice.month());
          }
        }
        statement.executeUpdate();
      }
    }

    @Override
    public void capacities(List<HourOfNode> capacities, Function<LocalDate, Slice> slices)
        throws SQLException {
      Database.enter(connection, provider.tenant());
      try (var statement =
          connection.prepareStatement(
              """
              insert into openshift_node_capacity_hourly as known
                (source, usage_start, interval_start, node,
                 node_capacity_cpu_core_seconds, node_capacity_memory_byte_seconds)
              select ?, (hour at time zone 'UTC')::date, hour, node, cpu, memory
              from unnest(?::timestamptz[], ?::text[], ?::float8[], ?::float8[])
                as seen (hour, node, cpu, memory)
              on conflict (source, usage_start, interval_start, node) do update set
                node_capacity_cpu_core_seconds = greatest(
                  known.node_capacity_cpu_core_seconds, excluded.node_capacity_cpu_core_seconds),
                node_capacity_memory_byte_seconds = greatest(
                  known.node_capacity_memory_byte_seconds,
                  excluded.node_capacity_memory_byte_seconds)
              """)) {
        for (int from = 0; from < capacities.size(); from += CAPACITY_BATCH) {
          List<HourOfNode> batch =
              capacities.subList(from, Math.min(capacities.size(), from + CAPACITY_BATCH));
          statement.setObject(1, provider.id());
          statement.setArray(
              2,
              connection.createArrayOf(
                  "timestamptz",
                  batch.stream()
                      .map(c -> OffsetDateTime.ofInstant(c.hour(), ZoneOffset.UTC))
                      .toArray()));
          statement.setArray(
              3, connection.createArrayOf("text", batch.stream().map(HourOfNode::node).toArray()));
          statement.setArray(
              4,
              connection.createArrayOf(
                  "float8", batch.stream().map(HourOfNode::coreSeconds).toArray()));
          statement.setArray(
              5,
              connection.createArrayOf(
                  "float8", batch.stream().map(HourOfNode::byteSeconds).toArray()));
          statement.executeUpdate();
        }
      }
    }

    @Override
    public void end(Optional<LocalDate[]> days, String requestId) throws SQLException {
      Database.leave(connection);
      if (days.isPresent()) {
        SummaryRequests.add(
            connection, queue, provider.tenant(), provider.id(), manifest, days.get(), requestId);
      }
    }
  }

  private static final class CopyWriter implements LineItemWriter {
    private final CopyIn copy;
    private final CopyBuffer buffer;

    CopyWriter(CopyIn copy, CopyBuffer buffer) {
      this.copy = copy;
      this.buffer = buffer;
    }

    @Override
    public void row(int columns) throws SQLException {
      buffer.row(columns);
    }

    @Override
    public void nothing() {
      buffer.nothing();
    }

    @Override
    public void bytes(byte[] value, int from, int length) {
      buffer.bytes(value, from, length);
    }

    @Override
    public void number(double value) {
      buffer.number(value);
    }

    @Override
    public void integer(int value) {
      buffer.integer(value);
    }

    @Override
    public void date(int day) {
      buffer.date(day);
    }

    @Override
    public void timestamp(long second) {
      buffer.timestamp(second);
    }

    @Override
    public void uuid(UUID value) {
      buffer.uuid(value);
    }

    @Override
    public long size() {
      return 0; // PostgreSQL takes any number of rows
    }

    @Override
    public void end() throws SQLException {
      buffer.end();
      copy.endCopy();
    }

    @Override
    public void close() throws SQLException {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }
}
