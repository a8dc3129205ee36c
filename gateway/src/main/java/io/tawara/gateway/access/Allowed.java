package io.tawara.gateway.access;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;

/// Which resources of one type may be used: everything, or the listed ones.
///
/// @param values the listed resources in the order in which they were given; empty when everything
///   is allowed
public record Allowed(boolean everything, List<String> values) {
  public static final Allowed EVERYTHING = new Allowed(true, List.of());
  public static final Allowed NOTHING = new Allowed(false, List.of());

  public Allowed {
    values = List.copyOf(values);
  }

  /// A list as the role service gives it; one `*` means everything.
  public static Allowed of(Collection<String> values) {
    return values.contains("*")
        ? EVERYTHING
        : new Allowed(false, List.copyOf(new LinkedHashSet<>(values)));
  }

  /// Whether nothing at all is allowed.
  public boolean isEmpty() {
    return !everything && values.isEmpty();
  }

  /// Whether this very resource is allowed.
  public boolean allows(String resource) {
    return everything || values.contains(resource);
  }
}
