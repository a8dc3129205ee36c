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
/// @param clusters only resources of these clusters, by id; empty list: of none
public record ResourceQuery(
    ResourceDefinition list,
    Optional<String> search,
    Map<String, String> filters,
    Optional<List<String>> clusters,
    boolean ofClusters,
    AccessRestriction access,
    int limit,
    int offset) {
  public ResourceQuery {
    filters = Map.copyOf(filters);
    clusters = clusters.map(List::copyOf);
  }
}
