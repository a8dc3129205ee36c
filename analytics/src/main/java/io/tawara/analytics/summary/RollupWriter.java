package io.tawara.analytics.summary;

import io.tawara.catalog.query.LineItemEngine;
import io.tawara.catalog.query.LineItemSelect;
import io.tawara.sql.Dialect;
import io.tawara.sql.Fragment;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Rewrites rollup rows of a source and some days from the daily summary. Part of every
/// publication: whoever changes daily rows calls this in the same transaction, behind the tenant's
/// walls.
public final class RollupWriter {
  private static final Logger LOG = LoggerFactory.getLogger(RollupWriter.class);
  private static final SqlTemplates TEMPLATES = SqlTemplates.of("rollups");

  /// Days of daily rows that a base is filled from at once.
  private static final int DAYS_AT_ONCE = 4;

  /// Which rows of the daily summary have changed; rollups of the others stay as they are. Rows of
  /// usage have no rate type.
  public enum Rows {
    ALL,
    USAGE,
    COSTS
  }

  private record Statements(SqlText clear, SqlText fill) {}

  /// Rows that several rollups are made of: a temporary table while these are written.
  private record Base(SqlText make, SqlText fill, SqlText analyse, SqlText drop) {}

  private final List<Base> bases;
  private final Map<Rollup, Statements> statements = new LinkedHashMap<>();
  private final Optional<SqlText> projects;
  private final LineItemEngine lines;
  private final LineItemSelect gpuUsage =
      LineItemSelect.of(SqlTemplates.of("openshift/rollups"), "gpu_usage");
  private final ClusterFacts facts = new ClusterFacts();

  /// @param bases rollups that are not kept: a rollup whose grain one of them has is made from the
  ///   first such, the others from finer rollups or daily rows
  private RollupWriter(
      List<Rollup> bases, List<Rollup> rollups, LineItemEngine lines, Optional<SqlText> projects) {
    this.lines = lines;
    this.projects = projects;
    var machines = SqlTemplates.of("openshift/virtual_machines");
    Dialect dialect = Dialect.postgreSql();
    this.bases =
        bases.stream()
            .map(
                base -> {
                  Identifier daily = new Identifier(base.scope().daily().table());
                  var fragments = fragments(base, daily, base.scope().predicate());
                  return new Base(
                      TEMPLATES.render(dialect, "base", fragments),
                      TEMPLATES.render(dialect, "fill", fragments),
                      TEMPLATES.render(dialect, "base_statistics", fragments),
                      TEMPLATES.render(dialect, "drop_base", fragments));
                })
            .toList();
    for (Rollup rollup : finerFirst(rollups)) {
      Optional<Rollup> base = base(rollup, bases);
      Optional<Rollup> finer = base.isPresent() ? Optional.empty() : nextFiner(rollup, rollups);
      Identifier rows =
          base.or(() -> finer)
              .map(Rollup::tableName)
              .orElseGet(() -> new Identifier(rollup.scope().daily().table()));
      Fragment scope =
          finer.isPresent() ? TEMPLATES.fragment("all_rows") : rollup.scope().predicate();
      Map<String, Fragment> fragments = fragments(rollup, rows, scope);
      SqlText fill =
          switch (rollup.fill()) {
            case GROUPED, GROUPED_OR_GPU_USAGE -> TEMPLATES.render(dialect, "fill", fragments);
            case GROUPED_BY_MONTH -> TEMPLATES.render(dialect, "fill_month", fragments);
            case VIRTUAL_MACHINES -> machines.render(dialect, "fill", fragments);
          };
      statements.put(
          rollup, new Statements(TEMPLATES.render(dialect, clear(rollup), fragments), fill));
    }
  }

  /// @param rows the table that the rollup is made of
  /// @param scope which of its rows
  private static Map<String, Fragment> fragments(Rollup rollup, Identifier rows, Fragment scope) {
    return Map.of(
        "daily", rows,
        "table", rollup.tableName(),
        "columns", rollup.columnList(),
        "values", rollup.valueList(),
        "grain", rollup.grainList(),
        "scope", scope,
        "changed", TEMPLATES.fragment(apart(rollup) ? "changed" : "all_rows"));
  }

  /// Whether rows of usage and rows of costs are told apart.
  private static boolean apart(Rollup rollup) {
    return (rollup.fill() == Rollup.Fill.GROUPED || rollup.fill() == Rollup.Fill.GROUPED_BY_MONTH)
        && rollup.scope().daily().grain().stream()
            .anyMatch(dimension -> dimension.column().equals("cost_model_rate_type"));
  }

