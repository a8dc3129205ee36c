package io.tawara.catalog.hive;

import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.core.tenancy.TenantSchema;
import java.util.List;
import java.util.UUID;

/// Hive's form of a line-item table: an external Parquet table below a folder of the object store,
/// partitioned by source, year and month (texts, the month with two digits).
///
/// @param table what it holds
/// @param provider folder of the provider type: `OCP`, `AWS`, `Azure`, `GCP`
/// @param folder folder below the provider's
public record HiveTable(LineItemTable table, String provider, String folder) {
  /// Names of the partition keys, in order.
  public static final List<String> PARTITION_KEYS = List.of("source", "year", "month");

  /// The daily rows of an OpenShift report type.
  public static HiveTable openShiftDaily(LineItemTable table) {
    return new HiveTable(table, "OCP", table.reportType());
  }

  /// The columns that lie in the files: all but the partition keys.
  public List<Column> fileColumns() {
    return table.columns().stream()
        .filter(column -> !PARTITION_KEYS.contains(column.name()))
        .toList();
  }

  /// The folder of a tenant's table, without a slash at the end.
  public String path(TenantSchema tenant) {
    return "data/parquet/daily/%s/%s/%s".formatted(tenant.pathAccount(), provider, folder);
  }

  /// The folder of one partition, without a slash at the end.
  public String path(TenantSchema tenant, HivePartition partition) {
    return path(tenant) + "/" + partition.name();
  }

  /// One partition of a line-item table.
  public record HivePartition(UUID source, String year, String month) {
    public HivePartition {
      if (!year.matches("\\d{4}") || !month.matches("\\d{2}")) {
        throw new IllegalArgumentException("not a month: " + year + "-" + month);
      }
    }

    List<String> values() {
      return List.of(source.toString(), year, month);
    }

    /// As Hive and the object store spell it.
    public String name() {
      return "source=" + source + "/year=" + year + "/month=" + month;
    }
  }
}
