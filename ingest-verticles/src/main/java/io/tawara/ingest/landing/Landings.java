package io.tawara.ingest.landing;

import io.tawara.core.provider.Provider;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.time.YearMonth;
import java.util.Collection;
import java.util.UUID;

/// The place of line items: PostgreSQL on-prem, the object store in cloud mode.
public interface Landings {
  /// Whether rows are kept as they came, beside the daily ones.
  boolean keepsRaw();

  /// Makes ready for rows of use in these months, in a transaction of its own: call it before one
  /// that takes locks.
  void prepare(Provider provider, Collection<YearMonth> months);

  /// Takes part in a transaction of [io.tawara.core.database.Database].
  ///
  /// @param manifest the delivery that the rows come with
  Landing begin(Connection connection, Provider provider, int manifest);

  /// Removes what is older than a month and does not go with the database's own rows.
  void expire(TenantSchema tenant, YearMonth first);

  /// Removes what a provider has outside the database.
  void forget(TenantSchema tenant, UUID provider);
}
