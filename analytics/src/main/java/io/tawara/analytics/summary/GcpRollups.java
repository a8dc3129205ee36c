package io.tawara.analytics.summary;

import static io.tawara.analytics.summary.Rollup.dimensions;

import io.tawara.analytics.summary.Rollup.Fill;
import io.tawara.analytics.summary.Rollup.Measure;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The rollups of GCP's daily summary (`summaries` §15.3), and the scopes of its reports. Every one
/// tells invoice months and billing accounts apart.
public final class GcpRollups {
  /// What was billed, by day, project and SKU.
  public static final DailyTable DAILY =
      new DailyTable(
          "gcp_daily_summary",
          SqlTemplates.of("gcp/summary"),
          dimensions("usage_start", "source_uuid", "raw_currency", "invoice_month", "account_id"),
          List.of(),
          Set.of());

  /// All rows.
  public static final Scope COST = new Scope(DAILY, "cost");

  /// Rows of running cores, in hours.
  public static final Scope COMPUTE = new Scope(DAILY, "compute");

  /// Rows of storage and disks, in GiB-months.
  public static final Scope STORAGE = new Scope(DAILY, "storage");

  private static final List<Measure> COSTS =
      Stream.of("unblended_cost", "markup_cost", "credit_amount").map(Measure::sum).toList();
  private static final List<Measure> COSTS_AND_USAGE =
      Stream.concat(COSTS.stream(), Stream.of(Measure.sum("usage_amount"))).toList();

  /// All of them, coarse ones first within a scope.
  public static final List<Rollup> ALL =
      List.of(
          rollup("gcp_cost_by_account", COST, COSTS),
          rollup("gcp_cost_by_project", COST, COSTS, "project_id", "project_name"),
          rollup("gcp_cost_by_region", COST, COSTS, "region"),
          rollup("gcp_cost_by_service", COST, COSTS, "service_id", "service_alias"),
          rollup("gcp_compute_by_account", COMPUTE, COSTS_AND_USAGE, "instance_type", "unit"),
          rollup(
              "gcp_storage_by_project",
              STORAGE,
              COSTS_AND_USAGE,
              "project_id",
              "project_name",
              "service_id",
              "service_alias",
              "region",
              "unit"));

  private GcpRollups() {}

  private static Rollup rollup(String table, Scope scope, List<Measure> measures, String... grain) {
    return new Rollup(table, scope, dimensions(grain), measures, Fill.GROUPED);
  }
}
