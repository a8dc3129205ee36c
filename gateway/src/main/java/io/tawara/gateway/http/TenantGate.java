package io.tawara.gateway.http;

import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;

/// Looks for the tenant of a caller.
public interface TenantGate {
  /// Whether it exists; never makes it.
  Future<Boolean> exists(Caller caller);

  /// Makes it when it does not exist.
  Future<Void> ensure(Caller caller);
}
