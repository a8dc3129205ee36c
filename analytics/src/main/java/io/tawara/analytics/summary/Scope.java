package io.tawara.analytics.summary;

import io.tawara.sql.Fragment;
import io.tawara.sql.SqlTemplates;
import java.util.Locale;

/// Which rows of the OpenShift daily summary a report is about (`summaries` §15.4, `cost-models`
/// §8.15). A report reads either a rollup of its scope or the daily rows with the scope's
/// predicate.
public enum Scope {
  /// All rows.
  COST,
  /// Pod rows outside the four special namespaces.
  POD,
  /// Pod rows of every namespace that stand on a node: node and cluster capacities.
  CAPACITY,
  /// Storage rows, with or without a claim.
  STORAGE,
  /// Storage rows with a claim.
  VOLUME,
  /// Rows of `Network unattributed` that carry transfer volumes.
  NETWORK,
  /// GPU rows, except unallocated and distributed ones.
  GPU,
  /// Pod and storage rows outside the special namespaces; only those of virtual machines are kept.
  VIRTUAL_MACHINE;

  private static final SqlTemplates TEMPLATES = SqlTemplates.of("openshift/rollups");

  /// A predicate on columns of `ocp_daily_summary`, in PostgreSQL's dialect, without parameters.
  public Fragment predicate() {
    return TEMPLATES.fragment("scope_" + name().toLowerCase(Locale.ROOT));
  }
}
