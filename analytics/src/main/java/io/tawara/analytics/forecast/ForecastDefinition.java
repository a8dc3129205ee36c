package io.tawara.analytics.forecast;

import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A forecast as a value (reports-api §11): the costs of a report, seen ahead. A further forecast
/// is a further value in [ForecastCatalogue].
///
/// @param path below the API root, with closing slash, for example `forecasts/openshift/costs/`
/// @param family who may ask, and whose rates convert
/// @param report whose daily totals are continued; empty: nothing is known and the answer is empty
/// @param underParity which report it is instead, by the name of a defect that is wanted
public record ForecastDefinition(
    String path,
    ProviderFamily family,
    Optional<ReportDefinition> report,
    Map<String, ReportDefinition> underParity) {

  /// The report whose daily totals are continued.
  public Optional<ReportDefinition> report(ParityNames parity) {
    return underParity.entrySet().stream()
        .filter(entry -> parity.has(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .or(() -> report);
  }

  /// The series that are continued: member of the answer → figure of the report. The days of an
  /// answer are those of the first of [#DAYS_OF] that has a forecast.
  public static final Map<String, String> SERIES = series();

  public static final List<String> DAYS_OF = List.of("cost", "infrastructure", "supplementary");

  private static Map<String, String> series() {
    var series = new LinkedHashMap<String, String>();
    series.put("infrastructure", "infra_total");
    series.put("supplementary", "sup_total");
    series.put("cost", "cost_total");
    return java.util.Collections.unmodifiableMap(series);
  }
}
