package io.tawara.gateway.facts;

import io.tawara.analytics.reports.ExchangeRates;
import io.tawara.analytics.reports.ExchangeRates.Rate;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.gateway.reports.params.ParameterContext;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What the meaning of a request depends on.
///
/// @param version the data version that all this belongs to
/// @param retainedMonths calendar months that are kept, the current one included
/// @param tagKeys every key that was ever seen, by provider type (`OCP`), and whether it is enabled
/// @param modelCurrencies source → currency of its cost model
/// @param rates all monthly rates
/// @param infrastructureClusters cluster ids by the cloud that they run on (`AWS`)
public record TenantFacts(
    long version,
    String currency,
    String costType,
    int retainedMonths,
    Set<String> enabledCurrencies,
    Map<String, Map<String, Boolean>> tagKeys,
    List<String> costGroups,
    Map<UUID, String> modelCurrencies,
    List<MonthlyRate> rates,
    Map<String, List<String>> infrastructureClusters) {
  /// How many sub keys `group_by` takes.
  private static final int MAXIMUM_GROUPS = 2;

  /// The rate of one month and pair.
  public record MonthlyRate(YearMonth month, String base, String target, BigDecimal rate) {}

  public TenantFacts {
    enabledCurrencies = Set.copyOf(enabledCurrencies);
    tagKeys = Map.copyOf(tagKeys);
    costGroups = List.copyOf(costGroups);
    modelCurrencies = Map.copyOf(modelCurrencies);
    rates = List.copyOf(rates);
    infrastructureClusters = Map.copyOf(infrastructureClusters);
  }

  /// These facts for the parameters of a family's endpoints.
  ///
  /// @param relabel whether amounts only get another unit (`static-rate-relabel`)
  public ParameterContext context(ProviderFamily family, LocalDate today, boolean relabel) {
    return new ParameterContext(
        today,
        retainedMonths,
        MAXIMUM_GROUPS,
        currency,
        enabledCurrencies,
        costType,
        tagKeys(family).keySet(),
        Map.of(),
        costGroups,
        infrastructureClusters,
        target -> exchangeRates(target, relabel));
  }

  /// The tag keys of a family's provider types, and whether they are enabled for one of them.
  public Map<String, Boolean> tagKeys(ProviderFamily family) {
    var keys = new HashMap<String, Boolean>();
    for (String type : providerTypes(family)) {
      tagKeys
          .getOrDefault(type, Map.of())
          .forEach((key, enabled) -> keys.merge(key, enabled, Boolean::logicalOr));
    }
    return keys;
  }

  private static Set<String> providerTypes(ProviderFamily family) {
    return switch (family) {
      case OPENSHIFT -> Set.of("OCP");
      case AWS -> Set.of("AWS");
      case AZURE -> Set.of("Azure");
      case GCP -> Set.of("GCP");
      case OPENSHIFT_ON_AWS -> Set.of("AWS", "OCP");
      case OPENSHIFT_ON_AZURE -> Set.of("Azure", "OCP");
      case OPENSHIFT_ON_GCP -> Set.of("GCP", "OCP");
      case OPENSHIFT_ON_ALL -> Set.of("AWS", "Azure", "GCP", "OCP");
    };
  }

  /// How amounts become a currency.
  public ExchangeRates exchangeRates(String target, boolean relabel) {
    if (relabel) {
      return ExchangeRates.unconverted(target);
    }
    return new ExchangeRates(
        target,
        modelCurrencies,
        rates.stream()
            .filter(rate -> rate.target().equals(target))
            .map(rate -> new Rate(rate.base(), Optional.of(rate.month()), rate.rate()))
            .toList());
  }
}
