package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.RateTables;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.input.Problems;
import io.tawara.core.settings.AccountSettings;
import io.tawara.core.settings.TenantChange;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.costmodels.PriceListTable.User;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// Makes, changes, copies and removes price lists (`cost-models.md` §4). Blocking.
final class PriceLists {
  private static final String NON_FIELD = "non_field_errors";
  private static final int NAME_LENGTH = 255;

  private final GatewayServices services;
  private final Currencies currencies;
  private final CostModels models;

  /// A price list with who uses it.
  record Used(PriceList list, List<User> users) {}

  PriceLists(GatewayServices services, Currencies currencies, CostModels models) {
    this.services = services;
    this.currencies = currencies;
    this.models = models;
  }

  /// What a body says; empty: not sent.
  private record Body(
      Optional<String> name,
      Optional<String> description,
      Optional<String> currency,
      Optional<LocalDate> start,
      Optional<LocalDate> end,
      Optional<Boolean> enabled,
      Optional<List<ObjectNode>> rates) {}

  List<Used> all(TenantSchema tenant) {
    return services
        .database()
        .tenant(
            tenant,
            connection -> {
              Map<UUID, List<User>> users = PriceListTable.users(connection);
              return PriceListTable.all(connection).stream()
                  .map(list -> new Used(list, users.getOrDefault(list.id(), List.of())))
                  .toList();
            });
  }

  Used find(TenantSchema tenant, UUID id) {
    return services.database().tenant(tenant, connection -> find(connection, id));
  }

  private static Used find(Connection connection, UUID id) throws SQLException {
    PriceList list =
        PriceListTable.find(connection, id).orElseThrow(() -> HttpError.noMatch("PriceList"));
    return new Used(list, PriceListTable.users(connection).getOrDefault(id, List.of()));
  }

  ObjectNode create(Caller caller, JsonNode body) {
    return change(
        caller,
        change -> {
          Connection connection = change.connection();
          Body sent = read(connection, body, Need.REQUIRED);
          String currency =
              sent.currency()
                  .orElse(
                      AccountSettings.load(
                              connection, services.config().settings().defaultCurrency())
                          .currency());
          var problems = new Problems();
          dates(sent.start().orElseThrow(), sent.end().orElseThrow(), problems);
          units(sent.rates(), currency, problems);
          problems.check();
          Instant now = now();
          var list =
              new PriceList(
                  services.ids().next(),
                  sent.name().orElseThrow(),
                  sent.description().orElse(""),
                  currency,
                  sent.start().orElseThrow(),
                  sent.end().orElseThrow(),
                  sent.enabled().orElse(true),
                  1,
                  Json.array(),
                  now,
                  now);
          PriceList stored =
              PriceListTable.insert(
                  connection, list, sent.rates().orElse(List.of()), services.ids());
          return view(new Used(stored, List.of()));
        });
  }

  ObjectNode update(Caller caller, UUID id, JsonNode body) {
    return change(
        caller,
        change -> {
          Connection connection = change.connection();
          Used used = find(connection, id);
          PriceList old = used.list();
          Body sent = read(connection, body, Need.OPTIONAL);
          var problems = new Problems();
          dates(sent.start().orElse(old.start()), sent.end().orElse(old.end()), problems);
          units(sent.rates(), sent.currency().orElse(old.currency()), problems);
          problems.check();
          if (sent.currency().filter(currency -> !currency.equals(old.currency())).isPresent()) {
            throw new InvalidInputException(
                null, "Currency cannot be changed after price list creation.");
          }
          boolean newRates =
              sent.rates().isPresent()
                  && !meaning(Json.array().addAll(sent.rates().get())).equals(meaning(old.rates()));
          disabled(old, sent, newRates);
          PriceList list = changed(old, sent, newRates);
          PriceListTable.update(connection, list);
          if (sent.rates().isPresent()) {
            list = PriceListTable.setRates(connection, list, sent.rates().get(), services.ids());
          }
          recalculate(change, list, used.users(), list.version() != old.version());
          return view(new Used(list, used.users()));
        });
  }

  private PriceList changed(PriceList old, Body sent, boolean newRates) {
    LocalDate start = sent.start().orElse(old.start());
    LocalDate end = sent.end().orElse(old.end());
    boolean newVersion = newRates || !start.equals(old.start()) || !end.equals(old.end());
    return new PriceList(
        old.id(),
        sent.name().orElse(old.name()),
        sent.description().orElse(old.description()),
        old.currency(),
        start,
        end,
        sent.enabled().orElse(old.enabled()),
        newVersion ? old.version() + 1 : old.version(),
        old.rates(),
        old.created(),
        now());
  }

