package io.tawara.analytics.cost;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What a rate can be charged for: the one table of cost metrics, in the order in which the API
/// lists them (`cost-models.md` §6). Adding a metric that follows an existing step adds a line
/// here.
public enum Metric {
  CPU_USAGE(
      "cpu_core_usage_per_hour",
      Group.CPU,
      "Usage",
      "core-hours",
      Step.USAGE,
      Target.CPU,
      "pod_usage_cpu_core_hours"),
  CPU_REQUEST(
      "cpu_core_request_per_hour",
      Group.CPU,
      "Request",
      "core-hours",
      Step.USAGE,
      Target.CPU,
      "pod_request_cpu_core_hours"),
  CPU_EFFECTIVE(
      "cpu_core_effective_usage_per_hour",
      Group.CPU,
      "Effective-usage",
      "core-hours",
      Step.USAGE,
      Target.CPU,
      "pod_effective_usage_cpu_core_hours"),
  MEMORY_USAGE(
      "memory_gb_usage_per_hour",
      Group.MEMORY,
      "Usage",
      "GiB-hours",
      Step.USAGE,
      Target.MEMORY,
      "pod_usage_memory_gigabyte_hours"),
  MEMORY_REQUEST(
      "memory_gb_request_per_hour",
      Group.MEMORY,
      "Request",
      "GiB-hours",
      Step.USAGE,
      Target.MEMORY,
      "pod_request_memory_gigabyte_hours"),
  MEMORY_EFFECTIVE(
      "memory_gb_effective_usage_per_hour",
      Group.MEMORY,
      "Effective-usage",
      "GiB-hours",
      Step.USAGE,
      Target.MEMORY,
      "pod_effective_usage_memory_gigabyte_hours"),
  STORAGE_USAGE(
      "storage_gb_usage_per_month",
      Group.STORAGE,
      "Usage",
      "GiB-month",
      Step.USAGE,
      Target.VOLUME,
      "persistentvolumeclaim_usage_gigabyte_months"),
  STORAGE_REQUEST(
      "storage_gb_request_per_month",
      Group.STORAGE,
      "Request",
      "GiB-month",
      Step.USAGE,
      Target.VOLUME,
      "volume_request_storage_gigabyte_months"),
  NODE_CORE_HOUR(
      "node_core_cost_per_hour",
      Group.NODE,
      "Count",
      "core-hour",
      Step.CORE_HOUR,
      Target.BY_DISTRIBUTION,
      null),
  NODE_MONTH(
      "node_cost_per_month",
      Group.NODE,
      "Count",
      "node-month",
      Step.NODE,
      Target.BY_DISTRIBUTION,
      null),
  NODE_CORE_MONTH(
      "node_core_cost_per_month",
      Group.NODE,
      "Count",
      "core-month",
      Step.NODE,
      Target.BY_DISTRIBUTION,
      null),
  CLUSTER_MONTH(
      "cluster_cost_per_month",
      Group.CLUSTER,
      "Count",
      "cluster-month",
      Step.CLUSTER,
      Target.BY_DISTRIBUTION,
      null),
  CLUSTER_HOUR(
      "cluster_cost_per_hour",
      Group.CLUSTER,
      "Count",
      "cluster-hour",
      Step.CLUSTER_HOUR,
      Target.BY_DISTRIBUTION,
      null),
  PVC_MONTH("pvc_cost_per_month", Group.PVC, "Count", "pvc-month", Step.PVC, Target.VOLUME, null),
  VM_MONTH("vm_cost_per_month", Group.VM, "Count", "vm-month", Step.VM, Target.CPU, null),
  VM_HOUR("vm_cost_per_hour", Group.VM, "Count", "vm-hour", Step.VM, Target.CPU, null),
  CLUSTER_CORE_HOUR(
      "cluster_core_cost_per_hour",
      Group.CLUSTER,
      "Count",
      "core-hour",
      Step.CORE_HOUR,
      Target.CPU,
      null),
  PROJECT_MONTH(
      "project_per_month", Group.PROJECT, "Count", "project-month", Step.PROJECT, Target.CPU, null),
  VM_CORE_MONTH(
      "vm_core_cost_per_month", Group.VM, "Count", "core-month", Step.VM_CORE, Target.CPU, null),
  VM_CORE_HOUR(
      "vm_core_cost_per_hour", Group.VM, "Count", "core-hour", Step.VM_CORE, Target.CPU, null),
  GPU_MONTH("gpu_cost_per_month", Group.GPU, "Count", "gpu-month", Step.GPU, Target.GPU, null);

