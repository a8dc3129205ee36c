package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.ExchangeRates;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/// What the meaning of parameters depends on: the day, the tenant's settings and what its data
/// know.
///
/// @param today the current day in UTC
/// @param retainedMonths calendar months that are kept, the current one included
/// @param maximumGroups how many sub keys `group_by` takes
/// @param currency the account's currency
/// @param costType the account's cost type
/// @param tagKeys the tag keys that are known for the endpoint's provider types, enabled or not
/// @param costCategories AWS cost category keys, and whether they are enabled
/// @param costGroups names of the tenant's cost groups
/// @param infrastructureClusters ids of the OpenShift clusters that run on a cloud, by `AWS`,
///   `Azure`, `GCP`
/// @param rates the exchange rates to a currency
public record ParameterContext(
    LocalDate today,
    int retainedMonths,
    int maximumGroups,
    String currency,
    Set<String> enabledCurrencies,
    String costType,
    Set<String> tagKeys,
    Map<String, Boolean> costCategories,
    List<String> costGroups,
    Map<String, List<String>> infrastructureClusters,
    Function<String, ExchangeRates> rates) {
  public ParameterContext {
    enabledCurrencies = Set.copyOf(enabledCurrencies);
    tagKeys = Set.copyOf(tagKeys);
    costCategories = Map.copyOf(costCategories);
    costGroups = List.copyOf(costGroups);
    infrastructureClusters = Map.copyOf(infrastructureClusters);
  }

  /// The first day that is kept.
  LocalDate retentionStart() {
    return today.withDayOfMonth(1).minusMonths(retainedMonths - 1L);
  }
}
