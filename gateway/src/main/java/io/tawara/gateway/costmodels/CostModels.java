package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.RateTables;
import io.tawara.core.database.Database;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.OperatorVersions;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.settings.AccountSettings;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.WireTime;
import io.tawara.gateway.identity.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// Makes, changes and removes cost models. A request happens as a whole or not at all, together
/// with the recalculations that it causes (`docs/design/costs.md`). Blocking.
final class CostModels {
  /// When price lists that are made with a model begin and end to hold.
  static final LocalDate FIRST_DAY = LocalDate.of(2026, 3, 1);

  static final LocalDate LAST_DAY = LocalDate.of(2099, 12, 31);
  private static final String SOURCE = "cost-models";

  private final GatewayServices services;
  private final Currencies currencies;

  CostModels(GatewayServices services, Currencies currencies) {
    this.services = services;
    this.currencies = currencies;
  }

  ObjectNode create(Caller caller, JsonNode body) {
    return change(
        caller,
        change -> {
          CostModelBody sent = read(change, body);
          Instant now = now();
          var model =
              new CostModel(
                  services.ids().next(),
                  sent.name(),
                  sent.description(),
                  sent.sourceType(),
                  now,
                  now,
                  Json.array(),
                  sent.markup().orElseGet(Json::object),
                  sent.distribution(),
                  sent.distributionInfo(),
                  sent.currency(),
                  List.copyOf(sent.providers()));
          Connection connection = change.connection();
          free(connection, model.id(), sent.providers());
          CostModelTable.insert(connection, model);
          CostModelTable.assign(connection, model.id(), sent.providers());
          if (sent.rates().isPresent() && !sent.rates().get().isEmpty()) {
            model = withRates(connection, model, sent.rates().get(), now);
            CostModelTable.update(connection, model);
          }
          attach(connection, model, sent.priceLists());
          recalculate(change, sent.providers());
          return view(change, model);
        });
  }

  ObjectNode update(Caller caller, UUID id, JsonNode body) {
    return change(
        caller,
        change -> {
          Connection connection = change.connection();
          CostModel old =
              CostModelTable.find(connection, id).orElseThrow(() -> HttpError.noMatch("CostModel"));
          CostModelBody sent = read(change, body);
          free(connection, id, sent.providers());
          CostModelTable.assign(connection, id, sent.providers());
          Instant now = now();
          var model =
              new CostModel(
                  id,
                  sent.name(),
                  sent.description(),
                  old.sourceType(),
                  old.created(),
                  now,
                  old.rates(),
                  sent.markup().<JsonNode>map(given -> given).orElse(old.markup()),
                  sent.distribution(),
                  sent.distributionInfo(),
                  sent.currency(),
                  List.copyOf(sent.providers()));
          if (sent.rates().isPresent()
              && !(sent.rates().get().isEmpty() && old.rates().isEmpty())) {
            model = withRates(connection, model, sent.rates().get(), now);
          }
          CostModelTable.update(connection, model);
          attach(connection, model, sent.priceLists());
          var concerned = new TreeSet<>(old.providers());
          concerned.addAll(sent.providers());
          recalculate(change, concerned);
          return view(change, model);
        });
  }

  void delete(Caller caller, UUID id) {
    change(
        caller,
        change -> {
          CostModel old =
              CostModelTable.find(change.connection(), id)
                  .orElseThrow(() -> HttpError.noMatch("CostModel"));
          CostModelTable.assign(change.connection(), id, List.of());
          CostModelTable.delete(change.connection(), id);
          recalculate(change, old.providers());
          return null;
        });
  }

  /// Every model, with what its view needs.
  List<CostModel> all(TenantSchema tenant) {
    return services.database().tenant(tenant, CostModelTable::all);
  }

  ObjectNode find(TenantSchema tenant, UUID id) {
    return services
        .database()
        .tenant(
            tenant,
            connection -> {
              CostModel model =
                  CostModelTable.find(connection, id)
                      .orElseThrow(() -> HttpError.noMatch("CostModel"));
              return views(connection, tenant, List.of(model)).getFirst();
            });
  }

