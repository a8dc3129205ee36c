package io.tawara.analytics.cost;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.analytics.cost.CostEngine.Parities;
import io.tawara.analytics.cost.Distribution.Kind;
import io.tawara.catalog.query.LineItemEngine;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for any cluster and any model. The clusters are random, each from the seed that the
/// test is named after.
class CostPropertiesTest {
  private static final List<String> NAMESPACES =
      List.of(
          "shop",
          "blog",
          "data",
          "openshift-mon",
          "kube-system",
          "Worker unallocated",
          "Platform unallocated");
  private static CostFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new CostFixture("properties");
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void empty() {
    fixture.empty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void distributionConservesMoneyToTheLastDigit(long seed) {
    var random = new Random(seed);
    cluster(random);
    CostPlan plan = plan(random);
    fixture.calculate(plan, Parities.none());

    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', usage_start, cost_model_rate_type, sum(distributed_cost))
                from ocp_daily_summary where distributed_cost is not null
                group by usage_start, cost_model_rate_type having sum(distributed_cost) <> 0
                """))
        .as("days and kinds that do not add up to zero")
        .isEmpty();
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', n.usage_start, n.cost_model_rate_type)
                from ocp_daily_summary n
                where n.distributed_cost < 0 and not exists (
                  select 1 from ocp_daily_summary p
                  where p.usage_start = n.usage_start
                    and p.cost_model_rate_type = n.cost_model_rate_type and p.distributed_cost > 0)
                """))
        .as("pools that were taken away and given to nobody")
        .isEmpty();
    assertThat(fixture.texts("select 1 from ocp_daily_summary where distributed_cost <> 0"))
        .as("rows that are distributed")
        .isNotEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {41, 42, 43, 44, 45, 46, 47, 48})
  void theBreakdownAddsUpToTheCostToTheLastDigit(long seed) {
    var random = new Random(seed);
    cluster(random);
    CostPlan plan = plan(random);
    fixture.calculate(plan, Parities.none());

    assertThat(
            fixture.texts(
                """
                with cost as (
                  select usage_start, namespace, node, cost_model_rate_type,
                    sum(infrastructure_raw_cost) as raw, sum(infrastructure_markup_cost) as markup,
                    sum(coalesce(cost_model_cpu_cost, 0) + coalesce(cost_model_memory_cost, 0)
                      + coalesce(cost_model_volume_cost, 0) + coalesce(cost_model_gpu_cost, 0))
                      as model,
                    sum(distributed_cost) as distributed
                  from ocp_daily_summary group by 1, 2, 3, 4
                ),
                broken_down as (
                  select usage_start, namespace, node, cost_model_rate_type,
                    sum(infrastructure_raw_cost) as raw, sum(infrastructure_markup_cost) as markup,
                    sum(cost_model_cost) as model, sum(distributed_cost) as distributed
                  from ocp_cost_breakdown group by 1, 2, 3, 4
                )
                select concat_ws(' ', c.*, '-', b.*)
                from cost c full join broken_down b
                  on b.usage_start = c.usage_start and b.namespace is not distinct from c.namespace
                  and b.node is not distinct from c.node
                  and b.cost_model_rate_type is not distinct from c.cost_model_rate_type
                where coalesce(c.raw, 0) <> coalesce(b.raw, 0)
                  or coalesce(c.markup, 0) <> coalesce(b.markup, 0)
                  or coalesce(c.model, 0) <> coalesce(b.model, 0)
                  or coalesce(c.distributed, 0) <> coalesce(b.distributed, 0)
                """))
        .isEmpty();
    assertThat(
            fixture.texts(
                "select distinct rate_metric from ocp_cost_breakdown where cost_model_cost <> 0"))
        .as("metrics that cost something")
        .hasSizeGreaterThan(8);
    assertThat(
            fixture.texts(
                """
                select distinct rate_name from ocp_cost_breakdown
                where cost_model_rate_type = 'platform_distributed'
                """))
        .as("what platform overhead consists of")
        .contains("Infrastructure")
        .hasSizeGreaterThan(5);
    assertThat(
            fixture.texts(
                """
                select rate_name from ocp_cost_breakdown
                where cost_model_rate_type = 'gpu_distributed' and rate_metric <> 'gpu_cost_per_month'
                """))
        .isEmpty();
  }

  @Test
  void whatANamespaceGivesAwayIsWhatItCost() {
    var random = new Random(51);
    cluster(random);
    CostPlan plan = plan(random);
    fixture.calculate(plan, Parities.none());
    assertThat(
            fixture.texts(
                """
                select concat_ws(' ', usage_start, namespace, node, rate_name)
                from ocp_cost_breakdown
                where namespace = 'Worker unallocated'
                group by usage_start, namespace, node, rate_name
                having abs(sum(coalesce(infrastructure_raw_cost, 0)
                  + coalesce(infrastructure_markup_cost, 0) + coalesce(cost_model_cost, 0)
                  + coalesce(distributed_cost, 0))) > 0.000000001
                """))
        .isEmpty();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {21, 22, 23, 24})
  void calculatingTwiceChangesNothing(long seed) {
    var random = new Random(seed);
    cluster(random);
    CostPlan plan = plan(random);
    fixture.calculate(plan, Parities.none());
    String first = fingerprint();
    fixture.calculate(plan, Parities.none());
    assertThat(fingerprint()).isEqualTo(first);
  }

  @Test
  void partOfTheMonthGivesTheRowsOfTheWholeMonth() {
    var random = new Random(31);
    cluster(random);
    CostPlan plan = plan(random);
    fixture.calculate(plan, Parities.none());
    String whole = fingerprint();
    var engine = new CostEngine(LineItemEngine.inDatabase(), Parities.none());
    for (int day : List.of(7, 3, 1, 20)) {
      CostRun all = fixture.run;
      var part =
          new CostRun(
              all.source(),
              all.period(),
              all.clusterId(),
              all.clusterAlias(),
              all.start().withDayOfMonth(day),
              all.start().withDayOfMonth(Math.min(day + 4, 31)));
      fixture.inTenant(connection -> engine.calculate(connection, part, plan, true));
    }
    assertThat(fingerprint()).isEqualTo(whole);
  }

  @Test
  void aThousandTagRatesChargeWhatTheyName() {
    fixture.conformanceData();
    var rates = new Rates.Builder();
    for (int i = 0; i < 1000; i++) {
      rates.tag(
          Metric.CPU_USAGE,
          CostType.SUPPLEMENTARY,
          "app",
          "value-" + i,
          BigDecimal.valueOf(i),
          false);
    }
    rates.tag(Metric.CPU_USAGE, CostType.SUPPLEMENTARY, "app", "web", new BigDecimal("3"), false);
    fixture.calculate(
        new CostPlan(rates.build(), Distribution.withoutModel(), Optional.empty()),
        Parities.none());
    assertThat(
            fixture.number(
                "select sum(cost_model_cpu_cost) from ocp_daily_summary"
                    + " where cost_model_rate_type in ('Infrastructure', 'Supplementary')"))
        .isEqualByComparingTo("36");
  }

  /// Rows of some days with amounts of up to 15 decimals; some without usage, some with raw cost.
  private static void cluster(Random random) {
    for (int day : List.of(1, 3, 7, 8, 20)) {
      for (String namespace : NAMESPACES) {
        for (String node : List.of("n1", "n2")) {
          if (random.nextInt(4) > 0) {
            String cpu = amount(random, 60);
            String memory = amount(random, 200);
            String labels =
                namespace.endsWith("unallocated")
                    ? null
                    : "{\"app\": \"%s\"}"
                        .formatted(List.of("web", "db", "job").get(random.nextInt(3)));
            fixture.pod(
                CostFixture.DAY.withDayOfMonth(day),
                namespace,
                node,
                labels,
                cpu + "," + amount(random, 60) + "," + cpu,
                memory + "," + amount(random, 200) + "," + memory,
                random.nextInt(3) == 0 ? amount(random, 1000) : null);
          }
        }
      }
    }
    fixture.unattributed("Storage unattributed", null, 1 + random.nextInt(1000));
    fixture.unattributed("Network unattributed", "n1", 1 + random.nextInt(1000));
    fixture.gpuNode("n1", 8, null);
    fixture.gpu("n1", "shop", "T4", 1 + random.nextInt(80000), null, null);
    fixture.gpu("n1", "blog", "T4", 1 + random.nextInt(80000), null, null);
    fixture.gpu("n1", "data", "T4", 1 + random.nextInt(80000), null, null);
    fixture.gpu("n1", "shop", "A100", 1 + random.nextInt(80000), "3", "7");
  }

  private static CostPlan plan(Random random) {
    var rates = new Rates.Builder();
    for (Metric metric : Metric.values()) {
      if (!metric.tagOnly()) {
        rates.tiered(metric, metric.defaultCostType(), new BigDecimal(amount(random, 100)));
      }
      if (random.nextBoolean()) {
        rates.tag(
            metric,
            metric.defaultCostType(),
            "app",
            "web",
            new BigDecimal(amount(random, 100)),
            random.nextBoolean());
      }
    }
    rates.tag(
        Metric.GPU_MONTH,
        CostType.INFRASTRUCTURE,
        "nvidia",
        "T4",
        new BigDecimal(amount(random, 5000)),
        true);
    return new CostPlan(
        rates.build(),
        new Distribution(random.nextBoolean(), EnumSet.allOf(Kind.class)),
        Optional.of(new BigDecimal(amount(random, 1))));
  }

  /// A number from 0 to `most` with up to 15 decimals; one in eight is 0.
  private static String amount(Random random, int most) {
    if (random.nextInt(8) == 0) {
      return "0";
    }
    return new BigDecimal(new BigInteger(60, random), 15)
        .remainder(BigDecimal.valueOf(most))
        .toPlainString();
  }

  private static String fingerprint() {
    return fixture
        .texts(
            """
            select md5(string_agg(text, '' order by text))
            from (
              select cast(to_jsonb(s) as text) as text from ocp_daily_summary s
              union all
              select cast(to_jsonb(b) as text) from ocp_cost_breakdown b
            ) rows
            """)
        .getFirst();
  }
}
