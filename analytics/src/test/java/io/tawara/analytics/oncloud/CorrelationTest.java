package io.tawara.analytics.oncloud;

import static io.tawara.analytics.oncloud.OnCloudFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.analytics.summary.OnCloudRollups;
import io.tawara.analytics.summary.Rollup;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who is given what of a bill, on a real server.
final class CorrelationTest {
  private static OnCloudFixture fixture;
  private static Provider aws;
  private static Provider shop;
  private static Provider bank;

  @BeforeAll
  static void start() {
    fixture = new OnCloudFixture("correlation");
    aws = fixture.source("aws", ProviderType.AWS);
    shop = fixture.source("shop", ProviderType.OCP);
    bank = fixture.source("bank", ProviderType.OCP);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void empty() {
    fixture.empty();
  }

  private static void node(Provider cluster, String node) {
    fixture.pod(cluster, DAY, "a", node, "{\"app\": \"web\"}", "24", "96");
    fixture.pod(cluster, DAY, "b", node, "{}", "48", "96");
    fixture.pod(cluster, DAY, "Worker unallocated", node, null, "24", "96");
  }

  @Test
  void aMachineIsSharedByEffectiveUsage() {
    node(shop, "n1");
    fixture.aws(
        aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 2.4, Map.of("product_instancetype", "m5"));
    var outcome = fixture.correlate(aws);
    assertThat(outcome.discovered()).containsExactly(shop.id());
    assertThat(outcome.clusters()).containsExactly(shop.id());
    assertThat(fixture.shares("unblended_cost"))
        .containsExactly("shop|Worker unallocated|Pod|0.6", "shop|a|Pod|0.6", "shop|b|Pod|1.2");
    assertThat(fixture.shares("usage_amount"))
        .containsExactly("shop|Worker unallocated|Pod|8", "shop|a|Pod|8", "shop|b|Pod|8");
  }

  @Test
  void aRunAgainChangesNothingAndLateRowsAreAdded() {
    node(shop, "n1");
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 0.1, Map.of());
    fixture.correlate(aws);
    var first = fixture.texts("select count(*), sum(net_cost) from ocp_cloud_daily_summary");
    fixture.correlate(aws);
    assertThat(fixture.texts("select count(*), sum(net_cost) from ocp_cloud_daily_summary"))
        .isEqualTo(first);
    assertThat(first).containsExactly("3|0.1");
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 1, 0.7, Map.of());
    fixture.correlate(aws);
    assertThat(fixture.texts("select sum(net_cost) from ocp_cloud_daily_summary"))
        .containsExactly("0.8");
    fixture.sql("delete from aws_line_items_daily");
    fixture.correlate(aws);
    assertThat(fixture.texts("select count(*) from ocp_cloud_daily_summary")).containsExactly("0");
    assertThat(fixture.texts("select count(*) from ocp_cloud_month")).containsExactly("0");
    assertThat(fixture.texts("select count(*) from ocp_cloud_cost_by_account"))
        .containsExactly("0");
  }

  @Test
  void aDiskIsSharedByItsClaimsAndTheRestIsUnattributed() {
    node(shop, "n1");
    fixture.claim(shop, DAY, "a", "n1", "data", "pv-1", "vol-1", "{\"app\": \"web\"}", "40");
    fixture.aws(
        aws,
        DAY,
        "vol-1",
        "Storage",
        "GB-Mo",
        3,
        0.3,
        Map.of("largest_unblendedcost", 100 * 0.1 / (24 * 31), "lineitem_unblendedrate", 0.1));
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 1, Map.of());
    fixture.correlate(aws);
    assertThat(
            fixture.texts(
                """
                select namespace, node, persistentvolumeclaim, resource_id, usage_amount, net_cost,
                  tags
                from ocp_cloud_daily_summary where data_source = 'Storage' order by net_cost
                """))
        .containsExactly(
            "a|n1|data|vol-1|3|0.12|{\"app\": \"web\"}",
            "Storage unattributed|-|data|vol-1|-|0.18|-");
  }

  @Test
  void networkIsUnattributedPerNode() {
    node(shop, "n1");
    fixture.aws(
        aws,
        DAY,
        "i-n1",
        "Data Transfer",
        "GB",
        30,
        0.3,
        Map.of("lineitem_usagetype", "USE1-DataTransfer-In-Bytes"));
    fixture.correlate(aws);
    assertThat(
            fixture.texts(
                """
                select namespace, node, data_transfer_direction, net_cost,
                  infrastructure_data_in_gigabytes, infrastructure_data_out_gigabytes
                from ocp_cloud_daily_summary
                """))
        .containsExactly("Network unattributed|n1|IN|0.3|30|0");
  }

  @Test
  void tagsSplitFirstAmongClustersThenAmongProjects() {
    node(shop, "n1");
    node(bank, "n2");
    fixture.claim(shop, DAY, "a", "n1", "data", "pv-1", "vol-9", "{\"app\": \"web\"}", "1");
    fixture.enableKey("app", "OCP", "AWS");
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 0, Map.of());
    fixture.aws(aws, DAY, "i-n2", "Compute Instance", "Hrs", 24, 0, Map.of());
    fixture.aws(
        aws,
        DAY,
        "arn:bucket",
        "Storage",
        "GB-Mo",
        6,
        1,
        Map.of("resourcetags", "{\"app\": \"web\", \"Name\": \"x\"}"));
    fixture.correlate(aws);
    assertThat(
            fixture.texts(
                """
                select cluster_id, namespace, data_source, round(net_cost, 15), tags
                from ocp_cloud_daily_summary where resource_id = 'arn:bucket' order by 1, 2, 3
                """))
        .containsExactly(
            "bank|a|Pod|0.5|{\"app\": \"web\"}",
            "shop|a|Pod|0.25|{\"app\": \"web\"}",
            "shop|a|Storage|0.25|{\"app\": \"web\"}");
  }

  @Test
  void markedResourcesNeedNoEnabledKey() {
    node(shop, "n1");
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 0, Map.of());
    fixture.aws(
        aws,
        DAY,
        "arn:queue",
        "Queue",
        "Requests",
        1,
        3,
        Map.of("resourcetags", "{\"openshift_project\": \"b\"}"));
    fixture.aws(
        aws,
        DAY,
        "arn:topic",
        "Queue",
        "Requests",
        1,
        5,
        Map.of("resourcetags", "{\"openshift_cluster\": \"shop\"}"));
    fixture.correlate(aws);
    assertThat(fixture.shares("net_cost"))
        .containsExactly("shop|Worker unallocated|Pod|0", "shop|a|Pod|2.5", "shop|b|Pod|5.5");
  }

  /// Days are published in pieces, and rollups are filled in others: neither shows.
  @Test
  void aMonthIsPublishedInPieces() {
    for (int day : List.of(1, 4, 5, 9, 30, 31)) {
      LocalDate date = DAY.withDayOfMonth(day);
      fixture.pod(shop, date, "a", "n1", "{\"app\": \"web\"}", "24", "96");
      fixture.pod(shop, date, "b", "n1", "{}", "72", "96");
      fixture.aws(aws, date, "i-n1", "Compute Instance", "Hrs", 24, 1 / 7.0, Map.of());
      fixture.aws(aws, date, "i-n1", "Compute Instance", "Hrs", 24, 1 / 3.0, Map.of());
    }
    fixture.correlate(aws);
    String all =
        "select cast(to_jsonb(daily) as text) from ocp_cloud_daily_summary daily order by 1";
    List<String> atOnce = fixture.texts(all);
    assertThat(atOnce).hasSize(12);
    OnCloudFixture.correlate(
        aws,
        new Correlation(
            fixture.database(), LineItemEngine.inDatabase(), OnCloudSettings.right(), 1));
    assertThat(fixture.texts(all)).isEqualTo(atOnce);
    String sums = "select usage_start, sum(unblended_cost) from %s group by 1 order by 1";
    List<String> daily = fixture.texts(sums.formatted("ocp_cloud_daily_summary"));
    for (String by : List.of("account", "region", "service", "project", "node")) {
      assertThat(fixture.texts(sums.formatted("ocp_cloud_cost_by_" + by))).as(by).isEqualTo(daily);
    }
  }

  @Test
  void rollupsAreAsTheTablesSay() {
    for (Rollup rollup : OnCloudRollups.ALL) {
      assertThat(
              fixture.texts(
                  "select column_name from information_schema.columns where table_schema ="
                      + " current_schema() and table_name = '"
                      + rollup.table()
                      + "'"))
          .as(rollup.table())
          .containsExactlyInAnyOrderElementsOf(rollup.columns());
    }
  }

  @Test
  void aClusterThatIsGoneLeavesTheRollups() {
    node(shop, "n1");
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 2, Map.of());
    fixture.correlate(aws);
    String rolledUp = "select sum(unblended_cost) from ocp_cloud_cost_by_account";
    assertThat(fixture.texts(rolledUp)).containsExactly("2");
    fixture.sql("truncate ocp_daily_summary, ocp_cloud_daily_summary, ocp_cloud_month");
    fixture.correlate(aws);
    assertThat(fixture.texts(rolledUp)).containsExactly("-");
  }

  @Test
  void aChangedMarkupReachesWhatIsRaised() {
    node(shop, "n1");
    fixture.aws(aws, DAY, "i-n1", "Compute Instance", "Hrs", 24, 2, Map.of());
    fixture.correlate(aws);
    fixture.sql(
        """
        insert into cost_model (uuid, name, description, source_type, created_timestamp,
          updated_timestamp, markup, distribution_info, currency)
        values ('00000000-0000-0000-0000-000000000001', 'm', '', 'AWS', now(), now(),
          '{"value": "10", "unit": "percent"}', '{}', 'USD');
        insert into cost_model_map values ('%s', '00000000-0000-0000-0000-000000000001')
        """
            .formatted(aws.id()));
    var correlation = fixture.correlation(OnCloudSettings.right());
    assertThat(correlation.mark(aws, OnCloudFixture.MONTH)).containsExactly(shop.id());
    assertThat(
            fixture.texts(
                "select sum(markup_cost), sum(net_markup_cost), sum(raised_cost) from"
                    + " ocp_cloud_daily_summary"))
        .containsExactly("0.2|0.2|2.2");
    assertThat(fixture.correlation(OnCloudSettings.asKoku()).mark(aws, OnCloudFixture.MONTH))
        .isEmpty();
    var marked = fixture.texts("select sum(raised_cost) from ocp_cloud_daily_summary");
    fixture.correlate(aws);
    assertThat(fixture.texts("select sum(raised_cost) from ocp_cloud_daily_summary"))
        .isEqualTo(marked);
    fixture.sql("delete from cost_model");
  }

  @Test
  void aNameWithinALongerOneIsNotMeant() {
    Provider gcp = fixture.source("gcp", ProviderType.GCP);
    node(shop, "node-1");
    node(bank, "node-10");
    for (String name : new String[] {"node-1", "node-10"}) {
      fixture.bill(
          io.tawara.catalog.GcpTables.DAILY,
          gcp,
          DAY,
          Map.of(
              "resource_name", "projects/p/instances/" + name,
              "service_description", "Compute Engine",
              "invoice_month", "202610",
              "cost", name.equals("node-1") ? 1.0 : 10.0,
              "currency", "USD"));
    }
    fixture.correlate(gcp);
    assertThat(
            fixture.texts(
                """
                select cluster_id, sum(net_cost) from ocp_cloud_daily_summary
                group by 1 order by 1
                """))
        .containsExactly("bank|10", "shop|1");
  }

  @Test
  void clustersWithTheSameNodeShareARow() {
    Provider azure = fixture.source("azure", ProviderType.AZURE);
    node(shop, "worker-0");
    node(bank, "worker-0");
    fixture.bill(
        io.tawara.catalog.AzureTables.LINE_ITEMS,
        azure,
        DAY,
        Map.of(
            "resourceid",
            "/subscriptions/worker-0/resourceGroups/r/providers/Microsoft.Compute/virtualMachines/Worker-0",
            "servicename",
            "Virtual Machines",
            "unitofmeasure",
            "1 Hour",
            "quantity",
            24.0,
            "costinbillingcurrency",
            7.0));
    fixture.correlate(azure);
    assertThat(
            fixture.texts(
                """
                select cluster_id, sum(net_cost), max(unit) from ocp_cloud_daily_summary
                group by 1 order by 1
                """))
        .containsExactly("bank|3.5|Hrs", "shop|3.5|Hrs");
  }
}
