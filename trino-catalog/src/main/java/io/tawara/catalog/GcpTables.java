package io.tawara.catalog;

import static io.tawara.catalog.Column.Presence.DERIVED;
import static io.tawara.catalog.Column.Presence.MANDATORY;
import static io.tawara.catalog.Column.Presence.OPTIONAL;
import static io.tawara.catalog.Column.Role.GROUP;
import static io.tawara.catalog.Column.Role.MAX;
import static io.tawara.catalog.Column.Role.PLACE;
import static io.tawara.catalog.Column.Role.SUM;

import java.util.List;

/// The line items of GCP billing exports (`data-formats` §4.3–4.7). `year` and `month` are those of
/// the row's invoice month; `delivery_month` (`YYYYMM`) is the month of the file that it came in.
/// Texts are blank and numbers 0 where the export says nothing; labels are JSON objects.
public final class GcpTables {
  /// Every row of the export. Only cloud mode keeps it. `credits` is the first credit as a JSON
  /// object, `credit_amount` its amount, `all_credits_amount` that of all credits of the row.
  public static final LineItemTable RAW =
      new BillTable("gcp_line_items")
          .text(GROUP, MANDATORY, "billing_account_id", "service_id", "service_description")
          .text(GROUP, MANDATORY, "sku_id", "sku_description")
          .time(GROUP, MANDATORY, "usage_start_time", "usage_end_time")
          .text(GROUP, MANDATORY, "project_id", "project_name")
          .json(GROUP, OPTIONAL, "project_labels")
          .text(GROUP, OPTIONAL, "project_ancestry_numbers")
          .json(GROUP, OPTIONAL, "labels", "system_labels")
          .text(
              GROUP,
              OPTIONAL,
              "location_location",
              "location_country",
              "location_region",
              "location_zone")
          .time(GROUP, OPTIONAL, "export_time")
          .number(SUM, MANDATORY, "cost")
          .text(MAX, MANDATORY, "currency")
          .number(MAX, OPTIONAL, "currency_conversion_rate")
          .number(SUM, OPTIONAL, "usage_amount")
          .text(GROUP, OPTIONAL, "usage_unit")
          .number(SUM, MANDATORY, "usage_amount_in_pricing_units")
          .text(MAX, OPTIONAL, "usage_pricing_unit")
          .json(GROUP, MANDATORY, "credits")
          .text(GROUP, MANDATORY, "invoice_month")
          .text(GROUP, MANDATORY, "cost_type")
          .text(GROUP, OPTIONAL, "resource_name", "resource_global_name", "partition_date")
          .number(SUM, DERIVED, "credit_amount", "all_credits_amount")
          .text(PLACE, DERIVED, "delivery_month")
          .build();

  /// One row per day and group; a group can have several rows, so readers add up again.
  ///
  /// * `usage_end_date` is the day on which the use ended (`YYYY-MM-DD`): part of the grain,
  ///   because the daily summary tells such rows apart.
  /// * `currency` and `partition_date` are part of the grain, too: amounts of two currencies are
  ///   never added up, and a partition day is replaced as a whole.
  /// * `daily_credits` is the sum of the first credits, `daily_credits_rounded` the same with each
  ///   row's rounded to nine decimals first, `all_credits_amount` the sum of all credits.
  /// * `largest_usage_amount` is the greatest usage (not in pricing units) of one row of the
  ///   export: of a disk that is an hour in byte-seconds, from which its size follows (`summaries`
  ///   §11.2).
  public static final LineItemTable DAILY =
      new BillTable("gcp_line_items_daily")
          .time(PLACE, DERIVED, "usage_start_time")
          .text(GROUP, DERIVED, "usage_end_date")
          .text(GROUP, MANDATORY, "invoice_month", "billing_account_id", "project_id")
          .text(GROUP, MANDATORY, "service_id", "sku_id")
          .json(GROUP, OPTIONAL, "system_labels", "labels")
          .text(GROUP, MANDATORY, "cost_type")
          .text(GROUP, OPTIONAL, "location_region", "resource_name", "partition_date")
          .text(GROUP, MANDATORY, "currency")
          .number(SUM, MANDATORY, "usage_amount_in_pricing_units", "cost")
          .number(SUM, DERIVED, "daily_credits", "daily_credits_rounded", "all_credits_amount")
          .number(MAX, DERIVED, "largest_usage_amount")
          .text(MAX, MANDATORY, "project_name", "service_description", "sku_description")
          .text(MAX, OPTIONAL, "usage_pricing_unit")
          .text(MAX, OPTIONAL, "resource_global_name")
          .text(PLACE, DERIVED, "delivery_month")
          .build();

  public static final List<LineItemTable> ALL = List.of(RAW, DAILY);

  private GcpTables() {}
}
