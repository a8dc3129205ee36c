package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.CostHandler;
import io.tawara.analytics.oncloud.Clusters;
import io.tawara.analytics.oncloud.CorrelateHandler;
import io.tawara.analytics.summary.SummariseHandler;
import io.tawara.core.input.Fields;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkItem;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// `report_data/`, `update_cost_model_costs/` and `recheck_infra_map/`: summarise, cost and
/// correlate again; one work item per month.
final class RecalculationEndpoints {
  private final GatewayServices services;

  RecalculationEndpoints(GatewayServices services) {
    this.services = services;
  }

  List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("report_data/")
            .described("Report data", "Summarises months of a provider again.")
            .get(request -> blocking(request, this::summarise)),
        InternalEndpoints.internal("update_cost_model_costs/")
            .described("Cost", "Applies the cost model to months of a provider again.")
            .get(request -> blocking(request, this::cost))
            .delete(request -> blocking(request, this::cost)),
        InternalEndpoints.internal("recheck_infra_map/")
            .described("Infrastructure", "Finds out again which clusters run on which cloud.")
            .get(request -> blocking(request, this::infrastructure)));
  }

  private interface Work {
    ObjectNode perform(Connection connection, Request request) throws SQLException;
  }

  private Future<Answer> blocking(Request request, Work work) {
    return services
        .blocking()
        .call(
            request,
            () -> Answer.json(services.database().transaction(c -> work.perform(c, request))));
  }

  private ObjectNode summarise(Connection connection, Request request) throws SQLException {
    String uuid = need(request, "provider_uuid", "provider_uuid must be supplied as a parameter.");
    Optional<Provider> known = find(connection, uuid);
    // Whoever knows the provider need not name its schema too.
    String schema =
        known.isPresent() && !request.query().has("schema")
            ? known.get().tenant().name()
            : need(request, "schema", "schema is a required parameter.");
    checkQueue(request);
    String startText = need(request, "start_date", "start_date is a required parameter.");
    Provider provider = known.orElseThrow(() -> bad("provider_uuid " + uuid + " does not exist"));
    if (!provider.tenant().name().equals(schema)) {
      throw bad("provider_uuid " + uuid + " is not associated with schema " + schema + ".");
    }
    LocalDate start = date("start_date", startText);
    LocalDate end = optionalDate(request, "end_date").orElse(today());
    ArrayNode ids = Json.array();
    for (Month month : months(start, end)) {
      long id = add(connection, SummariseHandler.KIND, provider, month, request);
      ids.add(
          Json.object()
              .put("(" + python(month.start()) + ", " + python(month.end()) + ")", text(id)));
    }
    return Json.object().set("Report Data Task IDs", ids);
  }

  /// Correlates the days of the clouds that a provider may run on, or of the cloud itself, again,
  /// and tells what is known by now.
  private ObjectNode infrastructure(Connection connection, Request request) throws SQLException {
    String missing = "Parameter missing. Required: provider_uuid, start_date, end_date";
    String uuid = need(request, "provider_uuid", missing);
    LocalDate start = date("start_date", need(request, "start_date", missing));
    LocalDate end = date("end_date", need(request, "end_date", missing));
    Provider provider =
        find(connection, uuid).orElseThrow(() -> bad("provider_uuid " + uuid + " does not exist"));
    List<UUID> clouds =
        provider.type() == ProviderType.OCP
            ? Clusters.clouds(connection, provider.tenant())
            : List.of(provider.id());
    for (UUID cloud : clouds) {
      for (Month month : months(start, end)) {
        add(connection, CorrelateHandler.KIND, provider.tenant(), cloud, month, request);
      }
    }
    var known = new ArrayList<String>();
    for (Clusters.Cluster cluster : Clusters.ofTenant(connection, provider.tenant())) {
      if (cluster.cloud().isPresent()) {
        UUID cloud = cluster.cloud().get();
        Optional<Provider> source = Providers.find(connection, cloud);
        String type = source.map(found -> found.type().wireName() + " ").orElse("");
        known.add(cluster.id() + " on " + type + cloud);
      }
    }
    return Json.object().put("Infrastructure map", known.toString());
  }

  private ObjectNode cost(Connection connection, Request request) throws SQLException {
    String missing = "provider_uuid and schema are required parameters.";
    String uuid = need(request, "provider_uuid", missing);
    String schema = need(request, "schema", missing);
    checkQueue(request);
    Provider provider =
        find(connection, uuid)
            .filter(found -> found.tenant().name().equals(schema))
            .orElseThrow(() -> bad("Provider does not exist."));
    LocalDate start = optionalDate(request, "start_date").orElse(today().withDayOfMonth(1));
    LocalDate end = optionalDate(request, "end_date").orElse(today());
    ArrayNode ids = Json.array();
    for (Month month : months(start, end)) {
      long id = add(connection, CostHandler.KIND, provider, month, request);
      ids.add(Json.object().put(month.start().toString(), text(id)));
    }
    if (request.query().last("delayed").filter("true"::equals).isPresent()) {
      return Json.object()
          .put("Update Cost Model Cost Tracing ID", services.ids().next().toString());
    }
    return Json.object().set("Update Cost Model Cost Task ID", ids);
  }

  /// A range of days inside one month.
  private record Month(LocalDate start, LocalDate end) {}

  private static List<Month> months(LocalDate start, LocalDate end) {
    var found = new ArrayList<Month>();
    for (YearMonth month = YearMonth.from(start);
        !month.isAfter(YearMonth.from(end));
        month = month.plusMonths(1)) {
      LocalDate first = month.atDay(1).isBefore(start) ? start : month.atDay(1);
      LocalDate last = month.atEndOfMonth().isAfter(end) ? end : month.atEndOfMonth();
      if (found.size() == 120 || last.isBefore(first)) {
        break;
      }
      found.add(new Month(first, last));
    }
    return found;
  }

  private long add(
      Connection connection, String kind, Provider provider, Month month, Request request)
      throws SQLException {
    return add(connection, kind, provider.tenant(), provider.id(), month, request);
  }

  private long add(
      Connection connection,
      String kind,
      TenantSchema tenant,
      UUID provider,
      Month month,
      Request request)
      throws SQLException {
    ObjectNode body = Json.object();
    body.put("schema", tenant.name());
    body.put("provider", provider.toString());
    body.put("start", month.start().toString());
    body.put("end", month.end().toString());
    return services
        .work()
        .add(
            connection,
            new WorkItem(kind, WorkItem.providerKey(provider), body, request.requestId()));
  }

  /// The provider that a text names, unless it is being deleted.
  static Optional<Provider> find(Connection connection, String uuid) throws SQLException {
    var id = Fields.uuid(uuid);
    return id.isPresent() ? Providers.findUndeleted(connection, id.get()) : Optional.empty();
  }

  static void checkQueue(Request request) {
    Optional<String> queue = request.query().last("queue");
    if (queue.isPresent() && !Backlog.QUEUES.contains(queue.get())) {
      String names =
          String.join(", ", Backlog.QUEUES.stream().map(name -> "'" + name + "'").toList());
      throw bad("'queue' must be one of [" + names + "].");
    }
  }

  private static String need(Request request, String name, String message) {
    return request
        .query()
        .last(name)
        .filter(value -> !value.isEmpty())
        .orElseThrow(() -> bad(message));
  }

  private static Optional<LocalDate> optionalDate(Request request, String name) {
    return request.query().last(name).filter(text -> !text.isEmpty()).map(text -> date(name, text));
  }

  private static LocalDate date(String name, String text) {
    try {
      return LocalDate.parse(text.length() > 10 ? text.substring(0, 10) : text);
    } catch (DateTimeParseException wrong) {
      throw bad(name + " is not a date: YYYY-MM-DD.");
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
  }

  private static String python(LocalDate date) {
    return "datetime.date(%d, %d, %d)"
        .formatted(date.getYear(), date.getMonthValue(), date.getDayOfMonth());
  }

  private static String text(long id) {
    return Long.toString(id);
  }

  static HttpError bad(String message) {
    return HttpError.plain(400, Json.object().put("Error", message));
  }
}