  List<ObjectNode> views(TenantSchema tenant, List<CostModel> models) {
    return services.database().tenant(tenant, connection -> views(connection, tenant, models));
  }

  Set<String> enabledCurrencies(TenantSchema tenant) {
    return services.database().tenant(tenant, RateTables::enabled);
  }

  private <T> T change(Caller caller, TenantChange.Action<T> action) {
    return TenantChange.perform(
        services.database(), services.work(), caller.tenant(), caller.requestId(), action);
  }

  private Instant now() {
    return services.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }

  private CostModelBody read(TenantChange change, JsonNode body) throws SQLException {
    Connection connection = change.connection();
    var around =
        new CostModelBody.Surroundings(
            providers(change).keySet(),
            RateTables.enabled(connection),
            AccountSettings.load(connection, services.config().settings().defaultCurrency())
                .currency());
    return CostModelBody.read(body, currencies, around);
  }

  private static Map<UUID, Provider> providers(TenantChange change) throws SQLException {
    return change.outside(connection -> byId(Providers.ofTenant(connection, change.tenant())));
  }

  private static Map<UUID, Provider> byId(List<Provider> providers) {
    var found = new LinkedHashMap<UUID, Provider>();
    providers.forEach(provider -> found.put(provider.id(), provider));
    return found;
  }

  /// A provider uses one model at most.
  private static void free(Connection connection, UUID model, Collection<UUID> providers)
      throws SQLException {
    Map<UUID, UUID> users = CostModelTable.users(connection, providers);
    for (UUID provider : providers) {
      UUID other = users.get(provider);
      if (other != null && !other.equals(model)) {
        throw new InvalidInputException(
            SOURCE,
            "Source " + provider + " is already associated with cost model: " + other + ".");
      }
    }
  }

  /// Writes rates into the model's first price list, which is made when there is none.
  private CostModel withRates(
      Connection connection, CostModel model, List<ObjectNode> rates, Instant now)
      throws SQLException {
    List<PriceListTable.Attached> attached = PriceListTable.ofModel(connection, model.id());
    PriceList list;
    if (attached.isEmpty()) {
      list =
          PriceListTable.insert(
              connection,
              new PriceList(
                  services.ids().next(),
                  model.name() + " prices",
                  "Auto-created from cost model '" + model.name() + "'",
                  model.currency(),
                  FIRST_DAY,
                  LAST_DAY,
                  true,
                  1,
                  Json.array(),
                  now,
                  now),
              rates,
              services.ids());
      PriceListTable.assign(connection, model.id(), List.of(list.id()));
    } else {
      PriceList old = attached.getFirst().list();
      list = PriceListTable.setRates(connection, old.with(old.rates(), now), rates, services.ids());
    }
    return new CostModel(
        model.id(),
        model.name(),
        model.description(),
        model.sourceType(),
        model.created(),
        model.updated(),
        list.rates(),
        model.markup(),
        model.distribution(),
        model.distributionInfo(),
        model.currency(),
        model.providers());
  }

  private static void attach(
      Connection connection, CostModel model, Optional<List<UUID>> priceLists) throws SQLException {
    if (priceLists.isEmpty()) {
      return;
    }
    for (UUID id : priceLists.get()) {
      PriceList list =
          PriceListTable.find(connection, id)
              .orElseThrow(
                  () ->
                      new InvalidInputException(
                          SOURCE, "PriceList with UUID " + id + " does not exist."));
      if (!list.enabled()) {
        throw new InvalidInputException(
            SOURCE, "Cannot attach disabled price list '" + list.name() + "' to a cost model.");
      }
      if (!list.currency().equals(model.currency())) {
        throw new InvalidInputException(
            SOURCE,
            "Currency mismatch: price list '%s' uses '%s' but cost model uses '%s'."
                .formatted(list.name(), list.currency(), model.currency()));
      }
    }
    PriceListTable.assign(connection, model.id(), priceLists.get());
  }

