package io.tawara.catalog;

import static io.tawara.catalog.Column.Presence.DERIVED;
import static io.tawara.catalog.Column.Presence.MANDATORY;
import static io.tawara.catalog.Column.Presence.OPTIONAL;
import static io.tawara.catalog.Column.Role.GROUP;
import static io.tawara.catalog.Column.Role.LAST;
import static io.tawara.catalog.Column.Role.MAX;
import static io.tawara.catalog.Column.Role.PLACE;
import static io.tawara.catalog.Column.Role.SUM;
import static io.tawara.catalog.LogicalType.DATE;
import static io.tawara.catalog.LogicalType.DOUBLE;
import static io.tawara.catalog.LogicalType.INTEGER;
import static io.tawara.catalog.LogicalType.JSON_TEXT;
import static io.tawara.catalog.LogicalType.TEXT;
import static io.tawara.catalog.LogicalType.TIMESTAMP;

import io.tawara.catalog.Column.Presence;
import io.tawara.catalog.Column.Role;
import java.util.ArrayList;
import java.util.List;

/// The daily line items of OpenShift operators (`data-formats` §5.4–5.8).
///
/// Every table holds, beside its own columns: `interval_start` (midnight of the day), `usage_start`
/// (the day), `source` (provider), `year` and `month` (text, month with two digits), `manifestid`
/// and `reportnumhours`, the hours of that day that the delivery claims to cover (0 for operators
/// whose deliveries add up).
public final class OpenShiftTables {
  public static final LineItemTable STORAGE_USAGE =
      new Builder("storage_usage")
          .text(GROUP, MANDATORY, "namespace", "pod")
          .text(GROUP, OPTIONAL, "node")
          .text(GROUP, MANDATORY, "persistentvolumeclaim", "persistentvolume", "storageclass")
          .text(GROUP, OPTIONAL, "csi_driver", "csi_volume_handle")
          .number(MAX, MANDATORY, "persistentvolumeclaim_capacity_bytes")
          .number(
              SUM,
              MANDATORY,
              "persistentvolumeclaim_capacity_byte_seconds",
              "volume_request_storage_byte_seconds",
              "persistentvolumeclaim_usage_byte_seconds")
          .labels("persistentvolume_labels", "persistentvolumeclaim_labels")
          .build();

  public static final LineItemTable POD_USAGE =
      new Builder("pod_usage")
          .text(GROUP, MANDATORY, "pod", "namespace", "node")
          .text(MAX, MANDATORY, "resource_id")
          .number(
              SUM,
              MANDATORY,
              "pod_usage_cpu_core_seconds",
              "pod_request_cpu_core_seconds",
              "pod_limit_cpu_core_seconds",
              "pod_usage_memory_byte_seconds",
              "pod_request_memory_byte_seconds",
              "pod_limit_memory_byte_seconds")
          .number(MAX, MANDATORY, "node_capacity_cpu_cores")
          .number(SUM, MANDATORY, "node_capacity_cpu_core_seconds")
          .number(MAX, MANDATORY, "node_capacity_memory_bytes")
          .number(SUM, MANDATORY, "node_capacity_memory_byte_seconds")
          .text(MAX, OPTIONAL, "node_role")
          .labels("pod_labels")
          .number(
              SUM,
              DERIVED,
              "pod_effective_usage_cpu_core_seconds",
              "pod_effective_usage_memory_byte_seconds")
          .build();

  /// `label_hours` is the number of hourly records of the node and label text in the day (each
  /// record adds 1): the GPU hours that a node offers are counted from it.
  public static final LineItemTable NODE_LABELS =
      new Builder("node_labels")
          .text(GROUP, MANDATORY, "node")
          .labels("node_labels")
          .number(SUM, DERIVED, "label_hours")
          .build();

  public static final LineItemTable NAMESPACE_LABELS =
      new Builder("namespace_labels")
          .text(GROUP, MANDATORY, "namespace")
          .labels("namespace_labels")
          .build();

  /// `last_interval`, `last_cpu_request_cores` and `last_memory_request_bytes` are what the hours
  /// said at the latest interval of the day: summaries need the facts of the month's last hour.
  public static final LineItemTable VM_USAGE =
      new Builder("vm_usage")
          .text(GROUP, MANDATORY, "node", "namespace", "vm_name")
          .text(
              MAX,
              MANDATORY,
              "resource_id",
              "vm_instance_type",
              "vm_os",
              "vm_guest_os_arch",
              "vm_guest_os_name",
              "vm_guest_os_version")
          .number(SUM, MANDATORY, "vm_uptime_total_seconds")
          .number(MAX, MANDATORY, "vm_cpu_limit_cores")
          .number(SUM, MANDATORY, "vm_cpu_limit_core_seconds")
          .number(MAX, MANDATORY, "vm_cpu_request_cores")
          .number(SUM, MANDATORY, "vm_cpu_request_core_seconds")
          .number(MAX, MANDATORY, "vm_cpu_request_sockets")
          .number(SUM, MANDATORY, "vm_cpu_request_socket_seconds")
          .number(MAX, MANDATORY, "vm_cpu_request_threads")
          .number(SUM, MANDATORY, "vm_cpu_request_thread_seconds", "vm_cpu_usage_total_seconds")
          .number(MAX, MANDATORY, "vm_memory_limit_bytes")
          .number(SUM, MANDATORY, "vm_memory_limit_byte_seconds")
          .number(MAX, MANDATORY, "vm_memory_request_bytes")
          .number(SUM, MANDATORY, "vm_memory_request_byte_seconds", "vm_memory_usage_byte_seconds")
          .text(MAX, MANDATORY, "vm_device", "vm_volume_mode", "vm_persistentvolumeclaim_name")
          .number(SUM, MANDATORY, "vm_disk_allocated_size_byte_seconds")
          .labels("vm_labels")
          .column("last_interval", TIMESTAMP, LAST, DERIVED)
          .column("last_cpu_request_cores", DOUBLE, LAST, DERIVED)
          .column("last_memory_request_bytes", DOUBLE, LAST, DERIVED)
          .build();

