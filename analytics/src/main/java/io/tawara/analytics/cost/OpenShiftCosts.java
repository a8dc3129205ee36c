package io.tawara.analytics.cost;

import io.tawara.analytics.cost.Distribution.Kind;
import io.tawara.analytics.summary.PlannerSettings;
import io.tawara.analytics.summary.RollupWriter;
import io.tawara.analytics.summary.RollupWriter.Rows;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Providers;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.sql.Dialect;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Calculates and publishes the costs of an OpenShift source: cost rows, rollups and the tenant's
/// data version change in one transaction, so that readers see the old or the new figures and are
/// never blocked. Runs without a cost model too: some overhead is distributed by default.
public final class OpenShiftCosts {
  private static final Logger LOG = LoggerFactory.getLogger(OpenShiftCosts.class);

  private final Database database;
  private final Clock clock;
  private final CostPlans plans = new CostPlans();
  private final CostEngine engine;
  private final RollupWriter rollups;
  private final SqlText periods;
  private final SqlText derived;
  private final SqlText undistributedGpu;

  public OpenShiftCosts(
      Database database, Clock clock, LineItemEngine lines, CostEngine.Parities parities) {
    this.database = database;
    this.clock = clock;
    this.engine = new CostEngine(lines, parities);
    this.rollups = RollupWriter.openShift(lines);
    SqlTemplates templates = SqlTemplates.of("cost/plan");
    this.periods = templates.render(Dialect.postgreSql(), "periods");
    this.derived = templates.render(Dialect.postgreSql(), "derived");
    this.undistributedGpu = templates.render(Dialect.postgreSql(), "undistributed_gpu");
  }

  /// Calculates days of one month. A month that was never summarised is passed over.
  public void calculate(TenantSchema tenant, UUID source, SummaryRange range) {
    long begin = System.nanoTime();
    LocalDate today = LocalDate.now(clock);
    boolean found =
        database.tenant(
            tenant,
            connection -> {
              PlannerSettings.COSTS.apply(connection);
              Optional<CostRun> run = run(connection, source, range);
              if (run.isEmpty()) {
                return false;
              }
              publish(connection, run.get(), today);
              return true;
            });
    if (!found) {
      LOG.info("no summary of source {} in {}: no costs", source, range.month());
      return;
    }
    if (today.getDayOfMonth() == 2 && range.month().equals(YearMonth.from(today))) {
      database.runTenant(tenant, connection -> finishGpu(connection, source, range.month()));
    }
    database.run(connection -> Providers.markDataUpdated(connection, source, clock.instant()));
    LOG.info(
        "costs of {} source {} from {} to {} in {} ms",
        tenant,
        source,
        range.start(),
        range.end(),
        (System.nanoTime() - begin) / 1_000_000);
  }

  private void publish(Connection connection, CostRun run, LocalDate today) throws SQLException {
    CostPlan plan = plans.load(connection, run.source(), run.start());
    boolean over = run.month().isBefore(YearMonth.from(today));
    CostEngine.Changed changed = engine.calculate(connection, run, plan, over);
    finish(
        connection,
        run,
        changed.wholeMonth() ? run.month().atDay(1) : run.start(),
        changed.wholeMonth() ? run.month().atEndOfMonth() : run.end(),
        changed.usageRows() ? Rows.ALL : Rows.COSTS);
  }

  /// On the second day of a month the free GPU capacity of the month before is distributed, if that
  /// has not happened yet.
  private void finishGpu(Connection connection, UUID source, YearMonth current)
      throws SQLException {
    YearMonth month = current.minusMonths(1);
    PlannerSettings.COSTS.apply(connection);
    Optional<CostRun> run =
        run(connection, source, new SummaryRange(month.atDay(1), month.atEndOfMonth()));
    if (run.isEmpty()) {
      return;
    }
    CostPlan plan = plans.load(connection, source, month.atDay(1));
    if (!plan.distribution().kinds().contains(Kind.GPU) || !undistributed(connection, run.get())) {
      return;
    }
    engine.distributeGpu(connection, run.get(), plan);
    finish(connection, run.get(), run.get().start(), run.get().end(), Rows.COSTS);
  }

  private boolean undistributed(Connection connection, CostRun run) throws SQLException {
    try (var statement =
            undistributedGpu.prepare(
                connection,
                Map.of(
                    "source", run.source(),
                    "period", run.period(),
                    "month_start", run.month().atDay(1),
                    "month_end", run.month().atEndOfMonth()));
        var rows = statement.executeQuery()) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private void finish(
      Connection connection, CostRun run, LocalDate start, LocalDate end, Rows changed)
      throws SQLException {
    rollups.write(connection, run.source(), start, end, changed);
    derived.update(connection, Map.of("period", run.period(), "now", OffsetDateTime.now(clock)));
    DataVersion.raise(connection);
  }

  private Optional<CostRun> run(Connection connection, UUID source, SummaryRange range)
      throws SQLException {
    try (var statement =
            periods.prepare(
                connection, Map.of("source", source, "month_start", range.month().atDay(1)));
        var rows = statement.executeQuery()) {
      return rows.next()
          ? Optional.of(
              new CostRun(
                  source,
                  rows.getLong("id"),
                  rows.getString("cluster_id"),
                  rows.getString("cluster_alias"),
                  range.start(),
                  range.end()))
          : Optional.empty();
    }
  }
}
