package io.tawara.analytics.reports;

import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import io.tawara.analytics.summary.GcpRollups;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The reports of GCP bills (reports-api §3, params §8.3).
final class GcpReports {
  private GcpReports() {}

  private static final CloudReports REPORTS =
      new CloudReports(
          "reports/gcp/",
          ProviderFamily.GCP,
          List.of(
              Dimension.of("account", "account_id"),
              Dimension.of("service", "service_alias", "service_alias", "service_id")
                  .showing("service_alias", "service_alias")
                  .notOfOthers(),
              Dimension.of("gcp_project", "project_id", "project_name", "project_id")
                  .showing("gcp_project_alias", "project_name"),
              Dimension.of("region", "region"),
              Dimension.of("instance_type", "instance_type").filterOnly()));

  static final List<ReportDefinition> ALL =
      List.of(
          REPORTS.report(
              "costs/",
              "costs",
              rules(Map.of("cost", "cost_total", "cost_total", "cost_total"), Set.of("usage")),
              Optional.empty(),
              costs(new CloudFigures()).build(GcpRollups.COST, "cost_total")),
          REPORTS.report(
              "storage/",
              "storage",
              rules(Map.of("usage", "usage"), Set.of("cost", "cost_total")),
              Optional.empty(),
              costs(new CloudFigures().usage("usage_amount", "unit", "gibibyte month"))
                  .build(GcpRollups.STORAGE, "usage")),
          REPORTS.report(
              "instance-types/",
              "instance_type",
              rules(Map.of("usage", "usage"), Set.of("cost", "cost_total")),
              Optional.of("instance_type"),
              costs(new CloudFigures().usage("usage_amount", "unit", "hour"))
                  .build(GcpRollups.COMPUTE, "usage")));

  private static CloudFigures costs(CloudFigures figures) {
    return figures.costsWithCredit("unblended_cost", "markup_cost", "credit_amount");
  }

  private static ParameterRules rules(Map<String, String> delta, Set<String> elsewhere) {
    return CloudReports.rules(
        Keys.of("account", "region", "service", "gcp_project", "instance_type"),
        Keys.of("account", "service", "region", "gcp_project"),
        List.of(
            CloudReports.needs("account"),
            CloudReports.needs("region"),
            CloudReports.needs("service"),
            CloudReports.needs("gcp_project"),
            new OrderKey("date", "date", List.of())),
        new DeltaRule.Choice(delta, elsewhere));
  }
}
