package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.Currency;
import io.tawara.core.currency.RateTables;
import io.tawara.core.database.Database;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import io.tawara.core.settings.AccountSettings;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.identity.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// Which currencies an organisation works with (`settings.md` §10). Blocking.
final class CurrencySettings {
  private final GatewayServices services;
  private final Currencies currencies;

  CurrencySettings(GatewayServices services, Currencies currencies) {
    this.services = services;
    this.currencies = currencies;
  }

  /// A currency as the settings show it.
  record Entry(
      Currency currency,
      boolean enabled,
      boolean hasMarketRate,
      List<StaticRate> staticRates,
      boolean disableable) {}

  /// A thing that uses a currency.
  ///
  /// @param type of a provider; null for others
  private record User(String id, String name, String type) {}

  private record Uses(
      String systemDefault,
      String accountDefault,
      Map<String, List<User>> providers,
      Map<String, List<User>> models,
      Map<String, List<User>> lists) {

    boolean any(String code) {
      return !reasons(code).isEmpty();
    }

    List<String> reasons(String code) {
      var reasons = new ArrayList<String>();
      if (code.equals(systemDefault)) {
        reasons.add("it is the system default currency");
      }
      if (code.equals(accountDefault)) {
        reasons.add("it is the account default currency");
      }
      int billed = providers.getOrDefault(code, List.of()).size();
      if (billed > 0) {
        reasons.add("it is currently used by " + billed + " cloud provider source(s)");
      }
      int used = models.getOrDefault(code, List.of()).size();
      if (used > 0) {
        reasons.add("it is used by " + used + " cost model(s)");
      }
      int listed = lists.getOrDefault(code, List.of()).size();
      if (listed > 0) {
        reasons.add("it is used by " + listed + " price list(s)");
      }
      return reasons;
    }
  }

  /// The enabled currencies, by code.
  List<Currency> enabled(TenantSchema tenant) {
    Set<String> codes = services.database().tenant(tenant, RateTables::enabled);
    return currencies.all().stream().filter(each -> codes.contains(each.code())).toList();
  }

  /// All currencies: the enabled ones first, then the others, each by code.
  List<Entry> all(TenantSchema tenant) {
    return services
        .database()
        .tenant(
            tenant,
            connection -> {
              Set<String> enabled = RateTables.enabled(connection);
              Set<String> market = market(connection);
              Map<String, List<StaticRate>> rates =
                  StaticRates.all(connection).stream()
                      .collect(Collectors.groupingBy(StaticRate::base));
              Uses uses = uses(connection, tenant);
              return currencies.all().stream()
                  .map(
                      currency -> {
                        String code = currency.code();
                        boolean on = enabled.contains(code);
                        return new Entry(
                            currency,
                            on,
                            market.contains(code),
                            rates.getOrDefault(code, List.of()),
                            on && enabled.size() > 1 && !uses.any(code));
                      })
                  .sorted(Comparator.comparing(entry -> !entry.enabled()))
                  .toList();
            });
  }

