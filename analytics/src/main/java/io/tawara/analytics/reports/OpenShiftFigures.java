package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Aggregate.Money;
import io.tawara.analytics.reports.ReportFigures.Attribute;
import io.tawara.analytics.reports.ReportFigures.Shape;
import io.tawara.analytics.reports.Section.Member;
import io.tawara.analytics.summary.Breakdown;
import io.tawara.analytics.summary.Rollups;
import io.tawara.analytics.summary.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the rows of the OpenShift reports consist of (reports-api §3.2, §3.4–3.6).
final class OpenShiftFigures {
  private OpenShiftFigures() {}

  private static final List<String> ALL_MODEL_COSTS =
      List.of(
          "cost_model_cpu_cost",
          "cost_model_memory_cost",
          "cost_model_volume_cost",
          "cost_model_gpu_cost");

  /// The five kinds of distributed cost: member of the block, rate type of the rows, currency.
  private record Distribution(String member, String rateType, Money money) {
    String figure() {
      return "cost_" + member;
    }
  }

  private static final List<Distribution> DISTRIBUTIONS =
      List.of(
          new Distribution("platform_distributed", "platform_distributed", Money.MODEL),
          new Distribution("worker_unallocated_distributed", "worker_distributed", Money.MODEL),
          new Distribution("network_unattributed_distributed", "unattributed_network", Money.BILL),
          new Distribution("storage_unattributed_distributed", "unattributed_storage", Money.BILL),
          new Distribution("gpu_unallocated_distributed", "gpu_distributed", Money.MODEL));

  /// Collects what a report is made of.
  private static final class Parts {
    private final List<Aggregate> aggregates = new ArrayList<>();
    private final Map<String, Figure> figures = new LinkedHashMap<>();
    private final List<Section> sections = new ArrayList<>();

    void sum(String name, Money money, List<String> rateTypes, String... columns) {
      aggregates.add(
          new Aggregate.Sum(
              name, Arrays.stream(columns).map(Column::new).toList(), rateTypes, money));
    }

    void figure(String name, String... aggregates) {
      figures.put(name, Figure.of(name, aggregates));
    }

    void quantity(String name, String unit, String... columns) {
      sum(name, Money.NONE, List.of(), columns);
      figure(name, name);
      sections.add(new Section.Quantity(name, name, unit));
    }

    /// The aggregates and figures of cost blocks.
    void costs(List<String> modelCosts, boolean bill) {
      String[] model = modelCosts.toArray(String[]::new);
      if (bill) {
        sum("raw", Money.BILL, List.of(), "infrastructure_raw_cost");
        sum("markup", Money.BILL, List.of(), "infrastructure_markup_cost");
      }
      sum("model_infrastructure", Money.MODEL, List.of("Infrastructure"), model);
      sum("model_supplementary", Money.MODEL, List.of("Supplementary"), model);
      sum("model", Money.MODEL, List.of(), model);
      String[] raw = bill ? new String[] {"raw"} : new String[0];
      String[] markup = bill ? new String[] {"markup"} : new String[0];
      String[] billed = bill ? new String[] {"raw", "markup"} : new String[0];
      figure("infra_raw", raw);
      figure("infra_markup", markup);
      figure("infra_usage", "model_infrastructure");
      figure("infra_total", with(billed, "model_infrastructure"));
      figure("sup_raw");
      figure("sup_markup");
      figure("sup_usage", "model_supplementary");
      figure("sup_total", "model_supplementary");
      figure("cost_raw", raw);
      figure("cost_markup", markup);
      figure("cost_usage", "model");
      figure("cost_total", with(billed, "model"));
    }

    /// The five distributed amounts and the total with them.
    void distributed() {
      var all = new ArrayList<>(figures.get("cost_total").aggregates());
      for (Distribution distribution : DISTRIBUTIONS) {
        sum(
            distribution.rateType(),
            distribution.money(),
            List.of(distribution.rateType()),
            "distributed_cost");
        figure(distribution.figure(), distribution.rateType());
        all.add(distribution.rateType());
      }
      figure("cost_total_distributed", all.toArray(String[]::new));
    }

