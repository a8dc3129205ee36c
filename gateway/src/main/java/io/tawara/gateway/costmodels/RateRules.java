package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.CostType;
import io.tawara.analytics.cost.Metric;
import io.tawara.core.currency.Currencies;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.Problems;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a list of rates may look like, for cost models and price lists alike (`cost-models.md`
/// §2.4, §2.6). Valid rates come back in the form in which they are stored: values as text with ten
/// decimals, units in upper case, the cost type spelled out.
final class RateRules {
  private static final int DIGITS = 19;
  private static final int DECIMALS = 10;
  private static final int NAME_LENGTH = 50;
  private static final int TEXT_LENGTH = 100;
  private static final int DESCRIPTION_LENGTH = 500;
  private static final String NON_FIELD = "non_field_errors";
  private static final String TIERS = "tiered_rates";
  private static final String TAGS = "tag_rates";
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Currencies currencies;

  RateRules(Currencies currencies) {
    this.currencies = currencies;
  }

  /// Reads the member `rates` of a body.
  ///
  /// @return the rates as they are stored; those that are wrong are left out and noted
  List<ObjectNode> read(JsonNode sent, Problems problems) {
    if (!sent.isArray()) {
      problems.add("rates." + NON_FIELD, Fields.notAList(sent));
      return List.of();
    }
    int before = problems.count();
    var rates = new ArrayList<ObjectNode>();
    for (int i = 0; i < sent.size(); i++) {
      String path = "rates." + i;
      if (sent.get(i).isObject()) {
        rate((ObjectNode) sent.get(i), path, problems).ifPresent(rates::add);
      } else {
        problems.add(path + "." + NON_FIELD, Fields.notAnObject(sent.get(i)));
      }
    }
    if (problems.count() == before) {
      together(rates, problems);
    }
    return rates;
  }

  /// Every unit that the rates name.
  static Set<String> units(List<ObjectNode> rates) {
    var units = new TreeSet<String>();
    for (ObjectNode rate : rates) {
      rate.path(TIERS).forEach(tier -> units.add(tier.path("unit").asText()));
      rate.path(TAGS).path("tag_values").forEach(tag -> units.add(tag.path("unit").asText()));
    }
    return units;
  }

  private Optional<ObjectNode> rate(ObjectNode sent, String path, Problems problems) {
    int before = problems.count();
    var fields = new Fields(sent, path, problems);
    Optional<String> customName =
        sent.path("custom_name").isNull()
            ? Optional.empty()
            : fields.text("custom_name", Need.OPTIONAL, Blank.ALLOWED, NAME_LENGTH);
    if (problems.count() > before) {
      return Optional.empty();
    }
    JsonNode metricName = sent.path("metric").path("name");
    Optional<Metric> metric =
        metricName.isTextual() ? Metric.of(metricName.asText()) : Optional.empty();
    if (metric.isEmpty()) {
      fields.problem(NON_FIELD, display(metricName) + " is an invalid metric");
      return Optional.empty();
    }
    JsonNode sentType = sent.path("cost_type");
    Optional<CostType> costType =
        sentType.isMissingNode()
            ? Optional.of(metric.get().defaultCostType())
            : sentType.isTextual() ? CostType.of(sentType.asText()) : Optional.empty();
    if (costType.isEmpty()) {
      fields.problem(NON_FIELD, display(sentType) + " is an invalid cost type");
      return Optional.empty();
    }
    ObjectNode rate = sent.deepCopy();
    rate.remove(List.of("rate_id", "custom_name", TIERS, TAGS));
    rate.set("metric", JSON.objectNode().put("name", metric.get().wire()));
    rate.put("cost_type", costType.get().label());
    rate.put("description", sent.path("description").asText(""));
    customName.filter(name -> !name.isEmpty()).ifPresent(name -> rate.put("custom_name", name));
    form(sent, metric.get(), fields, rate, path, problems);
    return problems.count() > before ? Optional.empty() : Optional.of(rate);
  }

  private void form(
      ObjectNode sent,
      Metric metric,
      Fields fields,
      ObjectNode rate,
      String path,
      Problems problems) {
    JsonNode tiers = sent.path(TIERS);
    JsonNode tags = sent.path(TAGS);
    if (isAbsent(tiers) && isAbsent(tags)) {
      fields.problem(NON_FIELD, "Missing rate information: one of tiered_rates, tag_rates");
    } else if (tiers.isEmpty() && tags.isEmpty() && isContainer(tiers) && isContainer(tags)) {
      fields.problem(NON_FIELD, "tiered_rates, tag_rates cannot be empty.");
    } else if (!tiers.isEmpty() && (!tags.isEmpty() || tags.isArray())) {
      fields.problem(NON_FIELD, "Set either 'tiered_rates' or 'tag_rates' but not both");
    } else if (!tags.isEmpty() || !isContainer(tags)) {
      if (tags.isObject()) {
        rate.set(TAGS, tagRates(new Fields(tags, path, problems)));
      } else {
        fields.problem(NON_FIELD, Fields.notAnObject(tags));
      }
    } else if (metric.tagOnly()) {
      fields.problem(NON_FIELD, metric.wire() + " is only available as a tag based rate.");
    } else if (!tiers.isArray()) {
      fields.problem(TIERS, Fields.notAList(tiers));
    } else {
      rate.set(TIERS, tiers((ArrayNode) tiers, path, problems));
    }
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }

  private static boolean isContainer(JsonNode node) {
    return isAbsent(node) || node.isContainerNode();
  }

  /// A tier's bounds; null means open.
  private record Tier(BigDecimal start, BigDecimal end) {}

  private ArrayNode tiers(ArrayNode sent, String path, Problems problems) {
    int before = problems.count();
    var stored = JSON.arrayNode();
    var bounds = new ArrayList<Tier>();
    for (JsonNode each : sent) {
      if (!each.isObject()) {
        problems.add(path + "." + TIERS, Fields.notAnObject(each));
        return stored;
      }
      var fields = new Fields(each, path, problems);
      ObjectNode tier = JSON.objectNode();
      value(fields, "A tiered rate value must be nonnegative.", tier);
      unit(fields, tier);
      bounds.add(usage(each.path("usage"), fields));
      if (!each.path("usage").isEmpty()) {
        tier.set("usage", each.get("usage"));
      }
      if (problems.count() > before) {
        return stored;
      }
      stored.add(tier);
    }
    inOrder(bounds, path, problems);
    return stored;
  }

  private static Tier usage(JsonNode usage, Fields fields) {
    if (!isAbsent(usage) && !usage.isObject()) {
      fields.problem("usage", Fields.notAnObject(usage));
      return new Tier(null, null);
    }
    Optional<BigDecimal> start = bound(usage.path("usage_start"), fields);
    Optional<BigDecimal> end = bound(usage.path("usage_end"), fields);
    if (start.filter(number -> number.signum() < 0).isPresent()) {
      fields.problem("usage", "A tiered rate usage_start must be positive.");
    } else if (end.filter(number -> number.signum() < 0).isPresent()) {
      fields.problem("usage", "A tiered rate usage_end must be positive.");
    } else if (start.isPresent() && end.isPresent() && start.get().compareTo(end.get()) >= 0) {
      fields.problem(NON_FIELD, "A tiered rate usage_start must be less than usage_end.");
    }
    return new Tier(start.orElse(null), end.orElse(null));
  }

  private static Optional<BigDecimal> bound(JsonNode value, Fields fields) {
    if (isAbsent(value)) {
      return Optional.empty();
    }
    Optional<BigDecimal> number = value.isNumber() ? Fields.number(value) : Optional.empty();
    if (number.isEmpty()) {
      fields.problem("usage", Fields.NOT_A_NUMBER);
    }
    return number;
  }

  private static void inOrder(List<Tier> tiers, String path, Problems problems) {
    String source = path + "." + NON_FIELD;
    if (tiers.stream().noneMatch(tier -> tier.start() == null)
        || tiers.stream().noneMatch(tier -> tier.end() == null)) {
      problems.add(
          source,
          "tiered_rate must have a tier with usage_start as null and a tier with usage_end as"
              + " null.");
      return;
    }
    var sorted = new ArrayList<>(tiers);
    sorted.sort(
        Comparator.comparing(Tier::start, Comparator.nullsFirst(Comparator.naturalOrder())));
    for (int i = 1; i < sorted.size(); i++) {
      BigDecimal end = sorted.get(i - 1).end();
      BigDecimal start = sorted.get(i).start();
      int order = end == null || start == null ? -1 : start.compareTo(end);
      if (order > 0) {
        problems.add(
            source,
            "tiered_rate must not have gaps between tiers.usage_start of "
                + start.toPlainString()
                + " should be less than or equal to the usage_end "
                + end.toPlainString()
                + " of the previous tier.");
        return;
      }
      if (order < 0) {
        problems.add(
            source,
            "tiered_rate must not have overlapping tiers. usage_start value "
                + plain(end)
                + " should equal to the usage_end value of the next tier, not "
                + plain(start)
                + ".");
        return;
      }
    }
  }

  private static String plain(BigDecimal number) {
    return number == null ? "None" : number.toPlainString();
  }

  private ObjectNode tagRates(Fields fields) {
    var stored = JSON.objectNode();
    fields
        .text("tag_key", Need.REQUIRED, Blank.REFUSED, TEXT_LENGTH)
        .ifPresent(key -> stored.put("tag_key", key));
    ArrayNode values = stored.putArray("tag_values");
    Optional<JsonNode> sent = fields.value("tag_values", Need.REQUIRED);
    if (sent.isEmpty()) {
      return stored;
    }
    if (!sent.get().isArray()) {
      fields.problem("tag_values", Fields.notAList(sent.get()));
    } else if (sent.get().isEmpty()) {
      fields.problem("tag_values", "A tag_values can not be an empty list.");
    } else {
      tagValues((ArrayNode) sent.get(), fields, values);
    }
    return stored;
  }

  private void tagValues(ArrayNode sent, Fields rate, ArrayNode stored) {
    var seen = new HashSet<String>();
    int defaults = 0;
    for (JsonNode each : sent) {
      if (!each.isObject()) {
        rate.problem("tag_values", Fields.notAnObject(each));
        return;
      }
      var problems = new Problems();
      var fields = new Fields(each, rate.source("tag_values"), problems);
      ObjectNode value = JSON.objectNode();
      fields
          .text("tag_value", Need.REQUIRED, Blank.REFUSED, TEXT_LENGTH)
          .ifPresent(text -> value.put("tag_value", text));
      value(fields, "A tag rate value must be nonnegative.", value);
      unit(fields, value);
      if (!each.path("usage").isEmpty()) {
        value.set("usage", each.get("usage"));
      }
      value.put(
          "description",
          isAbsent(each.path("description"))
              ? ""
              : fields
                  .text("description", Need.OPTIONAL, Blank.ALLOWED, DESCRIPTION_LENGTH)
                  .orElse(""));
      Optional<Boolean> isDefault = fields.bool("default", Need.REQUIRED);
      isDefault.ifPresent(flag -> value.put("default", flag));
      if (problems.any()) {
        problems.copyTo(rate.problems());
        return;
      }
      String text = value.path("tag_value").asText();
      if (!seen.add(text)) {
        rate.problem("tag_values", "Duplicate tag_value (" + text + ").");
        return;
      }
      defaults += isDefault.orElse(false) ? 1 : 0;
      stored.add(value);
    }
    if (defaults > 1) {
      rate.problem("tag_values", "Only one tag_value per tag_key can be marked as a default.");
    }
  }

  private static void value(Fields fields, String negative, ObjectNode stored) {
    Optional<BigDecimal> value =
        isAbsent(fields.raw("value").orElse(JSON.missingNode()))
            ? Optional.empty()
            : fields.decimal("value", Need.OPTIONAL, DIGITS, DECIMALS);
    value.ifPresent(
        number -> {
          if (number.signum() < 0) {
            fields.problem("value", negative);
          } else {
            stored.put("value", stored(number));
          }
        });
  }

  /// A decimal as it is stored: text with ten decimals.
  static String stored(BigDecimal number) {
    return number.setScale(DECIMALS, RoundingMode.UNNECESSARY).toPlainString();
  }

  private void unit(Fields fields, ObjectNode stored) {
    fields
        .text("unit", Need.REQUIRED, Blank.REFUSED, Integer.MAX_VALUE)
        .ifPresent(
            unit -> {
              String code = unit.toUpperCase(Locale.ROOT);
              if (currencies.find(code).isPresent()) {
                stored.put("unit", code);
              } else {
                fields.problem("unit", CurrencyRules.notACurrency(code));
              }
            });
  }

  /// What no single rate shows: keys and names that occur twice.
  private static void together(List<ObjectNode> rates, Problems problems) {
    var keys = new HashSet<List<String>>();
    Map<String, Long> names =
        rates.stream()
            .map(rate -> rate.path("custom_name").asText(""))
            .filter(name -> !name.isEmpty())
            .collect(Collectors.groupingBy(name -> name, TreeMap::new, Collectors.counting()));
    for (ObjectNode rate : rates) {
      String key = rate.path(TAGS).path("tag_key").asText("");
      String metric = rate.path("metric").path("name").asText();
      String costType = rate.path("cost_type").asText();
      if (!key.isEmpty() && !keys.add(List.of(metric, costType, key))) {
        problems.add(
            "rates",
            "Duplicate tag_key ("
                + key
                + ") per cost_type ("
                + costType
                + ") for metric ("
                + metric
                + ").");
        return;
      }
    }
    List<String> twice =
        names.entrySet().stream()
            .filter(entry -> entry.getValue() > 1)
            .map(entry -> "'" + entry.getKey() + "'")
            .toList();
    if (!twice.isEmpty()) {
      problems.add(
          "rates", "Duplicate custom_name values in a single request are not allowed: " + twice);
    }
  }

  private static String display(JsonNode value) {
    return isAbsent(value) ? "None" : value.asText(value.toString());
  }
}
