package io.tawara.gateway.reports;

import io.tawara.analytics.reports.CompiledQuery;
import io.tawara.analytics.reports.Compiler;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.reports.params.ReportParameters;
import io.tawara.gateway.serving.AnswerMemory;
import io.tawara.gateway.serving.Questions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collector;

/// The endpoints of all reports of the catalogue: parameters → plan → one statement → bytes.
public final class ReportEndpoints {
  private final TenantReads reads;
  private final Questions questions;
  private final Compiler compiler;

  private ReportEndpoints(TenantReads reads, Questions questions, Compiler compiler) {
    this.reads = reads;
    this.questions = questions;
    this.compiler = compiler;
  }

  public static List<Endpoint.Builder> publicOnes(
      TenantReads reads,
      Questions questions,
      Compiler compiler,
      Collection<ReportDefinition> reports) {
    var endpoints = new ReportEndpoints(reads, questions, compiler);
    return reports.stream().map(endpoints::endpoint).toList();
  }

  /// The same questions on the internal port, answered with the plan instead of the figures.
  public static List<Endpoint.Builder> internalOnes(
      GatewayServices services,
      Questions questions,
      Compiler compiler,
      Collection<ReportDefinition> reports) {
    var explanation = new ReportExplanation(services, questions, compiler);
    return reports.stream().map(explanation::endpoint).toList();
  }

  private Endpoint.Builder endpoint(ReportDefinition report) {
    var parameters = new ReportParameters(report);
    return Endpoint.api(report.path())
        .permission(Permission.of(report.family()))
        .caching(Endpoint.Caching.KEPT)
        .formats(Format.JSON, Format.CSV)
        .described(report.title(), report.description())
        .queryParameters(ReportDescription.of(report))
        .get(
            request ->
                questions.answer(
                    request, (facts, memory) -> ask(report, parameters, request, facts, memory)));
  }

  private Future<Buffer> ask(
      ReportDefinition report,
      ReportParameters parameters,
      Request request,
      TenantFacts facts,
      AnswerMemory.Share memory) {
    ReportParameters.Parsed parsed =
        Questions.understood(
            request.query().raw(),
            query ->
                parameters.parse(
                    query,
                    request.caller().access(),
                    questions.context(facts, report.family()),
                    questions.parity()));
    parsed.query().rates().require(parsed.query().time());
    boolean csv = request.format() == Format.CSV;
    CompiledQuery compiled = compiler.compile(parsed.query(), csv);
    Supplier<RowSink> sink =
        () ->
            csv
                ? new CsvReport(parsed.query(), compiled, memory)
                : parsed.query().groupedBy("org_unit_id")
                    ? new UnitReport(parsed, compiled, request.path(), request.query(), memory)
                    : new JsonReport(parsed, compiled, request.path(), request.query(), memory);
    return questions.inTurn(
        request.caller().tenant(),
        () ->
            reads.collect(
                request.caller().tenant(),
                compiled.sql(),
                Questions.tuple(compiled.parameters()),
                Collector.of(sink, RowSink::row, ReportEndpoints::neverJoined, RowSink::end)));
  }

  private static RowSink neverJoined(RowSink left, RowSink right) {
    throw new IllegalStateException("rows of one answer are one sequence");
  }
}