    void costSections(boolean distributed, boolean components) {
      sections.add(block("infrastructure", "infra"));
      sections.add(block("supplementary", "sup"));
      var members = new ArrayList<>(members("cost"));
      if (components) {
        DISTRIBUTIONS.forEach(
            distribution -> members.add(new Member(distribution.member(), distribution.figure())));
      }
      if (distributed) {
        members.add(new Member("distributed", "cost_total_distributed"));
      }
      sections.add(new Section.Cost("cost", List.copyOf(members), List.copyOf(members)));
    }

    private static Section block(String name, String prefix) {
      return new Section.Cost(name, members(prefix), members(prefix));
    }

    static List<Member> members(String prefix) {
      return Stream.of("raw", "markup", "usage", "total")
          .map(member -> new Member(member, prefix + "_" + member))
          .toList();
    }

    private static String[] with(String[] some, String more) {
      String[] all = Arrays.copyOf(some, some.length + 1);
      all[some.length] = more;
      return all;
    }

    ReportFigures build(Scope scope, Optional<Capacity> capacity, String order) {
      return new ReportFigures(
          scope,
          false,
          List.copyOf(aggregates),
          Map.copyOf(figures),
          List.copyOf(sections),
          capacity,
          List.of(),
          order,
          false,
          Shape.BUCKETS);
    }
  }

  static ReportFigures costs() {
    var parts = new Parts();
    parts.costs(ALL_MODEL_COSTS, true);
    parts.costSections(false, false);
    return parts.build(Rollups.COST, Optional.empty(), "cost_total");
  }

  /// Costs grouped by project show what was distributed onto each.
  static ReportFigures costsByProject() {
    var parts = new Parts();
    parts.costs(ALL_MODEL_COSTS, true);
    parts.distributed();
    parts.aggregates.add(
        new Aggregate.RowCount(
            "distributed_overhead", List.of("platform_distributed", "worker_distributed")));
    parts.costSections(true, true);
    ReportFigures built = parts.build(Rollups.COST, Optional.empty(), "cost_total");
    return new ReportFigures(
        built.scope(),
        false,
        built.aggregates(),
        built.figures(),
        built.sections(),
        built.capacity(),
        List.of(new Attribute("cost_group", new Expression.CostGroupName())),
        built.defaultOrder(),
        false,
        Shape.BUCKETS);
  }

  /// Costs by rate, with what was distributed.
  static ReportFigures costBreakdown() {
    var parts = new Parts();
    parts.costs(List.of("cost_model_cost"), true);
    parts.distributed();
    parts.costSections(true, true);
    return parts.build(Breakdown.ALL, Optional.empty(), "cost_total_distributed");
  }

  static ReportFigures compute() {
    return pods("Core-Hours", "Core", "cpu_core_hours", "cpu", "cpu_cores", "cpu_core_hours");
  }

  static ReportFigures memory() {
    return pods(
        "GiB-Hours",
        "GiB",
        "memory_gigabyte_hours",
        "memory",
        "memory_gigabytes",
        "memory_gigabyte_hours");
  }

  private static ReportFigures pods(
      String unit,
      String countUnit,
      String hours,
      String model,
      String capacityCount,
      String capacityHours) {
    var parts = new Parts();
    parts.quantity("usage", unit, "pod_usage_" + hours);
    parts.sum("request", Money.NONE, List.of(), "pod_request_" + hours);
    parts.figure("request", "request");
    parts.sections.add(new Section.Request("request", unit));
    parts.quantity("limit", unit, "pod_limit_" + hours);
    parts.sections.add(new Section.CapacityBlock(unit, countUnit, false));
    parts.sections.add(new Section.Score("usage", "request", "cost_total"));
    parts.costs(List.of("cost_model_" + model + "_cost"), true);
    parts.distributed();
    parts.costSections(true, false);
    return parts.build(
        Rollups.POD,
        Optional.of(
            new Capacity(
                Optional.of(new Column("node_capacity_" + capacityHours)),
                Optional.of(new Column("cluster_capacity_" + capacityHours)),
                new Column("node_capacity_" + capacityCount),
                Rollups.CAPACITY,
                Optional.empty())),
        "usage");
  }

