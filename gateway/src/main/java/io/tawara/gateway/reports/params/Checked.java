package io.tawara.gateway.reports.params;

import java.util.List;

/// What became of a parameter's value.
sealed interface Checked {
  /// Accepted.
  ///
  /// @param value a [String], [Long], [Boolean], [java.time.LocalDate], list of strings, or map of
  ///   these by sub key
  record Good(Object value) implements Checked {}

  /// Refused.
  ///
  /// @param problem what the answer says about it: a text, a list of texts or a map by sub key
  record Bad(Object problem) implements Checked {}

  static Checked bad(String text) {
    return new Bad(List.of(text));
  }
}
