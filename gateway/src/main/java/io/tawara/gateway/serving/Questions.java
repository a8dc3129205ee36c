package io.tawara.gateway.serving;

import io.tawara.analytics.inventory.ListStatement;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.facts.TenantFactsReader;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.reports.params.InvalidParameters;
import io.tawara.gateway.reports.params.ParameterContext;
import io.tawara.gateway.reports.params.QueryString;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// What every question about a tenant's data begins with: its facts, its query string, and the
/// statement that answers it.
public final class Questions {
  private static final String RELABEL = "static-rate-relabel";

  private final GatewayServices services;
  private final TenantFactsReader facts;
  private final Serving serving;
  private final ParityNames parity;

  public Questions(GatewayServices services) {
    this.services = services;
    this.facts =
        new TenantFactsReader(
            services.reads(),
            services.config().settings().defaultCurrency(),
            new DataRetention(services.config().settings().retainMonths()),
            services.config().settings().currency().source().isPresent());
    this.serving = new Serving(services, facts, Serving.Bounds.STANDARD);
    this.parity = new ParityNames(services.config().parities());
  }

  public ParityNames parity() {
    return parity;
  }

  /// The facts of the caller's tenant as they are now.
  public Future<TenantFacts> facts(Request request) {
    return facts.of(request.caller().tenant());
  }

  /// The facts of a tenant as they are now.
  public Future<TenantFacts> facts(TenantSchema tenant) {
    return facts.of(tenant);
  }

  /// Answers a request whose answer depends on nothing but the tenant's data and settings, the
  /// caller's access, the day, the URL and the format: from what is kept, or by asking.
  public Future<Answer> answer(Request request, Serving.Question question) {
    return serving.answer(request, question);
  }

  /// Runs a read when it is the tenant's turn.
  ///
  /// @return fails with 503 when too many wait
  public <T> Future<T> inTurn(TenantSchema tenant, Supplier<Future<T>> read) {
    return serving.read(tenant, read);
  }

  /// What the parameters of a family's endpoints depend on.
  public ParameterContext context(TenantFacts facts, ProviderFamily family) {
    return facts.context(
        family, serving.today(), services.config().settings().maximumGroups(), parity.has(RELABEL));
  }

  /// Understands the query string of a request; what is refused becomes status 400.
  public static <T> T understood(Request request, Function<QueryString, T> parse) {
    return understood(request.query().raw(), parse);
  }

  /// Understands a raw query string; what is refused becomes status 400.
  public static <T> T understood(String rawQuery, Function<QueryString, T> parse) {
    try {
      return parse.apply(QueryString.parse(rawQuery));
    } catch (InvalidParameters refused) {
      throw HttpError.plain(400, Json.tree(refused.body()));
    }
  }

  /// Runs a statement behind the tenant's walls.
  public Future<RowSet<Row>> rows(TenantSchema tenant, ListStatement statement) {
    return rows(tenant, statement.sql(), statement.parameters());
  }

  /// Runs a statement behind the tenant's walls.
  ///
  /// @param parameters texts, numbers, dates and lists of texts
  public Future<RowSet<Row>> rows(TenantSchema tenant, String sql, List<Object> parameters) {
    return inTurn(tenant, () -> services.reads().query(tenant, sql, tuple(parameters)));
  }

  /// Parameters as the client takes them.
  public static Tuple tuple(List<Object> parameters) {
    var tuple = Tuple.tuple();
    for (Object parameter : parameters) {
      tuple.addValue(
          parameter instanceof List<?> texts
              ? texts.stream().map(String.class::cast).toArray(String[]::new)
              : parameter);
    }
    return tuple;
  }
}
