package io.tawara.analytics;

import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.cost.CostHandler;
import io.tawara.analytics.cost.CostLines;
import io.tawara.analytics.cost.OpenShiftCosts;
import io.tawara.analytics.summary.SummariseHandler;
import io.tawara.analytics.summary.SummarySettings;
import io.tawara.core.database.Database;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkQueue;
import java.time.Clock;
import java.util.Map;

/// The work that this room performs.
public final class Analytics {
  private Analytics() {}

  /// Handlers by kind of work, for the worker.
  public static Map<String, WorkHandler> handlers(
      Database database,
      WorkQueue queue,
      Clock clock,
      SummarySettings settings,
      CostEngine.Parities costParities) {
    var costs = new OpenShiftCosts(database, clock, CostLines.inDatabase(), costParities);
    return Map.of(
        SummariseHandler.KIND, new SummariseHandler(database, queue, clock, settings),
        CostHandler.KIND, new CostHandler(database, clock, costs));
  }
}
