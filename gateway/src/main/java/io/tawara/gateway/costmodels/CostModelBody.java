package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.currency.Currencies;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.Problems;
import io.tawara.core.provider.ProviderType;
import io.tawara.gateway.http.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The body of a request that makes or changes a cost model (`cost-models.md` §2.3, §2.6).
///
/// @param providers who is to use it, each once
/// @param rates empty: not sent
/// @param markup empty: not sent
/// @param priceLists first priority first; empty: not sent
record CostModelBody(
    String name,
    String description,
    ProviderType sourceType,
    Set<UUID> providers,
    Optional<List<ObjectNode>> rates,
    Optional<ObjectNode> markup,
    String distribution,
    ObjectNode distributionInfo,
    String currency,
    Optional<List<UUID>> priceLists) {
  private static final String NON_FIELD = "non_field_errors";
  private static final Set<String> DISTRIBUTIONS = Set.of("cpu", "memory");
  private static final Map<String, Boolean> SWITCHES =
      new java.util.TreeMap<>(
          Map.of(
              "platform_cost", true,
              "worker_cost", true,
              "network_unattributed", false,
              "storage_unattributed", false,
              "gpu_unallocated", false));

  /// What a body is checked against.
  ///
  /// @param known the organisation's providers
  /// @param enabled its enabled currencies
  /// @param accountCurrency the currency of a body that names none
  record Surroundings(Set<UUID> known, Set<String> enabled, String accountCurrency) {}

  /// Reads a body.
  ///
  /// @throws io.tawara.core.input.InvalidInputException naming everything that is wrong with it
  static CostModelBody read(JsonNode body, Currencies currencies, Surroundings around) {
    var problems = new Problems();
    var fields = Fields.ofBody(body, problems);
    Optional<String> name = fields.text("name", Need.REQUIRED, Blank.ALLOWED, 100);
    Optional<String> description = fields.text("description", Need.REQUIRED, Blank.ALLOWED, 500);
    Optional<String> sourceType =
        fields.text("source_type", Need.REQUIRED, Blank.REFUSED, Integer.MAX_VALUE);
    Set<UUID> providers = providers(fields, around.known());
    Optional<List<ObjectNode>> rates =
        fields
            .value("rates", Need.OPTIONAL)
            .map(sent -> new RateRules(currencies).read(sent, problems));
    Optional<ObjectNode> markup = markup(fields);
    Optional<String> distribution = distribution(fields, "distribution");
    ObjectNode info = distributionInfo(fields, distribution.orElse("cpu"));
    String currency =
        new CurrencyRules(currencies)
            .enabled(fields, "currency", Need.OPTIONAL, around.enabled())
            .orElse(around.accountCurrency());
    Optional<List<UUID>> priceLists = priceLists(fields);
    problems.check();
    ProviderType type = sourceType(sourceType.orElseThrow(), rates, markup, problems);
    if (rates.isPresent() && !Set.of(currency).containsAll(RateRules.units(rates.get()))) {
      problems.add(NON_FIELD, "Rate units must match currency provided in a cost model.");
    }
    problems.check();
    return new CostModelBody(
        name.orElseThrow(),
        description.orElseThrow(),
        type,
        providers,
        rates,
        markup,
        distribution.orElse("cpu"),
        info,
        currency,
        priceLists);
  }

  private static Set<UUID> providers(Fields fields, Set<UUID> known) {
    var found = new LinkedHashSet<UUID>();
    Optional<JsonNode> sent = fields.value("source_uuids", Need.OPTIONAL);
    if (sent.isEmpty()) {
      return found;
    }
    if (!sent.get().isArray()) {
      fields.problem("source_uuids", Fields.notAList(sent.get()));
      return found;
    }
    for (JsonNode each : sent.get()) {
      Optional<UUID> id = Fields.uuid(each);
      if (id.isEmpty() || !known.contains(id.get())) {
        fields.problem("source_uuids", "Invalid request. Source UUID validation failed.");
        return found;
      }
      found.add(id.get());
    }
    return found;
  }

  private static Optional<ObjectNode> markup(Fields fields) {
    Optional<JsonNode> sent = fields.value("markup", Need.OPTIONAL);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    if (!sent.get().isObject()) {
      fields.problem("markup." + NON_FIELD, Fields.notAnObject(sent.get()));
      return Optional.empty();
    }
    var inner = new Fields(sent.get(), "markup", fields.problems());
    ObjectNode markup = Json.object();
    Optional<BigDecimal> value = inner.decimal("value", Need.OPTIONAL, 19, 10);
    value.ifPresent(number -> markup.put("value", RateRules.stored(number)));
    inner
        .text("unit", Need.OPTIONAL, Blank.ALLOWED, Integer.MAX_VALUE)
        .ifPresent(
            unit -> {
              if (unit.equals("percent")) {
                markup.put("unit", unit);
              } else {
                inner.problem("unit", notAChoice(unit));
              }
            });
    return Optional.of(markup);
  }

  private static String notAChoice(String value) {
    return "\"" + value + "\" is not a valid choice.";
  }

  private static Optional<String> distribution(Fields fields, String name) {
    Optional<JsonNode> sent = fields.value(name, Need.OPTIONAL);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    String text = sent.get().asText(sent.get().toString());
    if (DISTRIBUTIONS.contains(text)) {
      return Optional.of(text);
    }
    fields.problem(
        name,
        text.isEmpty() && name.equals("distribution")
            ? " is an invaild distribution type"
            : notAChoice(text));
    return Optional.empty();
  }

  private static ObjectNode distributionInfo(Fields fields, String distribution) {
    ObjectNode info = Json.object();
    JsonNode sent = fields.value("distribution_info", Need.OPTIONAL).orElse(null);
    if (sent != null && !sent.isObject()) {
      fields.problem("distribution_info." + NON_FIELD, Fields.notAnObject(sent));
      return info;
    }
    var inner =
        new Fields(sent == null ? Json.object() : sent, "distribution_info", fields.problems());
    info.put(
        "distribution_type",
        distribution(inner, "distribution_type").orElse(sent == null ? distribution : "cpu"));
    SWITCHES.forEach(
        (name, standard) -> info.put(name, inner.bool(name, Need.OPTIONAL).orElse(standard)));
    return info;
  }

  private static Optional<List<UUID>> priceLists(Fields fields) {
    Optional<JsonNode> sent = fields.value("price_list_uuids", Need.OPTIONAL);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    if (!sent.get().isArray()) {
      fields.problem("price_list_uuids", Fields.notAList(sent.get()));
      return Optional.empty();
    }
    var found = new ArrayList<UUID>();
    for (int i = 0; i < sent.get().size(); i++) {
      Optional<UUID> id = Fields.uuid(sent.get().get(i));
      if (id.isEmpty()) {
        fields.problem("price_list_uuids." + i, Fields.BAD_UUID);
      } else if (found.contains(id.get())) {
        fields.problem("price_list_uuids." + i, "This price list is named twice.");
      } else {
        found.add(id.get());
      }
    }
    return Optional.of(found);
  }

  /// Cloud models only add a markup; models of development sources do not exist.
  private static ProviderType sourceType(
      String sent,
      Optional<List<ObjectNode>> rates,
      Optional<ObjectNode> markup,
      Problems problems) {
    Optional<ProviderType> type = ProviderType.ofName(sent);
    boolean valid =
        type.isPresent()
            && switch (type.get()) {
              case OCP -> true;
              case AWS, AZURE, GCP ->
                  markup.filter(given -> !given.isEmpty()).isPresent()
                      && rates.filter(given -> !given.isEmpty()).isEmpty();
              case AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> false;
            };
    if (!valid) {
      problems.add(
          NON_FIELD, type.map(ProviderType::wireName).orElse(sent) + " is not a valid source.");
    }
    return type.orElse(ProviderType.OCP);
  }
}
