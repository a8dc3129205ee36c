package io.tawara.analytics.reports;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every report that exists.
public final class ReportCatalogue {
  private ReportCatalogue() {}

  /// All reports, by path below the API root.
  public static final Map<String, ReportDefinition> REPORTS = reports();

  /// The costs of AWS with the markup of the unblended cost whatever the cost type is: what Koku
  /// makes forecasts of.
  public static final ReportDefinition AWS_WITH_UNBLENDED_MARKUP = AwsReports.WITH_UNBLENDED_MARKUP;

  /// The report at a path (`reports/openshift/costs/`).
  public static Optional<ReportDefinition> at(String path) {
    return Optional.ofNullable(REPORTS.get(path));
  }

  private static Map<String, ReportDefinition> reports() {
    var all = new LinkedHashMap<String, ReportDefinition>();
    for (List<ReportDefinition> family :
        List.of(
            OpenShiftReports.ALL,
            AwsReports.ALL,
            AzureReports.ALL,
            GcpReports.ALL,
            OnCloudReports.ALL)) {
      family.forEach(report -> all.put(report.path(), report));
    }
    return java.util.Collections.unmodifiableMap(all);
  }
}
