package io.tawara.analytics.summary;

import io.tawara.sql.Dialect;
import io.tawara.sql.Fragment;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Rewrites rollup rows of a source and some days from the daily summary. Part of every
/// publication: whoever changes daily rows calls this in the same transaction, behind the tenant's
/// walls.
public final class RollupWriter {
  private record Statements(SqlText clear, SqlText fill) {}

  private final Map<Rollup, Statements> statements = new LinkedHashMap<>();
  private final SqlText projects;
  private final SqlText fillGpuUsage;

  public RollupWriter() {
    this(Rollups.ALL);
  }

  RollupWriter(List<Rollup> rollups) {
    var templates = SqlTemplates.of("openshift/rollups");
    var machines = SqlTemplates.of("openshift/virtual_machines");
    Dialect dialect = Dialect.postgreSql();
    for (Rollup rollup : rollups) {
      Map<String, Fragment> fragments =
          Map.of(
              "table", rollup.tableName(),
              "columns", rollup.columnList(),
              "values", rollup.valueList(),
              "grain", rollup.grainList(),
              "scope", rollup.scope().predicate());
      SqlText fill =
          switch (rollup.fill()) {
            case GROUPED, GROUPED_OR_GPU_USAGE -> templates.render(dialect, "fill", fragments);
            case VIRTUAL_MACHINES -> machines.render(dialect, "fill", fragments);
          };
      statements.put(rollup, new Statements(templates.render(dialect, "clear", fragments), fill));
    }
    this.projects = templates.render(dialect, "projects");
    this.fillGpuUsage = templates.render(dialect, "fill_gpu_usage");
  }

  /// Clears and fills every rollup for the days from `start` to `end`, both included and of one
  /// month.
  public void write(Connection connection, UUID source, LocalDate start, LocalDate end)
      throws SQLException {
    var range = new SummaryRange(start, end);
    var parameters = new HashMap<String, Object>();
    parameters.put("source", source);
    parameters.put("start", start);
    parameters.put("end", end);
    parameters.put("first", range.month().atDay(1));
    parameters.put("next", range.month().plusMonths(1).atDay(1));
    for (var entry : statements.entrySet()) {
      entry.getValue().clear().update(connection, parameters);
      long rows = entry.getValue().fill().update(connection, parameters);
      if (rows == 0 && entry.getKey().fill() == Rollup.Fill.GROUPED_OR_GPU_USAGE) {
        fillGpuUsage.update(connection, parameters);
      }
    }
    projects.update(connection, parameters);
  }
}
