package io.tawara.analytics.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.analytics.cost.CostEngine.Parities;
import io.tawara.analytics.cost.Distribution.Kind;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The worked examples of `cost-models.md` §11, to the last of 15 decimals.
class CostEngineTest {
  private static final CostType INFRA = CostType.INFRASTRUCTURE;
  private static final CostType SUPPL = CostType.SUPPLEMENTARY;
  private static CostFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new CostFixture("costs");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void fill() {
    fixture.empty();
    fixture.conformanceData();
  }

  // §11.1

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "MEMORY_REQUEST 2 cpu memory 120 40 24 80 584 304",
        "NODE_CORE_HOUR 1 cpu cpu 20 6 4 10 66 38",
        "NODE_CORE_HOUR 1 memory cpu 15 7.5 3 12.5 70.5 35.5",
        "CLUSTER_CORE_HOUR 1 cpu cpu 20 6 4 10 66 38",
        "CLUSTER_CORE_HOUR 1 memory cpu 15 7.5 3 12.5 70.5 35.5",
        "CLUSTER_HOUR 1 cpu cpu 3.333333333333333 1 0.666666666666667 1.666666666666667 11"
            + " 6.333333333333333",
        "CLUSTER_HOUR 1 memory memory 2.5 1.25 0.5 2.083333333333333 11.75 5.916666666666667",
        "NODE_MONTH 310 cpu cpu 2.083333333333333 0.625 0.416666666666667 2.083333333333333 6.875"
            + " 7.916666666666667",
        "NODE_MONTH 310 memory memory 1.5625 0.78125 0.3125 2.604166666666667 7.34375"
            + " 7.395833333333333",
        "NODE_CORE_MONTH 310 cpu cpu 8.333333333333333 2.5 1.666666666666667 4.166666666666667"
            + " 27.5 15.833333333333333",
        "NODE_CORE_MONTH 310 memory memory 6.25 3.125 1.25 5.208333333333333 29.375"
            + " 14.791666666666667",
        "CLUSTER_MONTH 310 cpu cpu 1.388888888888889 0.416666666666667 0.277777777777778"
            + " 0.694444444444444 4.583333333333333 2.638888888888889",
        "CLUSTER_MONTH 310 memory memory 1.041666666666667 0.520833333333333 0.208333333333333"
            + " 0.868055555555556 4.895833333333333 2.465277777777778",
      })
  void tieredRateOfOneMetric(
      Metric metric,
      BigDecimal rate,
      String distribution,
      String column,
      BigDecimal shopWeb,
      BigDecimal shopDb,
      BigDecimal blog,
      BigDecimal platform,
      BigDecimal worker,
      BigDecimal platformRest) {
    calculate(
        new Rates.Builder().tiered(metric, metric.defaultCostType(), rate),
        distribution.equals("memory"));
    assertCost(shopWeb, column, "namespace = 'shop' and pod_labels ->> 'app' = 'web'");
    assertCost(shopDb, column, "namespace = 'shop' and pod_labels ->> 'app' = 'db'");
    assertCost(blog, column, "namespace = 'blog'");
    assertCost(platform, column, "namespace = 'openshift-mon'");
    assertCost(worker, column, "namespace = 'Worker unallocated'");
    assertCost(platformRest, column, "namespace = 'Platform unallocated'");
    assertThat(all("cost_model_cpu_cost + cost_model_memory_cost + cost_model_volume_cost"))
        .isEqualByComparingTo(sum(shopWeb, shopDb, blog, platform, worker, platformRest));
  }

  @Test
  void storageByUsageAndRequest() {
    calculate(
        new Rates.Builder()
            .tiered(Metric.STORAGE_USAGE, SUPPL, number("2"))
            .tiered(Metric.STORAGE_REQUEST, SUPPL, number("3")),
        false);
    assertCost(number("19"), "volume", "persistentvolumeclaim = 'pvc1'");
    assertCost(number("11"), "volume", "persistentvolumeclaim = 'pvc2'");
    assertCost(number("4"), "volume", "persistentvolumeclaim = 'pvc3'");
  }

  @Test
  void aClaimsMonthIsSpentOncePerNamespace() {
    calculate(new Rates.Builder().tiered(Metric.PVC_MONTH, INFRA, number("310")), false);
    assertCost(number("5"), "volume", "persistentvolumeclaim = 'pvc1'");
    assertCost(number("5"), "volume", "persistentvolumeclaim = 'pvc2'");
    assertCost(number("10"), "volume", "persistentvolumeclaim = 'pvc3'");
  }

  @Test
  void ratesOfAMetricAddUpPerCostType() {
    calculate(
        new Rates.Builder()
            .tiered(Metric.CPU_USAGE, INFRA, number("1"))
            .tiered(Metric.CPU_USAGE, SUPPL, number("10"))
            .tiered(Metric.CPU_USAGE, SUPPL, number("100")),
        false);
    String web = "namespace = 'shop' and pod_labels ->> 'app' = 'web'";
    assertCost(number("10"), "cpu", web + " and cost_model_rate_type = 'Infrastructure'");
    assertCost(number("1100"), "cpu", web + " and cost_model_rate_type = 'Supplementary'");
  }

  @Test
  void aMonthlyRateOfInfrastructureHidesTheSupplementaryOne() {
    calculate(
        new Rates.Builder()
            .tiered(Metric.NODE_MONTH, INFRA, number("310"))
            .tiered(Metric.NODE_MONTH, SUPPL, number("3100")),
        false);
    assertThat(all("cost_model_cpu_cost")).isEqualByComparingTo("20.000000000000000");
    assertThat(fixture.texts("select distinct cost_model_rate_type from ocp_daily_summary"))
        .contains("Infrastructure")
        .doesNotContain("Supplementary");
  }

  // §11.2

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "web=1,db=2|shop web 10,shop db 12,blog web 2",
        "web=1,other=5!|shop web 10,shop db 30,blog web 2",
        "web=5!|shop web 50,shop db 30,blog web 10",
      })
  void usageByLabel(String rates, String expected) {
    calculate(tags(new Rates.Builder(), Metric.CPU_USAGE, SUPPL, "app", rates), false);
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', namespace, pod_labels ->> 'app',
                  trim_scale(sum(cost_model_cpu_cost)))
                from ocp_daily_summary where cost_model_rate_type in ('Infrastructure', 'Supplementary')
                group by namespace, pod_labels ->> 'app'
                """))
        .containsExactlyInAnyOrderElementsOf(Arrays.asList(expected.split(",")));
  }

  @Test
  void aListedValueLeavesItsOwnLabelAndTheDefaultKeepsAll() {
    calculate(tags(new Rates.Builder(), Metric.CPU_USAGE, SUPPL, "app", "web=1,other=5!"), false);
    assertThat(
            fixture.texts(
                "select distinct cast(all_labels as text) from ocp_daily_summary"
                    + " where cost_model_rate_type in ('Infrastructure', 'Supplementary')"))
        .containsExactlyInAnyOrder("{\"app\": \"web\"}", "{\"app\": \"db\"}");
    calculate(tags(new Rates.Builder(), Metric.CPU_USAGE, SUPPL, "env", "dev=1,other=5!"), false);
    assertThat(
            fixture.texts(
                "select distinct cast(pod_labels as text) from ocp_daily_summary"
                    + " where cost_model_rate_type in ('Infrastructure', 'Supplementary')"))
        .containsExactly("{\"app\": \"web\", \"env\": \"prod\"}");
  }

  @Test
  void storageByLabel() {
    calculate(
        tags(new Rates.Builder(), Metric.STORAGE_REQUEST, SUPPL, "tier", "gold=2,other=7!"), false);
    assertCost(number("10"), "volume", "persistentvolumeclaim = 'pvc1'");
    assertCost(number("21"), "volume", "persistentvolumeclaim = 'pvc2'");
    assertCost(BigDecimal.ZERO, "volume", "persistentvolumeclaim = 'pvc3'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "NODE_MONTH|web=310|cpu|2.083333333333333|0|0.416666666666667|7.5|0",
        "NODE_MONTH|web=310|memory|1.5625|0|0.3125|8.125|0",
        "NODE_MONTH|web=310,other=62!|cpu|2.083333333333333|0.125|0.416666666666667|7.5|1.875",
        "NODE_CORE_MONTH|web=310|cpu|8.333333333333333|0|1.666666666666667|30|0",
        "NODE_CORE_MONTH|web=310|memory|6.25|0|1.25|32.5|0",
        "NODE_CORE_HOUR|web=1|cpu|20|0|4|72|0",
        "NODE_CORE_HOUR|web=1|memory|20|0|4|312|0",
      })
  void nodeByLabel(
      Metric metric,
      String rates,
      String distribution,
      BigDecimal shopWeb,
      BigDecimal shopDb,
      BigDecimal blog,
      BigDecimal restWeb,
      BigDecimal restDb) {
    calculate(
        tags(new Rates.Builder(), metric, INFRA, "app", rates), distribution.equals("memory"));
    assertCost(shopWeb, distribution, "namespace = 'shop' and pod_labels ->> 'app' = 'web'");
    assertCost(shopDb, distribution, "namespace = 'shop' and pod_labels ->> 'app' = 'db'");
    assertCost(blog, distribution, "namespace = 'blog'");
    String rest = "namespace = 'Worker unallocated' and all_labels ->> 'app' = ";
    assertCost(restWeb, distribution, rest + "'web'");
    assertCost(restDb, distribution, rest + "'db'");
    assertThat(all("cost_model_cpu_cost + cost_model_memory_cost"))
        .isEqualByComparingTo(sum(shopWeb, shopDb, blog, restWeb, restDb));
  }

  @Test
  void aLabelRateReplacesTheTieredRateOfItsCostType() {
    calculate(
        tags(
            new Rates.Builder().tiered(Metric.NODE_MONTH, INFRA, number("310")),
            Metric.NODE_MONTH,
            INFRA,
            "app",
            "web=620"),
        false);
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', namespace, trim_scale(cost_model_cpu_cost))
                from ocp_daily_summary where cost_model_rate_type in ('Infrastructure', 'Supplementary')
                """))
        .containsExactlyInAnyOrder(
            "shop 4.166666666666667",
            "blog 0.833333333333333",
            "Worker unallocated 15",
            "openshift-mon 2.083333333333333",
            "Worker unallocated 6.875",
            "Platform unallocated 7.916666666666667");
  }

  @Test
  void aLabelRateOfTheOtherCostTypeStandsBesideTheTieredOne() {
    calculate(
        tags(
            new Rates.Builder().tiered(Metric.NODE_MONTH, INFRA, number("310")),
            Metric.NODE_MONTH,
            SUPPL,
            "app",
            "web=620"),
        false);
    assertThat(all("cost_model_cpu_cost")).isEqualByComparingTo("40.000000000000000");
  }

  @Test
  void claimsByLabel() {
    calculate(
        tags(new Rates.Builder(), Metric.PVC_MONTH, INFRA, "tier", "gold=310,other=62!"), false);
    assertCost(number("5"), "volume", "persistentvolumeclaim = 'pvc1'");
    assertCost(number("1"), "volume", "persistentvolumeclaim = 'pvc2'");
    calculate(
        tags(
            new Rates.Builder().tiered(Metric.PVC_MONTH, INFRA, number("310")),
            Metric.PVC_MONTH,
            INFRA,
            "tier",
            "gold=620"),
        false);
    assertCost(number("10"), "volume", "persistentvolumeclaim = 'pvc1'");
    assertCost(BigDecimal.ZERO, "volume", "persistentvolumeclaim = 'pvc2'");
    assertCost(number("10"), "volume", "persistentvolumeclaim = 'pvc3'");
  }

  // §11.3

  private void machines() {
    String labels = "{\"vm_kubevirt_io_name\": \"%s\", \"size\": \"%s\"}";
    fixture.machine("vm-a", "n1", labels.formatted("vm-a", "big"), "1,1,1", 5, 1800, 2, 4);
    fixture.machine("vm-a", "n2", labels.formatted("vm-a", "big"), "1,1,1", 5, 1800, 2, 9);
    fixture.machine("vm-b", "n1", labels.formatted("vm-b", "small"), "1,0,1", 10, 3600, 3, 9);
  }

  private void assertMachine(String name, String node, String expected) {
    assertCost(
        number(expected),
        "cpu",
        "all_labels ->> 'vm_kubevirt_io_name' = '" + name + "' and node = '" + node + "'");
  }

  @Test
  void machinesByTheHour() {
    machines();
    calculate(new Rates.Builder().tiered(Metric.VM_HOUR, INFRA, number("2")), false);
    assertMachine("vm-a", "n1", "10");
    assertMachine("vm-a", "n2", "10");
    assertMachine("vm-b", "n1", "20");
  }

  @Test
  void machinesByTheCoreHour() {
    machines();
    calculate(new Rates.Builder().tiered(Metric.VM_CORE_HOUR, INFRA, number("2")), false);
    assertMachine("vm-a", "n1", "0");
    assertMachine("vm-a", "n2", "20");
    assertMachine("vm-b", "n1", "60");
  }

  @Test
  void machinesByTheMonth() {
    machines();
    calculate(new Rates.Builder().tiered(Metric.VM_MONTH, INFRA, number("310")), false);
    assertMachine("vm-a", "n1", "10");
    assertMachine("vm-a", "n2", "10");
    assertMachine("vm-b", "n1", "0");
  }

  @Test
  void machinesByTheCoreMonth() {
    machines();
    calculate(new Rates.Builder().tiered(Metric.VM_CORE_MONTH, INFRA, number("310")), false);
    assertMachine("vm-a", "n1", "0");
    assertMachine("vm-a", "n2", "20");
    assertMachine("vm-b", "n1", "30");
  }

  @ParameterizedTest
  @CsvSource({
    "VM_HOUR,2,10,10",
    "VM_CORE_HOUR,2,0,20",
    "VM_MONTH,310,10,10",
    "VM_CORE_MONTH,310,0,20"
  })
  void machinesByLabel(Metric metric, String rate, String first, String second) {
    machines();
    calculate(tags(new Rates.Builder(), metric, INFRA, "size", "big=" + rate), false);
    assertMachine("vm-a", "n1", first);
    assertMachine("vm-a", "n2", second);
    assertMachine("vm-b", "n1", "0");
  }

  @Test
  void projectsByLabelOverTheirNodes() {
    fixture.namespaceLabels("shop", "{\"team\": \"a\"}");
    fixture.namespaceLabels("blog", "{\"team\": \"b\"}");
    fixture.namespaceLabels("idle", "{\"team\": \"a\"}");
    fixture.namespaceLabels("openshift-mon", "{\"team\": \"a\"}");
    fixture.pod(CostFixture.DAY, "shop", "n2", "{}", "0,0,0", "0,0,0", null);
    calculate(tags(new Rates.Builder(), Metric.PROJECT_MONTH, INFRA, "team", "a=310"), false);
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', namespace, node, trim_scale(cost_model_cpu_cost))
                from ocp_daily_summary where cost_model_rate_type is not null
                """))
        .containsExactlyInAnyOrder("shop n1 5", "shop n2 5", "idle 10");
  }

  @Test
  void gpusByTimeAndTheFreeRest() {
    fixture.gpuNode("n1", 2, null);
    fixture.gpu("n1", "shop", "Tesla T4", 43200, null, null);
    fixture.gpu("n1", "blog", "Tesla T4", 21600, null, null);
    calculate(tags(new Rates.Builder(), Metric.GPU_MONTH, INFRA, "nvidia", "Tesla T4=3100"), false);
    assertGpu("shop 50", "blog 25", "GPU unallocated 125");
    assertDistributed(
        "gpu_distributed",
        "shop 83.333333333333333",
        "blog 41.666666666666667",
        "GPU unallocated -125");
  }

  @Test
  void gpusBySlices() {
    fixture.gpuNode("n1", 1, "mixed");
    fixture.gpu("n1", "shop", "A100", 86400, "3", "7");
    fixture.gpu("n1", "blog", "A100", 43200, "1", "7");
    calculate(tags(new Rates.Builder(), Metric.GPU_MONTH, INFRA, "nvidia", "A100=3100"), false);
    assertGpu("shop 42.8571428571429", "blog 7.14285714285714", "GPU unallocated 50");
    assertDistributed(
        "gpu_distributed",
        "shop 42.857142857142857",
        "blog 7.142857142857143",
        "GPU unallocated -50");
  }

  @Test
  void aNamespaceGetsTheFreeRestOfEveryModelItUsedOnANode() {
    fixture.gpuNode("n1", 2, null);
    fixture.gpu("n1", "shop", "Tesla T4", 86400, null, null);
    fixture.gpu("n1", "shop", "A100", 86400, null, null);
    Rates.Builder rates =
        tags(new Rates.Builder(), Metric.GPU_MONTH, INFRA, "nvidia", "Tesla T4=310,A100=3100");
    calculate(rates, false);
    assertDistributed("gpu_distributed", "shop 110", "GPU unallocated -110");
    fixture.calculate(plan(rates, false, "0"), new Parities(true, false, false));
    assertDistributed("gpu_distributed", "shop 100", "GPU unallocated -110");
  }

  // §11.4

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cpu|0|platform_distributed|shop 43.333333333333333,blog 6.666666666666667,openshift-mon"
            + " -12,Platform unallocated -38",
        "cpu|0|worker_distributed|shop 57.2,blog 8.8,Worker unallocated -66",
        "cpu|0|unattributed_storage|shop 2.6,blog 0.4,Storage unattributed -3",
        "cpu|0|unattributed_network|shop 5.2,blog 0.8,Network unattributed -6",
        "memory|0|platform_distributed|shop 44.117647058823529,blog 5.882352941176471,openshift-mon"
            + " -12,Platform unallocated -38",
        "memory|0|worker_distributed|shop 58.235294117647059,blog 7.764705882352941,Worker"
            + " unallocated -66",
        "memory|0|unattributed_storage|shop 2.647058823529412,blog 0.352941176470588,Storage"
            + " unattributed -3",
        "memory|0|unattributed_network|shop 5.294117647058824,blog 0.705882352941176,Network"
            + " unattributed -6",
        "cpu|10|platform_distributed|shop 43.506666666666667,blog 6.693333333333333,openshift-mon"
            + " -12.2,Platform unallocated -38",
        "cpu|10|unattributed_network|shop 5.72,blog 0.88,Network unattributed -6.6",
        "cpu|10|unattributed_storage|shop 2.86,blog 0.44,Storage unattributed -3.3",
      })
  void overheadIsDistributed(String by, String markup, String kind, String expected) {
    fixture.unattributed("Storage unattributed", null, 3);
    fixture.unattributed("Network unattributed", "n1", 6);
    var rates = new Rates.Builder().tiered(Metric.CPU_EFFECTIVE, SUPPL, number("1"));
    fixture.calculate(plan(rates, by.equals("memory"), markup), Parities.none());
    assertDistributed(kind, expected.split(","));
  }

  @Test
  void aDiscountShrinksThePool() {
    fixture.calculate(plan(new Rates.Builder(), false, "-5"), Parities.none());
    assertDistributed(
        "platform_distributed",
        "shop 1.646666666666667",
        "blog 0.253333333333333",
        "openshift-mon -1.9");
  }

  @Test
  void overheadThatNothingCanReceiveStaysWhereItIs() {
    fixture.empty();
    fixture.unattributed("Storage unattributed", null, 3);
    fixture.pod(CostFixture.DAY, "shop", "n1", "{}", "0,0,0", "0,0,0", null);
    fixture.calculate(CostPlan.withoutModel(), Parities.none());
    assertDistributed("unattributed_storage");
    fixture.calculate(CostPlan.withoutModel(), Parities.all());
    assertDistributed("unattributed_storage", "Storage unattributed -3");
  }

  @Test
  void aBillInAnotherCurrencyIsConvertedBeforeItIsSpread() {
    fixture.empty();
    fixture.pod(CostFixture.DAY, "shop", "n1", "{}", "1,1,1", "1,1,1", null);
    fixture.pod(CostFixture.DAY, "openshift-mon", "n2", "{}", "1,1,1", "1,1,1", "8");
    fixture.sql(
        """
        update ocp_daily_summary set raw_currency = 'SEK' where infrastructure_raw_cost > 0;
        insert into cost_model (uuid, name, description, source_type, created_timestamp,
          updated_timestamp, distribution_info, currency)
        values ('%1$s', 'm', '', 'OCP', now(), now(), '{}', 'USD');
        insert into cost_model_map values ('%1$s', '%1$s')
        """
            .formatted(CostFixture.SOURCE));
    var plan =
        new CostPlan(
            new Rates.Builder().tiered(Metric.CPU_USAGE, SUPPL, number("3")).build(),
            new Distribution(false, EnumSet.of(Kind.PLATFORM)),
            Optional.empty());
    String received =
        "select sum(distributed_cost) from ocp_daily_summary where distributed_cost > 0";
    fixture.calculate(plan, Parities.none());
    assertThat(fixture.number(received)).as("without a rate").isEqualByComparingTo("3");
    fixture.sql(
        "insert into monthly_exchange_rate values ('2026-10-01', 'SEK', 'USD', 0.1, 'static')");
    fixture.calculate(plan, Parities.none());
    assertThat(fixture.number(received)).as("by the month's rate").isEqualByComparingTo("3.8");
    fixture.calculate(plan, Parities.all());
    assertThat(fixture.number(received)).as("added up as it is").isEqualByComparingTo("11");
    fixture.sql("delete from cost_model; delete from monthly_exchange_rate");
  }

  @Test
  void withoutAModelOnlyStorageAndNetworkAreDistributed() {
    fixture.unattributed("Storage unattributed", null, 3);
    fixture.calculate(CostPlan.withoutModel(), Parities.none());
    assertThat(
            fixture.texts(
                "select distinct cost_model_rate_type from ocp_daily_summary"
                    + " where cost_model_rate_type is not null"))
        .containsExactly("unattributed_storage");
  }

  // beyond §11

  @Test
  void aModelThatGoesTakesItsRowsAndItsMarkupAlong() {
    var rates = new Rates.Builder().tiered(Metric.CPU_EFFECTIVE, SUPPL, number("1"));
    fixture.calculate(plan(rates, false, "10"), Parities.none());
    assertThat(fixture.number("select sum(infrastructure_markup_cost) from ocp_daily_summary"))
        .isEqualByComparingTo("0.6");
    fixture.calculate(CostPlan.withoutModel(), Parities.none());
    assertThat(fixture.texts("select 1 from ocp_daily_summary where cost_model_rate_type <> ''"))
        .isEmpty();
    assertThat(fixture.number("select sum(infrastructure_markup_cost) from ocp_daily_summary"))
        .isEqualByComparingTo("0");
  }

  @Test
  void ratesOfThirtyDigitsStayExact() {
    var rate = number("123456789012345.123456789012345");
    calculate(new Rates.Builder().tiered(Metric.CPU_EFFECTIVE, SUPPL, rate), false);
    assertCost(rate.multiply(number("4")), "cpu", "namespace = 'blog'");
  }

  private static Rates.Builder tags(
      Rates.Builder builder, Metric metric, CostType type, String key, String rates) {
    for (String each : rates.split(",")) {
      List<String> parts = List.of(each.split("="));
      boolean isDefault = parts.get(1).endsWith("!");
      builder.tag(
          metric,
          type,
          key,
          parts.get(0),
          number(isDefault ? parts.get(1).substring(0, parts.get(1).length() - 1) : parts.get(1)),
          isDefault);
    }
    return builder;
  }

  private static CostPlan plan(Rates.Builder rates, boolean byMemory, String markupPercent) {
    return new CostPlan(
        rates.build(),
        new Distribution(byMemory, EnumSet.allOf(Kind.class)),
        Optional.of(number(markupPercent).movePointLeft(2)));
  }

  private static void calculate(Rates.Builder rates, boolean byMemory) {
    Set<Kind> kinds =
        rates.build().metrics().equals(Set.of(Metric.GPU_MONTH)) ? Set.of(Kind.GPU) : Set.of();
    fixture.calculate(
        new CostPlan(rates.build(), new Distribution(byMemory, kinds), Optional.empty()),
        Parities.none());
  }

  private static void assertCost(BigDecimal expected, String column, String rows) {
    assertThat(
            fixture.number(
                "select sum(cost_model_%s_cost) from ocp_daily_summary where cost_model_rate_type <> '' and %s"
                    .formatted(column, rows)))
        .as("%s of %s", column, rows)
        .isEqualByComparingTo(expected);
  }

  private static void assertGpu(String... expected) {
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', namespace, trim_scale(cost_model_gpu_cost))
                from ocp_daily_summary where data_source = 'GPU' and cost_model_rate_type in ('Infrastructure', 'Supplementary')
                """))
        .containsExactlyInAnyOrder(expected);
  }

  private static void assertDistributed(String kind, String... expected) {
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', namespace, trim_scale(sum(distributed_cost)))
                from ocp_daily_summary where cost_model_rate_type = '%s'
                group by namespace
                """
                    .formatted(kind)))
        .containsExactlyInAnyOrder(expected);
  }

  private static BigDecimal all(String expression) {
    return fixture.number(
        "select sum(" + expression + ") from ocp_daily_summary where cost_model_rate_type <> ''");
  }

  private static BigDecimal sum(BigDecimal... numbers) {
    return Arrays.stream(numbers).reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static BigDecimal number(String text) {
    return new BigDecimal(text);
  }
}
