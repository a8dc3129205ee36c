package io.tawara.analytics.reports;

/// What can be filtered, excluded, grouped or ordered by: a dimension of the report's definition or
/// a key of a label map. The text of a tag key comes from outside and is only ever bound.
public sealed interface Key {
  /// A dimension of the definition, for example `project`.
  record Named(String name) implements Key {}

  /// A label, `tag:<key>` in parameters.
  record Tag(String key) implements Key {}

  /// An AWS cost category, `aws_category:<key>` in parameters.
  record CostCategory(String key) implements Key {}

  /// The name that a group has in answers: the bare key.
  default String label() {
    return switch (this) {
      case Named named -> named.name();
      case Tag tag -> tag.key();
      case CostCategory category -> category.key();
    };
  }
}
