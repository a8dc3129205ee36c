package io.tawara.analytics.summary;

import static io.tawara.analytics.summary.Rollup.dimensions;

import io.tawara.analytics.summary.Rollup.Dimension;
import io.tawara.analytics.summary.Rollup.Fill;
import io.tawara.analytics.summary.Rollup.Measure;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The rollups of Azure's daily summary (`summaries` §15.2), and the scopes of its reports.
public final class AzureRollups {
  /// What was billed, by day, subscription and service.
  public static final DailyTable DAILY =
      new DailyTable(
          "azure_daily_summary",
          SqlTemplates.of("azure/summary"),
          dimensions("usage_start", "source_uuid", "raw_currency"),
          List.of(),
          Set.of());

  /// All rows.
  public static final Scope COST = new Scope(DAILY, "cost");

  /// Rows with an instance type, in hours.
  public static final Scope COMPUTE = new Scope(DAILY, "compute");

  /// Rows of storage services in GB-months.
  public static final Scope STORAGE = new Scope(DAILY, "storage");

  private static final List<Measure> COSTS =
      List.of(Measure.sum("pretax_cost"), Measure.sum("markup_cost"));
  private static final List<Measure> COSTS_AND_USAGE =
      Stream.concat(COSTS.stream(), Stream.of(Measure.sum("usage_quantity"))).toList();

  /// All of them, coarse ones first within a scope.
  public static final List<Rollup> ALL =
      List.of(
          rollup("azure_cost_by_account", COST, COSTS),
          rollup("azure_cost_by_location", COST, COSTS, "resource_location"),
          rollup("azure_cost_by_service", COST, COSTS, "service_name"),
          rollup("azure_compute_by_account", COMPUTE, COSTS_AND_USAGE, "instance_type", "unit"),
          rollup("azure_storage_by_service", STORAGE, COSTS_AND_USAGE, "service_name", "unit"));

  private AzureRollups() {}

  /// Every rollup tells subscriptions apart.
  private static Rollup rollup(String table, Scope scope, List<Measure> measures, String... grain) {
    List<Dimension> dimensions =
        Stream.concat(
                dimensions("subscription_guid", "subscription_name").stream(),
                dimensions(grain).stream())
            .toList();
    return new Rollup(table, scope, dimensions, measures, Fill.GROUPED);
  }
}