  /// Has the current month's costs of providers calculated again, as far as they are active.
  void recalculate(TenantChange change, Collection<UUID> concerned) throws SQLException {
    if (concerned.isEmpty()) {
      return;
    }
    LocalDate today = LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
    Map<UUID, Provider> providers = providers(change);
    for (UUID id : concerned) {
      Provider provider = providers.get(id);
      if (provider != null && provider.active()) {
        change.recalculate(id, YearMonth.from(today).atDay(1), today);
      }
    }
  }

  private ObjectNode view(TenantChange change, CostModel model) throws SQLException {
    return views(change.connection(), change.tenant(), List.of(model)).getFirst();
  }

  private List<ObjectNode> views(Connection connection, TenantSchema tenant, List<CostModel> models)
      throws SQLException {
    if (models.isEmpty()) {
      return List.of();
    }
    var lists = new LinkedHashMap<UUID, List<PriceListTable.Attached>>();
    for (CostModel model : models) {
      lists.put(model.id(), PriceListTable.ofModel(connection, model.id()));
    }
    Database.leave(connection);
    Map<UUID, Provider> providers = byId(Providers.ofTenant(connection, tenant));
    LocalDate today = LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
    Map<UUID, String> versions =
        OperatorVersions.load(connection, providers.keySet(), YearMonth.from(today));
    Database.enter(connection, tenant);
    var views = new ArrayList<ObjectNode>();
    for (CostModel model : models) {
      views.add(view(model, lists.get(model.id()), providers, versions));
    }
    return views;
  }

  private static ObjectNode view(
      CostModel model,
      List<PriceListTable.Attached> lists,
      Map<UUID, Provider> providers,
      Map<UUID, String> versions) {
    ObjectNode view = Json.object();
    view.put("uuid", model.id().toString());
    view.put("name", model.name());
    view.put("description", model.description());
    view.put("source_type", displayName(model.sourceType()));
    view.put("created_timestamp", WireTime.zulu(model.created()));
    view.put("updated_timestamp", WireTime.zulu(model.updated()));
    view.set("rates", RateViews.rates(model.rates()));
    view.set("markup", model.markup());
    view.put("distribution", model.distribution());
    view.set("distribution_info", model.distributionInfo());
    view.put("currency", model.currency());
    ArrayNode ids = view.putArray("source_uuids");
    ArrayNode sources = view.putArray("sources");
    for (UUID id : model.providers()) {
      Provider provider = providers.get(id);
      if (provider != null) { // one that is being deleted is not shown any more
        ids.add(id.toString());
        sources.add(source(provider, Optional.ofNullable(versions.get(id))));
      }
    }
    ArrayNode priceLists = view.putArray("price_lists");
    for (PriceListTable.Attached attached : lists) {
      PriceList list = attached.list();
      priceLists
          .addObject()
          .put("uuid", list.id().toString())
          .put("name", list.name())
          .put("priority", attached.priority())
          .put("version", list.version())
          .put("enabled", list.enabled())
          .put("effective_start_date", list.start().toString())
          .put("effective_end_date", list.end().toString());
    }
    return view;
  }

  private static ObjectNode source(Provider provider, Optional<String> operatorVersion) {
    ObjectNode view = Json.object();
    view.put("uuid", provider.id().toString());
    view.put("name", provider.name());
    view.put("last_processed", provider.dataUpdated().map(WireTime::zulu).orElse(null));
    if (provider.type() == ProviderType.OCP) {
      operatorVersion.ifPresent(
          version -> view.put("operator_update_available", OperatorVersions.isOutdated(version)));
    }
    return view;
  }

  static String displayName(ProviderType type) {
    return switch (type.base()) {
      case AWS, AWS_LOCAL -> "Amazon Web Services";
      case AZURE, AZURE_LOCAL -> "Microsoft Azure";
      case GCP, GCP_LOCAL -> "Google Cloud";
      case OCP -> "OpenShift Container Platform";
    };
  }
}
