package io.tawara.ingest.payload;

import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.PostgresTables;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.ingest.csv.CopyBuffer;
import io.tawara.ingest.ledger.Deliveries;
import io.tawara.ingest.openshift.PayloadManifest;
import io.tawara.ingest.openshift.UsageReader.DayPlan;
import io.tawara.ingest.openshift.UsageReader.HourOfNode;
import io.tawara.ingest.openshift.UsageReader.Place;
import io.tawara.ingest.openshift.UsageReader.Rows;
import io.tawara.ingest.openshift.UsageReader.Target;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.postgresql.PGConnection;

/// Puts the days of one delivery into the tenant's daily tables, within the transaction of the
/// payload, and decides which days replace what is there (`docs/design/ingestion.md`).
final class DailyTables implements Target {
  private static final int CAPACITY_BATCH = 20_000;
  private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(10);

  /// Counts the distinct hours of the file that is being read, when the delivery claims none.
  @FunctionalInterface
  interface HourCounter {
    Map<LocalDate, Integer> count();
  }

  private final Database database;
  private final PostgresTables tables;
  private final Connection connection;
  private final Provider provider;
  private final PayloadManifest manifest;
  private final int manifestId;
  private final LocalDate earliest;
  private final LocalDate latest;
  private final Set<YearMonth> months = new HashSet<>();
  private HourCounter hourCounter = Map::of;
  private Map<LocalDate, Integer> countedHours;
  private String slicesOf = "";
  private Map<LocalDate, Deliveries.Slice> slices = Map.of();

  /// @param connection the payload's transaction
  /// @param earliest first day that is kept at all
  /// @param latest last day that can be meant seriously
  DailyTables(
      Database database,
      PostgresTables tables,
      Connection connection,
      Provider provider,
      PayloadManifest manifest,
      int manifestId,
      LocalDate earliest,
      LocalDate latest) {
    this.database = database;
    this.tables = tables;
    this.connection = connection;
    this.provider = provider;
    this.manifest = manifest;
    this.manifestId = manifestId;
    this.earliest = earliest;
    this.latest = latest;
  }

  /// Makes partitions before the transaction takes any lock: two transactions of this process that
  /// wait for each other are invisible to the database.
  static void prepareMonths(
      Database database, PostgresTables tables, Provider provider, Collection<YearMonth> months) {
    database.runTenant(
        provider.tenant(),
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = " + LOCK_TIMEOUT.toMillis());
          }
          tables.ensureMonths(connection, months);
        });
  }

  /// Begins a file.
  void file(HourCounter counter) {
    hourCounter = counter;
    countedHours = null;
    slicesOf = "";
  }

  @Override
  public DayPlan plan(LineItemTable table, LocalDate day) throws SQLException {
    if (day.isBefore(earliest)) {
      return DayPlan.leaveOut("older than what is kept");
    }
    if (day.isAfter(latest)) {
      return DayPlan.leaveOut("in the future");
    }
    int hours = hours(day);
    boolean write = decide(table, day, hours);
    if (!write) {
      return DayPlan.leaveOut("the day was delivered before with as many hours");
    }
    YearMonth month = YearMonth.from(day);
    if (months.add(month)) {
      prepareMonths(database, tables, provider, List.of(month));
    }
    YearMonth partition =
        manifest.undivided() ? YearMonth.from(manifest.date().atOffset(ZoneOffset.UTC)) : month;
    return DayPlan.write(
        new Place(
            provider.id(),
            "%04d".formatted(partition.getYear()),
            "%02d".formatted(partition.getMonthValue()),
            manifestId,
            hours));
  }

  private int hours(LocalDate day) {
    if (manifest.undivided()) {
      return 0;
    }
    int claimed = manifest.hoursPerDay().getOrDefault(day, 0);
    if (claimed > 0) {
      return claimed;
    }
    if (countedHours == null) {
      countedHours = hourCounter.count();
    }
    return countedHours.getOrDefault(day, 0);
  }

  private boolean decide(LineItemTable table, LocalDate day, int hours) throws SQLException {
    String type = table.reportType();
    Database.leave(connection);
    if (!slicesOf.equals(type)) {
      slices = new HashMap<>(Deliveries.slices(connection, provider.id(), type, manifestId));
      slicesOf = type;
    }
    Deliveries.Slice slice = slices.get(day);
    if (slice != null && slice.own().isPresent()) {
      return slice.own().get().equals("written");
    }
    boolean stands =
        slice != null
            && slice.otherHours().isPresent()
            && !manifest.additive()
            && slice.otherHours().get() >= hours;
    Deliveries.decide(
        connection, provider.id(), type, day, manifestId, hours, stands ? "ignored" : "written");
    if (!stands && slice != null && slice.otherHours().isPresent() && !manifest.additive()) {
      Deliveries.replaceOthers(connection, provider.id(), type, day, manifestId);
      Database.enter(connection, provider.tenant());
      remove(table, day);
    }
    return !stands;
  }

  private void remove(LineItemTable table, LocalDate day) throws SQLException {
    delete("delete from " + table.name() + " where source = ? and usage_start = ?", day);
    if (table.equals(OpenShiftTables.POD_USAGE)) {
      delete(
          "delete from openshift_node_capacity_hourly where source = ? and usage_start = ?", day);
    }
  }

  private void delete(String sql, LocalDate day) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setObject(1, provider.id());
      statement.setObject(2, day);
      statement.executeUpdate();
    }
  }

  @Override
  public void write(LineItemTable table, List<Rows> days) throws SQLException {
    Database.enter(connection, provider.tenant());
    String sql =
        "copy %s (%s) from stdin with (format binary)"
            .formatted(table.name(), String.join(", ", table.columnNames()));
    var copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql);
    try {
      var out = new CopyBuffer(copy::writeToCopy);
      for (Rows day : days) {
        day.copy(out);
      }
      out.end();
      copy.endCopy();
    } finally {
      if (copy.isActive()) {
        copy.cancelCopy();
      }
    }
  }

  @Override
  public void capacities(List<HourOfNode> capacities) throws SQLException {
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

  /// Registers tag keys of OpenShift; new ones start disabled, known ones are left as they are.
  void tagKeys(Collection<String> keys) throws SQLException {
    if (keys.isEmpty()) {
      return;
    }
    Database.enter(connection, provider.tenant());
    try (var statement =
        connection.prepareStatement(
            """
            insert into reporting_enabledtagkeys (uuid, key, enabled, provider_type)
            select gen_random_uuid(), key, false, 'OCP' from unnest(?) as seen (key)
            order by key on conflict (key, provider_type) do nothing
            """)) {
      statement.setArray(1, connection.createArrayOf("text", keys.toArray()));
      statement.executeUpdate();
    }
  }
}
