package io.tawara.gateway.reports;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Compiler;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.internal.InternalEndpoints;
import io.tawara.gateway.reports.params.ReportParameters;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// `reports/…?explain=true&org_id=…` of the internal API: which table answers a question and why,
/// the statement and its parameters, and the plan that PostgreSQL makes of it. `analyze=true` runs
/// it and shows what it took. Everything else of the query is as on the public API; access is not
/// restricted.
final class ReportExplanation {
  private static final Set<String> OWN = Set.of("explain", "analyze", "org_id");

  private final GatewayServices services;
  private final Questions questions;
  private final Compiler compiler;

  ReportExplanation(GatewayServices services, Questions questions, Compiler compiler) {
    this.services = services;
    this.questions = questions;
    this.compiler = compiler;
  }

  Endpoint.Builder endpoint(ReportDefinition report) {
    var parameters = new ReportParameters(report);
    return InternalEndpoints.internal(report.path())
        .described("Plan of " + report.title(), "Which table and statement answer, and why.")
        .get(request -> explain(report, parameters, request));
  }

  private Future<Answer> explain(
      ReportDefinition report, ReportParameters parameters, Request request) {
    if (request.query().last("explain").filter("true"::equals).isEmpty()) {
      throw new InvalidInputException("explain", "Only explain=true is answered here.");
    }
    TenantSchema tenant =
        TenantSchema.ofOrganisation(
            request
                .query()
                .last("org_id")
                .orElseThrow(() -> new InvalidInputException("org_id", "This field is required.")));
    boolean analyze = request.query().last("analyze").filter("true"::equals).isPresent();
    return services
        .blocking()
        .call(request.requestId(), () -> services.tenants().exists(tenant))
        .compose(
            exists ->
                exists
                    ? questions.facts(tenant)
                    : Future.failedFuture(
                        new TawaraException(Category.NOT_FOUND, "no such organisation")))
        .compose(
            facts -> {
              CompiledQuery compiled = compile(report, parameters, request, facts);
              String sql =
                  "explain (costs" + (analyze ? ", analyze, buffers" : "") + ") " + compiled.sql();
              return questions
                  .inTurn(
                      tenant,
                      () ->
                          services
                              .reads()
                              .query(tenant, sql, Questions.tuple(compiled.parameters())))
                  .map(plan -> Answer.json(view(compiled, plan)));
            });
  }

  private CompiledQuery compile(
      ReportDefinition report, ReportParameters parameters, Request request, TenantFacts facts) {
    ReportParameters.Parsed parsed =
        Questions.understood(
            asked(request.query().raw()),
            query ->
                parameters.parse(
                    query,
                    Access.EVERYTHING,
                    questions.context(facts, report.family()),
                    questions.parity()));
    return compiler.compile(parsed.query(), false);
  }

  /// The query without what only this endpoint takes.
  private static String asked(String raw) {
    return Stream.of(raw.split("&", -1))
        .filter(each -> !OWN.contains(each.split("=", 2)[0]))
        .collect(Collectors.joining("&"));
  }

  private static ObjectNode view(CompiledQuery compiled, RowSet<Row> plan) {
    ObjectNode view = Json.object();
    view.put("table", compiled.plan().rows().table());
    compiled.plan().rows().scope().ifPresent(scope -> view.put("rows", scope.predicate().text()));
    compiled.plan().counts().ifPresent(counts -> view.put("capacity_table", counts.table()));
    ArrayNode reasons = view.putArray("reasons");
    compiled.plan().reasons().forEach(reasons::add);
    view.put("sql", compiled.sql());
    ArrayNode values = view.putArray("parameters");
    compiled.parameters().forEach(value -> values.add(value.toString()));
    ArrayNode lines = view.putArray("plan");
    plan.forEach(row -> lines.add(row.getString(0)));
    return view;
  }
}
