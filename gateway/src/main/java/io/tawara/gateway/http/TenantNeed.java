package io.tawara.gateway.http;

/// What an endpoint wants of the caller's tenant.
public enum TenantNeed {
  /// Nothing: it works without, or looks itself.
  NONE,
  /// It must exist: reading without it answers the empty envelope, writing makes it first.
  DATA
}
