package io.tawara.analytics.summary;

import static io.tawara.analytics.summary.Rollup.dimensions;

import io.tawara.analytics.summary.Rollup.Dimension;
import io.tawara.analytics.summary.Rollup.Fill;
import io.tawara.analytics.summary.Rollup.Measure;
import io.tawara.sql.Fragment.Aggregate;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The rollups of the OpenShift daily summary (`summaries` §15.4).
public final class Rollups {
  /// OpenShift usage and cost rows.
  public static final DailyTable DAILY =
      new DailyTable(
          "ocp_daily_summary",
          SqlTemplates.of("openshift/rollups"),
          dimensions("usage_start", "source_uuid", "cluster_id", "cost_model_rate_type"),
          maxima("cluster_alias", "cost_category_id", "raw_currency"),
          Set.of("cluster_alias"));

  /// All rows.
  public static final Scope COST = scope("cost");

  /// Pod rows outside the four special namespaces.
  public static final Scope POD = scope("pod");

  /// Pod rows of every namespace that stand on a node: node and cluster capacities.
  public static final Scope CAPACITY = scope("capacity");

  /// Storage rows, with or without a claim.
  public static final Scope STORAGE = scope("storage");

  /// Storage rows with a claim.
  public static final Scope VOLUME = scope("volume");

  /// Rows of `Network unattributed` that carry transfer volumes.
  public static final Scope NETWORK = scope("network");

  /// GPU rows, except unallocated and distributed ones.
  public static final Scope GPUS = scope("gpu");

  /// Pod and storage rows outside the special namespaces; only those of virtual machines are kept.
  public static final Scope VIRTUAL_MACHINES = scope("virtual_machine");

  /// Amounts that every cost-bearing rollup has.
  static final List<Measure> COSTS =
      sums(
          "infrastructure_raw_cost",
          "infrastructure_markup_cost",
          "cost_model_cpu_cost",
          "cost_model_memory_cost",
          "cost_model_volume_cost",
          "cost_model_gpu_cost",
          "distributed_cost");

  /// Core-hours and GiB-hours of pods.
  static final List<Measure> POD_USAGE =
      sums(
          "pod_usage_cpu_core_hours",
          "pod_request_cpu_core_hours",
          "pod_effective_usage_cpu_core_hours",
          "pod_limit_cpu_core_hours",
          "pod_usage_memory_gigabyte_hours",
          "pod_request_memory_gigabyte_hours",
          "pod_effective_usage_memory_gigabyte_hours",
          "pod_limit_memory_gigabyte_hours");

  static final List<Measure> NODE_CAPACITY =
      maxima(
          "node_capacity_cpu_cores",
          "node_capacity_cpu_core_hours",
          "node_capacity_memory_gigabytes",
          "node_capacity_memory_gigabyte_hours");

  static final List<Measure> CLUSTER_CAPACITY =
      maxima("cluster_capacity_cpu_core_hours", "cluster_capacity_memory_gigabyte_hours");

  /// GiB-months of volumes; the plain capacity in GiB is the greatest of the rows.
  static final List<Measure> VOLUME_USAGE =
      join(
          maxima("persistentvolumeclaim_capacity_gigabyte"),
          sums(
              "persistentvolumeclaim_capacity_gigabyte_months",
              "volume_request_storage_gigabyte_months",
              "persistentvolumeclaim_usage_gigabyte_months"));

  static final List<Measure> TRANSFER =
      sums("infrastructure_data_in_gigabytes", "infrastructure_data_out_gigabytes");

  public static final Rollup COST_BY_CLUSTER = grouped("ocp_cost_by_cluster", COST, COSTS);
  public static final Rollup COST_BY_NODE = grouped("ocp_cost_by_node", COST, COSTS, "node");
  public static final Rollup COST_BY_PROJECT =
      grouped("ocp_cost_by_project", COST, COSTS, "namespace");

  /// Projects on nodes, by month: by day it would be no smaller than the daily rows.
  public static final Rollup COST_BY_NODE_AND_PROJECT =
      new Rollup(
          "ocp_cost_by_node_and_project",
          COST,
          dimensions("node", "namespace", "cost_category_id"),
          COSTS,
          Fill.GROUPED_BY_MONTH);

  /// Label sets without nodes, for groups and filters of tags.
  public static final Rollup COST_BY_LABELS =
      grouped("ocp_cost_by_labels", COST, COSTS, "namespace", "cost_category_id", "all_labels");

