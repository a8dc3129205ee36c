package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.AccessRestriction;
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
  /// The dimension that an access list narrows.
  private static final Map<String, ResourceType> LISTS =
      Map.of(
          "cluster", ResourceType.OPENSHIFT_CLUSTER,
          "node", ResourceType.OPENSHIFT_NODE,
          "project", ResourceType.OPENSHIFT_PROJECT,
          "account", ResourceType.AWS_ACCOUNT,
          "org_unit_id", ResourceType.AWS_ORGANIZATIONAL_UNIT,
          "subscription_guid", ResourceType.AZURE_SUBSCRIPTION_GUID,
          "gcp_project", ResourceType.GCP_PROJECT);

  /// Lists that, when empty, neither refuse nor narrow.
  private static final Set<String> OPTIONAL = Set.of("node", "project");

  private Narrowing() {}

  static AccessRestriction of(ReportDefinition report, Shape.Given given, Access access) {
    return of(report.accessDimensions(), given, access);
  }

  /// @throws TawaraException of category FORBIDDEN when the request names what is not granted
  static AccessRestriction of(List<String> dimensions, Shape.Given given, Access access) {
    var granted = new LinkedHashMap<String, List<String>>();
    for (String dimension : dimensions) {
      Allowed allowed = access.read(LISTS.get(dimension));
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
    return granted.isEmpty() ? AccessRestriction.NONE : new AccessRestriction(granted);
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