  static ReportFigures volumes() {
    var parts = new Parts();
    parts.quantity("usage", "GiB-Mo", "persistentvolumeclaim_usage_gigabyte_months");
    parts.sum("request", Money.NONE, List.of(), "volume_request_storage_gigabyte_months");
    parts.figure("request", "request");
    parts.sections.add(new Section.Request("request", "GiB-Mo"));
    parts.sum(
        "volume_capacity", Money.NONE, List.of(), "persistentvolumeclaim_capacity_gigabyte_months");
    parts.sections.add(new Section.CapacityBlock("GiB-Mo", "GiB", true));
    parts.aggregates.add(
        new Aggregate.TextList("persistent_volume_claim", new Column("persistentvolumeclaim")));
    parts.aggregates.add(new Aggregate.TextList("storage_class", new Column("storageclass")));
    parts.sections.add(new Section.TextList("persistent_volume_claim", "persistent_volume_claim"));
    parts.sections.add(new Section.TextList("storage_class", "storage_class"));
    parts.costs(List.of("cost_model_volume_cost"), true);
    parts.costSections(false, false);
    return parts.build(
        Rollups.VOLUME,
        Optional.of(
            new Capacity(
                Optional.empty(),
                Optional.empty(),
                new Column("persistentvolumeclaim_capacity_gigabyte"),
                Rollups.VOLUME,
                Optional.of("volume_capacity"))),
        "usage");
  }

  static ReportFigures network() {
    var parts = new Parts();
    parts.quantity(
        "usage", "GB", "infrastructure_data_in_gigabytes", "infrastructure_data_out_gigabytes");
    parts.quantity("data_transfer_in", "GB", "infrastructure_data_in_gigabytes");
    parts.quantity("data_transfer_out", "GB", "infrastructure_data_out_gigabytes");
    parts.costs(ALL_MODEL_COSTS, true);
    // Rows and the total differ on purpose: reports-api §3.2, "Deviations".
    parts.figure("zero");
    parts.figure("infra_total", "raw", "markup");
    parts.figure("sup_usage");
    List<Member> rows = Parts.members("infra");
    parts.sections.add(
        new Section.Cost(
            "infrastructure",
            rows,
            rows.stream()
                .map(member -> member.name().equals("usage") ? new Member("usage", "zero") : member)
                .toList()));
    parts.sections.add(
        new Section.Cost("supplementary", Parts.members("sup"), Parts.members("sup")));
    List<Member> costs = Parts.members("cost");
    parts.sections.add(
        new Section.Cost(
            "cost",
            costs,
            costs.stream()
                .map(
                    member ->
                        member.name().equals("total") ? new Member("total", "infra_total") : member)
                .toList()));
    return parts.build(Rollups.NETWORK, Optional.empty(), "usage");
  }

  private static final Aggregate.Identity GPU = Aggregate.Identity.of("gpu_uuid");

  /// Koku adds the request of a machine once per rate type, and not at all without cost.
  private static final String VM_REQUEST_DOUBLES = "vm-request-doubles";

  private static final Aggregate.Identity MACHINE =
      Aggregate.Identity.of("cluster_id", "namespace", "vm_name").doubledUnder(VM_REQUEST_DOUBLES);

  static ReportFigures gpu() {
    var parts = new Parts();
    parts.costs(List.of("cost_model_gpu_cost"), false);
    parts.aggregates.add(
        new Aggregate.DistinctSum("gpu_memory", GPU, new Column("memory_capacity_gb")));
    parts.aggregates.add(new Aggregate.DistinctCount("gpu_count", GPU));
    parts.figure("gpu_memory", "gpu_memory");
    parts.figure("gpu_count", "gpu_count");
    parts.sections.add(new Section.Measured("gpu_memory", "gpu_memory", "GB", false));
    parts.sections.add(new Section.Measured("gpu_count", "gpu_count", "GPUs", true));
    parts.costSections(false, false);
    return new ReportFigures(
        Rollups.GPUS,
        true,
        List.copyOf(parts.aggregates),
        Map.copyOf(parts.figures),
        List.copyOf(parts.sections),
        Optional.empty(),
        List.of(
            attribute("node", "node"),
            attribute("gpu_model", "model_name"),
            attribute("gpu_vendor", "vendor_name"),
            attribute("gpu_mode", "gpu_mode")),
        "cost_total",
        false,
        Shape.BUCKETS);
  }

