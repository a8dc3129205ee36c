package io.tawara.analytics.oncloud;

import io.tawara.sql.Dialect;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/// Raises what clouds bill for a cluster onto its daily summary (`summaries` §12.1): the first step
/// of its costs.
public final class RaisedCosts {
  private final SqlText clear;
  private final SqlText raise;

  public RaisedCosts() {
    SqlTemplates templates = SqlTemplates.of("oncloud/raised");
    this.clear = templates.render(Dialect.postgreSql(), "clear");
    this.raise = templates.render(Dialect.postgreSql(), "raise");
  }

  /// Replaces the raised rows of some days.
  ///
  /// @param parameters `source` (of the cluster), `period`, `cluster`, `alias`, `start`, `end`
  /// @return how many rows went and came
  public long replace(Connection connection, Map<String, ?> parameters) throws SQLException {
    long cleared = clear.update(connection, parameters);
    return cleared + raise.update(connection, parameters);
  }
}
