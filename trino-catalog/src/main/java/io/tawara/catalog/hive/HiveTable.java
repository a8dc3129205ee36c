package io.tawara.catalog.hive;

import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.core.tenancy.TenantSchema;
import java.util.List;
import java.util.UUID;

/// Hive's form of a line-item table: an external Parquet table below a folder of the object store,
/// partitioned by source, year and month (texts, the month with two digits). The files of a
/// partition are those that its listing names (Hive calls that a symbolic link), so a partition
/// changes in one step, whatever lies in its folder.
///
/// @param table what it holds
/// @param prefix what comes before the tenant in the path
/// @param folder what comes after the tenant: the provider type (`OCP`, `AWS`, `Azure`, `GCP`),
///   below it the report type or `raw` where there are several
public record HiveTable(LineItemTable table, String prefix, String folder) {
  /// Name of the object that lists a partition's files, one URI per line.
  public static final String LISTING = "files";

  private static final String LISTINGS = "data/listing/";
  private static final String RAW = "data/parquet/";
  private static final String DAILY = "data/parquet/daily/";

  /// Names of the partition keys, in order.
  public static final List<String> PARTITION_KEYS = List.of("source", "year", "month");

  /// The daily rows of an OpenShift report type.
  public static HiveTable openShiftDaily(LineItemTable table) {
    return new HiveTable(table, DAILY, "OCP/" + table.reportType());
  }

  /// The rows of an OpenShift report type as they came.
  public static HiveTable openShiftRaw(LineItemTable table) {
    return new HiveTable(table, RAW, "OCP/" + table.reportType());
  }

  /// The daily rows of a cloud's bill.
  public static HiveTable billDaily(LineItemTable table, String provider) {
    return new HiveTable(table, DAILY, provider + "/raw");
  }

  /// The rows of a cloud's bill as they came.
  public static HiveTable billRaw(LineItemTable table, String provider) {
    return new HiveTable(table, RAW, provider);
  }

  /// The provider type whose line items it holds.
  String providerType() {
    int slash = folder.indexOf('/');
    return slash < 0 ? folder : folder.substring(0, slash);
  }

  /// The columns that lie in the files: all but the partition keys.
  public List<Column> fileColumns() {
    return table.columns().stream()
        .filter(column -> !PARTITION_KEYS.contains(column.name()))
        .toList();
  }

  /// The folder of a tenant's table, without a slash at the end.
  public String path(TenantSchema tenant) {
    return prefix + tenant.pathAccount() + "/" + folder;
  }

  /// The folder of one partition's files, without a slash at the end.
  public String path(TenantSchema tenant, HivePartition partition) {
    return path(tenant) + "/" + partition.name();
  }

  /// The folder that Hive knows as the partition, without a slash at the end: it holds [#LISTING],
  /// which names the files. Writing that one object is what makes a change visible.
  public String listingPath(TenantSchema tenant, HivePartition partition) {
    return LISTINGS + path(tenant, partition).substring("data/".length());
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
