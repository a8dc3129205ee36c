package io.tawara.core.tenancy;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.util.regex.Pattern;

/// The name of a tenant's schema and database role, for example `org1234567`. The only value from
/// outside that becomes an SQL identifier; it can therefore only be built from a validated name.
public record TenantSchema(String name) {
  private static final Pattern NAME = Pattern.compile("(org|acct)[A-Za-z0-9_]{1,48}");

  public TenantSchema {
    if (name == null || !NAME.matcher(name).matches()) {
      throw new TawaraException(Category.INPUT, "not a tenant schema name");
    }
  }

  /// The schema of an organisation id as it stands in an identity.
  public static TenantSchema ofOrganisation(String organisationId) {
    return new TenantSchema("org" + organisationId);
  }

  /// The name as a quoted SQL identifier.
  public String quoted() {
    return '"' + name + '"';
  }

  /// The organisation id, for schemas named after one.
  public String organisationId() {
    return name.startsWith("org") ? name.substring(3) : name.substring(4);
  }

  /// The tenant's folder in object-store keys: `acct` is cut off, `org` stays.
  public String pathAccount() {
    return name.startsWith("acct") ? name.substring(4) : name;
  }

  @Override
  public String toString() {
    return name;
  }
}
