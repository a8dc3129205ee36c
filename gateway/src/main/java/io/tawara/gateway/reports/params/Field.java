package io.tawara.gateway.reports.params;

/// What one parameter (or one sub key) takes.
@FunctionalInterface
interface Field {
  Checked check(QueryValue value, Asked asked);

  /// What a check may look at beside the value: the rest of the query, as it was given, and the
  /// tenant.
  record Asked(QueryString query, ParameterContext context) {
    /// Whether a sub key was given, accepted or not.
    boolean has(String name, String sub) {
      return query.parameters().get(name) instanceof QueryValue.Nested(var entries)
          && entries.containsKey(sub);
    }

    /// Whether a parameter was given with any sub key.
    boolean hasAny(String name) {
      return query.parameters().get(name) instanceof QueryValue.Nested;
    }
  }
}