  public static final Rollup POD_BY_LABELS =
      grouped(
          "ocp_pod_by_labels",
          POD,
          join(COSTS, POD_USAGE, CLUSTER_CAPACITY),
          "namespace",
          "cost_category_id",
          "pod_labels");
  public static final Rollup POD_BY_CLUSTER =
      grouped("ocp_pod_by_cluster", POD, join(COSTS, POD_USAGE, CLUSTER_CAPACITY));
  public static final Rollup POD_BY_NODE =
      grouped(
          "ocp_pod_by_node", POD, join(COSTS, POD_USAGE, NODE_CAPACITY, CLUSTER_CAPACITY), "node");
  public static final Rollup POD_BY_PROJECT =
      grouped("ocp_pod_by_project", POD, join(COSTS, POD_USAGE, CLUSTER_CAPACITY), "namespace");
  public static final Rollup CAPACITY_BY_NODE =
      grouped("ocp_capacity_by_node", CAPACITY, join(NODE_CAPACITY, CLUSTER_CAPACITY), "node");

  /// A claim is in one namespace only, so that leaving namespaces out would save nothing.
  public static final Rollup VOLUME_BY_PROJECT =
      grouped(
          "ocp_volume_by_project",
          VOLUME,
          join(COSTS, VOLUME_USAGE),
          "persistentvolumeclaim",
          "storageclass",
          "namespace");

  public static final Rollup NETWORK_BY_CLUSTER =
      grouped("ocp_network_by_cluster", NETWORK, join(COSTS, TRANSFER));
  public static final Rollup NETWORK_BY_NODE =
      grouped("ocp_network_by_node", NETWORK, join(COSTS, TRANSFER), "node");
  public static final Rollup NETWORK_BY_PROJECT =
      grouped("ocp_network_by_project", NETWORK, join(COSTS, TRANSFER), "node", "namespace");

  /// One row per GPU or MIG instance and day. `gpu_mode` is `MIG` or `dedicated`; memory in GB.
  public static final Rollup GPU =
      new Rollup(
          "ocp_gpu",
          GPUS,
          join(
              dimensions("namespace", "node"),
              Stream.of(
                      "vendor_name",
                      "model_name",
                      "mig_profile",
                      "mig_instance_id",
                      "gpu_uuid",
                      "gpu_mode")
                  .map(column -> new Dimension(column, Optional.of("gpu_" + column)))
                  .toList()),
          join(
              COSTS,
              Stream.of(
                      "memory_capacity_gb",
                      "mig_memory_capacity_gb",
                      "mig_slice_count",
                      "gpu_max_slices")
                  .map(column -> new Measure(column, Aggregate.MAX, Optional.of("gpu_" + column)))
                  .toList()),
          Fill.GROUPED_OR_GPU_USAGE);

  /// Rows of virtual machines, each standing for the days from `usage_start` to `usage_end`:
  /// compute rows (`persistentvolumeclaim` null) and one row per volume and rate type. The request
  /// is that of a day, in core-hours and GiB-hours.
  public static final Rollup VIRTUAL_MACHINE =
      new Rollup(
          "ocp_vm",
          VIRTUAL_MACHINES,
          dimensions(
              "namespace",
              "node",
              "vm_name",
              "pod_labels",
              "resource_id",
              "persistentvolumeclaim",
              "storageclass"),
          join(
              COSTS,
              maxima(
                  "pod_request_cpu_core_hours",
                  "pod_request_memory_gigabyte_hours",
                  "persistentvolumeclaim_capacity_gigabyte_months",
                  "persistentvolumeclaim_usage_gigabyte_months")),
          Fill.VIRTUAL_MACHINES);

  /// All of them, coarse ones first within a scope.
  public static final List<Rollup> ALL =
      List.of(
          COST_BY_CLUSTER,
          COST_BY_NODE,
          COST_BY_PROJECT,
          COST_BY_NODE_AND_PROJECT,
          COST_BY_LABELS,
          POD_BY_CLUSTER,
          POD_BY_NODE,
          POD_BY_PROJECT,
          POD_BY_LABELS,
          CAPACITY_BY_NODE,
          VOLUME_BY_PROJECT,
          NETWORK_BY_CLUSTER,
          NETWORK_BY_NODE,
          NETWORK_BY_PROJECT,
          GPU,
          VIRTUAL_MACHINE);

  private Rollups() {}

  private static Scope scope(String name) {
    return new Scope(DAILY, name);
  }

  private static Rollup grouped(
      String table, Scope scope, List<Measure> measures, String... grain) {
    return new Rollup(table, scope, dimensions(grain), measures, Fill.GROUPED);
  }

  private static List<Measure> sums(String... columns) {
    return Stream.of(columns).map(Measure::sum).toList();
  }

  private static List<Measure> maxima(String... columns) {
    return Stream.of(columns).map(Measure::max).toList();
  }

  @SafeVarargs
  private static <T> List<T> join(List<T>... lists) {
    return Stream.of(lists).flatMap(List::stream).toList();
  }
}
