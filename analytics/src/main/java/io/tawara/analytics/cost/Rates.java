package io.tawara.analytics.cost;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rates in force for one month, resolved (`cost-models.md` §8.3): tiered rates as they are, of
/// which several of a metric and cost type add up; tag rates one per metric, cost type, key and
/// value, the default of a key being the one without a value.
///
/// @param tiered those that are not zero, in the order of the price list
/// @param tags in no particular order; a later rate of the same place has replaced an earlier one
public record Rates(List<TieredRate> tiered, List<TagRate> tags) {

  /// What a rate is called and charges for; what breakdowns show.
  ///
  /// @param tagKey empty for a tiered rate
  public record Identity(String name, Metric metric, CostType costType, String tagKey) {
    /// A number that is made of the parts: the same rate has the same one wherever and whenever it
    /// is charged. Never 0 or 1, which stand for what is not charged by a rate.
    public long id() {
      String text = String.join("\0", name, metric.wire(), costType.label(), tagKey);
      UUID hash = UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8));
      long id =
          ByteBuffer.allocate(Long.BYTES)
              .putLong(hash.getMostSignificantBits() ^ hash.getLeastSignificantBits())
              .flip()
              .getLong();
      return id == 0 || id == 1 ? -1 : id;
    }
  }

  /// A rate for everything that its metric counts.
  public record TieredRate(Identity identity, BigDecimal rate) {
    Metric metric() {
      return identity.metric();
    }

    CostType costType() {
      return identity.costType();
    }
  }

  /// The rate of one label value.
  ///
  /// @param value empty for the default of the key: every value that has no rate of its own
  public record TagRate(Identity identity, Optional<String> value, BigDecimal rate) {
    Metric metric() {
      return identity.metric();
    }

    CostType costType() {
      return identity.costType();
    }

    String key() {
      return identity.tagKey();
    }
  }

  public Rates {
    tiered = List.copyOf(tiered);
    tags = List.copyOf(tags);
  }

  public static Rates none() {
    return new Rates(List.of(), List.of());
  }

  /// The tiered rates of a metric and cost type.
  List<TieredRate> tiered(Metric metric, CostType type) {
    return tiered.stream()
        .filter(rate -> rate.metric() == metric && rate.costType() == type)
        .toList();
  }

  /// The sum of the tiered rates of a metric and cost type, empty where there are none.
  Optional<BigDecimal> sum(Metric metric, CostType type) {
    return tiered(metric, type).stream().map(TieredRate::rate).reduce(BigDecimal::add);
  }

  /// Of a monthly metric only one cost type is applied: Infrastructure where it has a rate.
  List<TieredRate> monthly(Metric metric) {
    for (CostType type : CostType.values()) {
      List<TieredRate> found = tiered(metric, type);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
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
    tiered.forEach(rate -> found.add(rate.metric()));
    tags.forEach(rate -> found.add(rate.metric()));
    return found;
  }

  /// Collects rates in the order of a price list.
  public static final class Builder {
    private record Place(Metric metric, CostType type, String key, Optional<String> value) {}

    private final List<TieredRate> tiered = new ArrayList<>();
    private final Map<Place, TagRate> tags = new LinkedHashMap<>();

    /// Adds a tiered rate that is called as a price list calls one without a name.
    public Builder tiered(Metric metric, CostType type, BigDecimal rate) {
      return tiered(metric.wire() + "-" + type.label(), metric, type, rate);
    }

    /// Adds a tiered rate.
    public Builder tiered(String name, Metric metric, CostType type, BigDecimal rate) {
      if (rate.signum() != 0) {
        tiered.add(new TieredRate(new Identity(name, metric, type, ""), rate));
      }
      return this;
    }

    /// Adds the rate of a label value, called as a price list calls one without a name.
    ///
    /// @param isDefault the rate is also that of all values without one
    public Builder tag(
        Metric metric,
        CostType type,
        String key,
        String value,
        BigDecimal rate,
        boolean isDefault) {
      String name = metric.wire() + "-" + type.label() + "-" + key;
      return tag(new Identity(name, metric, type, key), value, rate, isDefault);
    }

    /// Adds the rate of a label value.
    ///
    /// @param isDefault the rate is also that of all values without one
    public Builder tag(Identity identity, String value, BigDecimal rate, boolean isDefault) {
      put(identity, Optional.of(value), rate);
      if (isDefault) {
        put(identity, Optional.empty(), rate);
      }
      return this;
    }

    private void put(Identity identity, Optional<String> value, BigDecimal rate) {
      tags.put(
          new Place(identity.metric(), identity.costType(), identity.tagKey(), value),
          new TagRate(identity, value, rate));
    }

    public Rates build() {
      return new Rates(tiered, List.copyOf(tags.values()));
    }
  }
}