  /// The first base that has the rollup's grain.
  private static Optional<Rollup> base(Rollup rollup, List<Rollup> bases) {
    return bases.stream()
        .filter(base -> rollup.grain().stream().allMatch(d -> base.hasDimension(d.column())))
        .findFirst();
  }

  private static List<Rollup> finerFirst(List<Rollup> rollups) {
    return rollups.stream()
        .sorted(Comparator.comparingInt((Rollup rollup) -> rollup.grain().size()).reversed())
        .toList();
  }

  /// What the rollup can be added up from with the least to read: the daily rows are many and wide.
  private static Optional<Rollup> nextFiner(Rollup rollup, List<Rollup> rollups) {
    return rollups.stream()
        .filter(rollup::coarserThan)
        .min(Comparator.comparingInt(other -> other.grain().size()));
  }

  private static String clear(Rollup rollup) {
    return rollup.fill() == Rollup.Fill.GROUPED_BY_MONTH ? "clear_month" : "clear";
  }

  /// For the rollups of OpenShift, with the list of projects that follows from the daily rows.
  ///
  /// @param lines where GPU usage is read that no cost row stands for
  public static RollupWriter openShift(LineItemEngine lines) {
    return new RollupWriter(
        List.of(),
        Rollups.ALL,
        lines,
        Optional.of(SqlTemplates.of("openshift/rollups").render(Dialect.postgreSql(), "projects")));
  }

  /// For the rollups of what clouds bill for OpenShift.
  public static RollupWriter onCloud(LineItemEngine lines) {
    return new RollupWriter(OnCloudRollups.BASES, OnCloudRollups.ALL, lines, Optional.empty());
  }

  /// For the rollups of a bill.
  static RollupWriter bill(BillDefinition bill, LineItemEngine lines) {
    return new RollupWriter(List.of(), bill.rollups(), lines, Optional.empty());
  }

  /// Clears and fills every rollup for the days from `start` to `end`, both included and of one
  /// month. [PlannerSettings#ROLLUPS] is in force afterwards.
  public void write(Connection connection, UUID source, LocalDate start, LocalDate end)
      throws SQLException {
    write(connection, source, start, end, Rows.ALL);
  }

  /// The same for some rows.
  public void write(
      Connection connection, UUID source, LocalDate start, LocalDate end, Rows changed)
      throws SQLException {
    Map<String, Object> parameters = new SummaryRange(start, end).parameters(source);
    parameters.put("changed", changed.name());
    PlannerSettings.ROLLUPS.apply(connection);
    for (Base base : bases) {
      long begin = System.nanoTime();
      base.make().update(connection, parameters);
      for (LocalDate day = start; !day.isAfter(end); day = day.plusDays(DAYS_AT_ONCE)) {
        var days = new HashMap<>(parameters);
        days.put("start", day);
        LocalDate last = day.plusDays(DAYS_AT_ONCE - 1L);
        days.put("end", last.isAfter(end) ? end : last);
        base.fill().update(connection, days);
      }
      base.analyse().update(connection, parameters);
      LOG.debug("base in {} ms", (System.nanoTime() - begin) / 1_000_000);
    }
    for (var entry : statements.entrySet()) {
      entry.getValue().clear().update(connection, parameters);
      long begin = System.nanoTime();
      long rows = entry.getValue().fill().update(connection, parameters);
      LOG.debug(
          "{}: {} rows in {} ms",
          entry.getKey().table(),
          rows,
          (System.nanoTime() - begin) / 1_000_000);
      if (rows == 0 && entry.getKey().fill() == Rollup.Fill.GROUPED_OR_GPU_USAGE) {
        fillGpuUsage(connection, entry.getKey(), parameters);
      }
    }
    for (Base base : bases) {
      base.drop().update(connection, parameters);
    }
    if (projects.isPresent()) {
      projects.get().update(connection, parameters);
    }
  }

  private void fillGpuUsage(Connection connection, Rollup rollup, Map<String, Object> parameters)
      throws SQLException {
    var values = new HashMap<>(parameters);
    if (facts.cluster(connection, values)) {
      values.put("cost_groups", facts.costGroups(connection));
      lines.fill(connection, rollup.tableName(), gpuUsage, values);
    }
  }
}
