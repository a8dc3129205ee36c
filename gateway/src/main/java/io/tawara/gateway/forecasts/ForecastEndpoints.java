package io.tawara.gateway.forecasts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.forecast.Forecast;
import io.tawara.analytics.forecast.ForecastDefinition;
import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.CompiledQuery.Layout;
import io.tawara.analytics.reports.Compiler;
import io.tawara.analytics.reports.Figure;
import io.tawara.analytics.reports.ReportQuery;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.lists.ListCsv;
import io.tawara.gateway.reports.params.ForecastParameters;
import io.tawara.gateway.reports.params.ForecastParameters.Parsed;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// `forecasts/…`: what the days until the end of the month will cost (reports-api §11). The past is
/// asked of the report's compiler, so that it is restricted and converted as the report is.
public final class ForecastEndpoints {
  private final Questions questions;
  private final Compiler compiler;
  private final Clock clock;

  private ForecastEndpoints(Questions questions, Compiler compiler, Clock clock) {
    this.questions = questions;
    this.compiler = compiler;
    this.clock = clock;
  }

  /// The endpoints of the public API.
  ///
  /// @param forecasts those that exist in this deployment
  public static List<Endpoint.Builder> publicOnes(
      Questions questions, Compiler compiler, Clock clock, List<ForecastDefinition> forecasts) {
    var endpoints = new ForecastEndpoints(questions, compiler, clock);
    var all = new ArrayList<Endpoint.Builder>();
    for (ForecastDefinition forecast : forecasts) {
      var parameters = new ForecastParameters(forecast);
      all.add(
          Endpoint.api(forecast.path())
              .permission(Permission.of(forecast.family()))
              .formats(Format.JSON, Format.CSV)
              .described("Forecast", "Costs until the end of the month.")
              .get(
                  request ->
                      questions.answer(
                          request,
                          (facts, _) -> endpoints.ask(request, forecast, parameters, facts))));
    }
    return all;
  }

  private Future<Buffer> ask(
      Request request,
      ForecastDefinition definition,
      ForecastParameters parameters,
      TenantFacts facts) {
    Parsed parsed =
        Questions.understood(
            request,
            query ->
                parameters.parse(
                    query,
                    request.caller().access(),
                    questions.context(facts, definition.family()),
                    questions.parity()));
    return forecasts(request, parsed).map(forecasts -> rendered(request, parsed, forecasts));
  }

  /// By member of the answer; those that have too few days are absent.
  private Future<Map<String, Forecast>> forecasts(Request request, Parsed parsed) {
    if (parsed.past().isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    ReportQuery query = parsed.past().get();
    CompiledQuery compiled = compiler.compile(query, false);
    return questions
        .rows(request.caller().tenant(), compiled.sql(), compiled.parameters())
        .map(
            rows -> {
              var forecasts = new HashMap<String, Forecast>();
              ForecastDefinition.SERIES.forEach(
                  (member, name) -> {
                    Figure figure = query.report().figures(query).figures().get(name);
                    var daily = new TreeMap<LocalDate, BigDecimal>();
                    for (Row row : rows) {
                      if (row.getInteger(Layout.KIND) == CompiledQuery.Row.GROUP.ordinal()) {
                        daily.merge(
                            row.getLocalDate(Layout.BUCKET),
                            value(row, compiled.layout(), figure),
                            BigDecimal::add);
                      }
                    }
                    Forecast.of(daily, LocalDate.now(clock))
                        .ifPresent(forecast -> forecasts.put(member, forecast));
                  });
              return forecasts;
            });
  }

  private static BigDecimal value(Row row, Layout layout, Figure figure) {
    BigDecimal sum = BigDecimal.ZERO;
    for (String aggregate : figure.aggregates()) {
      BigDecimal part = row.getBigDecimal(layout.aggregate(layout.indexOf(aggregate)));
      sum = part == null ? sum : sum.add(part);
    }
    return sum;
  }

  private static Buffer rendered(Request request, Parsed parsed, Map<String, Forecast> forecasts) {
    List<LocalDate> days =
        ForecastDefinition.DAYS_OF.stream()
            .map(forecasts::get)
            .filter(forecast -> forecast != null)
            .findFirst()
            .map(forecast -> forecast.points().stream().map(Forecast.Point::day).toList())
            .orElse(List.of());
    var page = new Page(Math.min(parsed.limit(), Page.Bounds.REPORT.most()), parsed.offset());
    ArrayNode data = Json.array();
    for (LocalDate day : page.cut(days)) {
      ObjectNode values = Json.object().put("date", day.toString());
      for (String member : ForecastDefinition.SERIES.keySet()) {
        values.set(
            member, block(Optional.ofNullable(forecasts.get(member)), day, parsed.currency()));
      }
      ObjectNode entry = Json.object().put("date", day.toString());
      entry.putArray("values").add(values);
      data.add(entry);
    }
    if (request.format() == Format.CSV) {
      return ListCsv.bytes(data);
    }
    ObjectNode envelope = page.envelope(request, days.size(), data);
    ObjectNode meta = (ObjectNode) envelope.get("meta");
    meta.put("limit", parsed.limit());
    parsed.costType().ifPresent(costType -> meta.put("cost_type", costType));
    return Json.bytes(envelope);
  }

  private static ObjectNode block(Optional<Forecast> forecast, LocalDate day, String currency) {
    Optional<Forecast.Point> point =
        forecast.flatMap(
            known -> known.points().stream().filter(each -> each.day().equals(day)).findFirst());
    ObjectNode block = Json.object();
    block.set("total", amount(point.map(Forecast.Point::value), currency));
    block.set("confidence_max", amount(point.map(Forecast.Point::high), currency));
    block.set("confidence_min", amount(point.map(Forecast.Point::low), currency));
    block
        .putObject("rsquared")
        .put("value", forecast.map(Forecast::rSquared).orElse("0.00000000"))
        .putNull("units");
    ObjectNode pValues = block.putObject("pvalues");
    ArrayNode values = pValues.putArray("value");
    forecast.ifPresentOrElse(known -> known.pValues().forEach(values::add), () -> values.add(0));
    pValues.putNull("units");
    return block;
  }

  private static ObjectNode amount(Optional<BigDecimal> value, String currency) {
    ObjectNode amount = Json.object();
    value.ifPresentOrElse(
        known -> amount.put("value", known.doubleValue()), () -> amount.put("value", 0));
    return amount.put("units", currency);
  }
}
