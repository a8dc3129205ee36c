package io.tawara.analytics.summary;

import static io.tawara.analytics.summary.Rollup.dimensions;

import io.tawara.analytics.summary.Rollup.Dimension;
import io.tawara.analytics.summary.Rollup.Fill;
import io.tawara.analytics.summary.Rollup.Measure;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The rollups of AWS's daily summary (`summaries` §15.1), and the scopes of its reports.
public final class AwsRollups {
  private static final SqlTemplates TEMPLATES = SqlTemplates.of("aws/summary");
  private static final List<Dimension> GRAIN =
      dimensions("usage_start", "source_uuid", "raw_currency");

  /// What was billed, by day, account and product.
  public static final DailyTable DAILY =
      new DailyTable("aws_daily_summary", TEMPLATES, GRAIN, List.of(), Set.of());

  /// EC2 instances, one row per month.
  public static final DailyTable INSTANCES =
      new DailyTable("aws_ec2_compute", TEMPLATES, GRAIN, List.of(), Set.of());

  /// All rows.
  public static final Scope COST = new Scope(DAILY, "cost");

  /// Rows with an instance type.
  public static final Scope COMPUTE = new Scope(DAILY, "compute");

  /// Rows of storage products in GB-months.
  public static final Scope STORAGE = new Scope(DAILY, "storage");

  /// All EC2 instances.
  public static final Scope EC2 = new Scope(INSTANCES, "cost");

  private static final List<Measure> COSTS =
      Stream.of(
              "unblended_cost",
              "markup_cost",
              "blended_cost",
              "markup_cost_blended",
              "savingsplan_effective_cost",
              "markup_cost_savingsplan",
              "calculated_amortized_cost",
              "markup_cost_amortized")
          .map(Measure::sum)
          .toList();

  private static final List<Measure> COSTS_AND_USAGE =
      Stream.concat(COSTS.stream(), Stream.of(Measure.sum("usage_amount"))).toList();

  /// All of them, coarse ones first within a scope.
  public static final List<Rollup> ALL =
      List.of(
          rollup("aws_cost_by_account", COST, COSTS),
          rollup("aws_cost_by_region", COST, COSTS, "region", "availability_zone"),
          rollup("aws_cost_by_service", COST, COSTS, "product_code", "product_family"),
          rollup("aws_compute_by_account", COMPUTE, COSTS_AND_USAGE, "instance_type", "unit"),
          rollup("aws_storage_by_account", STORAGE, COSTS_AND_USAGE, "product_family", "unit"));

  private AwsRollups() {}

  /// Every rollup tells accounts apart, with what is known of them.
  private static Rollup rollup(String table, Scope scope, List<Measure> measures, String... grain) {
    List<Dimension> dimensions =
        Stream.concat(
                dimensions("usage_account_id", "account_alias", "org_unit_id", "org_unit_path")
                    .stream(),
                dimensions(grain).stream())
            .toList();
    return new Rollup(table, scope, dimensions, measures, Fill.GROUPED);
  }
}
