package io.tawara.sql;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A piece of template text that a program may put in place of a `$name`. There is no way from a
/// plain string to a fragment: it is an identifier, a combination of fragments, or text of a
/// template resource.
public sealed interface Fragment permits Identifier, Composed {
  /// The text, with macros and parameters not yet expanded.
  String text();

  /// The aggregates that programs combine with columns.
  enum Aggregate {
    SUM,
    MAX;

    /// This aggregate of an expression.
    public Fragment of(Fragment expression) {
      return new Composed(name().toLowerCase(Locale.ROOT) + "(" + expression.text() + ")");
    }
  }

  /// The expression with a column name of its own.
  static Fragment as(Fragment expression, Identifier name) {
    return new Composed(expression.text() + " as " + name.name());
  }

  /// Fragments separated by commas.
  static Fragment list(List<? extends Fragment> parts) {
    return new Composed(parts.stream().map(Fragment::text).collect(Collectors.joining(", ")));
  }
}