  private static Set<String> market(Connection connection) throws SQLException {
    var found = new TreeSet<String>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery("select currency_code from public.market_exchange_rate")) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }

  private Uses uses(Connection connection, TenantSchema tenant) throws SQLException {
    String standard = services.config().settings().defaultCurrency();
    return new Uses(
        standard,
        AccountSettings.load(connection, standard).currency(),
        billed(connection, tenant),
        users(connection, "select currency, uuid, name from cost_model order by name, uuid"),
        users(connection, "select currency, uuid, name from price_list order by name, uuid"));
  }

  /// Cloud sources by the currencies of their bills.
  private static Map<String, List<User>> billed(Connection connection, TenantSchema tenant)
      throws SQLException {
    var currencies = new TreeMap<UUID, Set<String>>();
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select source_uuid, raw_currency from aws_cost_by_account
                union select source_uuid, raw_currency from azure_cost_by_account
                union select source_uuid, raw_currency from gcp_cost_by_account
                """)) {
      while (rows.next()) {
        if (rows.getString(2) != null) {
          currencies
              .computeIfAbsent(rows.getObject(1, UUID.class), unused -> new TreeSet<>())
              .add(rows.getString(2));
        }
      }
    }
    var found = new TreeMap<String, List<User>>();
    if (currencies.isEmpty()) {
      return found;
    }
    Database.leave(connection);
    for (Provider provider : Providers.ofTenant(connection, tenant)) {
      for (String currency : currencies.getOrDefault(provider.id(), Set.of())) {
        found
            .computeIfAbsent(currency, unused -> new ArrayList<>())
            .add(new User(provider.id().toString(), provider.name(), provider.type().wireName()));
      }
    }
    Database.enter(connection, tenant);
    return found;
  }

  private static Map<String, List<User>> users(Connection connection, String sql)
      throws SQLException {
    var found = new java.util.TreeMap<String, List<User>>();
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        found
            .computeIfAbsent(rows.getString(1), unused -> new ArrayList<>())
            .add(new User(rows.getString(2), rows.getString(3), null));
      }
    }
    return found;
  }

  void enable(Caller caller, String sent) {
    String code = code(sent);
    change(
        caller,
        change -> {
          RateTables.enable(change.connection(), code, current());
          RateTables.fillFromStatic(change.connection(), current());
          return null;
        });
  }

  void disable(Caller caller, String sent) {
    String code = code(sent);
    change(
        caller,
        change -> {
          Connection connection = change.connection();
          Set<String> enabled = RateTables.enabled(connection);
          if (enabled.equals(Set.of(code))) {
            throw new InvalidInputException("error", "At least one currency must be enabled.");
          }
          Uses uses = uses(connection, change.tenant());
          if (uses.any(code)) {
            throw HttpError.plain(400, refusal(code, uses));
          }
          RateTables.disable(connection, code, current());
          return null;
        });
  }

  private static ObjectNode refusal(String code, Uses uses) {
    ObjectNode body = Json.object();
    body.putArray("errors")
        .addObject()
        .put(
            "detail",
            "Cannot disable " + code + " because " + String.join("; ", uses.reasons(code)) + ".")
        .put("source", "currency")
        .put("status", 400);
    body.set(
        "affected_cloud_providers",
        Json.array(
            uses.providers().getOrDefault(code, List.of()),
            user ->
                Json.object()
                    .put("uuid", user.id())
                    .put("name", user.name())
                    .put("type", user.type())));
    body.set("affected_cost_models", views(uses.models().getOrDefault(code, List.of())));
    body.set("affected_price_lists", views(uses.lists().getOrDefault(code, List.of())));
    return body;
  }

  private static ArrayNode views(List<User> users) {
    return Json.array(users, user -> Json.object().put("uuid", user.id()).put("name", user.name()));
  }

  private String code(String sent) {
    return currencies
        .find(sent)
        .map(Currency::code)
        .orElseThrow(
            () -> new InvalidInputException("code", "Invalid ISO 4217 currency code: " + sent));
  }

  private YearMonth current() {
    return YearMonth.from(services.clock().instant().atOffset(ZoneOffset.UTC));
  }

  private <T> T change(Caller caller, TenantChange.Action<T> action) {
    return TenantChange.perform(
        services.database(), services.work(), caller.tenant(), caller.requestId(), action);
  }

  static ObjectNode view(Currency currency) {
    return Json.object()
        .put("code", currency.code())
        .put("name", currency.name())
        .put("symbol", currency.symbol())
        .put("description", currency.description());
  }

  static ObjectNode view(Entry entry) {
    ObjectNode view = view(entry.currency());
    view.put("enabled", entry.enabled());
    view.put("has_dynamic_rate", entry.hasMarketRate());
    view.set("static_rates", Json.array(entry.staticRates(), StaticRate::view));
    view.put("is_disableable", entry.disableable());
    return view;
  }
}
