package io.tawara.analytics.summary;

import java.sql.Connection;
import java.sql.SQLException;

/// How PostgreSQL plans statements on line items.
///
/// Fresh line items have no statistics yet, so that the planner is told what is known: everything
/// is joined by hashing. One process per statement keeps the order of additions, and with it the
/// last digits, the same from run to run.
final class SummaryTuning {
  private static final String SETTINGS =
      """
      set local jit = off; set local work_mem = '128MB'; set local hash_mem_multiplier = 2;
      set local plan_cache_mode = force_custom_plan; set local enable_nestloop = off;
      set local enable_mergejoin = off; set local max_parallel_workers_per_gather = 0;
      set local synchronize_seqscans = off
      """;

  private SummaryTuning() {}

  /// For the rest of the transaction.
  static void apply(Connection connection) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(SETTINGS);
    }
  }
}