  static ReportFigures migProfiles() {
    var slices = new Aggregate.GreatestNumber("mig_slice_count", new Column("mig_slice_count"));
    var most = new Aggregate.GreatestNumber("gpu_max_slices", new Column("gpu_max_slices"));
    return new ReportFigures(
        Rollups.GPUS,
        true,
        List.of(slices, most),
        Map.of(),
        List.of(
            new Section.MigProfileParts("mig_profile"),
            new Section.WholeNumber("mig_slice_count", "mig_slice_count"),
            new Section.WholeNumber("gpu_max_slices", "gpu_max_slices")),
        Optional.empty(),
        List.of(
            attribute("mig_profile", "mig_profile"),
            attribute("mig_id", "mig_instance_id"),
            new Attribute(
                "gpu_name",
                new Expression.Joined(
                    List.of(
                        new Column("vendor_name"), new Column("model_name"), new Column("node")),
                    "_")),
            attribute("gpu_model", "model_name"),
            attribute("gpu_vendor", "vendor_name"),
            attribute("node", "node")),
        "mig_profile",
        true,
        Shape.INSTANCES);
  }

  static ReportFigures virtualMachines() {
    var parts = new Parts();
    parts.aggregates.add(greatest("cluster", "cluster_alias", "cluster_id"));
    parts.aggregates.add(greatest("node", "node"));
    parts.aggregates.add(greatest("project", "namespace"));
    parts.sections.add(new Section.Text("cluster", "cluster"));
    parts.sections.add(new Section.Text("node", "node"));
    parts.sections.add(new Section.Text("project", "project"));
    parts.aggregates.add(
        new Aggregate.Volumes(
            "storage",
            new Column("persistentvolumeclaim"),
            new Column("storageclass"),
            new Column("persistentvolumeclaim_usage_gigabyte_months"),
            new Column("persistentvolumeclaim_capacity_gigabyte_months")));
    parts.sections.add(new Section.VirtualMachineStorage("storage"));
    parts.aggregates.add(
        new Aggregate.LabelSets(
            "tags",
            new Column("pod_labels"),
            Optional.of(new Column("persistentvolumeclaim")),
            Optional.of(VM_REQUEST_DOUBLES)));
    parts.sections.add(new Section.MergedLabels("tags", true));
    parts.aggregates.add(
        new Aggregate.DistinctSum(
            "request_cpu", MACHINE, new Column("pod_request_cpu_core_hours")));
    parts.figure("request_cpu", "request_cpu");
    parts.aggregates.add(
        new Aggregate.DistinctSum(
            "request_memory", MACHINE, new Column("pod_request_memory_gigabyte_hours")));
    parts.figure("request_memory", "request_memory");
    parts.costs(ALL_MODEL_COSTS, true);
    parts.distributed();
    parts.costSections(true, true);
    parts.sections.add(new Section.VirtualMachineRequest("request_cpu", "request_memory"));
    return new ReportFigures(
        Rollups.VIRTUAL_MACHINES,
        true,
        List.copyOf(parts.aggregates),
        Map.copyOf(parts.figures),
        List.copyOf(parts.sections),
        Optional.empty(),
        List.of(),
        "cost_total",
        false,
        Shape.RESOURCES);
  }

  private static Aggregate greatest(String name, String... columns) {
    return new Aggregate.GreatestText(name, Arrays.stream(columns).map(Column::new).toList());
  }

  private static Attribute attribute(String name, String column) {
    return new Attribute(name, new Expression.Of(new Column(column)));
  }
}
