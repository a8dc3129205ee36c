package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.Metric;
import io.tawara.core.currency.Currencies;
import io.tawara.core.input.Fields;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.access.Allowed;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.access.ResourceType;
import io.tawara.gateway.costmodels.PriceLists.Used;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Endpoint.Slash;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.http.TenantNeed;
import io.tawara.gateway.identity.Caller;
import io.tawara.gateway.lists.Filters;
import io.tawara.gateway.lists.ListDefinition;
import io.tawara.gateway.lists.ListDefinition.Dialect;
import io.tawara.gateway.lists.ListDefinition.Filter;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/// `cost-models/`, `price-lists/` and `metrics/`.
public final class CostModelEndpoints {
  /// Writing one model needs the right to that model; the handler checks which one.
  private static final Permission ONE_MODEL =
      (access, write) ->
          write
              ? !access.write(ResourceType.COST_MODEL).isEmpty()
              : !access.read(ResourceType.COST_MODEL).isEmpty();

  private static final Comparator<CostModel> MODEL_ORDER =
      Comparator.comparing(CostModel::name).thenComparing(CostModel::id);
  private static final Comparator<Used> LIST_ORDER =
      Comparator.comparing((Used used) -> used.list().name())
          .thenComparing(used -> used.list().id());

  private static final ListDefinition<Used> PRICE_LISTS =
      new ListDefinition<>(
          Dialect.STRICT,
          Map.of(
              "name", Filters.containsAny(used -> used.list().name()),
              "enabled", Filters.flag(used -> used.list().enabled()),
              "currency", Filters.equalsIgnoringCase(used -> used.list().currency()),
              "uuid", Filters.ids(used -> List.of(used.list().id()), "'%s' is not a valid UUID."),
              "cost_model",
                  Filters.ids(
                      used -> used.users().stream().map(PriceListTable.User::model).toList(),
                      "'%s' is not a valid UUID.")),
          Map.of(),
          priceListColumns(),
          "assigned_cost_model_count, cost_model_maps, created_timestamp, currency, description,"
              + " effective_end_date, effective_start_date, enabled, name, rate_rows, rates,"
              + " updated_timestamp, uuid, version",
          LIST_ORDER,
          false);

  private static final ListDefinition<ObjectNode> RATES =
      new ListDefinition<>(
          Dialect.STRICT,
          Map.of(
              "name", Filters.containsAny(rate -> rate.path("custom_name").asText()),
              "metric_type", Filters.equalsIgnoringCase(rate -> rate.path("metric_type").asText()),
              "cost_type", Filters.equalsIgnoringCase(rate -> rate.path("cost_type").asText()),
              "measurement",
                  Filters.containsAny(
                      rate -> rate.path("metric").path("label_measurement").asText())),
          Map.of(),
          Map.of(
              "custom_name", byText("custom_name"),
              "description", byText("description"),
              "metric", Comparator.comparing(rate -> rate.path("metric").path("name").asText()),
              "metric_type", byText("metric_type"),
              "cost_type", byText("cost_type"),
              "default_rate",
                  Comparator.comparing(
                      rate -> new BigDecimal(rate.path("default_rate").asText("0"))),
              "tag_key",
                  Comparator.comparing(rate -> rate.path("tag_rates").path("tag_key").asText()),
              "uuid", byText("rate_id")),
          "cost_type, created_timestamp, custom_name, default_rate, description, metric,"
              + " metric_type, price_list, tag_key, tag_values, updated_timestamp, uuid",
          byText("custom_name"),
          true);

  /// Only OpenShift has metrics.
  private static final Filter<Metric> SOURCE_TYPE =
      (values, source, all) -> metric -> values.getLast().equals("OCP");

  private static final ListDefinition<Metric> METRICS =
      new ListDefinition<>(
          Dialect.LENIENT_PLAIN,
          Map.of("source_type", SOURCE_TYPE),
          Map.of(),
          Map.of(),
          "",
          Comparator.comparing(Metric::ordinal),
          true);

  private final GatewayServices services;
  private final CostModels models;
  private final PriceLists lists;

  private CostModelEndpoints(GatewayServices services) {
    this.services = services;
    var currencies = Currencies.load();
    this.models = new CostModels(services, currencies);
    this.lists = new PriceLists(services, currencies, models);
  }

