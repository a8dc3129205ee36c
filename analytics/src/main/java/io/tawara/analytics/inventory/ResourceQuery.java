package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.AccessRestriction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A validated question to a list of resources.
///
/// @param search a part of value or alias
/// @param filters a part of each of these parameters' columns
/// @param ofClusters only resources that clusters have to do with
/// @param clouds only resources that clouds of these types bill for; the list is then one of such
///   resources
public record ResourceQuery(
    ResourceDefinition list,
    Optional<String> search,
    Map<String, String> filters,
    Optional<List<String>> clouds,
    boolean ofClusters,
    AccessRestriction access,
    int limit,
    int offset) {
  public ResourceQuery {
    filters = Map.copyOf(filters);
    clouds = clouds.map(List::copyOf);
  }
}
