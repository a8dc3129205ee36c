package io.tawara.catalog;

import static io.tawara.catalog.Column.Presence.MANDATORY;
import static io.tawara.catalog.Column.Presence.OPTIONAL;
import static io.tawara.catalog.Column.Role.GROUP;
import static io.tawara.catalog.Column.Role.SUM;

import java.util.List;

/// The line items of Azure cost exports (`data-formats` §3.2–3.5): one row per row of the export,
/// which is of daily grain already. Texts are blank and numbers 0 where the export says nothing;
/// `tags` and `additionalinfo` are JSON objects.
public final class AzureTables {
  public static final LineItemTable LINE_ITEMS =
      new BillTable("azure_line_items")
          .time(GROUP, MANDATORY, "date")
          .time(GROUP, OPTIONAL, "billingperiodstartdate", "billingperiodenddate")
          .text(
              GROUP,
              OPTIONAL,
              "accountname",
              "accountownerid",
              "availabilityzone",
              "billingaccountid",
              "billingaccountname",
              "billingcurrencycode",
              "billingcurrency",
              "billingprofileid",
              "billingprofilename",
              "chargetype",
              "consumedservice",
              "costcenter",
              "frequency",
              "invoicesectionid",
              "invoicesectionname",
              "isazurecrediteligible",
              "metercategory",
              "meterid",
              "metername",
              "meterregion",
              "metersubcategory",
              "offerid",
              "partnumber",
              "planname",
              "pricingmodel",
              "productname",
              "productorderid",
              "productordername",
              "publishername",
              "publishertype",
              "reservationid",
              "reservationname",
              "resourcegroup",
              "resourceid",
              "resourcelocation",
              "resourcename",
              "resourcetype",
              "servicefamily",
              "serviceinfo1",
              "serviceinfo2",
              "servicename",
              "servicetier",
              "subscriptionguid",
              "subscriptionid",
              "subscriptionname",
              "term",
              "unitofmeasure")
          .json(GROUP, OPTIONAL, "tags", "additionalinfo")
          .number(SUM, MANDATORY, "costinbillingcurrency", "quantity")
          .number(SUM, OPTIONAL, "effectiveprice", "paygprice", "resourcerate", "unitprice")
          .build();

  public static final List<LineItemTable> ALL = List.of(LINE_ITEMS);

  private AzureTables() {}
}
