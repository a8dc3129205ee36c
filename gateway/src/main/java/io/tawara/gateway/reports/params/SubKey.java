package io.tawara.gateway.reports.params;

import io.tawara.analytics.reports.Condition.Operator;
import io.tawara.analytics.reports.Key;
import java.util.Map;

/// A sub key taken apart: `and:tag:app` is the tag `app` with the operator *and* (params §1.2).
record SubKey(Operator operator, Key key) {
  private static final Map<String, Operator> PREFIXES =
      Map.of("and:", Operator.AND, "or:", Operator.OR, "exact:", Operator.EXACT);
  private static final String TAG = "tag:";
  private static final String COST_CATEGORY = "aws_category:";

  static SubKey of(String text) {
    for (var prefix : PREFIXES.entrySet()) {
      if (text.startsWith(prefix.getKey())) {
        return new SubKey(prefix.getValue(), key(text.substring(prefix.getKey().length())));
      }
    }
    return new SubKey(Operator.ANY, key(text));
  }

  private static Key key(String text) {
    if (text.startsWith(TAG)) {
      return new Key.Tag(text.substring(TAG.length()));
    }
    return text.startsWith(COST_CATEGORY)
        ? new Key.CostCategory(text.substring(COST_CATEGORY.length()))
        : new Key.Named(text);
  }

  boolean prefixed() {
    return operator != Operator.ANY;
  }

  /// Whether it asks for a label instead of a dimension.
  boolean labelled() {
    return !(key instanceof Key.Named);
  }
}
