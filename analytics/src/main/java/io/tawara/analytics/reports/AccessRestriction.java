package io.tawara.analytics.reports;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What a user may see: dimension name → the exact values that are granted (ids or aliases). A
/// dimension that is absent is not restricted; an empty list grants nothing.
public record AccessRestriction(Map<String, List<String>> granted) {
  public static final AccessRestriction NONE = new AccessRestriction(Map.of());

  public AccessRestriction {
    var sorted = new TreeMap<String, List<String>>();
    granted.forEach(
        (dimension, values) -> sorted.put(dimension, values.stream().sorted().toList()));
    granted = java.util.Collections.unmodifiableMap(sorted);
  }
}
