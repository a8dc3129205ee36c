package io.tawara.analytics.reports;

import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.Labels;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The reports of OpenShift clusters (reports-api §3, params §8.1).
final class OpenShiftReports {
  private OpenShiftReports() {}

  private static final Keys GROUPS =
      Keys.of("cluster", "project", "node", "persistentvolumeclaim", "storageclass");
  private static final Keys FILTERS =
      Keys.of(
          "project",
          "cluster",
          "node",
          "infrastructures",
          "category",
          "persistentvolumeclaim",
          "storageclass");
  private static final Keys EXCLUDES =
      Keys.of("project", "cluster", "node", "infrastructures", "category", "persistentvolumeclaim");

  static final ReportDefinition COSTS =
      report(
          "costs/",
          "costs",
          inventoryRules(Inventory.COSTS),
          "all_labels",
          OpenShiftFigures.costs());
  static final ReportDefinition COMPUTE =
      report(
          "compute/",
          "cpu",
          inventoryRules(Inventory.PODS),
          "pod_labels",
          OpenShiftFigures.compute());
  static final ReportDefinition MEMORY =
      report(
          "memory/",
          "memory",
          inventoryRules(Inventory.PODS),
          "pod_labels",
          OpenShiftFigures.memory());
  static final ReportDefinition VOLUMES =
      report(
          "volumes/",
          "volume",
          inventoryRules(Inventory.VOLUMES),
          "volume_labels",
          OpenShiftFigures.volumes());
  static final ReportDefinition NETWORK =
      report(
          "network/",
          "network",
          inventoryRules(Inventory.NETWORK),
          "all_labels",
          OpenShiftFigures.network());
  static final ReportDefinition GPU =
      report("gpu/", "gpu", gpuRules(), "all_labels", "gpu_name", OpenShiftFigures.gpu());
  static final ReportDefinition MIG_PROFILES =
      report(
          "gpu/mig_profiles/",
          "mig_profiles",
          migRules(),
          "all_labels",
          "mig_profile",
          OpenShiftFigures.migProfiles());
  static final ReportDefinition VIRTUAL_MACHINES =
      report(
          "resources/virtual-machines/",
          "virtual_machines",
          virtualMachineRules(),
          "pod_labels",
          "vm_name",
          OpenShiftFigures.virtualMachines());

  /// Which rate cost what. Koku keeps such figures and has no route for them.
  static final ReportDefinition COST_BREAKDOWN =
      new ReportDefinition(
          "reports/openshift/costs/breakdown/",
          "cost_breakdown",
          ProviderFamily.OPENSHIFT,
          breakdownRules(),
          dimensions(),
          Optional.empty(),
          Optional.of("rate"),
          OpenShiftFigures.costBreakdown(),
          Optional.empty(),
          Map.of());

  static final List<ReportDefinition> ALL =
      List.of(
          COSTS,
          COST_BREAKDOWN,
          COMPUTE,
          MEMORY,
          VOLUMES,
          NETWORK,
          GPU,
          MIG_PROFILES,
          VIRTUAL_MACHINES);

  private static ReportDefinition report(
      String path, String name, ParameterRules rules, String labels, ReportFigures figures) {
    return report(path, name, rules, labels, Optional.empty(), figures);
  }

  private static ReportDefinition report(
      String path,
      String name,
      ParameterRules rules,
      String labels,
      String inherentGroup,
      ReportFigures figures) {
    return report(path, name, rules, labels, Optional.of(inherentGroup), figures);
  }

  private static ReportDefinition report(
      String path,
      String name,
      ParameterRules rules,
      String labels,
      Optional<String> inherentGroup,
      ReportFigures figures) {
    return new ReportDefinition(
        "reports/openshift/" + path,
        name,
        ProviderFamily.OPENSHIFT,
        rules,
        dimensions(),
        Optional.of(new Column(labels)),
        inherentGroup,
        figures,
        name.equals("costs") ? Optional.of(OpenShiftFigures.costsByProject()) : Optional.empty(),
        Map.of());
  }