  /// The endpoints of the public API.
  public static List<Endpoint.Builder> publicOnes(GatewayServices services) {
    var endpoints = new CostModelEndpoints(services);
    return List.of(
        endpoints.costModels(),
        endpoints.costModel(),
        endpoints.priceLists(),
        endpoints.priceList(),
        endpoints
            .priceListPart("affected-cost-models/", "Affected Cost Models")
            .get(endpoints.of(used -> Answer.json(PriceLists.users(used)))),
        endpoints
            .priceListPart("rates/", "Rates")
            .formats(Format.JSON, Format.CSV)
            .get(endpoints::rates),
        endpoints
            .priceListPart("duplicate/", "Duplicate")
            .post(
                request ->
                    endpoints.blocking(
                        request,
                        () ->
                            Answer.json(
                                201, endpoints.lists.duplicate(request.caller(), id(request))))),
        Endpoint.api("metrics/")
            .tenant(TenantNeed.NONE)
            .formats(Format.JSON, Format.CSV)
            .described("Cost Models Metrics Map", "What a rate can be set for.")
            .get(endpoints::metrics));
  }

  private Endpoint.Builder costModels() {
    return Endpoint.api("cost-models/")
        .slash(Slash.OPTIONAL)
        .permission(Permission.COST_MODELS)
        .formats(Format.JSON, Format.CSV)
        .withoutOptions()
        .described("Cost Model List", "Cost models.")
        .get(
            request ->
                blocking(
                    request,
                    () -> {
                      Allowed allowed = request.caller().access().read(ResourceType.COST_MODEL);
                      var tenant = request.caller().tenant();
                      List<CostModel> readable =
                          models.all(tenant).stream()
                              .filter(model -> allowed.allows(model.id().toString()))
                              .toList();
                      return definition(request)
                          .answer(
                              request,
                              readable,
                              page -> shown(models.views(tenant, page), request.format()),
                              meta -> {});
                    }))
        .post(
            request ->
                body(request, (caller, body) -> Answer.json(201, models.create(caller, body))));
  }

  /// In CSV the time at which a source was last processed has a blank and an offset; the times of
  /// the model itself are as in JSON.
  private static List<ObjectNode> shown(List<ObjectNode> views, Format format) {
    if (format == Format.CSV) {
      for (ObjectNode view : views) {
        for (JsonNode source : view.path("sources")) {
          String time = source.path("last_processed").asText("");
          if (time.endsWith("Z")) {
            ((ObjectNode) source)
                .put("last_processed", time.replace('T', ' ').replace("Z", "+00:00"));
          }
        }
      }
    }
    return views;
  }

  private Endpoint.Builder costModel() {
    return Endpoint.api("cost-models/{uuid}/")
        .slash(Slash.OPTIONAL)
        .permission(ONE_MODEL)
        .withoutOptions()
        .described("Cost Model Instance", "One cost model.")
        .get(
            request ->
                blocking(
                    request,
                    () -> {
                      UUID id = readable(request);
                      return Answer.json(models.find(request.caller().tenant(), id));
                    }))
        .put(
            request -> {
              UUID id = writable(request);
              return body(request, (caller, body) -> Answer.json(models.update(caller, id, body)));
            })
        .delete(
            request ->
                blocking(
                    request,
                    () -> {
                      models.delete(request.caller(), writable(request));
                      return Answer.empty(204);
                    }));
  }

  private static UUID readable(Request request) {
    UUID id = id(request);
    Access access = request.caller().access();
    if (!access.read(ResourceType.COST_MODEL).allows(id.toString())) {
      throw HttpError.noMatch("CostModel");
    }
    return id;
  }

  private static UUID writable(Request request) {
    Allowed allowed = request.caller().access().write(ResourceType.COST_MODEL);
    String sent = request.pathParameter("uuid");
    if (!allowed.everything() && !allowed.allows(sent)) {
      throw HttpError.forbidden();
    }
    if (request.method().equals(HttpMethod.DELETE) && Fields.uuid(sent).isEmpty()) {
      throw HttpError.of(400, "['\u201c" + sent + "\u201d is not a valid UUID.']", "detail");
    }
    return id(request);
  }

  private ListDefinition<CostModel> definition(Request request) {
    return new ListDefinition<>(
        Dialect.PLAIN,
        Map.of(
            "name", Filters.containsAll(CostModel::name),
            "description", Filters.containsAll(CostModel::description),
            "source_type", Filters.equalsAll(model -> model.sourceType().wireName()),
            "distribution", Filters.equalsAll(CostModel::distribution),
            "currency", currency(request),
            "source_uuid", Filters.ids(CostModel::providers, "Enter a valid UUID."),
            "uuid", Filters.ids(model -> List.of(model.id()), "Invalid provider uuid")),
        Map.of(),
        Map.of(
            "name", Comparator.comparing(CostModel::name),
            "source_type", Comparator.comparing(model -> model.sourceType().wireName()),
            "updated_timestamp", Comparator.comparing(CostModel::updated)),
        "costmodelmap, created_timestamp, currency, description, distribution, distribution_info,"
            + " markup, name, price_list_maps, rates, ratestousage, source_type,"
            + " updated_timestamp, uuid",
        MODEL_ORDER,
        false);
  }