  /// The subject of a metric as the API labels it; `type` is the stored `metric_type` of a rate.
  public enum Group {
    CPU("CPU", "cpu"),
    MEMORY("Memory", "memory"),
    STORAGE("Storage", "storage"),
    NODE("Node", "node"),
    CLUSTER("Cluster", "cluster"),
    PVC("Persistent volume claims", "pvc"),
    VM("Virtual Machine", "vm"),
    PROJECT("Project", "project"),
    GPU("GPU", "gpu");

    private final String label;
    private final String type;

    Group(String label, String type) {
      this.label = label;
      this.type = type;
    }

    public String label() {
      return label;
    }

    public String type() {
      return type;
    }
  }

  /// The step of the engine that turns the rate into cost.
  public enum Step {
    /// amount used × rate, on every row
    USAGE,
    /// effective core-hours × rate
    CORE_HOUR,
    /// a node's month, spread over its days and what runs on it
    NODE,
    /// a cluster's month, spread over its days and what runs on it
    CLUSTER,
    /// a cluster's hour, spread over what runs on it
    CLUSTER_HOUR,
    /// a claim's month, spread over its days
    PVC,
    /// a virtual machine as a whole
    VM,
    /// a virtual machine by its cores
    VM_CORE,
    /// a namespace's month
    PROJECT,
    /// a GPU's month, by time and slices
    GPU
  }

  /// The cost column that the amount stands in.
  public enum Target {
    CPU,
    MEMORY,
    VOLUME,
    GPU,
    /// the cpu column, or the memory column when the model distributes by memory
    BY_DISTRIBUTION
  }

  private static final Map<String, Metric> BY_NAME =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(Metric::wire, Function.identity()));

  private final String wire;
  private final Group group;
  private final String measurement;
  private final String unit;
  private final Step step;
  private final Target target;
  private final String measure;

  Metric(
      String wire,
      Group group,
      String measurement,
      String unit,
      Step step,
      Target target,
      String measure) {
    this.wire = wire;
    this.group = group;
    this.measurement = measurement;
    this.unit = unit;
    this.step = step;
    this.target = target;
    this.measure = measure;
  }

  /// The name in requests, answers and tables.
  public String wire() {
    return wire;
  }

  public Group group() {
    return group;
  }

  /// `label_measurement` of the API.
  public String measurement() {
    return measurement;
  }

  /// `label_measurement_unit` of the API.
  public String unit() {
    return unit;
  }

  public Step step() {
    return step;
  }

  public Target target() {
    return target;
  }

  /// The column of the daily summary whose sum is charged; empty unless the step is [Step#USAGE].
  public Optional<String> measure() {
    return Optional.ofNullable(measure);
  }

  /// The cost type of a rate that names none.
  public CostType defaultCostType() {
    return step == Step.USAGE ? CostType.SUPPLEMENTARY : CostType.INFRASTRUCTURE;
  }

  /// Whether the rate is for a month and is spread evenly over its days.
  public boolean amortised() {
    return step != Step.USAGE && unit.endsWith("-month");
  }

  /// Whether the API refuses tiered rates for it.
  public boolean tagOnly() {
    return this == PROJECT_MONTH;
  }

  /// The metric of a wire name.
  public static Optional<Metric> of(String wire) {
    return Optional.ofNullable(BY_NAME.get(wire));
  }
}
