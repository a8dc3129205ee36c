package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.Currency;
import io.tawara.core.input.Fields;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.http.TenantNeed;
import io.tawara.gateway.identity.Caller;
import io.tawara.gateway.lists.Filters;
import io.tawara.gateway.lists.ListDefinition;
import io.tawara.gateway.lists.ListDefinition.Dialect;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/// `settings/`, `account-settings/`, `cost-type/`, `currency/` and `exchange-rates/`.
public final class SettingsEndpoints {
  private static final ListDefinition<TagKey> TAGS =
      new ListDefinition<>(
          Dialect.LENIENT_PLAIN,
          Map.of(
              "key", Filters.contains(TagKey::key),
              "enabled", Filters.flag(TagKey::enabled),
              "source_type", Filters.oneThatOccurs(TagKey::providerType),
              "provider_type", Filters.oneThatOccurs(TagKey::providerType),
              "uuid", Filters.oneThatOccurs(key -> key.id().toString())),
          Map.of(),
          Map.of(
              "key", Comparator.comparing(TagKey::key),
              "enabled", Comparator.comparing(TagKey::enabled),
              "source_type", Comparator.comparing(TagKey::providerType),
              "provider_type", Comparator.comparing(TagKey::providerType),
              "uuid", Comparator.comparing(key -> key.id().toString()),
              "parent", (left, right) -> 0,
              "child", (left, right) -> 0),
          "child, enabled, key, parent, provider_type, uuid",
          Comparator.comparing(TagKey::providerType)
              .thenComparing(TagKey::enabled, Comparator.reverseOrder())
              .thenComparing(TagKey::key),
          true);

  private static final ListDefinition<TagKey> CATEGORIES =
      new ListDefinition<>(
          Dialect.STRICT,
          Map.of(
              "key", Filters.containsAny(TagKey::key),
              "enabled", Filters.flag(TagKey::enabled),
              "uuid", Filters.oneThatOccurs(key -> key.id().toString())),
          Map.of(),
          Map.of(
              "key", Comparator.comparing(TagKey::key),
              "enabled", Comparator.comparing(TagKey::enabled),
              "uuid", Comparator.comparing(key -> key.id().toString())),
          "enabled, key, uuid",
          Comparator.comparing(TagKey::key),
          false);

  /// Several mappings that share a parent make one element.
  private static final ListDefinition<TagMapping> MAPPINGS =
      new ListDefinition<>(
          Dialect.LENIENT,
          Map.of(
              "parent", Filters.contains(mapping -> mapping.parent().key()),
              "child", Filters.contains(mapping -> mapping.child().key()),
              "source_type",
                  Filters.contains(
                      mapping ->
                          mapping.parent().providerType() + "\n" + mapping.child().providerType())),
          Map.of(),
          Map.of(
              "parent", Comparator.comparing(mapping -> mapping.parent().key()),
              "child", Comparator.comparing(mapping -> mapping.child().key()),
              "source_type", Comparator.comparing(mapping -> mapping.parent().providerType())),
          "child, parent, source_type",
          Comparator.comparing((TagMapping mapping) -> mapping.parent().id().toString())
              .thenComparing(mapping -> mapping.child().key())
              .thenComparing(mapping -> mapping.child().id().toString()),
          true);

  private static final ListDefinition<Tags.Candidate> CANDIDATES =
      new ListDefinition<>(
          Dialect.LENIENT,
          Map.of(
              "key", Filters.contains(candidate -> candidate.key().key()),
              "source_type", Filters.contains(candidate -> candidate.key().providerType())),
          Map.of(),
          Map.of(
              "key", Comparator.comparing(candidate -> candidate.key().key()),
              "source_type", Comparator.comparing(candidate -> candidate.key().providerType()),
              "provider_type", Comparator.comparing(candidate -> candidate.key().providerType()),
              "uuid", Comparator.comparing(candidate -> candidate.key().id().toString()),
              "enabled", (left, right) -> 0,
              "parent", (left, right) -> 0,
              "child", (left, right) -> 0),
          "child, enabled, key, parent, provider_type, uuid",
          Comparator.comparing((Tags.Candidate candidate) -> candidate.key().key())
              .thenComparing(candidate -> candidate.key().providerType()),
          true);

