package io.tawara.gateway.identity;

import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.access.Access;
import java.util.Optional;

/// Who asks. Every handler behind the identity gets one.
///
/// @param organisationId the organisation, with the configured suffix
/// @param tenant the schema of the organisation; it may not exist (yet)
/// @param administrator whether the identity says so; it alone gives no access
/// @param identityHeader the header as it came, to be passed on
public record Caller(
    String organisationId,
    TenantSchema tenant,
    Optional<String> accountNumber,
    String username,
    String email,
    boolean administrator,
    Access access,
    String identityHeader,
    String requestId) {

  @Override
  public String toString() {
    return username + "@" + organisationId;
  }
}
