package io.tawara.analytics.oncloud;

import static io.tawara.analytics.oncloud.OnCloudFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.analytics.summary.LineItemFixture;
import io.tawara.catalog.AwsTables;
import io.tawara.catalog.AzureTables;
import io.tawara.catalog.GcpTables;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.embedded.TestServices;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bills in PostgreSQL and in Hive are shared among projects in the same way, row by row, digit by
/// digit: the scan and the candidates of every cloud, with every kind of row.
final class BothEnginesOnCloudTest {
  @TempDir private static Path directory;
  private static OnCloudFixture fixture;
  private static LineItemFixture bills;
  private static LineItemEngine trino;
  private static Provider aws;
  private static Provider azure;
  private static Provider gcp;

  @BeforeAll
  static void load() throws Exception {
    fixture = new OnCloudFixture("engines_on_cloud");
    trino = LineItemEngine.overTrino(TestServices.cloud().trino());
    aws = fixture.source("aws", ProviderType.AWS);
    azure = fixture.source("azure", ProviderType.AZURE);
    gcp = fixture.source("gcp", ProviderType.GCP);
    Provider shop = fixture.source("shop", ProviderType.OCP);
    bills = new LineItemFixture(fixture.database(), fixture.tenant());
    fixture.enableKey("app", "OCP", "AWS", "Azure", "GCP");
    for (int i = 0; i < 3; i++) {
      LocalDate day = DAY.plusDays(i);
      fixture.pod(shop, day, "a", "n1", "{\"app\": \"web\"}", "7", "96");
      fixture.pod(shop, day, "b", "n1", "{}", "22.123456789", "96");
      fixture.pod(shop, day, "Worker unallocated", "n1", null, "66.876543211", "96");
      fixture.claim(shop, day, "a", "n1", "data", "pvc-1", "vol-1", "{\"app\": \"db\"}", "3");
      aws(day);
      azure(day);
      gcp(day);
    }
    bills.write(List.of(AwsTables.DAILY, AzureTables.LINE_ITEMS, GcpTables.DAILY), directory);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  private static void add(
      LineItemTable table, Provider source, LocalDate day, Map<String, Object> values) {
    bills.add(table, source.id(), day, OnCloudFixture.row(table, source, day, values));
  }

  private static void aws(LocalDate day) {
    for (Map<String, Object> row :
        List.<Map<String, Object>>of(
            Map.of(
                "lineitem_resourceid", "i-n1",
                "product_productfamily", "Compute Instance",
                "product_instancetype", "m5.large",
                "lineitem_usageamount", 24.0,
                "lineitem_unblendedcost", 1.0 / 3,
                "resourcetags", "{\"app\": \"x\", \"other\": \"y\"}",
                "costcategory", "{\"env\": \"prod\"}"),
            Map.of(
                "lineitem_resourceid", "i-n1",
                "product_productfamily", "Data Transfer",
                "lineitem_usagetype", "DataTransfer-Regional-Bytes",
                "lineitem_operation", "InterZone-Out",
                "lineitem_unblendedcost", 0.1),
            Map.of(
                "lineitem_resourceid",
                "arn:vol-1",
                "product_productfamily",
                "Storage",
                "lineitem_unblendedcost",
                0.07,
                "largest_unblendedcost",
                8 * 0.1 / (24 * 31),
                "lineitem_unblendedrate",
                0.1),
            Map.of(
                "lineitem_resourceid", "bucket",
                "bill_billingentity", "AWS Marketplace",
                "product_productname", "Thing",
                "lineitem_unblendedcost", 7.5,
                "resourcetags", "{\"app\": \"web\"}"),
            Map.of("lineitem_resourceid", "nobody", "lineitem_unblendedcost", 99.0))) {
      var values = new HashMap<>(row);
      values.putIfAbsent("lineitem_productcode", "AmazonEC2");
      values.put("lineitem_lineitemtype", "Usage");
      add(AwsTables.DAILY, aws, day, values);
    }
  }

  private static void azure(LocalDate day) {
    String machines = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/";
    for (Map<String, Object> row :
        List.<Map<String, Object>>of(
            Map.of(
                "resourceid",
                machines + "virtualMachines/n1",
                "servicename",
                "Virtual Machines",
                "additionalinfo",
                "{\"ServiceType\": \"D2\", \"Nested\": {\"a\": [1]}}",
                "unitofmeasure",
                "1 Hour",
                "quantity",
                24.0,
                "costinbillingcurrency",
                2.0 / 3),
            Map.of(
                "resourceid", machines + "virtualMachines/n1",
                "servicename", "Virtual Network",
                "consumedservice", "Microsoft.Compute",
                "additionalinfo", "{\"DataTransferDirection\": \"DataTrIn\"}",
                "unitofmeasure", "10 GB",
                "quantity", 1.5,
                "costinbillingcurrency", 0.3),
            Map.of(
                "resourceid",
                machines + "disks/pvc-1",
                "metercategory",
                "Storage",
                "metername",
                "P2 LRS Disk",
                "unitofmeasure",
                "1 GB/Month",
                "quantity",
                0.25,
                "costinbillingcurrency",
                0.11),
            Map.of(
                "resourceid", "/subscriptions/s/elsewhere",
                "tags", "{\"openshift_project\": \"b\"}",
                "unitofmeasure", "10K",
                "costinbillingcurrency", 5.0))) {
      add(AzureTables.LINE_ITEMS, azure, day, row);
    }
  }

  private static void gcp(LocalDate day) {
    for (Map<String, Object> row :
        List.<Map<String, Object>>of(
            Map.of(
                "resource_name",
                "projects/p/n1",
                "system_labels",
                "{\"compute.googleapis.com/machine_spec\": \"n1-standard\"}",
                "sku_description",
                "Instance Core",
                "cost",
                1.0 / 7,
                "daily_credits",
                -0.01,
                "all_credits_amount",
                -0.02),
            Map.of(
                "resource_name", "projects/p/n1",
                "sku_description", "Network Data Transfer Out",
                "usage_pricing_unit", "gibibyte",
                "usage_amount_in_pricing_units", 3.5,
                "cost", 0.4),
            Map.of(
                "resource_name", "vol-1",
                "resource_global_name", "//compute/disk/vol-1",
                "sku_description", "Storage PD Capacity",
                "largest_usage_amount", 4 * 1073741824.0 * 3600,
                "cost", 0.9),
            piece(0.1),
            piece(0.2),
            piece(1e-7),
            Map.of("resource_name", "b", "labels", "{\"app\": \"web\"}", "cost", 3.0))) {
      var values = new HashMap<>(row);
      values.put("service_description", "Compute Engine");
      values.put("invoice_month", "202610");
      add(GcpTables.DAILY, gcp, day, values);
    }
  }

  /// A group of a day that was delivered in pieces, which do not add up in floating point.
  private static Map<String, Object> piece(double cost) {
    return Map.of("resource_name", "projects/p/n1", "sku_id", "pieces", "cost", cost);
  }

  @Test
  void awsIsSharedAlike() {
    bothAlike(aws, 7);
  }

  @Test
  void azureIsSharedAlike() {
    bothAlike(azure, 7);
  }

  @Test
  void gcpIsSharedAlike() {
    bothAlike(gcp, 7);
    assertThat(
            fixture.texts(
                "select sum(unblended_cost) from ocp_cloud_daily_summary where sku_id = 'pieces'"))
        .containsExactly("0.9000003");
  }

  private static void bothAlike(Provider source, int rowsOfDay) {
    fixture.forgetClouds();
    OnCloudFixture.correlate(source, fixture.correlation(OnCloudSettings.right()));
    List<String> inDatabase = rows(source);
    assertThat(inDatabase).hasSizeGreaterThanOrEqualTo(3 * rowsOfDay);
    OnCloudFixture.correlate(
        source, new Correlation(fixture.database(), trino, OnCloudSettings.right()));
    assertThat(rows(source)).isEqualTo(inDatabase);
  }

  private static List<String> rows(Provider source) {
    return fixture.texts(
        """
        select cast(to_jsonb(s) - 'uuid' as text) from ocp_cloud_daily_summary s
        where source_uuid = '%s' order by 1
        """
            .formatted(source.id()));
  }
}
