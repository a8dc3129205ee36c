package io.tawara.gateway.http;

import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;

/// Finds out who asks.
@FunctionalInterface
public interface Authenticator {
  /// Fails with an [HttpError] when there is no usable identity.
  ///
  /// @param identityHeader null when there is none
  /// @param guard never [Guard#PUBLIC]
  Future<Caller> authenticate(String identityHeader, Guard guard, String requestId);
}
