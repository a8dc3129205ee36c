package io.tawara.analytics;

import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.cost.CostHandler;
import io.tawara.analytics.cost.OpenShiftCosts;
import io.tawara.analytics.oncloud.CorrelateHandler;
import io.tawara.analytics.oncloud.Correlation;
import io.tawara.analytics.oncloud.OnCloudSettings;
import io.tawara.analytics.summary.SummariseHandler;
import io.tawara.analytics.summary.SummarySettings;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkQueue;
import java.time.Clock;
import java.util.Map;

/// The work that this room performs.
public final class Analytics {
  private Analytics() {}

  /// Handlers by kind of work, for the worker.
  ///
  /// @param lines where line items lie: beside the summaries (on-prem mode) or in Hive (cloud mode)
  public static Map<String, WorkHandler> handlers(
      Database database,
      WorkQueue queue,
      Clock clock,
      SummarySettings settings,
      CostEngine.Parities costParities,
      OnCloudSettings onCloud,
      LineItemEngine lines) {
    var costs = new OpenShiftCosts(database, clock, lines, costParities);
    var correlation = new Correlation(database, lines, onCloud);
    var correlate = new CorrelateHandler(database, queue, correlation, onCloud.waitsForCloud());
    return Map.of(
        SummariseHandler.KIND,
        new SummariseHandler(database, queue, clock, settings, lines, correlate),
        CorrelateHandler.KIND,
        correlate,
        CostHandler.KIND,
        new CostHandler(database, clock, costs, settings, lines, correlate));
  }
}