  private static Map<String, Dimension> dimensions() {
    var all = new LinkedHashMap<String, Dimension>();
    for (Dimension dimension :
        List.of(
            Dimension.of("cluster", "cluster_id", "cluster_alias", "cluster_id"),
            Dimension.of("project", "namespace"),
            Dimension.of("node", "node"),
            Dimension.of("persistentvolumeclaim", "persistentvolumeclaim"),
            Dimension.of("storageclass", "storageclass"),
            Dimension.of("category", "cost_category_id")
                .filterOnly()
                .matching(Dimension.Matching.COST_GROUP_NAME),
            Dimension.of("infrastructures", "cluster_id")
                .filterOnly()
                .matching(Dimension.Matching.EQUALITY),
            Dimension.of("gpu_vendor", "vendor_name"),
            Dimension.of("gpu_model", "model_name"),
            Dimension.of("gpu_mode", "gpu_mode"),
            Dimension.joined("gpu_name", "vendor_name", "model_name", "node"),
            Dimension.of("mig_profile", "mig_profile"),
            Dimension.of("vm_name", "vm_name"),
            Dimension.of("rate", "rate_name"),
            Dimension.of("metric", "rate_metric"),
            Dimension.of("cost_type", "rate_cost_type"))) {
      all.put(dimension.name(), dimension);
    }
    return java.util.Collections.unmodifiableMap(all);
  }

  /// What the four kinds of inventory reports measure, beside cost.
  private enum Inventory {
    COSTS(List.of("distributed_cost"), Set.of()),
    PODS(
        List.of("usage", "request", "distributed_cost"),
        Set.of("usage", "request", "limit", "capacity", "cost_total_distributed")),
    VOLUMES(
        List.of("usage", "request", "distributed_cost"), Set.of("usage", "request", "capacity")),
    NETWORK(List.of("usage"), Set.of("usage"));

    private final List<String> deltas;
    private final Set<String> comparable;

    /// @param deltas what `delta` takes beside cost: only what the report has, so that none fails
    /// @param comparable what may stand on either side of `A__B`
    Inventory(List<String> deltas, Set<String> comparable) {
      this.deltas = deltas;
      this.comparable = comparable;
    }
  }

  private static ParameterRules inventoryRules(Inventory inventory) {
    var order = baseOrder();
    order.add(needs("cluster"));
    order.add(needs("project"));
    order.add(needs("node"));
    order.add(new OrderKey("date", "date", List.of()));
    order.add(new OrderKey("distributed_cost", "cost_total_distributed", List.of()));
    if (inventory != Inventory.COSTS) {
      for (String figure :
          List.of("usage", "request", "limit", "usage_efficiency", "wasted_cost")) {
        order.add(new OrderKey(figure, figure, List.of()));
      }
    }
    order.add(needs("persistentvolumeclaim"));
    order.add(new OrderKey("storage_class", "storage_class", List.of()));
    var choices = new LinkedHashMap<String, String>();
    choices.put("cost", "cost_total");
    choices.put("cost_total", "cost_total");
    for (String delta : inventory.deltas) {
      choices.put(delta, delta.equals("distributed_cost") ? "cost_total_distributed" : delta);
    }
    DeltaRule delta =
        inventory == Inventory.COSTS
            ? new DeltaRule.Choice(choices)
            : new DeltaRule.ChoiceOrPair(choices, inventory.comparable);
    return new ParameterRules(
        GROUPS,
        FILTERS,
        EXCLUDES,
        order,
        delta,
        Labels.ACCEPTED,
        false,
        List.of(),
        true,
        true,
        false,
        false);
  }

