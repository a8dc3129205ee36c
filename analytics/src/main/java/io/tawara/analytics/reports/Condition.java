package io.tawara.analytics.reports;

import java.util.List;

/// One filter, exclude or restricting group: a key, how values match and the values, never empty.
/// Matching rules: params §5.1, §5.3.
///
/// A plain [Operator#ANY] list that contains `*` restricts nothing on named keys and asks for the
/// mere presence of a tag; the compiler knows that, the parser hands it on.
public record Condition(Key key, Operator operator, List<String> values) {

  /// How the values of a condition combine and match.
  public enum Operator {
    /// No prefix: any value, substring, case-insensitive.
    ANY,
    /// `or:`: the same as a conjunct of its own.
    OR,
    /// `and:`: every value, substring, case-insensitive.
    AND,
    /// `exact:`: any value, equality, case-sensitive.
    EXACT
  }

  public Condition {
    values = List.copyOf(values);
    if (values.isEmpty()) {
      throw new IllegalArgumentException("a condition has values");
    }
  }

  /// Whether the values contain the wildcard.
  public boolean wildcard() {
    return values.contains("*");
  }
}
