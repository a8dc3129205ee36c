package io.tawara.gateway.facts;

import io.tawara.analytics.reports.ExchangeRates;
import io.tawara.analytics.reports.ExchangeRates.Rate;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.gateway.reports.params.ParameterContext;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// What the meaning of a request depends on.
///
/// @param version the data version that all this belongs to
/// @param retainedMonths calendar months that are kept, the current one included
/// @param tagKeys every key that was ever seen, by provider type (`OCP`), and whether it is enabled
/// @param costCategories keys of AWS cost categories, and whether they are enabled
/// @param modelCurrencies source → month → currency that its costs were calculated in
/// @param rates all monthly rates
/// @param marketRates the latest market rates against one common base
/// @param occurring the currencies that amounts are in, by provider type (`OCP`), and the months in
///   which they occur
/// @param infrastructureClusters cluster ids by the cloud that they run on (`AWS`)
public record TenantFacts(
    long version,
    String currency,
    String costType,
    int retainedMonths,
    Set<String> enabledCurrencies,
    Map<String, Map<String, Boolean>> tagKeys,
    Map<String, Boolean> costCategories,
    List<String> costGroups,
    Map<UUID, Map<YearMonth, String>> modelCurrencies,
    List<MonthlyRate> rates,
    Map<String, BigDecimal> marketRates,
    Map<String, Map<String, Set<YearMonth>>> occurring,
    boolean marketRatesConfigured,
    Map<String, List<String>> infrastructureClusters) {
  /// The rate of one month and pair.
  public record MonthlyRate(YearMonth month, String base, String target, BigDecimal rate) {}

  public TenantFacts {
    enabledCurrencies = Set.copyOf(enabledCurrencies);
    tagKeys = Map.copyOf(tagKeys);
    costGroups = List.copyOf(costGroups);
    modelCurrencies = Map.copyOf(modelCurrencies);
    rates = List.copyOf(rates);
    marketRates = Map.copyOf(marketRates);
    occurring = Map.copyOf(occurring);
    infrastructureClusters = Map.copyOf(infrastructureClusters);
  }

  /// These facts for the parameters of a family's endpoints.
  ///
  /// @param maximumGroups how many sub keys `group_by` takes
  /// @param relabel whether the latest market rate converts every month and amounts without one
  ///   only get another unit (`static-rate-relabel`)
  public ParameterContext context(
      ProviderFamily family, LocalDate today, int maximumGroups, boolean relabel) {
    return new ParameterContext(
        today,
        retainedMonths,
        maximumGroups,
        currency,
        enabledCurrencies,
        costType,
        tagKeys(family).keySet(),
        costCategories,
        costGroups,
        infrastructureClusters,
        target -> exchangeRates(family, target, relabel));
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

  /// How the amounts of a family become a currency.
  public ExchangeRates exchangeRates(ProviderFamily family, String target, boolean relabel) {
    if (relabel) {
      return new ExchangeRates(target, modelCurrencies, latest(target), Map.of(), false);
    }
    var needed = new HashMap<String, Set<YearMonth>>();
    for (String type : providerTypes(family)) {
      occurring
          .getOrDefault(type, Map.of())
          .forEach(
              (currency, months) ->
                  needed.computeIfAbsent(currency, _ -> new TreeSet<>()).addAll(months));
    }
    return new ExchangeRates(
        target,
        modelCurrencies,
        rates.stream()
            .filter(rate -> rate.target().equals(target))
            .map(rate -> new Rate(rate.base(), Optional.of(rate.month()), rate.rate()))
            .toList(),
        needed,
        marketRatesConfigured);
  }

  /// The factors of the market, for every month alike.
  private List<Rate> latest(String target) {
    BigDecimal rate = marketRates.get(target);
    return rate == null
        ? List.of()
        : marketRates.entrySet().stream()
            .filter(base -> enabledCurrencies.contains(base.getKey()))
            .map(
                base ->
                    new Rate(
                        base.getKey(),
                        Optional.empty(),
                        rate.divide(base.getValue(), MathContext.DECIMAL64)))
            .toList();
  }
}