  private static final ListDefinition<CostGroups.Project> COST_GROUPS =
      new ListDefinition<>(
          Dialect.RAW,
          Map.of(
              "project", Filters.containsAny(CostGroups.Project::name),
              "group", Filters.contains(CostGroups.Project::group),
              "default", SettingsEndpoints::isDefault,
              "cluster", Filters.containsIn(CostGroups.Project::clusters)),
          Map.of(
              "project",
              Filters.containsAny(CostGroups.Project::name),
              "group",
              (values, source, all) -> project -> values.contains(project.group()),
              "default",
              SettingsEndpoints::isDefault,
              "cluster",
              Filters.containsIn(CostGroups.Project::clusters)),
          Map.of(
              "project", Comparator.comparing(CostGroups.Project::name),
              "group", nullsLast(CostGroups.Project::group),
              "default", nullsLast(CostGroups.Project::isDefault)),
          "",
          Comparator.comparing(CostGroups.Project::name),
          true);

  private static final ListDefinition<CurrencySettings.Entry> CURRENCIES =
      new ListDefinition<>(
          Dialect.STRICT,
          Map.of(
              "enabled",
              SettingsEndpoints::isEnabled,
              "currency",
              Filters.containsAny(entry -> entry.currency().code())),
          Map.of(),
          Map.of(),
          "",
          (left, right) -> 0,
          true);

  private static final ListDefinition<Currency> ENABLED_CURRENCIES =
      plainList(Comparator.comparing(Currency::code));
  private static final ListDefinition<CostType> COST_TYPES =
      plainList(Comparator.comparing(CostType::ordinal));

  private final GatewayServices services;
  private final Tags tags;
  private final CostGroups groups;
  private final CurrencySettings currency;
  private final StaticRates staticRates;
  private final AccountChanges accounts;

  private SettingsEndpoints(GatewayServices services) {
    var currencies = Currencies.load();
    this.services = services;
    this.tags = new Tags(services);
    this.groups = new CostGroups(services);
    this.currency = new CurrencySettings(services, currencies);
    this.staticRates = new StaticRates(services, currencies);
    this.accounts = new AccountChanges(services, currencies);
  }

  /// The endpoints of the public API.
  public static List<Endpoint.Builder> publicOnes(GatewayServices services) {
    var endpoints = new SettingsEndpoints(services);
    var all = new ArrayList<Endpoint.Builder>();
    all.addAll(endpoints.tags());
    if (services.config().serves(ProviderFamily.AWS)) {
      all.addAll(endpoints.categories());
    }
    all.addAll(endpoints.costGroups());
    all.addAll(endpoints.currencies());
    all.addAll(endpoints.accountSettings());
    all.add(
        Endpoint.api("settings/")
            .tenant(TenantNeed.NONE)
            .described("Settings", "Moved to the single settings.")
            .get(request -> Future.succeededFuture(Answer.empty(301))));
    return all;
  }

