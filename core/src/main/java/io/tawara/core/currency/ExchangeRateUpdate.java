package io.tawara.core.currency;

import com.github.kagkarlsson.scheduler.task.schedule.Schedules;
import io.tawara.core.database.Database;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.Worker;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The daily update of exchange rates: fetch market rates, keep one row per currency, then bring
/// every organisation's rates of the current month up to date and fill gaps back to the first month
/// that it can report (`cost-models.md` §5.3). Blocking; doing it twice changes nothing.
public final class ExchangeRateUpdate {
  private static final Logger LOG = LoggerFactory.getLogger(ExchangeRateUpdate.class);

  private final Database database;
  private final Tenants tenants;
  private final MarketRateSource source;
  private final DataRetention retention;
  private final Clock clock;

  /// @param clock the business clock
  public ExchangeRateUpdate(
      Database database,
      Tenants tenants,
      MarketRateSource source,
      DataRetention retention,
      Clock clock) {
    this.database = database;
    this.tenants = tenants;
    this.source = source;
    this.retention = retention;
    this.clock = clock;
  }

  /// The update every day at 01:00 UTC. Without a source of market rates it only carries rates that
  /// were set by hand into the month that has begun.
  public Worker.Recurring daily() {
    return new Worker.Recurring(
        "exchange-rates", Schedules.daily(ZoneOffset.UTC, LocalTime.of(1, 0)), this::run);
  }

  /// Does it now.
  ///
  /// @return the market rates that were fetched, by currency
  public SortedMap<String, BigDecimal> run() {
    SortedMap<String, BigDecimal> fetched = source.fetch();
    boolean changed =
        !fetched.isEmpty() && database.transaction(connection -> store(connection, fetched));
    for (TenantSchema tenant : tenants.all()) {
      database.runTenant(tenant, connection -> refresh(connection, changed));
    }
    LOG.info("{} market exchange rates{}", fetched.size(), changed ? ", changed" : "");
    return fetched;
  }

  private boolean store(Connection connection, Map<String, BigDecimal> rates) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.market_exchange_rate as old (currency_code, rate, fetched)
            values (?, ?, ?)
            on conflict (currency_code) do update
              set rate = excluded.rate, fetched = excluded.fetched
              where old.rate <> excluded.rate
            """)) {
      boolean changed = false;
      for (var entry : rates.entrySet()) {
        statement.setString(1, entry.getKey());
        statement.setBigDecimal(2, entry.getValue());
        statement.setObject(3, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
        changed |= statement.executeUpdate() > 0;
      }
      return changed;
    }
  }

  private void refresh(Connection connection, boolean changed) throws SQLException {
    YearMonth current = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
    int rows = RateTables.fillFromStatic(connection, current);
    rows += RateTables.fillFromMarket(connection, current, Optional.empty());
    if (source.configured()) {
      YearMonth first = DataRetention.firstReportable(current, retention.months(connection));
      rows += RateTables.fillBackwards(connection, current, first);
    }
    if (changed || rows > 0) {
      DataVersion.raise(connection);
    }
  }
}