  /// A change of rates or dates that reaches the current month recalculates it.
  private void recalculate(
      TenantChange change, PriceList list, List<User> users, boolean newVersion)
      throws SQLException {
    LocalDate today = LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC);
    if (newVersion && list.touches(YearMonth.from(today), today)) {
      models.recalculate(
          change,
          PriceListTable.providers(change.connection(), users.stream().map(User::model).toList()));
    }
  }

  void delete(Caller caller, UUID id) {
    change(
        caller,
        change -> {
          Used used = find(change.connection(), id);
          if (!used.users().isEmpty()) {
            throw new InvalidInputException(
                null,
                "Cannot delete price list '%s': it is assigned to %d cost model(s)."
                    .formatted(used.list().name(), used.users().size()));
          }
          PriceListTable.delete(change.connection(), id);
          return null;
        });
  }

  ObjectNode duplicate(Caller caller, UUID id) {
    return change(
        caller,
        change -> {
          PriceList old = find(change.connection(), id).list();
          Instant now = now();
          String name = "Copy of " + old.name();
          var copy =
              new PriceList(
                  services.ids().next(),
                  name.codePointCount(0, name.length()) > NAME_LENGTH
                      ? name.substring(0, name.offsetByCodePoints(0, NAME_LENGTH))
                      : name,
                  old.description(),
                  old.currency(),
                  old.start(),
                  old.end(),
                  true,
                  1,
                  Json.array(),
                  now,
                  now);
          var rates = new ArrayList<ObjectNode>();
          for (JsonNode rate : old.rates()) {
            ObjectNode bare = rate.deepCopy();
            bare.remove(List.of("rate_id", "custom_name"));
            rates.add(bare);
          }
          PriceList stored =
              PriceListTable.insert(change.connection(), copy, rates, services.ids());
          return view(new Used(stored, List.of()));
        });
  }

  private <T> T change(Caller caller, TenantChange.Action<T> action) {
    return TenantChange.perform(
        services.database(), services.work(), caller.tenant(), caller.requestId(), action);
  }

  private Instant now() {
    return services.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }

  private Body read(Connection connection, JsonNode body, Need need) throws SQLException {
    Set<String> enabledCurrencies = RateTables.enabled(connection);
    var problems = new Problems();
    var fields = Fields.ofBody(body, problems);
    var read =
        new Body(
            fields.text("name", need, Blank.REFUSED, NAME_LENGTH),
            fields.text("description", Need.OPTIONAL, Blank.ALLOWED, Integer.MAX_VALUE),
            new CurrencyRules(currencies)
                .enabled(fields, "currency", Need.OPTIONAL, enabledCurrencies),
            fields.date("effective_start_date", need),
            fields.date("effective_end_date", need),
            fields.bool("enabled", Need.OPTIONAL),
            fields
                .value("rates", Need.OPTIONAL)
                .map(sent -> new RateRules(currencies).read(sent, problems)));
    problems.check();
    return read;
  }

  private static void dates(LocalDate start, LocalDate end, Problems problems) {
    if (start.getDayOfMonth() != 1) {
      problems.add(NON_FIELD, "effective_start_date must be on the first day of the month.");
    } else if (end.getDayOfMonth() != end.lengthOfMonth()) {
      problems.add(NON_FIELD, "effective_end_date must be on the last day of the month.");
    } else if (end.isBefore(start)) {
      problems.add(NON_FIELD, "effective_end_date must be on or after effective_start_date.");
    }
  }

  private static void units(Optional<List<ObjectNode>> rates, String currency, Problems problems) {
    if (rates.isPresent() && !Set.of(currency).containsAll(RateRules.units(rates.get()))) {
      problems.add(NON_FIELD, "Rate units must match currency provided in a cost model.");
    }
  }

  /// A disabled list takes nothing but what says so, and what does not change it.
  private static void disabled(PriceList old, Body sent, boolean newRates) {
    if (old.enabled() || sent.enabled().orElse(false)) {
      return;
    }
    var forbidden = new TreeSet<String>();
    if (sent.start().filter(date -> !date.equals(old.start())).isPresent()) {
      forbidden.add("effective_start_date");
    }
    if (sent.end().filter(date -> !date.equals(old.end())).isPresent()) {
      forbidden.add("effective_end_date");
    }
    if (newRates) {
      forbidden.add("rates");
    }
    if (!forbidden.isEmpty()) {
      throw new InvalidInputException(
          null,
          "Cannot update {"
              + forbidden.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "))
              + "} on a disabled price list. Only name, description, and status can be updated.");
    }
  }

  /// What rates say, without what identifies or describes them.
  private static JsonNode meaning(JsonNode rates) {
    if (rates.isArray()) {
      return Json.array(rates, PriceLists::meaning);
    }
    if (!rates.isObject()) {
      return rates;
    }
    ObjectNode kept = Json.object();
    rates
        .properties()
        .forEach(
            member -> {
              boolean ignored =
                  Set.of("rate_id", "custom_name", "description").contains(member.getKey())
                      || (member.getValue().isTextual() && member.getValue().asText().isEmpty());
              if (!ignored) {
                kept.set(member.getKey(), meaning(member.getValue()));
              }
            });
    return kept;
  }

  static ObjectNode view(Used used) {
    PriceList list = used.list();
    ObjectNode view = Json.object();
    view.put("uuid", list.id().toString());
    view.put("name", list.name());
    view.put("description", list.description());
    view.put("currency", list.currency());
    view.put("effective_start_date", list.start().toString());
    view.put("effective_end_date", list.end().toString());
    view.put("enabled", list.enabled());
    view.put("version", list.version());
    view.set("rates", RateViews.rates(list.rates()));
    view.put("created_timestamp", WireTime.zulu(list.created()));
    view.put("updated_timestamp", WireTime.zulu(list.updated()));
    view.put("assigned_cost_model_count", used.users().size());
    view.set("assigned_cost_models", users(used));
    return view;
  }

  /// Who uses a price list.
  static ArrayNode users(Used used) {
    return Json.array(
        used.users(),
        user ->
            Json.object()
                .put("uuid", user.model().toString())
                .put("name", user.name())
                .put("priority", user.priority()));
  }
}
