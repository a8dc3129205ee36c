package io.tawara.catalog;

import static io.tawara.catalog.Column.Presence.DERIVED;
import static io.tawara.catalog.Column.Presence.MANDATORY;
import static io.tawara.catalog.Column.Presence.OPTIONAL;
import static io.tawara.catalog.Column.Role.GROUP;
import static io.tawara.catalog.Column.Role.MAX;
import static io.tawara.catalog.Column.Role.PLACE;
import static io.tawara.catalog.Column.Role.SUM;

import java.util.List;

/// The line items of AWS Cost and Usage Reports (`data-formats` §2.3–2.8). Texts are blank and
/// numbers 0 where the report says nothing; `resourcetags` and `costcategory` are JSON objects of
/// the user's tags and the cost categories that have a value, in ascending order of column names.
public final class AwsTables {
  /// Every row of the report, mostly one per resource and hour. Only cloud mode keeps it.
  public static final LineItemTable RAW =
      new BillTable("aws_line_items")
          .text(GROUP, OPTIONAL, "bill_billingentity", "bill_billtype")
          .text(GROUP, MANDATORY, "bill_payeraccountid")
          .time(GROUP, OPTIONAL, "bill_billingperiodstartdate", "bill_billingperiodenddate")
          .text(GROUP, OPTIONAL, "bill_invoiceid")
          .text(GROUP, MANDATORY, "identity_timeinterval")
          .text(GROUP, OPTIONAL, "lineitem_lineitemtype")
          .text(GROUP, OPTIONAL, "lineitem_legalentity", "lineitem_lineitemdescription")
          .text(GROUP, MANDATORY, "lineitem_usageaccountid")
          .time(GROUP, MANDATORY, "lineitem_usagestartdate")
          .time(GROUP, OPTIONAL, "lineitem_usageenddate")
          .text(GROUP, MANDATORY, "lineitem_productcode")
          .text(
              GROUP,
              OPTIONAL,
              "lineitem_usagetype",
              "lineitem_operation",
              "lineitem_availabilityzone",
              "lineitem_resourceid")
          .number(SUM, OPTIONAL, "lineitem_usageamount")
          .number(MAX, OPTIONAL, "lineitem_normalizationfactor")
          .number(SUM, OPTIONAL, "lineitem_normalizedusageamount")
          .text(MAX, MANDATORY, "lineitem_currencycode")
          .number(MAX, OPTIONAL, "lineitem_unblendedrate")
          .number(SUM, MANDATORY, "lineitem_unblendedcost")
          .number(MAX, OPTIONAL, "lineitem_blendedrate")
          .number(SUM, OPTIONAL, "lineitem_blendedcost")
          .text(GROUP, OPTIONAL, "lineitem_taxtype")
          .number(
              SUM, OPTIONAL, "savingsplan_savingsplaneffectivecost", "pricing_publicondemandcost")
          .number(MAX, OPTIONAL, "pricing_publicondemandrate")
          .text(
              GROUP,
              OPTIONAL,
              "pricing_term",
              "pricing_unit",
              "reservation_amortizedupfrontfeeforbillingperiod",
              "reservation_amortizedupfrontcostforusage",
              "reservation_recurringfeeforusage",
              "reservation_unusedquantity",
              "reservation_unusedrecurringfee",
              "reservation_numberofreservations",
              "reservation_unitsperreservation",
              "reservation_starttime",
              "reservation_endtime",
              "product_sku",
              "product_productname",
              "product_productfamily",
              "product_servicecode",
              "product_region",
              "product_physicalcores",
              "product_instancetype",
              "product_vcpu",
              "product_memory",
              "product_operatingsystem")
          .json(GROUP, DERIVED, "resourcetags", "costcategory")
          .build();

  /// One row per day and group; a group can have several rows, so readers add up again. The
  /// currency is part of the group: amounts of two currencies are never added up.
  public static final LineItemTable DAILY =
      new BillTable("aws_line_items_daily")
          .time(PLACE, DERIVED, "lineitem_usagestartdate")
          .text(GROUP, OPTIONAL, "lineitem_resourceid")
          .text(GROUP, MANDATORY, "bill_payeraccountid", "lineitem_usageaccountid")
          .text(
              GROUP,
              OPTIONAL,
              "lineitem_legalentity",
              "lineitem_lineitemdescription",
              "bill_billingentity")
          .text(GROUP, MANDATORY, "lineitem_productcode")
          .text(
              GROUP,
              OPTIONAL,
              "lineitem_availabilityzone",
              "lineitem_lineitemtype",
              "lineitem_usagetype",
              "lineitem_operation",
              "product_productfamily",
              "product_operatingsystem",
              "product_instancetype",
              "product_region",
              "pricing_unit")
          .text(GROUP, MANDATORY, "lineitem_currencycode")
          .json(GROUP, DERIVED, "resourcetags", "costcategory")
          .number(
              SUM,
              OPTIONAL,
              "lineitem_usageamount",
              "lineitem_normalizedusageamount",
              "lineitem_unblendedcost",
              "lineitem_blendedcost",
              "pricing_publicondemandcost",
              "savingsplan_savingsplaneffectivecost")
          .number(MAX, OPTIONAL, "lineitem_normalizationfactor")
          .number(
              MAX,
              OPTIONAL,
              "lineitem_unblendedrate",
              "lineitem_blendedrate",
              "pricing_publicondemandrate")
          .number(MAX, DERIVED, "largest_unblendedcost")
          .text(
              MAX,
              OPTIONAL,
              "bill_invoiceid",
              "product_productname",
              "product_vcpu",
              "product_memory")
          .build();

  public static final List<LineItemTable> ALL = List.of(RAW, DAILY);

  private AwsTables() {}
}
