package io.tawara.analytics.summary;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// How PostgreSQL plans the statements of a transaction. What they read was written a moment ago
/// and has no statistics, so that the planner is told what is known. Each of these says everything:
/// nothing is left of the one that was in force before.
public enum PlannerSettings {
  /// Statements on line items: everything is joined by hashing.
  LINE_ITEMS(0, Method.NESTLOOP, Method.MERGEJOIN),

  /// Statements of the cost engine. There are far fewer groups than the planner expects of so many
  /// columns: hashing them takes a fraction of sorting the rows.
  COSTS(0, Method.NESTLOOP, Method.MERGEJOIN, Method.SORT, Method.INCREMENTAL_SORT),

  /// Published rows to be grouped. They are many: where a statement can have a second process, it
  /// may. Nearly all rows of a source and month are read.
  ROLLUPS(
      1, Method.NESTLOOP, Method.MERGEJOIN, Method.SORT, Method.INCREMENTAL_SORT, Method.INDEXSCAN);

  /// What a planner can be asked to avoid.
  private enum Method {
    NESTLOOP,
    MERGEJOIN,
    SORT,
    INCREMENTAL_SORT,
    INDEXSCAN
  }

  /// One process per statement keeps the order of additions, and with it the last digits of what
  /// comes as a double, the same from run to run.
  private static final String ALWAYS =
      """
      set local jit = off; set local work_mem = '128MB'; set local hash_mem_multiplier = 2;
      set local plan_cache_mode = force_custom_plan; set local synchronize_seqscans = off;
      set local max_parallel_workers_per_gather =\
      """;

  private final String settings;

  PlannerSettings(int workers, Method... avoided) {
    Set<Method> off = Set.of(avoided);
    settings =
        Stream.of(Method.values())
            .map(
                method ->
                    "set local enable_%s = %s"
                        .formatted(
                            method.name().toLowerCase(Locale.ROOT),
                            off.contains(method) ? "off" : "on"))
            .collect(Collectors.joining("; ", ALWAYS + " " + workers + "; ", ""));
  }

  /// Until the end of the transaction or until another one is applied.
  public void apply(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(settings);
    }
  }
}