  private static ParameterRules breakdownRules() {
    Keys keys = Keys.of("cluster", "project", "node", "rate", "metric", "cost_type");
    Keys filters =
        Keys.of(
            "cluster",
            "project",
            "node",
            "infrastructures",
            "category",
            "rate",
            "metric",
            "cost_type");
    var order = baseOrder();
    for (String key : List.of("cluster", "project", "node", "metric", "cost_type")) {
      order.add(needs(key));
    }
    order.add(free("rate"));
    order.add(new OrderKey("date", "date", List.of()));
    order.add(new OrderKey("distributed_cost", "cost_total_distributed", List.of()));
    var choices = new LinkedHashMap<String, String>();
    choices.put("cost", "cost_total");
    choices.put("cost_total", "cost_total");
    choices.put("distributed_cost", "cost_total_distributed");
    return new ParameterRules(
        keys,
        filters,
        filters,
        order,
        new DeltaRule.Choice(choices),
        Labels.DROPPED,
        false,
        List.of(),
        true,
        true,
        false,
        false);
  }

  private static ParameterRules gpuRules() {
    Keys filters =
        Keys.of("cluster", "node", "project", "gpu_vendor", "gpu_model", "gpu_mode", "mig_profile");
    Keys groups =
        Keys.of("cluster", "project", "gpu_vendor", "gpu_model", "gpu_mode", "mig_profile")
            .andPlain("gpu_name")
            .andPrefixed("node");
    var order = baseOrder();
    order.add(needs("cluster"));
    order.add(free("node"));
    order.add(needs("project"));
    order.add(free("gpu_vendor"));
    order.add(free("gpu_model"));
    order.add(needs("gpu_name"));
    order.add(free("gpu_mode"));
    order.add(needs("mig_profile"));
    order.add(new OrderKey("date", "date", List.of()));
    order.add(new OrderKey("cost_model_gpu_cost", "cost_total", List.of()));
    order.add(free("gpu_memory"));
    order.add(free("gpu_count"));
    return new ParameterRules(
        groups,
        filters,
        filters,
        order,
        new DeltaRule.Unknown(),
        Labels.DROPPED,
        false,
        List.of(),
        true,
        true,
        false,
        false);
  }

  private static ParameterRules migRules() {
    ParameterRules inventory = inventoryRules(Inventory.COSTS);
    Keys filters = Keys.of("cluster", "node", "project", "gpu_vendor", "gpu_model");
    return new ParameterRules(
        GROUPS,
        filters,
        EXCLUDES,
        inventory.orderBy(),
        new DeltaRule.Unknown(),
        Labels.DROPPED,
        false,
        List.of("gpu_vendor", "gpu_model", "node"),
        true,
        false,
        false,
        false);
  }

  private static ParameterRules virtualMachineRules() {
    var order = new ArrayList<OrderKey>();
    order.add(new OrderKey("delta", "delta", List.of()));
    order.add(new OrderKey("infrastructure", "infra_total", List.of("infrastructure")));
    order.add(new OrderKey("supplementary", "sup_total", List.of("supplementary")));
    order.add(new OrderKey("cost", "cost_total", List.of()));
    order.add(free("cluster"));
    order.add(free("node"));
    order.add(free("project"));
    order.add(free("vm_name"));
    order.add(free("request_cpu"));
    order.add(free("request_memory"));
    order.add(new OrderKey("distributed_cost", "cost_total_distributed", List.of()));
    return new ParameterRules(
        Keys.none(),
        Keys.of("project", "cluster", "node", "vm_name"),
        Keys.of("project", "cluster", "node").andPlain("vm_name"),
        order,
        new DeltaRule.Unknown(),
        Labels.ACCEPTED,
        true,
        List.of(),
        false,
        true,
        false,
        false);
  }

  private static List<OrderKey> baseOrder() {
    var order = new ArrayList<OrderKey>();
    order.add(new OrderKey("delta", "delta", List.of()));
    order.add(new OrderKey("infrastructure", "infra_total", List.of()));
    order.add(new OrderKey("supplementary", "sup_total", List.of()));
    order.add(new OrderKey("cost", "cost_total", List.of()));
    return order;
  }

  private static OrderKey needs(String group) {
    return new OrderKey(group, group, List.of(group));
  }

  private static OrderKey free(String name) {
    return new OrderKey(name, name, List.of());
  }
}
