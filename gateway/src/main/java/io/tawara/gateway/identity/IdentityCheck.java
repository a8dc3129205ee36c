package io.tawara.gateway.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.access.RbacClient;
import io.tawara.gateway.http.Authenticator;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.HttpError;
import io.vertx.core.Future;

/// Makes callers of identity headers: reads the header, wants the entitlement, asks the role
/// service.
public final class IdentityCheck implements Authenticator {
  /// As many headers are remembered with what they say.
  private static final int MOST_HEADERS = 2_000;

  /// Longer ones are not remembered.
  private static final int LONG_HEADER = 1_024;

  private final RbacClient rbac;
  private final boolean administratorsMayEverything;
  private final String suffix;
  private final Cache<String, Identity> read =
      Caffeine.newBuilder().maximumSize(MOST_HEADERS).build();

  /// @param administratorsMayEverything whether organisation administrators are not looked up
  /// @param suffix appended to organisation ids
  public IdentityCheck(RbacClient rbac, boolean administratorsMayEverything, String suffix) {
    this.rbac = rbac;
    this.administratorsMayEverything = administratorsMayEverything;
    this.suffix = suffix;
  }

  @Override
  public Future<Caller> authenticate(String header, Guard guard, String requestId) {
    Identity identity;
    try {
      identity = identity(header);
      if (!identity.entitled()) {
        throw HttpError.forbiddenPage();
      }
      if (identity.username().isEmpty() || identity.email().isEmpty()) {
        throw HttpError.unauthorised();
      }
    } catch (HttpError refused) {
      return Future.failedFuture(refused);
    }
    return access(identity, header)
        .map(
            access -> {
              if (guard == Guard.AUTHORISED && !identity.administrator() && access.isEmpty()) {
                throw HttpError.forbiddenPage();
              }
              return new Caller(
                  identity.organisationId(),
                  identity.tenant(),
                  identity.accountNumber(),
                  identity.username().get(),
                  identity.email().get(),
                  identity.administrator(),
                  access,
                  header,
                  requestId);
            });
  }

  private Identity identity(String header) {
    Identity known = header == null ? null : read.getIfPresent(header);
    if (known != null) {
      return known;
    }
    Identity identity = Identity.parse(header, suffix);
    if (header.length() <= LONG_HEADER) {
      read.put(header, identity);
    }
    return identity;
  }

  private Future<Access> access(Identity identity, String header) {
    return identity.administrator() && administratorsMayEverything
        ? Future.succeededFuture(Access.EVERYTHING)
        : rbac.access(identity.organisationId(), identity.username().orElseThrow(), header);
  }
}
