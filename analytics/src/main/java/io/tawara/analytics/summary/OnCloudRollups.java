package io.tawara.analytics.summary;

import static io.tawara.analytics.summary.Rollup.dimensions;

import io.tawara.analytics.summary.Rollup.Dimension;
import io.tawara.analytics.summary.Rollup.Fill;
import io.tawara.analytics.summary.Rollup.Measure;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The rollups of what clouds bill for OpenShift (`summaries` §13, §15.5), and the scopes of its
/// reports: one table and one set of rollups for all clouds.
public final class OnCloudRollups {
  private static final SqlTemplates TEMPLATES = SqlTemplates.of("oncloud/scopes");
  private static final List<Dimension> GRAIN =
      dimensions("usage_start", "source_uuid", "source_type", "cluster_id", "raw_currency");

  /// The rows of all clouds; `source_uuid` is the cloud source.
  public static final DailyTable DAILY =
      new DailyTable(
          "ocp_cloud_daily_summary",
          TEMPLATES,
          GRAIN,
          List.of(Measure.max("cluster_alias"), Measure.max("cost_category_id")),
          Set.of("cluster_alias"));

  /// All rows.
  public static final Scope COST = new Scope(DAILY, "cost");

  /// Rows with an instance type; Azure's only in hours.
  public static final Scope COMPUTE = new Scope(DAILY, "compute");

  /// Rows of storage in GB-months or gibibyte months.
  public static final Scope STORAGE = new Scope(DAILY, "storage");

  /// Rows of all clouds with an instance type.
  public static final Scope COMPUTE_OF_ALL = new Scope(DAILY, "compute_of_all");

  /// Rows of storage of all clouds.
  public static final Scope STORAGE_OF_ALL = new Scope(DAILY, "storage");

  /// All rows, as Koku's tables of all clouds have them; reports ask for it under parity only.
  public static final Scope COST_OF_ALL = new Scope(DAILY, "cost_of_all");

  /// Rows of storage as Koku's table of all clouds has them; under parity only.
  public static final Scope STORAGE_OF_ALL_TABLE = new Scope(DAILY, "storage_of_all_table");

  private static final List<Measure> NET =
      List.of(Measure.sum("net_cost"), Measure.sum("net_markup_cost"));

  private static final List<Measure> COSTS =
      Stream.of(
              "unblended_cost",
              "markup_cost",
              "blended_cost",
              "markup_cost_blended",
              "savingsplan_effective_cost",
              "markup_cost_savingsplan",
              "calculated_amortized_cost",
              "markup_cost_amortized",
              "credit_amount",
              "net_cost",
              "net_markup_cost")
          .map(Measure::sum)
          .toList();

  private static final List<Measure> COSTS_AND_USAGE =
      Stream.concat(COSTS.stream(), Stream.of(Measure.sum("usage_amount"))).toList();

  private static final List<String> ACCOUNT =
      List.of("usage_account_id", "account_alias", "account_name");

  /// All of them, coarse ones first within a scope.
  public static final List<Rollup> ALL =
      List.of(
          rollup("ocp_all_cost_by_account", COST_OF_ALL, NET, ACCOUNT),
          rollup(
              "ocp_all_cost_by_region", COST_OF_ALL, NET, ACCOUNT, "region", "availability_zone"),
          rollup(
              "ocp_all_cost_by_service",
              COST_OF_ALL,
              NET,
              ACCOUNT,
              "product_code",
              "product_family"),
          rollup("ocp_cloud_cost_by_account", COST, COSTS, ACCOUNT),
          rollup("ocp_cloud_cost_by_region", COST, COSTS, ACCOUNT, "region", "availability_zone"),
          rollup(
              "ocp_cloud_cost_by_service",
              COST,
              COSTS,
              ACCOUNT,
              "product_code",
              "product_family",
              "service_id"),
          rollup("ocp_cloud_cost_by_project", COST, COSTS, List.of(), "namespace"),
          rollup("ocp_cloud_cost_by_node", COST, COSTS, List.of(), "node"),
          rollup(
              "ocp_cloud_compute_by_account",
              COMPUTE,
              COSTS_AND_USAGE,
              ACCOUNT,
              "instance_type",
              "unit",
              "resource_id"),
          rollup(
              "ocp_cloud_storage_by_account",
              STORAGE,
              COSTS_AND_USAGE,
              ACCOUNT,
              "product_family",
              "unit"));

  /// What the rollups are made of: the daily rows, which are many and wide, are read twice instead
  /// of once for every rollup. What rows say of the bill, and what they say of the cluster.
  static final List<Rollup> BASES =
      List.of(
          rollup(
              "base_of_bills",
              COST,
              COSTS_AND_USAGE,
              ACCOUNT,
              "region",
              "availability_zone",
              "product_code",
              "product_family",
              "service_id",
              "sku_alias",
              "instance_type",
              "unit",
              "resource_id"),
          rollup("base_of_clusters", COST, COSTS, List.of(), "namespace", "node"));

  private OnCloudRollups() {}

  private static Rollup rollup(
      String table, Scope scope, List<Measure> measures, List<String> account, String... grain) {
    return new Rollup(
        table,
        scope,
        Stream.concat(
                dimensions(account.toArray(String[]::new)).stream(), dimensions(grain).stream())
            .toList(),
        measures,
        Fill.GROUPED);
  }
}