  private List<Endpoint.Builder> tags() {
    return List.of(
        settings("settings/tags/", "Settings Tag")
            .formats(Format.JSON, Format.CSV)
            .get(request -> blocking(request, () -> tagList(request))),
        settings("settings/tags/enable/", "Settings Enable Tag")
            .put(change((caller, body) -> tags.enable(caller, body, true))),
        settings("settings/tags/disable/", "Settings Disable Tag")
            .put(change((caller, body) -> tags.enable(caller, body, false))),
        settings("settings/tags/mappings/", "Settings Tag Mapping")
            .formats(Format.JSON, Format.CSV)
            .get(request -> blocking(request, () -> mappings(request))),
        settings("settings/tags/mappings/child/", "Settings Tag Mapping Child")
            .formats(Format.JSON, Format.CSV)
            .get(request -> blocking(request, () -> candidates(request, false))),
        settings("settings/tags/mappings/parent/", "Settings Tag Mapping Parent")
            .formats(Format.JSON, Format.CSV)
            .get(request -> blocking(request, () -> candidates(request, true))),
        settings("settings/tags/mappings/child/add/", "Settings Tag Mapping Child Add")
            .put(change(tags::map)),
        settings("settings/tags/mappings/child/remove/", "Settings Tag Mapping Child Remove")
            .put(change((caller, body) -> tags.unmap(caller, body, false))),
        settings("settings/tags/mappings/parent/remove/", "Settings Tag Mapping Parent Remove")
            .put(change((caller, body) -> tags.unmap(caller, body, true))));
  }

  private List<Endpoint.Builder> categories() {
    return List.of(
        settings("settings/aws_category_keys/", "Settings AWS Category Keys")
            .formats(Format.JSON, Format.CSV)
            .get(request -> blocking(request, () -> categoryList(request))),
        settings("settings/aws_category_keys/enable/", "Settings Enable AWS Category Key")
            .put(change((caller, body) -> tags.enableCategories(caller, body, true))),
        settings("settings/aws_category_keys/disable/", "Settings Disable AWS Category Key")
            .put(change((caller, body) -> tags.enableCategories(caller, body, false))));
  }

  private Answer categoryList(Request request) {
    return CATEGORIES.answer(
        request,
        tags.categories(request.caller().tenant()),
        key ->
            Json.object()
                .put("uuid", key.id().toString())
                .put("key", key.key())
                .put("enabled", key.enabled()));
  }

  private Answer tagList(Request request) {
    List<TagKey> keys = tags.keys(request.caller().tenant());
    return TAGS.answer(
        request,
        keys,
        page ->
            page.stream()
                .map(
                    key ->
                        Json.object()
                            .put("uuid", key.id().toString())
                            .put("key", key.key())
                            .put("enabled", key.enabled())
                            .put("source_type", key.providerType()))
                .toList(),
        meta ->
            meta.put("enabled_tags_count", keys.stream().filter(TagKey::enabled).count())
                .put("enabled_tags_limit", services.config().settings().enabledTagLimit()));
  }

  private record Family(TagKey parent, List<TagKey> children) {}

  private Answer mappings(Request request) {
    var families = new LinkedHashMap<UUID, Family>();
    for (TagMapping mapping :
        MAPPINGS.select(request.query(), tags.mappings(request.caller().tenant()))) {
      families
          .computeIfAbsent(
              mapping.parent().id(), unused -> new Family(mapping.parent(), new ArrayList<>()))
          .children()
          .add(mapping.child());
    }
    return ListDefinition.page(
        request,
        List.copyOf(families.values()),
        true,
        page ->
            page.stream()
                .map(
                    family -> {
                      ObjectNode view = Json.object();
                      view.set("parent", keyView(family.parent()));
                      view.set(
                          "children", Json.array(family.children(), SettingsEndpoints::keyView));
                      return view;
                    })
                .toList(),
        meta -> {});
  }

  private static ObjectNode keyView(TagKey key) {
    return Json.object()
        .put("uuid", key.id().toString())
        .put("key", key.key())
        .put("source_type", key.providerType());
  }

  private Answer candidates(Request request, boolean parents) {
    return CANDIDATES.answer(
        request,
        tags.candidates(request.caller().tenant(), parents),
        candidate ->
            keyView(candidate.key())
                .put("cost_model_id", candidate.costModel().map(UUID::toString).orElse(null)));
  }

