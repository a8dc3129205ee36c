package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.ExchangeRateUpdate;
import io.tawara.core.currency.MarketRateSource;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.internal.InternalEndpoints;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// `enabled_tags/`, `update_exchange_rates/` and `monthly_exchange_rates/` of the internal API
/// (`settings.md` §11).
public final class InternalSettings {
  /// The provider types that tag keys belong to, by their name in requests.
  private static final List<String> PROVIDER_TYPES = List.of("OCP", "AWS", "GCP", "Azure");

  private final GatewayServices services;
  private final MarketRateSource market;

  public InternalSettings(GatewayServices services) {
    this.services = services;
    this.market = new MarketRateSource(services.config().settings().currency(), Currencies.load());
  }

  public List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("enabled_tags/")
            .described("Enabled tags", "Enabled tag keys of an organisation.")
            .get(request -> services.blocking().call(request, () -> enabledTags(request)))
            .post(
                request ->
                    request
                        .json()
                        .compose(
                            body ->
                                services
                                    .blocking()
                                    .call(request, () -> changeTags(request, body)))),
        InternalEndpoints.internal("update_exchange_rates/")
            .described("Exchange rates", "Fetches market rates and brings every month up to date.")
            .get(this::updateRates),
        InternalEndpoints.internal("monthly_exchange_rates/")
            .described("Monthly exchange rates", "What reports convert with.")
            .get(request -> services.blocking().call(request, () -> monthlyRates(request))));
  }

  // Tags -----------------------------------------------------------------------------------------

  private Answer enabledTags(Request request) {
    TenantSchema tenant =
        tenant(text(request, "schema").orElseThrow(() -> bad("schema is a required parameter.")));
    String type = providerType(text(request, "provider_type").map(t -> t.toLowerCase(Locale.ROOT)));
    List<String> keys =
        services
            .database()
            .tenant(
                tenant,
                connection ->
                    TagTable.keys(connection).stream()
                        .filter(key -> key.enabled() && key.providerType().equals(type))
                        .map(TagKey::key)
                        .sorted()
                        .toList());
    return Answer.json(Json.object().set("tag_keys", Json.array(keys, Json::text)));
  }

  private Answer changeTags(Request request, JsonNode body) {
    String schema = sent(body, "schema").orElseThrow(() -> bad("schema is required."));
    String type = providerType(sent(body, "provider_type"));
    String action = sent(body, "action").orElseThrow(() -> bad("action is required."));
    List<String> keys = keys(body);
    TenantSchema tenant = tenant(schema);
    switch (action.toLowerCase(Locale.ROOT)) {
      case "create" ->
          change(request, tenant, connection -> TagTable.create(connection, keys, type));
      case "delete" ->
          change(
              request,
              tenant,
              connection -> {
                List<String> known =
                    TagTable.keys(connection).stream()
                        .filter(key -> key.providerType().equals(type))
                        .map(TagKey::key)
                        .toList();
                List<String> unknown = keys.stream().filter(key -> !known.contains(key)).toList();
                if (!unknown.isEmpty()) {
                  throw bad("unknown tag keys: " + String.join(", ", unknown));
                }
                TagTable.delete(connection, keys, type);
              });
      default -> {} // as Koku: answered, and nothing happens
    }
    return Answer.json(Json.object().set("tag_keys", Json.array(keys, Json::text)));
  }

  private interface Write {
    void perform(Connection connection) throws SQLException;
  }

  private void change(Request request, TenantSchema tenant, Write write) {
    TenantChange.perform(
        services.database(),
        services.work(),
        tenant,
        request.requestId(),
        change -> {
          write.perform(change.connection());
          return null;
        });
  }

  private static List<String> keys(JsonNode body) {
    var keys = new ArrayList<String>();
    for (JsonNode key : body.path("tag_keys")) {
      if (!key.isTextual() || key.asText().isEmpty()) {
        throw bad("tag_keys must be a list of texts.");
      }
      keys.add(key.asText());
    }
    return keys;
  }

  private static Optional<String> sent(JsonNode body, String name) {
    return Optional.of(body.path(name).asText("")).filter(text -> !text.isEmpty());
  }

  private static String providerType(Optional<String> sent) {
    return PROVIDER_TYPES.stream()
        .filter(type -> sent.filter(type.toLowerCase(Locale.ROOT)::equals).isPresent())
        .findFirst()
        .orElseThrow(
            () ->
                bad(
                    "provider_type must be supplied. Select one of {'ocp', 'aws', 'gcp',"
                        + " 'azure'}"));
  }

  private TenantSchema tenant(String schema) {
    return services.tenants().all().stream()
        .filter(tenant -> tenant.name().equals(schema))
        .findFirst()
        .orElseThrow(() -> bad("Schema '" + schema + "' does not exist."));
  }

  private static HttpError bad(String message) {
    return HttpError.plain(400, Json.object().put("Error", message));
  }

  // Exchange rates -------------------------------------------------------------------------------

  private Future<Answer> updateRates(Request request) {
    var update =
        new ExchangeRateUpdate(
            services.database(),
            services.tenants(),
            market,
            new DataRetention(services.config().settings().retainMonths()),
            services.clock());
    return services
        .blocking()
        .call(
            request,
            () -> {
              ObjectNode rates = Json.object();
              update.run().forEach(rates::put);
              return Answer.json(Json.object().set("updated_exchange_rates", rates));
            });
  }

  private Answer monthlyRates(Request request) {
    String schema =
        text(request, "schema")
            .orElseThrow(() -> new InvalidInputException("schema", "This parameter is required."));
    TenantSchema tenant =
        services.tenants().all().stream()
            .filter(each -> each.name().equals(schema))
            .findFirst()
            .orElseThrow(
                () ->
                    new InvalidInputException("schema", "Schema '" + schema + "' does not exist."));
    LocalDate start = day(request, "start_date");
    LocalDate end = day(request, "end_date");
    String base = currency(request, "base_currency");
    String target = currency(request, "target_currency");
    ArrayNode rates =
        services
            .database()
            .tenant(tenant, connection -> monthlyRates(connection, start, end, base, target));
    ObjectNode body = Json.object().put("count", rates.size());
    body.set("rates", rates);
    return Answer.json(body);
  }

  private static ArrayNode monthlyRates(
      Connection connection, LocalDate start, LocalDate end, String base, String target)
      throws SQLException {
    ArrayNode found = Json.array();
    try (var statement =
        connection.prepareStatement(
            """
            select effective_date, base_currency, target_currency, exchange_rate, rate_type
            from monthly_exchange_rate
            where effective_date >= coalesce(?, effective_date)
              and effective_date <= coalesce(?, effective_date)
              and base_currency = coalesce(?, base_currency)
              and target_currency = coalesce(?, target_currency)
            order by effective_date, base_currency, target_currency
            """)) {
      statement.setObject(1, start, java.sql.Types.DATE);
      statement.setObject(2, end, java.sql.Types.DATE);
      statement.setString(3, base);
      statement.setString(4, target);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found
              .addObject()
              .put("effective_date", rows.getString(1))
              .put("base_currency", rows.getString(2))
              .put("target_currency", rows.getString(3))
              .put("exchange_rate", rows.getBigDecimal(4).doubleValue())
              .put("rate_type", rows.getString(5));
        }
      }
    }
    return found;
  }

  private static LocalDate day(Request request, String name) {
    try {
      return text(request, name).map(LocalDate::parse).orElse(null);
    } catch (DateTimeParseException wrong) {
      throw new InvalidInputException(name, "Invalid date format. Use YYYY-MM-DD.");
    }
  }

  private static String currency(Request request, String name) {
    return text(request, name).map(code -> code.toUpperCase(Locale.ROOT)).orElse(null);
  }

  private static Optional<String> text(Request request, String name) {
    return request.query().last(name).filter(text -> !text.isEmpty());
  }
}
