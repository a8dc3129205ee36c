package io.tawara.analytics.reports;

/// What a query wants compared (reports-api §4.6). Figures are named as in [Ordering].
public sealed interface Delta {
  /// A figure with itself in the period before.
  record Previous(String figure) implements Delta {}

  /// Two figures of the same row, `A__B`.
  record Between(String figure, String base) implements Delta {}
}