  private List<Endpoint.Builder> costGroups() {
    return List.of(
        settings("settings/cost-groups/", "Cost Groups")
            .formats(Format.JSON, Format.CSV)
            .get(this::costGroupList),
        settings("settings/cost-groups/add/", "Cost Groups Add")
            .get(this::costGroupList)
            .put(change(groups::add)),
        settings("settings/cost-groups/remove/", "Cost Groups Remove")
            .get(this::costGroupList)
            .put(change(groups::remove)));
  }

  private Future<Answer> costGroupList(Request request) {
    Query query = request.query();
    if (query.has("start_date") != query.has("end_date")) {
      return Future.failedFuture(
          HttpError.plain(
              400,
              Json.object()
                  .set(
                      "error",
                      Json.array()
                          .add("The parameters [start_date, end_date] must both be defined."))));
    }
    Query asked = query.without("start_date").without("end_date").without("currency");
    return blocking(
        request,
        () ->
            ListDefinition.page(
                request,
                COST_GROUPS.select(asked, groups.projects(request.caller().tenant())),
                true,
                page -> page.stream().map(SettingsEndpoints::projectView).toList(),
                meta -> {}));
  }

  private static ObjectNode projectView(CostGroups.Project project) {
    ObjectNode view = Json.object();
    view.put("project", project.name());
    view.put("group", project.group());
    view.set("clusters", Json.array(project.clusters(), name -> Json.array().textNode(name)));
    view.put("default", project.isDefault());
    return view;
  }

  private List<Endpoint.Builder> currencies() {
    return List.of(
        settings("settings/currency/", "Currency Settings")
            .formats(Format.JSON, Format.CSV)
            .get(
                request ->
                    blocking(
                        request,
                        () ->
                            CURRENCIES.answer(
                                request,
                                currency.all(request.caller().tenant()),
                                CurrencySettings::view))),
        settings("settings/currency/enabled/{code}/", "Enabled Currency")
            .post(
                request ->
                    blocking(
                        request,
                        () -> {
                          currency.enable(request.caller(), request.pathParameter("code"));
                          return Answer.empty(200);
                        }))
            .delete(
                request ->
                    blocking(
                        request,
                        () -> {
                          currency.disable(request.caller(), request.pathParameter("code"));
                          return Answer.empty(204);
                        })),
        Endpoint.api("settings/currency/static-rates/")
            .permission(Permission.COST_MODELS)
            .described("Static Exchange Rate List", "Exchange rates set by hand.")
            .post(answer((caller, body) -> Answer.json(201, staticRates.create(caller, body)))),
        Endpoint.api("settings/currency/static-rates/{uuid}/")
            .permission(Permission.COST_MODELS)
            .described("Static Exchange Rate Instance", "An exchange rate set by hand.")
            .put(
                request -> {
                  UUID id = id(request);
                  return answer((caller, body) -> Answer.json(staticRates.update(caller, id, body)))
                      .handle(request);
                })
            .delete(
                request ->
                    blocking(
                        request,
                        () -> {
                          staticRates.delete(request.caller(), id(request));
                          return Answer.empty(204);
                        })),
        Endpoint.api("currency/")
            .formats(Format.JSON, Format.CSV)
            .described("Get Currency", "Enabled currencies.")
            .get(
                request ->
                    blocking(
                        request,
                        () ->
                            ENABLED_CURRENCIES.answer(
                                request,
                                currency.enabled(request.caller().tenant()),
                                CurrencySettings::view))),
        Endpoint.api("exchange-rates/")
            .tenant(TenantNeed.NONE)
            .described("Get Exchange Rates", "Factors between currencies.")
            .get(new MarketRates(services)::matrix));
  }

  private static UUID id(Request request) {
    return Fields.uuid(request.pathParameter("uuid")).orElseThrow(HttpError::notFoundPage);
  }