  /// Models in a currency, which must be enabled.
  private Filter<CostModel> currency(Request request) {
    return (values, source, all) -> {
      String first = Filters.split(values).getFirst();
      boolean enabled =
          models.enabledCurrencies(request.caller().tenant()).stream()
              .anyMatch(first::equalsIgnoreCase);
      if (!enabled) {
        throw HttpError.of(400, CurrencyRules.notEnabled(first), "currency");
      }
      return Filters.<CostModel>equalsAll(CostModel::currency).of(values, source, all);
    };
  }

  private Endpoint.Builder priceLists() {
    return Endpoint.api("price-lists/")
        .slash(Slash.OPTIONAL)
        .permission(Permission.COST_MODELS)
        .formats(Format.JSON, Format.CSV)
        .withoutOptions()
        .described("Price List List", "Price lists.")
        .get(
            request ->
                blocking(
                    request,
                    () ->
                        PRICE_LISTS.answer(
                            request, lists.all(request.caller().tenant()), PriceLists::view)))
        .post(
            request ->
                body(request, (caller, body) -> Answer.json(201, lists.create(caller, body))));
  }

  private Endpoint.Builder priceList() {
    return priceListPart("", "Price List Instance")
        .get(of(used -> Answer.json(PriceLists.view(used))))
        .put(
            request ->
                body(
                    request,
                    (caller, body) -> Answer.json(lists.update(caller, id(request), body))))
        .delete(
            request ->
                blocking(
                    request,
                    () -> {
                      lists.delete(request.caller(), id(request));
                      return Answer.empty(204);
                    }));
  }

  private Endpoint.Builder priceListPart(String part, String name) {
    return Endpoint.api("price-lists/{uuid}/" + part)
        .slash(Slash.OPTIONAL)
        .permission(Permission.COST_MODELS)
        .withoutOptions()
        .described(name, "One price list.");
  }

  private Endpoint.Handler of(Function<Used, Answer> answer) {
    return request ->
        blocking(request, () -> answer.apply(lists.find(request.caller().tenant(), id(request))));
  }

  private Future<Answer> rates(Request request) {
    return blocking(
        request,
        () -> {
          JsonNode stored = lists.find(request.caller().tenant(), id(request)).list().rates();
          List<ObjectNode> rows =
              StreamSupport.stream(stored.spliterator(), false).map(RateViews::row).toList();
          return RATES.answer(request, rows, row -> row);
        });
  }

  private Future<Answer> metrics(Request request) {
    Page.check(request.query());
    return Future.succeededFuture(
        METRICS.answer(request, List.of(Metric.values()), CostModelEndpoints::metric));
  }

  private static ObjectNode metric(Metric metric) {
    return Json.object()
        .put("source_type", "OpenShift Container Platform")
        .put("metric", metric.wire())
        .put("label_metric", metric.group().label())
        .put("label_measurement", metric.measurement())
        .put("label_measurement_unit", metric.unit())
        .put("default_cost_type", metric.defaultCostType().label());
  }

  private static UUID id(Request request) {
    return Fields.uuid(request.pathParameter("uuid")).orElseThrow(HttpError::notFound);
  }

  private Future<Answer> blocking(Request request, Callable<Answer> work) {
    return services.blocking().call(request, work);
  }

  private Future<Answer> body(Request request, BiFunction<Caller, JsonNode, Answer> work) {
    return request
        .json()
        .compose(body -> blocking(request, () -> work.apply(request.caller(), body)));
  }

  private static Comparator<ObjectNode> byText(String name) {
    return Comparator.comparing(rate -> rate.path(name).asText());
  }

  private static Map<String, Comparator<Used>> priceListColumns() {
    Comparator<Used> none = (left, right) -> 0;
    return Map.ofEntries(
        Map.entry("assigned_cost_model_count", Comparator.comparing(u -> u.users().size())),
        Map.entry("cost_model_maps", none),
        Map.entry("created_timestamp", Comparator.comparing(u -> u.list().created())),
        Map.entry("currency", Comparator.comparing(u -> u.list().currency())),
        Map.entry("description", Comparator.comparing(u -> u.list().description())),
        Map.entry("effective_end_date", Comparator.comparing(u -> u.list().end())),
        Map.entry("effective_start_date", Comparator.comparing(u -> u.list().start())),
        Map.entry("enabled", Comparator.comparing(u -> u.list().enabled())),
        Map.entry("name", Comparator.comparing(u -> u.list().name())),
        Map.entry("rate_rows", none),
        Map.entry("rates", none),
        Map.entry("updated_timestamp", Comparator.comparing(u -> u.list().updated())),
        Map.entry("uuid", Comparator.comparing(u -> u.list().id())),
        Map.entry("version", Comparator.comparing(u -> u.list().version())));
  }
}
