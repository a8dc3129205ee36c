package io.tawara.catalog;

import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// PostgreSQL's form of line-item tables: range-partitioned by month, one partition per month made
/// on demand, indexed by source and day. All identifiers come from the table values and from
/// months.
public final class PostgresTables implements Migrations {
  private final List<LineItemTable> tables;

  public PostgresTables(List<LineItemTable> tables) {
    this.tables = List.copyOf(tables);
  }

  /// The tables of every provider that Tawara takes on-prem: hours have become days before they get
  /// here, so raw tables are left to cloud mode.
  public static PostgresTables onPrem() {
    return new PostgresTables(
        Stream.concat(
                OpenShiftTables.ALL.stream(),
                Stream.of(AwsTables.DAILY, AzureTables.LINE_ITEMS, GcpTables.DAILY))
            .toList());
  }

  @Override
  public void afterMigration(Connection connection, TenantSchema tenant) throws SQLException {
    Set<String> present = relations(connection);
    try (var statement = connection.createStatement()) {
      for (LineItemTable table : tables) {
        if (!present.contains(table.name())) {
          statement.execute(create(table));
        }
      }
    }
  }

  @Override
  public String fingerprint() {
    return tables.stream().map(PostgresTables::create).collect(Collectors.joining("\n"));
  }

  /// Makes the partitions of some months where they are missing. The connection must be behind the
  /// tenant's walls; call this in a transaction of its own, before the one that writes.
  public void ensureMonths(Connection connection, Collection<YearMonth> months)
      throws SQLException {
    if (missing(connection, months).isEmpty()) {
      return;
    }
    try (var statement = connection.createStatement()) {
      // one maker at a time per schema: "if not exists" alone is not safe against a second maker
      statement.execute(
          "select pg_advisory_xact_lock(hashtext('line item partitions'),"
              + " hashtext(current_schema()))");
      for (String sql : missing(connection, months)) {
        statement.execute(sql);
      }
    }
  }

  private List<String> missing(Connection connection, Collection<YearMonth> months)
      throws SQLException {
    Set<String> present = relations(connection);
    return tables.stream()
        .flatMap(
            table ->
                months.stream()
                    .distinct()
                    .filter(month -> !present.contains(partitionName(table, month)))
                    .map(month -> partition(table, month)))
        .toList();
  }

  /// Drops whole months before the given one. Returns the names of the dropped partitions.
  public List<String> dropBefore(Connection connection, YearMonth first) throws SQLException {
    List<String> old =
        relations(connection).stream()
            .filter(
                name ->
                    tables.stream()
                        .anyMatch(
                            table ->
                                name.matches(table.name() + "_\\d{4}_\\d{2}")
                                    && name.compareTo(partitionName(table, first)) < 0))
            .sorted()
            .toList();
    try (var statement = connection.createStatement()) {
      for (String name : old) {
        statement.execute("drop table if exists \"" + name + '"');
      }
    }
    return old;
  }

  /// Name of the partition that holds a month.
  public static String partitionName(LineItemTable table, YearMonth month) {
    return "%s_%04d_%02d".formatted(table.name(), month.getYear(), month.getMonthValue());
  }

  static String create(LineItemTable table) {
    String columns =
        table.columns().stream()
            .map(column -> "  \"" + column.name() + "\" " + column.type().postgres())
            .collect(Collectors.joining(",\n"));
    boolean capacity = table.equals(OpenShiftTables.NODE_CAPACITY_HOURLY);
    String key = capacity ? ",\n  primary key (source, usage_start, interval_start, node)" : "";
    String index =
        capacity
            ? ""
            : ";\ncreate index %1$s_day on %1$s (source, %2$s)"
                .formatted(table.name(), table.monthColumn());
    return "create table %s (\n%s%s\n) partition by range (%s)%s"
        .formatted(table.name(), columns, key, table.monthColumn(), index);
  }

  /// Attaching takes a weaker lock than creating in place: it does not wait for running loads.
  static String partition(LineItemTable table, YearMonth month) {
    return """
    create table %1$s (like %2$s including defaults);
    alter table %2$s attach partition %1$s for values from ('%3$s') to ('%4$s')
    """
        .formatted(
            partitionName(table, month),
            table.name(),
            month.atDay(1),
            month.plusMonths(1).atDay(1));
  }

  private static Set<String> relations(Connection connection) throws SQLException {
    var names = new HashSet<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select tablename from pg_catalog.pg_tables where schemaname ="
                    + " current_schema()")) {
      while (rows.next()) {
        names.add(rows.getString(1));
      }
    }
    return names;
  }
}