  private List<Endpoint.Builder> accountSettings() {
    return List.of(
        settings("account-settings/", "Account Settings")
            .get(request -> account(request, AccountChanges::all))
            .put(request -> Future.succeededFuture(Answer.empty(405))),
        settings("account-settings/{setting}/", "Account Setting")
            .get(
                request -> {
                  var setting = AccountChanges.Setting.of(request.pathParameter("setting"));
                  return account(request, setting::view);
                })
            .put(
                request -> {
                  var setting = AccountChanges.Setting.of(request.pathParameter("setting"));
                  return change((caller, body) -> accounts.set(caller, setting, body))
                      .handle(request);
                }),
        retention(),
        Endpoint.api("cost-type/")
            .tenant(TenantNeed.NONE)
            .formats(Format.JSON, Format.CSV)
            .described("Get Cost Type", "How cloud costs can be seen.")
            .get(
                request ->
                    Future.succeededFuture(
                        COST_TYPES.answer(request, List.of(CostType.values()), CostType::view))));
  }

  /// Where the organisation does not own its sources, the setting does not exist.
  private Endpoint.Builder retention() {
    if (!services.config().onPremise()) {
      return settings("account-settings/data-retention/", "Data Retention Settings")
          .get(request -> Future.failedFuture(AccountChanges.notASetting()))
          .put(request -> Future.failedFuture(AccountChanges.notASetting()));
    }
    return settings("account-settings/data-retention/", "Data Retention Settings")
        .get(
            request ->
                blocking(request, () -> Answer.json(accounts.retention(request.caller().tenant()))))
        .put(change(accounts::setRetention));
  }

  private Future<Answer> account(
      Request request, Function<io.tawara.core.settings.AccountSettings, ObjectNode> view) {
    return blocking(
        request,
        () -> {
          ObjectNode data = view.apply(accounts.load(request.caller().tenant()));
          var page = new io.tawara.gateway.http.Page(10, 0);
          ObjectNode envelope = page.envelope(request, 1, Json.array());
          envelope.set("data", data);
          return Answer.json(envelope);
        });
  }

  private static Endpoint.Builder settings(String path, String name) {
    return Endpoint.api(path).permission(Permission.SETTINGS).described(name, name + ".");
  }

  private Future<Answer> blocking(Request request, Callable<Answer> work) {
    return services.blocking().call(request, work);
  }

  private Endpoint.Handler change(BiConsumer<Caller, JsonNode> work) {
    return answer(
        (caller, body) -> {
          work.accept(caller, body);
          return Answer.empty(204);
        });
  }

  private Endpoint.Handler answer(BiFunction<Caller, JsonNode, Answer> work) {
    return request ->
        request.json().compose(body -> blocking(request, () -> work.apply(request.caller(), body)));
  }

  private static java.util.function.Predicate<CostGroups.Project> isDefault(
      List<String> values, String source, List<CostGroups.Project> all) {
    Set<Boolean> wanted = new java.util.HashSet<>();
    for (String value : values) {
      switch (value) {
        case "true", "True" -> wanted.add(true);
        case "false", "False" -> wanted.add(false);
        default -> throw ListDefinition.rawRefusal("filter", source);
      }
    }
    return project -> wanted.contains(project.isDefault());
  }

  private static java.util.function.Predicate<CurrencySettings.Entry> isEnabled(
      List<String> values, String source, List<CurrencySettings.Entry> all) {
    return switch (values.getLast()) {
      case "true", "1" -> CurrencySettings.Entry::enabled;
      case "false", "0" -> entry -> !entry.enabled();
      default -> throw HttpError.of(400, ListDefinition.UNSUPPORTED, source);
    };
  }

  private static <R, T extends Comparable<T>> Comparator<R> nullsLast(Function<R, T> column) {
    return Comparator.comparing(column, Comparator.nullsLast(Comparator.naturalOrder()));
  }

  private static <R> ListDefinition<R> plainList(Comparator<R> order) {
    return new ListDefinition<>(
        Dialect.LENIENT_PLAIN, Map.of(), Map.of(), Map.of(), "", order, true);
  }
}
