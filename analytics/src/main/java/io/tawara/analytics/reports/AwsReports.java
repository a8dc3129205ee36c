package io.tawara.analytics.reports;

import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.Labels;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import io.tawara.analytics.reports.ReportFigures.Shape;
import io.tawara.analytics.summary.AwsRollups;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// The reports of AWS bills (reports-api §3, params §8.2).
final class AwsReports {
  private AwsReports() {}

  /// An amount that `cost_type` chooses, with its markup.
  private record Amount(String cost, String markup) {}

  private static final String UNBLENDED = "unblended_cost";

  private static final Map<String, Amount> AMOUNTS =
      Map.of(
          UNBLENDED,
          new Amount(UNBLENDED, "markup_cost"),
          "blended_cost",
          new Amount("blended_cost", "markup_cost_blended"),
          "savingsplan_effective_cost",
          new Amount("savingsplan_effective_cost", "markup_cost_savingsplan"),
          "calculated_amortized_cost",
          new Amount("calculated_amortized_cost", "markup_cost_amortized"));

  static final ReportDefinition COSTS =
      report(
          "costs/",
          "costs",
          rules(Map.of("cost", "cost_total", "cost_total", "cost_total"), Set.of("usage")),
          Optional.empty(),
          amount ->
              new CloudFigures()
                  .costs(amount.cost(), amount.markup())
                  .build(AwsRollups.COST, "cost_total"));

  static final ReportDefinition WITH_UNBLENDED_MARKUP =
      report(
          "costs/",
          "costs",
          COSTS.parameters(),
          Optional.empty(),
          amount ->
              new CloudFigures()
                  .costs(amount.cost(), "markup_cost")
                  .build(AwsRollups.COST, "cost_total"));

  /// Where the chosen amount of a row is 0, the unblended one counts.
  static final ReportDefinition STORAGE =
      report(
          "storage/",
          "storage",
          rules(Map.of("usage", "usage"), Set.of("cost", "cost_total")),
          Optional.empty(),
          amount ->
              new CloudFigures()
                  .usage("usage_amount", "unit", "GB-Mo")
                  .costsOrElse(amount.cost(), amount.markup(), UNBLENDED, "markup_cost")
                  .build(AwsRollups.STORAGE, "usage"));

  static final ReportDefinition INSTANCE_TYPES =
      report(
          "instance-types/",
          "instance_type",
          rules(Map.of("usage", "usage"), Set.of("cost", "cost_total")),
          Optional.of("instance_type"),
          amount ->
              new CloudFigures()
                  .usage("usage_amount", "unit", "Hrs")
                  .costs(amount.cost(), amount.markup())
                  .build(AwsRollups.COMPUTE, "usage"));

  static final ReportDefinition EC2_COMPUTE =
      report(
          "resources/ec2-compute/",
          "ec2_compute",
          instanceRules(),
          Optional.of("resource_id"),
          amount ->
              new CloudFigures()
                  .usage("usage_amount", "unit", "Hrs")
                  .text("account_alias", "account_alias", "usage_account_id")
                  .text("account", "usage_account_id")
                  .text("instance_name", "instance_name", "resource_id")
                  .text("instance_type", "instance_type")
                  .text("operating_system", "operating_system")
                  .text("region", "region")
                  .whole("vcpu", "vcpu")
                  .text("memory", "memory")
                  .tags("tags")
                  .costs(amount.cost(), amount.markup())
                  .build(AwsRollups.EC2, "resource_id", Shape.RESOURCES));

  static final List<ReportDefinition> ALL = List.of(COSTS, STORAGE, INSTANCE_TYPES, EC2_COMPUTE);

  private static ReportDefinition report(
      String path,
      String name,
      ParameterRules rules,
      Optional<String> inherentGroup,
      Function<Amount, ReportFigures> figures) {
    var byCostType = new LinkedHashMap<String, ReportFigures>();
    AMOUNTS.forEach((type, amount) -> byCostType.put(type, figures.apply(amount)));
    return new ReportDefinition(
        "reports/aws/" + path,
        name,
        ProviderFamily.AWS,
        rules,
        dimensions(),
        Optional.of(new Column("tags")),
        inherentGroup,
        byCostType.get(UNBLENDED),
        Optional.empty(),
        Map.copyOf(byCostType));
  }

  private static Map<String, Dimension> dimensions() {
    var all = new LinkedHashMap<String, Dimension>();
    for (Dimension dimension :
        List.of(
            Dimension.of("account", "usage_account_id", "account_alias", "usage_account_id")
                .showing("account_alias", "account_alias", "usage_account_id"),
            Dimension.of("service", "product_code"),
            Dimension.of("region", "region"),
            Dimension.of("az", "availability_zone"),
            Dimension.of("product_family", "product_family"),
            Dimension.of("instance_type", "instance_type").filterOnly(),
            Dimension.units(
                "org_unit_id", "org_unit_path", "org_unit_id", "usage_account_id", "account_alias"),
            Dimension.of("instance", "resource_id", "instance_name", "resource_id").filterOnly(),
            Dimension.of("operating_system", "operating_system").filterOnly(),
            Dimension.of("resource_id", "resource_id").filterOnly())) {
      all.put(dimension.name(), dimension);
    }
    return java.util.Collections.unmodifiableMap(all);
  }

  private static ParameterRules rules(Map<String, String> delta, Set<String> elsewhere) {
    Keys filters = Keys.of("account", "service", "region", "az", "product_family", "org_unit_id");
    var order = new ArrayList<OrderKey>();
    order.add(new OrderKey("delta", "delta", List.of()));
    order.add(new OrderKey("infrastructure", "infra_total", List.of()));
    order.add(new OrderKey("supplementary", "sup_total", List.of()));
    order.add(new OrderKey("cost", "cost_total", List.of()));
    order.add(new OrderKey("usage", "usage", List.of()));
    order.add(needs("account"));
    order.add(new OrderKey("account_alias", "account_alias", List.of("account")));
    order.add(needs("region"));
    order.add(needs("service"));
    order.add(needs("product_family"));
    order.add(new OrderKey("date", "date", List.of()));
    return new ParameterRules(
        Keys.of(
            "account",
            "az",
            "instance_type",
            "region",
            "service",
            "storage_type",
            "product_family",
            "org_unit_id"),
        filters,
        filters,
        order,
        new DeltaRule.Choice(delta, elsewhere),
        Labels.ACCEPTED,
        false,
        List.of(),
        true,
        true,
        true,
        true);
  }

  private static ParameterRules instanceRules() {
    Keys filters = Keys.of("instance", "operating_system", "account", "region");
    var order = new ArrayList<OrderKey>();
    order.add(new OrderKey("delta", "delta", List.of()));
    order.add(new OrderKey("infrastructure", "infra_total", List.of("infrastructure")));
    order.add(new OrderKey("supplementary", "sup_total", List.of("supplementary")));
    order.add(new OrderKey("cost", "cost_total", List.of()));
    for (String name :
        List.of(
            "resource_id",
            "instance_name",
            "instance_type",
            "operating_system",
            "account_alias",
            "account",
            "region",
            "usage")) {
      order.add(new OrderKey(name, name, List.of()));
    }
    return new ParameterRules(
        Keys.none(),
        filters,
        filters,
        order,
        new DeltaRule.Unknown(),
        Labels.ACCEPTED,
        true,
        List.of(),
        false,
        true,
        true,
        true);
  }

  private static OrderKey needs(String group) {
    return new OrderKey(group, group, List.of(group));
  }
}
