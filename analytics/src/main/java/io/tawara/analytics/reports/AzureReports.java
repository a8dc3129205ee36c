package io.tawara.analytics.reports;

import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import io.tawara.analytics.summary.AzureRollups;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The reports of Azure bills (reports-api §3, params §8.3).
final class AzureReports {
  private AzureReports() {}

  private static final CloudReports REPORTS =
      new CloudReports(
          "reports/azure/",
          ProviderFamily.AZURE,
          List.of(
              Dimension.of(
                      "subscription_guid",
                      "subscription_guid",
                      "subscription_guid",
                      "subscription_name")
                  .showing("subscription_name", "subscription_name", "subscription_guid"),
              Dimension.of("service_name", "service_name"),
              Dimension.of("resource_location", "resource_location"),
              Dimension.of("instance_type", "instance_type")));

  static final List<ReportDefinition> ALL =
      List.of(
          REPORTS.report(
              "costs/",
              "costs",
              rules(Map.of("cost", "cost_total"), Set.of("usage")),
              Optional.empty(),
              new CloudFigures()
                  .costs("pretax_cost", "markup_cost")
                  .build(AzureRollups.COST, "cost_total")),
          REPORTS.report(
              "storage/",
              "storage",
              rules(Map.of("usage", "usage"), Set.of("cost")),
              Optional.empty(),
              new CloudFigures()
                  .usage("usage_quantity", "unit", "GB-Mo")
                  .costs("pretax_cost", "markup_cost")
                  .build(AzureRollups.STORAGE, "usage")),
          REPORTS.report(
              "instance-types/",
              "instance_type",
              rules(Map.of("usage", "usage"), Set.of("cost")),
              Optional.of("instance_type"),
              new CloudFigures()
                  .usage("usage_quantity", "unit", "Hrs")
                  .costs("pretax_cost", "markup_cost")
                  .build(AzureRollups.COMPUTE, "usage")));

  private static ParameterRules rules(Map<String, String> delta, Set<String> elsewhere) {
    Keys keys = Keys.of("subscription_guid", "resource_location", "instance_type", "service_name");
    return CloudReports.rules(
        keys,
        keys,
        List.of(
            CloudReports.needs("subscription_guid"),
            new OrderKey("subscription_name", "subscription_name", List.of("subscription_guid")),
            CloudReports.needs("resource_location"),
            CloudReports.needs("instance_type"),
            CloudReports.needs("service_name"),
            new OrderKey("date", "date", List.of())),
        new DeltaRule.Choice(delta, elsewhere));
  }
}
