package io.tawara.ingest.retention;

import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;

/// How far back data are kept (`sources-and-ingestion-4` §10).
public final class Retention {
  private static final int DEFAULT_MONTHS = 4;

  private final Database database;
  private final Clock clock;
  private final int configuredMonths;

  /// @param configuredMonths what the installation says; any value but the default overrules what
  ///   tenants set
  public Retention(Database database, Clock clock, int configuredMonths) {
    this.database = database;
    this.clock = clock;
    this.configuredMonths = configuredMonths;
  }

  /// How many months before the current one a tenant keeps.
  public int months(TenantSchema tenant) {
    if (configuredMonths != DEFAULT_MONTHS) {
      return configuredMonths;
    }
    return database.tenant(
        tenant,
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery("select data_retention_months from tenant_settings")) {
            return rows.next() && rows.getObject(1) != null ? rows.getInt(1) : DEFAULT_MONTHS;
          }
        });
  }

  /// The oldest month of which new data are still taken.
  public YearMonth firstKept(TenantSchema tenant) {
    return YearMonth.from(LocalDate.now(clock.withZone(ZoneOffset.UTC)))
        .minusMonths(months(tenant));
  }

  /// Whether a payload that ends on this day comes too late.
  public boolean expired(TenantSchema tenant, LocalDate end) {
    return end.isBefore(firstKept(tenant).atEndOfMonth());
  }
}
