package io.tawara.analytics.summary;

import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.RowWriter;
import io.tawara.catalog.hive.HiveMetastore;
import io.tawara.catalog.hive.HiveTable;
import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.catalog.parquet.ParquetRows;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.embedded.TestServices;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// The same line items in PostgreSQL and in Hive. Rows are maps by column name; columns that are
/// not given are null, place columns follow from source and day.
public final class LineItemFixture {
  private final Database database;
  private final TenantSchema tenant;
  private final TestServices.Cloud cloud = TestServices.cloud();
  private final Map<LineItemTable, List<Map<String, Object>>> rows = new LinkedHashMap<>();

  public LineItemFixture(Database database, TenantSchema tenant) {
    this.database = database;
    this.tenant = tenant;
  }

  /// A row of a day; its bill or report is of the day's month.
  public void add(LineItemTable table, UUID source, LocalDate day, Map<String, Object> values) {
    var row = new LinkedHashMap<String, Object>();
    row.put("source", source);
    row.put("usage_start", day);
    row.put("year", "%04d".formatted(day.getYear()));
    row.put("month", "%02d".formatted(day.getMonthValue()));
    row.put("manifestid", 1);
    row.put("reportnumhours", 24);
    row.put("row_uuid", UUID.randomUUID());
    Instant midnight = day.atStartOfDay().toInstant(ZoneOffset.UTC);
    row.put("interval_start", midnight);
    row.put("lineitem_usagestartdate", midnight);
    row.putAll(values);
    rows.computeIfAbsent(table, t -> new ArrayList<>()).add(row);
  }

  /// Writes what was added to both. Tables without rows are there too.
  public void write(List<LineItemTable> tables, Path directory) throws IOException {
    var months = new HashSet<YearMonth>();
    rows.values()
        .forEach(
            all ->
                all.forEach(row -> months.add(YearMonth.from((LocalDate) row.get("usage_start")))));
    database.runTenant(
        tenant, connection -> new PostgresTables(tables).ensureMonths(connection, months));
    var metastore = new HiveMetastore(cloud.metastore(), cloud.objects().bucket());
    try (var store = new ObjectStore(cloud.objects())) {
      store.ensureBuckets();
      for (LineItemTable table : tables) {
        HiveTable hive =
            OpenShiftTables.ALL.contains(table)
                ? HiveTable.openShiftDaily(table)
                : HiveTable.billDaily(table, table.name());
        metastore.ensureTable(tenant, hive);
        List<Map<String, Object>> all = rows.getOrDefault(table, List.of());
        insert(table, all);
        Map<HivePartition, List<Map<String, Object>>> parts =
            all.stream()
                .collect(
                    Collectors.groupingBy(
                        row ->
                            new HivePartition(
                                (UUID) row.get("source"),
                                row.get("year").toString(),
                                row.get("month").toString())));
        for (var part : parts.entrySet()) {
          Path file = directory.resolve(UUID.randomUUID() + ".parquet");
          var parquet = new ParquetRows(hive, file);
          for (Map<String, Object> row : part.getValue()) {
            write(parquet, table, row);
          }
          parquet.end();
          String key = hive.path(tenant, part.getKey()) + "/" + file.getFileName();
          store.put(key, file, Map.of());
          store.put(
              hive.listingPath(tenant, part.getKey()) + "/" + HiveTable.LISTING,
              (metastore.location(key) + "\n").getBytes(StandardCharsets.UTF_8),
              Map.of());
          Files.delete(file);
        }
        metastore.addPartitions(tenant, hive, parts.keySet());
      }
    }
    rows.clear();
  }

  private static void write(RowWriter writer, LineItemTable table, Map<String, Object> row)
      throws IOException {
    try {
      writer.row(table.columns().size());
    } catch (SQLException impossible) {
      throw new IOException(impossible);
    }
    for (Column column : table.columns()) {
      switch (row.get(column.name())) {
        case null -> writer.nothing();
        case Double number -> writer.number(number);
        case Integer number -> writer.integer(number);
        case LocalDate day -> writer.date((int) day.toEpochDay());
        case Instant time -> writer.timestamp(time.getEpochSecond());
        case UUID id -> writer.uuid(id);
        case Object text -> {
          byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
          writer.bytes(bytes, 0, bytes.length);
        }
      }
    }
  }

  private void insert(LineItemTable table, List<Map<String, Object>> all) {
    String columns = String.join(", ", table.columnNames());
    String marks = table.columns().stream().map(c -> "?").collect(Collectors.joining(", "));
    database.runTenant(
        tenant,
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  "insert into %s (%s) values (%s)".formatted(table.name(), columns, marks))) {
            for (Map<String, Object> row : all) {
              for (int i = 0; i < table.columns().size(); i++) {
                Object value = row.get(table.columns().get(i).name());
                statement.setObject(
                    i + 1, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
              }
              statement.addBatch();
            }
            statement.executeBatch();
          }
        });
  }
}
