package io.tawara.analytics.forecast;

import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportCatalogue;
import java.util.List;
import java.util.Map;

/// Every forecast that exists.
public final class ForecastCatalogue {
  private ForecastCatalogue() {}

  public static final List<ForecastDefinition> ALL =
      List.of(
          of("openshift/", ProviderFamily.OPENSHIFT),
          of("aws/", ProviderFamily.AWS),
          of("azure/", ProviderFamily.AZURE),
          of("gcp/", ProviderFamily.GCP),
          of("openshift/infrastructures/aws/", ProviderFamily.OPENSHIFT_ON_AWS),
          of("openshift/infrastructures/azure/", ProviderFamily.OPENSHIFT_ON_AZURE),
          of("openshift/infrastructures/gcp/", ProviderFamily.OPENSHIFT_ON_GCP),
          of("openshift/infrastructures/all/", ProviderFamily.OPENSHIFT_ON_ALL));

  /// The forecast of a family's costs report.
  private static ForecastDefinition of(String middle, ProviderFamily family) {
    return new ForecastDefinition(
        "forecasts/" + middle + "costs/",
        family,
        ReportCatalogue.at("reports/" + middle + "costs/"),
        family == ProviderFamily.AWS
            ? Map.of("forecast-unblended-markup", ReportCatalogue.AWS_WITH_UNBLENDED_MARKUP)
            : Map.of());
  }
}
