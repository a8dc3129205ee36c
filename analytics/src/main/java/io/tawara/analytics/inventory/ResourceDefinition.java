package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Column;
import io.tawara.analytics.reports.Dimension;
import io.tawara.analytics.reports.ProviderFamily;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// A list of the resources of one type as a value (reports-api §9). A further list is a further
/// value in [ResourceCatalogue].
///
/// @param path below the API root, with closing slash, for example
///   `resource-types/openshift-nodes/`
/// @param table where the resources stand
/// @param value how a resource is called
/// @param alias a second name
/// @param access what access lists narrow, by the resource type that access is given on
///   (`openshift.cluster`); whoever may see some of one may ask
/// @param search whether `search` looks for a part of value or alias
/// @param filters further parameters: each looks for a part of its columns
/// @param billed the same list of what clouds bill for, where resources can be narrowed to that;
///   its table has the column `source_type`
/// @param onCloud where resources can be narrowed to those that clusters have to do with
public record ResourceDefinition(
    String path,
    Column table,
    Value value,
    Optional<Alias> alias,
    Map<String, Dimension> access,
    boolean search,
    Map<String, Column> filters,
    Optional<ResourceDefinition> billed,
    Optional<OnCloud> onCloud) {

  /// Where the values that OpenShift clusters have to do with stand.
  ///
  /// @param type of the cloud sources
  public record OnCloud(Column table, Column column, String type) {}

  /// How a resource is called.
  ///
  /// @param name in parentheses behind the column's value
  public record Value(Column column, Optional<Column> name) {
    static Value of(String column) {
      return new Value(new Column(column), Optional.empty());
    }
  }

  /// A second name, the value where there is none.
  public record Alias(String member, Column column) {}

  /// The family whose data the list is about; lists of other things go with OpenShift's.
  public ProviderFamily family() {
    return access.keySet().stream()
        .map(
            name ->
                switch (name.substring(0, Math.max(0, name.indexOf('.')))) {
                  case "aws" -> ProviderFamily.AWS;
                  case "azure" -> ProviderFamily.AZURE;
                  case "gcp" -> ProviderFamily.GCP;
                  default -> ProviderFamily.OPENSHIFT;
                })
        .findFirst()
        .orElse(ProviderFamily.OPENSHIFT);
  }

  public ResourceDefinition {
    access = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(access));
    filters = Map.copyOf(filters);
  }
}
