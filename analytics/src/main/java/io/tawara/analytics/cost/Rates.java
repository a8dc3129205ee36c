package io.tawara.analytics.cost;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The rates in force for one month, resolved (`cost-models.md` §8.3): tiered rates added up per
/// metric and cost type; tag rates one per metric, cost type, key and value, the default of a key
/// being the one without a value.
///
/// @param tiered sums that are not zero
/// @param tags in no particular order; a later rate of the same place has replaced an earlier one
public record Rates(Map<Metric, Map<CostType, BigDecimal>> tiered, List<TagRate> tags) {

  /// The rate of one label value.
  ///
  /// @param value empty for the default of the key: every value that has no rate of its own
  public record TagRate(
      Metric metric, CostType costType, String key, Optional<String> value, BigDecimal rate) {}

  public Rates {
    var copy = new EnumMap<Metric, Map<CostType, BigDecimal>>(Metric.class);
    tiered.forEach((metric, sums) -> copy.put(metric, Map.copyOf(sums)));
    tiered = java.util.Collections.unmodifiableMap(copy);
    tags = List.copyOf(tags);
  }

  public static Rates none() {
    return new Rates(Map.of(), List.of());
  }

  /// The tiered rate of a metric, if there is one.
  Optional<BigDecimal> tiered(Metric metric, CostType type) {
    return Optional.ofNullable(tiered.getOrDefault(metric, Map.of()).get(type));
  }

  /// Of a monthly metric only one cost type is applied: Infrastructure where it has a rate.
  Optional<Map.Entry<CostType, BigDecimal>> monthly(Metric metric) {
    Map<CostType, BigDecimal> sums = tiered.getOrDefault(metric, Map.of());
    for (CostType type : CostType.values()) {
      if (sums.containsKey(type)) {
        return Optional.of(Map.entry(type, sums.get(type)));
      }
    }
    return Optional.empty();
  }

  /// The tag rates of some metrics.
  List<TagRate> tags(Set<Metric> metrics) {
    return tags.stream().filter(rate -> metrics.contains(rate.metric())).toList();
  }

  /// The label keys that have tag rates of a metric and cost type.
  List<String> tagKeys(Metric metric, CostType type) {
    return tags.stream()
        .filter(rate -> rate.metric() == metric && rate.costType() == type)
        .map(TagRate::key)
        .distinct()
        .sorted()
        .toList();
  }

  /// The metrics that have any rate.
  Set<Metric> metrics() {
    var found = EnumSet.noneOf(Metric.class);
    found.addAll(tiered.keySet());
    tags.forEach(rate -> found.add(rate.metric()));
    return found;
  }

  /// Collects rates in the order of a price list.
  public static final class Builder {
    private record Place(Metric metric, CostType type, String key, Optional<String> value) {}

    private final Map<Metric, Map<CostType, BigDecimal>> sums = new EnumMap<>(Metric.class);
    private final Map<Place, BigDecimal> tags = new LinkedHashMap<>();

    /// Adds a tiered rate to the sum of its metric and cost type.
    public Builder tiered(Metric metric, CostType type, BigDecimal rate) {
      sums.computeIfAbsent(metric, m -> new EnumMap<>(CostType.class))
          .merge(type, rate, BigDecimal::add);
      return this;
    }

    /// Adds the rate of a label value.
    ///
    /// @param isDefault the rate is also that of all values without one
    public Builder tag(
        Metric metric,
        CostType type,
        String key,
        String value,
        BigDecimal rate,
        boolean isDefault) {
      tags.put(new Place(metric, type, key, Optional.of(value)), rate);
      if (isDefault) {
        tags.put(new Place(metric, type, key, Optional.empty()), rate);
      }
      return this;
    }

    public Rates build() {
      var tiered = new EnumMap<Metric, Map<CostType, BigDecimal>>(Metric.class);
      sums.forEach(
          (metric, byType) -> {
            var kept = new EnumMap<CostType, BigDecimal>(CostType.class);
            byType.forEach(
                (type, sum) -> {
                  if (sum.signum() != 0) {
                    kept.put(type, sum);
                  }
                });
            if (!kept.isEmpty()) {
              tiered.put(metric, kept);
            }
          });
      var rates = new ArrayList<TagRate>();
      tags.forEach(
          (place, rate) ->
              rates.add(
                  new TagRate(place.metric(), place.type(), place.key(), place.value(), rate)));
      return new Rates(tiered, rates);
    }
  }
}