  /// The `mig_…` columns and `gpu_max_slices` are null where they do not apply.
  public static final LineItemTable GPU_USAGE =
      new Builder("gpu_usage")
          .text(GROUP, MANDATORY, "node", "namespace", "pod", "gpu_uuid")
          .text(GROUP, OPTIONAL, "mig_instance_id")
          .text(MAX, MANDATORY, "gpu_model_name", "gpu_vendor_name")
          .number(MAX, MANDATORY, "gpu_memory_capacity_mib")
          .number(SUM, MANDATORY, "gpu_pod_uptime")
          .text(MAX, OPTIONAL, "mig_profile", "mig_strategy")
          .column("mig_slice_count", INTEGER, MAX, DERIVED)
          .column("mig_memory_capacity_mib", DOUBLE, MAX, DERIVED)
          .column("gpu_max_slices", INTEGER, MAX, DERIVED)
          .build();

  /// Capacity of a node in one hour, core-seconds and byte-seconds: the greatest of all pod rows of
  /// that hour, before they are added up to days. One row per source, hour and node.
  public static final LineItemTable NODE_CAPACITY_HOURLY =
      new LineItemTable(
          "node_capacity",
          "openshift_node_capacity_hourly",
          "usage_start",
          List.of(
              new Column("source", LogicalType.UUID, PLACE, DERIVED),
              new Column("usage_start", DATE, PLACE, DERIVED),
              new Column("interval_start", TIMESTAMP, GROUP, DERIVED),
              new Column("node", TEXT, GROUP, DERIVED),
              new Column("node_capacity_cpu_core_seconds", DOUBLE, MAX, DERIVED),
              new Column("node_capacity_memory_byte_seconds", DOUBLE, MAX, DERIVED)));

  /// The report types, in the order in which a header is tried against them.
  public static final List<LineItemTable> REPORTS =
      List.of(STORAGE_USAGE, POD_USAGE, NODE_LABELS, NAMESPACE_LABELS, VM_USAGE, GPU_USAGE);

  /// Everything that a tenant's schema needs for OpenShift.
  public static final List<LineItemTable> ALL =
      List.of(
          STORAGE_USAGE,
          POD_USAGE,
          NODE_LABELS,
          NAMESPACE_LABELS,
          VM_USAGE,
          GPU_USAGE,
          NODE_CAPACITY_HOURLY);

  /// The rows of a report as they came, of which the daily rows are made; only cloud mode keeps
  /// them. `interval_start` is the hour, `interval_end` its end.
  public static LineItemTable raw(LineItemTable daily) {
    var columns = new ArrayList<Column>();
    for (Column column : daily.columns()) {
      boolean onlyDaily = column.role() == LAST || column.name().equals("label_hours");
      if (!onlyDaily) {
        columns.add(column);
      }
      if (column.name().equals("interval_start")) {
        columns.add(new Column("interval_end", TIMESTAMP, PLACE, OPTIONAL));
      }
    }
    return new LineItemTable(
        daily.reportType(),
        "openshift_" + daily.reportType() + "_line_items",
        daily.monthColumn(),
        columns);
  }

  private OpenShiftTables() {}

  private static final class Builder {
    private final String reportType;
    private final List<Column> columns = new ArrayList<>();

    Builder(String reportType) {
      this.reportType = reportType;
      column("report_period_start", TIMESTAMP, MAX, MANDATORY);
      column("report_period_end", TIMESTAMP, MAX, MANDATORY);
      column("interval_start", TIMESTAMP, PLACE, MANDATORY);
    }

    Builder column(String name, LogicalType type, Role role, Presence presence) {
      columns.add(new Column(name, type, role, presence));
      return this;
    }

    Builder text(Role role, Presence presence, String... names) {
      for (String name : names) {
        column(name, TEXT, role, presence);
      }
      return this;
    }

    Builder number(Role role, Presence presence, String... names) {
      for (String name : names) {
        column(name, DOUBLE, role, presence);
      }
      return this;
    }

    Builder labels(String... names) {
      for (String name : names) {
        column(name, JSON_TEXT, GROUP, MANDATORY);
      }
      return this;
    }

    LineItemTable build() {
      column("usage_start", DATE, PLACE, DERIVED);
      column("source", LogicalType.UUID, PLACE, DERIVED);
      column("year", TEXT, PLACE, DERIVED);
      column("month", TEXT, PLACE, DERIVED);
      column("manifestid", LogicalType.INTEGER, PLACE, DERIVED);
      column("reportnumhours", LogicalType.INTEGER, PLACE, DERIVED);
      return new LineItemTable(
          reportType, "openshift_" + reportType + "_line_items_daily", "usage_start", columns);
    }
  }
}
