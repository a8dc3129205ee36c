package io.tawara.core.costmodel;

import static io.tawara.core.costmodel.CostType.INFRASTRUCTURE;
import static io.tawara.core.costmodel.CostType.SUPPLEMENTARY;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a rate can be set for, in the order in which `metrics/` lists it.
public enum Metric {
  CPU_CORE_USAGE_PER_HOUR("CPU", "Usage", "core-hours", "cpu", SUPPLEMENTARY),
  CPU_CORE_REQUEST_PER_HOUR("CPU", "Request", "core-hours", "cpu", SUPPLEMENTARY),
  CPU_CORE_EFFECTIVE_USAGE_PER_HOUR("CPU", "Effective-usage", "core-hours", "cpu", SUPPLEMENTARY),
  MEMORY_GB_USAGE_PER_HOUR("Memory", "Usage", "GiB-hours", "memory", SUPPLEMENTARY),
  MEMORY_GB_REQUEST_PER_HOUR("Memory", "Request", "GiB-hours", "memory", SUPPLEMENTARY),
  MEMORY_GB_EFFECTIVE_USAGE_PER_HOUR(
      "Memory", "Effective-usage", "GiB-hours", "memory", SUPPLEMENTARY),
  STORAGE_GB_USAGE_PER_MONTH("Storage", "Usage", "GiB-month", "storage", SUPPLEMENTARY),
  STORAGE_GB_REQUEST_PER_MONTH("Storage", "Request", "GiB-month", "storage", SUPPLEMENTARY),
  NODE_CORE_COST_PER_HOUR("Node", "Count", "core-hour", "node", INFRASTRUCTURE),
  NODE_COST_PER_MONTH("Node", "Count", "node-month", "node", INFRASTRUCTURE),
  NODE_CORE_COST_PER_MONTH("Node", "Count", "core-month", "node", INFRASTRUCTURE),
  CLUSTER_COST_PER_MONTH("Cluster", "Count", "cluster-month", "cluster", INFRASTRUCTURE),
  CLUSTER_COST_PER_HOUR("Cluster", "Count", "cluster-hour", "cluster", INFRASTRUCTURE),
  PVC_COST_PER_MONTH("Persistent volume claims", "Count", "pvc-month", "pvc", INFRASTRUCTURE),
  VM_COST_PER_MONTH("Virtual Machine", "Count", "vm-month", "vm", INFRASTRUCTURE),
  VM_COST_PER_HOUR("Virtual Machine", "Count", "vm-hour", "vm", INFRASTRUCTURE),
  CLUSTER_CORE_COST_PER_HOUR("Cluster", "Count", "core-hour", "cluster", INFRASTRUCTURE),
  PROJECT_PER_MONTH("Project", "Count", "project-month", "project", INFRASTRUCTURE),
  VM_CORE_COST_PER_MONTH("Virtual Machine", "Count", "core-month", "vm", INFRASTRUCTURE),
  VM_CORE_COST_PER_HOUR("Virtual Machine", "Count", "core-hour", "vm", INFRASTRUCTURE),
  GPU_COST_PER_MONTH("GPU", "Count", "gpu-month", "gpu", INFRASTRUCTURE);

  private final String label;
  private final String measurement;
  private final String unit;
  private final String kind;
  private final CostType defaultCostType;

  Metric(String label, String measurement, String unit, String kind, CostType defaultCostType) {
    this.label = label;
    this.measurement = measurement;
    this.unit = unit;
    this.kind = kind;
    this.defaultCostType = defaultCostType;
  }

  /// The name in requests, answers and tables, for example `cpu_core_usage_per_hour`.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What people call the measured thing, for example `CPU`.
  public String label() {
    return label;
  }

  /// What is measured of it, for example `Usage`.
  public String measurement() {
    return measurement;
  }

  /// For example `core-hours`.
  public String unit() {
    return unit;
  }

  /// The column `metric_type` of a rate, for example `cpu`.
  public String kind() {
    return kind;
  }

  /// The cost type of a rate that names none.
  public CostType defaultCostType() {
    return defaultCostType;
  }

  /// A rate for it can only depend on a tag's value.
  public boolean onlyByTag() {
    return this == PROJECT_PER_MONTH;
  }

  public static Optional<Metric> find(String wireName) {
    return Arrays.stream(values())
        .filter(metric -> metric.wireName().equals(wireName))
        .findFirst();
  }
}
