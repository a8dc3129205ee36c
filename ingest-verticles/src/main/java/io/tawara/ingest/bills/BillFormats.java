package io.tawara.ingest.bills;

import io.tawara.catalog.AwsTables;
import io.tawara.catalog.AzureTables;
import io.tawara.catalog.Column;
import io.tawara.catalog.Column.Presence;
import io.tawara.catalog.GcpTables;
import io.tawara.catalog.LineItemTable;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.ProviderType;
import io.tawara.ingest.bills.BillFormat.Cell;
import io.tawara.ingest.bills.BillFormat.Collected;
import io.tawara.ingest.bills.BillFormat.Number;
import io.tawara.ingest.bills.BillFormat.Refusal;
import io.tawara.ingest.bills.BillFormat.Text;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The formats that are read (`data-formats` §2–4).
final class BillFormats {
  private static final Refusal FOCUS =
      new Refusal(
          Set.of("billedcost", "chargeperiodstart"),
          "a FOCUS export is not read yet; let the cloud deliver its own format");

  /// Cost and Usage Report, with names like `lineItem/UsageAmount` or `line_item_usage_amount`:
  /// both are a table's column when underscores are left out.
  static final BillFormat AWS =
      new BillFormat(
          "AWS",
          AwsTables.RAW,
          Optional.of(AwsTables.DAILY),
          squeezed(AwsTables.RAW)::apply,
          List.of(
              new Collected("resourcetags", List.of("resourcetags/user:", "resource_tags_user_")),
              new Collected("costcategory", List.of("costcategory/", "cost_category_"))),
          Map.of(),
          Map.of(
              "largest_unblendedcost",
              new Number.OfNumber("lineitem_unblendedcost", cost -> Math.max(cost, 0))),
          "lineitem_usagestartdate",
          Optional.of("identity_timeinterval"),
          true,
          Optional.empty(),
          Optional.empty(),
          "resourcetags",
          true,
          Optional.of("costcategory"),
          List.of("lineitem_currencycode"),
          mandatory(AwsTables.RAW),
          List.of(FOCUS));

  /// Cost Management exports of both generations: those of subscriptions and those of enrolments.
  static final BillFormat AZURE =
      new BillFormat(
          "Azure",
          AzureTables.LINE_ITEMS,
          Optional.empty(),
          aliases(
                  Map.of(
                      "resourcegroupname", "resourcegroup",
                      "instancename", "resourceid",
                      "product", "productname"))
              ::apply,
          List.of(),
          Map.of(
              "tags", new Text("tags", BillCells::azureJson),
              "additionalinfo", new Text("additionalinfo", BillCells::azureJson)),
          Map.of(),
          "date",
          Optional.empty(),
          true,
          Optional.empty(),
          Optional.empty(),
          "tags",
          true,
          Optional.empty(),
          List.of("billingcurrencycode", "billingcurrency"),
          Stream.concat(
                  mandatory(AzureTables.LINE_ITEMS).stream(),
                  Stream.of(
                      Set.of("billingcurrencycode", "billingcurrency"),
                      Set.of("subscriptionid", "subscriptionguid")))
              .toList(),
          List.of(
              FOCUS,
              new Refusal(
                  Set.of("usagedatetime"),
                  "an export with UsageDateTime is of a generation that is not read")));

  /// Rows of BigQuery's billing export.
  static final BillFormat GCP =
      new BillFormat(
          "GCP",
          GcpTables.RAW,
          Optional.of(GcpTables.DAILY),
          name -> name,
          List.of(),
          Map.of(
              "labels", new Text("labels", BillCells::gcpLabels),
              "system_labels", new Text("system_labels", BillCells::gcpLabels),
              "project_labels", new Text("project_labels", BillCells::gcpLabels),
              "credits", new Text("credits", BillCells::firstCredit),
              "usage_end_date", new Text("usage_end_time", BillCells::day),
              "partition_date", new Text("partition_date", BillCells::day)),
          Map.of(
              "credit_amount", new Number.OfCell("credits", BillCells::firstCreditAmount),
              "daily_credits", new Number.OfCell("credits", BillCells::firstCreditAmount),
              "daily_credits_rounded", new Number.OfCell("credits", BillCells::firstCreditRounded),
              "all_credits_amount", new Number.OfCell("credits", BillCells::allCreditAmounts),
              "largest_usage_amount", new Number.OfNumber("usage_amount", amount -> amount)),
          "usage_start_time",
          Optional.empty(),
          false,
          Optional.of("invoice_month"),
          Optional.of("partition_date"),
          "labels",
          false,
          Optional.empty(),
          List.of("currency"),
          Stream.concat(mandatory(GcpTables.RAW).stream(), Stream.of(Set.of("partition_date")))
              .toList(),
          List.of(FOCUS));

  private BillFormats() {}

  /// The format of a kind of provider.
  static BillFormat of(ProviderType type) {
    return switch (type.base()) {
      case AWS -> AWS;
      case AZURE -> AZURE;
      case GCP -> GCP;
      case OCP, AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL ->
          throw new TawaraException(
              Category.INTERNAL, "no bill comes from a source of type " + type.wireName());
    };
  }

  /// How a cell becomes a text when the format says nothing else.
  static Cell plain() {
    return BillCells::text;
  }

  private static List<Set<String>> mandatory(LineItemTable table) {
    return table.mandatory().stream().sorted().map(Set::of).toList();
  }

  private static Function<String, String> aliases(Map<String, String> names) {
    return name -> names.getOrDefault(name, name);
  }

  private static Function<String, String> squeezed(LineItemTable table) {
    Map<String, String> columns =
        table.columns().stream()
            .filter(column -> column.presence() != Presence.DERIVED)
            .map(Column::name)
            .collect(Collectors.toMap(name -> name.replace("_", ""), Function.identity()));
    return name -> columns.getOrDefault(name.replace("_", ""), name);
  }
}
