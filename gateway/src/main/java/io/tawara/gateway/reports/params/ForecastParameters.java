package io.tawara.gateway.reports.params;

import io.tawara.analytics.forecast.Forecast;
import io.tawara.analytics.forecast.ForecastDefinition;
import io.tawara.analytics.reports.AccessRestriction;
import io.tawara.analytics.reports.Paging;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.analytics.reports.Resolution;
import io.tawara.analytics.reports.TimeRange;
import io.tawara.gateway.access.Access;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parameters of one forecast (params §8.5). Immutable; one per forecast, made once.
public final class ForecastParameters {
  private static final int STANDARD_LIMIT = 100;

  private final ForecastDefinition forecast;
  private final Shape shape;

  public ForecastParameters(ForecastDefinition forecast) {
    this.forecast = forecast;
    var fields = new LinkedHashMap<String, Field>();
    fields.put("limit", Fields.whole(1));
    fields.put("offset", Fields.whole(0));
    fields.put("currency", Fields.currency());
    if (costType()) {
      fields.put("cost_type", ReportParameters.costTypeField());
    }
    this.shape = new Shape(fields, List.of(Rules.unknown(fields.keySet())));
  }

  private boolean costType() {
    // reports over all clouds take it without effect, their forecast does not
    return forecast.family() != ProviderFamily.OPENSHIFT_ON_ALL
        && forecast.report().map(report -> report.parameters().costType()).orElse(false);
  }

  /// A request that was understood.
  ///
  /// @param past the question for the days that are continued; empty when nothing is known
  /// @param currency what amounts are shown in
  /// @param costType where the forecast has one
  /// @param limit as asked for
  public record Parsed(
      Optional<ReportQuery> past,
      String currency,
      Optional<String> costType,
      int limit,
      int offset) {}

  /// Checks and understands a query.
  ///
  /// @throws InvalidParameters when the query is refused
  public Parsed parse(
      QueryString query, Access access, ParameterContext context, ParityNames parity) {
    Shape.Given given = shape.check(query, context);
    String currency = given.value("currency", String.class).orElse(context.currency());
    Optional<String> costType =
        costType()
            ? Optional.of(given.value("cost_type", String.class).orElse(context.costType()))
            : Optional.empty();
    return new Parsed(
        forecast
            .report(parity)
            .map(report -> past(report, given, access, context, currency, costType, parity)),
        currency,
        costType,
        clamped(given.value("limit", Long.class).orElse((long) STANDARD_LIMIT)),
        clamped(given.value("offset", Long.class).orElse(0L)));
  }

  private static ReportQuery past(
      ReportDefinition report,
      Shape.Given given,
      Access access,
      ParameterContext context,
      String currency,
      Optional<String> costType,
      ParityNames parity) {
    Map<String, List<String>> granted =
        Narrowing.granted(report.accessDimensions(), report.family(), given, access);
    return new ReportQuery(
        report,
        TimeRange.of(
            context.today().minusDays(Forecast.DAYS_OF_PAST),
            context.today().minusDays(1),
            Resolution.DAILY),
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Paging(0, 0),
        List.of(),
        costType,
        context.rates().apply(currency),
        new AccessRestriction(granted),
        false,
        parity);
  }

  private static int clamped(long number) {
    return (int) Math.min(number, Integer.MAX_VALUE);
  }
}
