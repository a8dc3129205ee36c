package io.tawara.gateway.http;

/// How well a caller must be known before an endpoint is reached.
public enum Guard {
  /// Not at all; there is no caller.
  PUBLIC,
  /// By an identity of an entitled organisation; permissions are not asked for.
  IDENTIFIED,
  /// By an identity that has at least one permission; the endpoint's own permission comes on top.
  AUTHORISED
}
