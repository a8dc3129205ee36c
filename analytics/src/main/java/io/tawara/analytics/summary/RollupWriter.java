package io.tawara.analytics.summary;

import io.tawara.sql.Dialect;
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

  public RollupWriter() {
    this(Rollups.ALL);
  }

  RollupWriter(List<Rollup> rollups) {
    var templates = SqlTemplates.of("openshift/rollups");
    for (Rollup rollup : rollups) {
      Map<String, io.tawara.sql.Fragment> fragments =
          Map.of(
              "table", rollup.tableName(),
              "columns", rollup.columnList(),
              "values", rollup.valueList(),
              "grain", rollup.grainList(),
              "scope", rollup.scope().predicate());
      Dialect dialect = Dialect.postgreSql();
      statements.put(
          rollup,
          new Statements(
              templates.render(dialect, "clear", fragments),
              templates.render(dialect, "fill", fragments)));
    }
  }

  /// Clears and fills every rollup for the days from `start` to `end`, both included.
  public void write(Connection connection, UUID source, LocalDate start, LocalDate end)
      throws SQLException {
    var parameters = new HashMap<String, Object>();
    parameters.put("source", source);
    parameters.put("start", start);
    parameters.put("end", end);
    for (var entry : statements.entrySet()) {
      entry.getValue().clear().update(connection, parameters);
      switch (entry.getKey().fill()) {
        case GROUPED -> entry.getValue().fill().update(connection, parameters);
        case GROUPED_OR_GPU_USAGE -> entry.getValue().fill().update(connection, parameters);
        case VIRTUAL_MACHINES -> {}
      }
    }
  }
}
