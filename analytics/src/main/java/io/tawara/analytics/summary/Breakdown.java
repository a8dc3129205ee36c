package io.tawara.analytics.summary;

import io.tawara.sql.SqlTemplates;
import java.util.Set;

/// What clusters cost, by rate: the view `ocp_cost_breakdown`, whose amounts add up to those of the
/// daily summary by day, namespace, node and rate type.
public final class Breakdown {
  /// All rows. There is no rollup of them.
  public static final Scope ALL =
      new Scope(
          new DailyTable(
              "ocp_cost_breakdown",
              SqlTemplates.of("openshift/breakdown"),
              Rollup.dimensions("usage_start", "source_uuid", "cluster_id", "cost_model_rate_type"),
              java.util.List.of(),
              Set.of("cluster_alias")),
          "all");

  private Breakdown() {}
}
