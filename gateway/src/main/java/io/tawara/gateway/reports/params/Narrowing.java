package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.AccessRestriction;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.access.Allowed;
import io.tawara.gateway.access.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Access lists turned into restrictions of rows (reports-api §7.4). What a request names must be
/// granted by name; what it does not name is narrowed to what is granted.
final class Narrowing {
  /// Lists that, when empty, neither refuse nor narrow: whoever asks has been granted another one.
  private static final Set<String> OPTIONAL =
      Set.of("node", "project", "org_unit_id", "gcp_project");

  private Narrowing() {}

  static AccessRestriction of(ReportDefinition report, Shape.Given given, Access access) {
    return new AccessRestriction(
        granted(report.accessDimensions(), report.family(), given, access));
  }

  /// The access list that narrows a dimension.
  private static ResourceType list(String dimension, ProviderFamily family) {
    return switch (dimension) {
      case "cluster" -> ResourceType.OPENSHIFT_CLUSTER;
      case "node" -> ResourceType.OPENSHIFT_NODE;
      case "project" -> ResourceType.OPENSHIFT_PROJECT;
      case "account" ->
          family == ProviderFamily.GCP || family == ProviderFamily.OPENSHIFT_ON_GCP
              ? ResourceType.GCP_ACCOUNT
              : ResourceType.AWS_ACCOUNT;
      case "org_unit_id" -> ResourceType.AWS_ORGANIZATIONAL_UNIT;
      case "subscription_guid" -> ResourceType.AZURE_SUBSCRIPTION_GUID;
      case "gcp_project" -> ResourceType.GCP_PROJECT;
      default -> throw new IllegalArgumentException("no access list narrows " + dimension);
    };
  }

  /// What is granted by dimension, in the order in which it was granted.
  ///
  /// @throws TawaraException of category FORBIDDEN when the request names what is not granted
  static Map<String, List<String>> granted(
      List<String> dimensions, ProviderFamily family, Shape.Given given, Access access) {
    var granted = new LinkedHashMap<String, List<String>>();
    for (String dimension : dimensions) {
      Allowed allowed = access.read(list(dimension, family));
      if (allowed.everything() || (allowed.isEmpty() && OPTIONAL.contains(dimension))) {
        continue;
      }
      List<String> named = named(given, dimension).orElse(allowed.values());
      if (!allowed.values().containsAll(named)) {
        throw new TawaraException(
            Category.FORBIDDEN, "the request names a " + dimension + " that is not granted");
      }
      granted.put(dimension, named);
    }
    return granted;
  }

  /// The values that the request names: those of the group, or else those of the filter.
  private static Optional<List<String>> named(Shape.Given given, String dimension) {
    for (String parameter : List.of("group_by", "filter")) {
      if (given.map(parameter).get(dimension) instanceof List<?> values && !values.contains("*")) {
        return Optional.of(values.stream().map(String.class::cast).toList());
      }
    }
    return Optional.empty();
  }
}
