package io.tawara.gateway.costmodels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.CostEngine.Parities;
import io.tawara.analytics.cost.OpenShiftCosts;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.tenancy.Tenants;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Cost models from their request over their calculation to the breakdown, at the wire.
class CostModelsTest {
  private static final String ADMIN = GatewayFixture.admin("77");
  private static final SummaryRange NOVEMBER =
      new SummaryRange(LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 20));
  private static GatewayFixture fixture;
  private static OpenShiftCosts costs;
  private static UUID source;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("costmodels", options -> options);
    new Tenants(fixture.database, PostgresTables.onPrem()).ensure(GatewayFixture.tenant("77"));
    costs =
        new OpenShiftCosts(
            fixture.database,
            fixture.services.clock(),
            LineItemEngine.inDatabase(),
            Parities.none());
    source =
        UUID.fromString(
            sent(
                    "POST",
                    "sources/",
                    "{\"source_type\": \"ocp\", \"name\": \"n\", \"source_ref\": \"c\"}",
                    201)
                .get("uuid")
                .asText());
    fixture.database.runTenant(
        GatewayFixture.tenant("77"),
        connection -> {
          new PostgresTables(OpenShiftTables.ALL)
              .ensureMonths(connection, List.of(YearMonth.of(2026, 11)));
          usage(connection);
        });
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void noModels() {
    for (JsonNode model : sent("GET", "cost-models/?limit=100", null, 200).get("data")) {
      sent("DELETE", "cost-models/" + model.get("uuid").asText() + "/", null, 204);
    }
    fixture.database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("delete from work");
          }
        });
  }

  /// Usage of five days: two namespaces, a platform namespace and what was left of the nodes.
  private static void usage(Connection connection) throws java.sql.SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(
          """
          create table ocp_daily_summary_2026_11 partition of ocp_daily_summary
            for values from ('2026-11-01') to ('2026-12-01');
          insert into ocp_report_period (source_uuid, cluster_id, report_period_start,
            report_period_end) values ('%1$s', 'c', '2026-11-01', '2026-12-01');
          insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, data_source,
            usage_start, usage_end, namespace, node, resource_id, cost_category_id, pod_labels,
            all_labels, node_capacity_cpu_cores, node_capacity_cpu_core_hours,
            node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
            cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
            infrastructure_raw_cost, raw_currency, pod_usage_cpu_core_hours,
            pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
            pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
            pod_effective_usage_memory_gigabyte_hours)
          select p.id, '%1$s', 'c', 'Pod', cast(day as date), cast(day as date), namespace, node,
            'i-' || node, (select max(cost_category_id)
              from reporting_ocp_cost_category_namespace g where spaces.namespace like g.namespace),
            labels, coalesce(labels, '{}'), 4, 96, 16, 384, 192, 768, raw, 'USD',
            cpu, cpu * 1.5, cpu * 1.5, memory, memory / 3, memory
          from ocp_report_period p,
            generate_series(date '2026-11-03', date '2026-11-07', interval '1 day') as day,
            (values ('n1'), ('n2')) as nodes (node),
            (values ('shop', jsonb '{"app": "web"}', 1.5), ('blog', jsonb '{"app": "db"}', 0),
              ('openshift-mon', jsonb '{}', 2.25), ('Worker unallocated', null, 3)) as
              spaces (namespace, labels, raw)
          cross join lateral (select
            cast((ascii(namespace) + extract(day from day) + ascii(node)) / 17 as numeric(33, 15))
              as cpu,
            cast((ascii(namespace) * extract(day from day)) / 13 as numeric(33, 15)) as memory) used
          """
              .formatted(source));
    }
  }

  private static JsonNode sent(String method, String path, String body, int status) {
    HttpResponse<String> answer = fixture.send(method, path, ADMIN, body, Map.of());
    assertThat(answer.statusCode()).as("%s: %s", path, answer.body()).isEqualTo(status);
    return answer.body().isEmpty() ? Json.object() : Json.stored(answer.body());
  }

  private static ObjectNode tiered(String metric, String type, String value) {
    ObjectNode rate = Json.object().put("cost_type", type);
    rate.putObject("metric").put("name", metric);
    rate.putArray("tiered_rates")
        .addObject()
        .put("value", new BigDecimal(value))
        .put("unit", "USD");
    return rate;
  }

  private static ObjectNode byLabel(String metric, String key, Map<String, String> values) {
    ObjectNode rate = Json.object().put("cost_type", "Supplementary");
    rate.putObject("metric").put("name", metric);
    ArrayNode tags = rate.putObject("tag_rates").put("tag_key", key).putArray("tag_values");
    new TreeMap<>(values)
        .forEach(
            (value, price) ->
                tags.addObject()
                    .put("tag_value", value)
                    .put("value", new BigDecimal(price))
                    .put("unit", "USD")
                    .put("default", false));
    return rate;
  }

  private static ObjectNode model(String name, JsonNode... rates) {
    ObjectNode model =
        Json.object().put("name", name).put("description", "").put("source_type", "OCP");
    model.putArray("source_uuids").add(source.toString());
    model.putObject("markup").put("value", 10).put("unit", "percent");
    model.set("rates", Json.array(List.of(rates), rate -> rate));
    return model;
  }

  private static String made(ObjectNode model) {
    return sent("POST", "cost-models/", Json.text(model), 201).get("uuid").asText();
  }

  private static void calculate() {
    costs.calculate(GatewayFixture.tenant("77"), source, NOVEMBER);
  }

  private static BigDecimal number(String sql) {
    return fixture.database.tenant(
        GatewayFixture.tenant("77"),
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getBigDecimal(1);
          }
        });
  }

  private static List<String> work() {
    return fixture.database.transaction(
        connection -> {
          var found = new ArrayList<String>();
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select concat_ws(' ', kind, key, body ->> 'start', body ->> 'end')
                      from work order by id
                      """)) {
            while (rows.next()) {
              found.add(rows.getString(1));
            }
          }
          return found;
        });
  }

  // -- breakdown --------------------------------------------------------------------------------

  /// Sums of a daily report by day, project and member of the cost block.
  private static Map<String, BigDecimal> sums(JsonNode answer, boolean byRate) {
    var sums = new TreeMap<String, BigDecimal>();
    for (JsonNode day : answer.get("data")) {
      for (JsonNode project : day.get("projects")) {
        var rows = new ArrayList<JsonNode>();
        if (byRate) {
          project.get("rates").forEach(rate -> rate.get("values").forEach(rows::add));
        } else {
          project.get("values").forEach(rows::add);
        }
        for (JsonNode row : rows) {
          for (String block : List.of("infrastructure", "supplementary", "cost")) {
            row.get(block)
                .properties()
                .forEach(
                    member ->
                        sums.merge(
                            String.join(
                                " ",
                                day.get("date").asText(),
                                project.get("project").asText(),
                                block,
                                member.getKey()),
                            member.getValue().get("value").decimalValue(),
                            BigDecimal::add));
          }
        }
      }
    }
    return sums;
  }

  @Test
  void theBreakdownAddsUpToTheReport() {
    made(
        model(
            "m",
            tiered("cpu_core_usage_per_hour", "Supplementary", "0.007"),
            tiered("cpu_core_request_per_hour", "Supplementary", "0.2"),
            tiered("memory_gb_usage_per_hour", "Infrastructure", "0.0031"),
            tiered("node_cost_per_month", "Infrastructure", "310"),
            tiered("node_cost_per_month", "Infrastructure", "31"),
            tiered("cluster_cost_per_hour", "Infrastructure", "1.37"),
            byLabel("cpu_core_usage_per_hour", "app", Map.of("web", "3", "db", "2"))));
    calculate();
    String range = "start_date=2026-11-01&end_date=2026-11-20";
    Map<String, BigDecimal> report =
        sums(
            sent("GET", "reports/openshift/costs/?group_by[project]=*&" + range, null, 200), false);
    Map<String, BigDecimal> broken =
        sums(
            sent(
                "GET",
                "reports/openshift/costs/breakdown/?group_by[project]=*&" + range,
                null,
                200),
            true);
    assertThat(broken.keySet()).isEqualTo(report.keySet());
    report.forEach(
        (key, value) ->
            assertThat(broken.get(key).subtract(value).abs())
                .as(key)
                .isLessThan(new BigDecimal("1e-9")));
    assertThat(report.get("2026-11-05 shop cost distributed")).isPositive();

    JsonNode rates =
        sent(
            "GET",
            "reports/openshift/costs/breakdown/?filter[resolution]=monthly"
                + "&filter[time_scope_value]=-1&filter[time_scope_units]=month"
                + "&filter[project]=shop",
            null,
            200);
    assertThat(rates.at("/data/0/rates").findValuesAsText("rate"))
        .contains(
            "cpu_core_usage_per_hour-Supplementary",
            "cpu_core_usage_per_hour-Supplementary-app",
            "node_cost_per_month-Infrastructure",
            "node_cost_per_month-Infrastructure-2",
            "Infrastructure",
            "Markup");
    HttpResponse<String> csv =
        fixture.send(
            "GET",
            "reports/openshift/costs/breakdown/?group_by[node]=*&filter[rate]=node_cost&" + range,
            ADMIN,
            null,
            Map.of("Accept", "text/csv"));
    assertThat(csv.statusCode()).isEqualTo(200);
    assertThat(csv.body().lines().findFirst().orElse("")).contains("node", "rate", "cost_usage");
    assertThat(csv.body()).contains("node_cost_per_month-Infrastructure-2");
    assertThat(
            sent(
                    "GET",
                    "reports/openshift/costs/breakdown/?group_by[persistentvolumeclaim]=*",
                    null,
                    400)
                .has("group_by"))
        .isTrue();
  }

  // -- bad input and races ----------------------------------------------------------------------

  @Test
  void aModelThatIsEditedWhileItIsAppliedIsAppliedAsAWholeAndThenAgain() throws Exception {
    String id = made(model("m", tiered("cpu_core_usage_per_hour", "Supplementary", "1")));
    calculate();
    BigDecimal usage =
        number(
            "select sum(cost_model_cpu_cost) from ocp_daily_summary where cost_model_cpu_cost > 0");
    try (var threads = Executors.newFixedThreadPool(2)) {
      var begun = new CountDownLatch(1);
      Future<?> applying =
          threads.submit(
              () -> {
                for (int i = 0; i < 5; i++) {
                  calculate();
                  begun.countDown();
                }
              });
      begun.await(60, TimeUnit.SECONDS);
      for (int price = 2; price < 8; price++) {
        sent(
            "PUT",
            "cost-models/" + id + "/",
            Json.text(
                model(
                    "m",
                    tiered("cpu_core_usage_per_hour", "Supplementary", Integer.toString(price)))),
            200);
        BigDecimal seen =
            number(
                "select sum(cost_model_cpu_cost) from ocp_daily_summary where cost_model_cpu_cost >"
                    + " 0");
        assertThat(
                seen.divide(usage, 6, java.math.RoundingMode.HALF_EVEN)
                    .stripTrailingZeros()
                    .scale())
            .as("every row by the same price: %s of %s", seen, usage)
            .isLessThanOrEqualTo(0);
      }
      applying.get(120, TimeUnit.SECONDS);
    }
    assertThat(work()).hasSize(1).first().asString().startsWith("cost provider:" + source);
    calculate();
    assertThat(
            number(
                "select sum(cost_model_cpu_cost) from ocp_daily_summary where cost_model_cpu_cost >"
                    + " 0"))
        .isEqualByComparingTo(usage.multiply(BigDecimal.valueOf(7)));
  }

  @Test
  void twoEditsAtOnceHappenOneAfterTheOther() throws Exception {
    String id = made(model("m", tiered("cpu_core_usage_per_hour", "Supplementary", "1")));
    try (var threads = Executors.newFixedThreadPool(8)) {
      var edits = new ArrayList<Future<Integer>>();
      for (int i = 0; i < 16; i++) {
        String body =
            Json.text(
                model(
                    "edit " + i,
                    tiered("cpu_core_usage_per_hour", "Supplementary", "1." + i),
                    tiered("memory_gb_usage_per_hour", "Supplementary", "2." + i)));
        edits.add(
            threads.submit(
                () ->
                    fixture
                        .send("PUT", "cost-models/" + id + "/", ADMIN, body, Map.of())
                        .statusCode()));
      }
      for (Future<Integer> edit : edits) {
        assertThat(edit.get(60, TimeUnit.SECONDS)).isEqualTo(200);
      }
    }
    JsonNode model = sent("GET", "cost-models/" + id + "/", null, 200);
    String number = model.get("name").asText().substring("edit ".length());
    assertThat(model.get("rates")).hasSize(2);
    assertThat(model.at("/rates/0/tiered_rates/0/value").decimalValue())
        .isEqualByComparingTo("1." + number);
    assertThat(model.at("/rates/1/tiered_rates/0/value").decimalValue())
        .isEqualByComparingTo("2." + number);
    assertThat(work()).as("one recalculation for all edits").hasSize(1);
  }

  @Test
  void aPriceListCannotGoWhileItIsAssignedHoweverManyTry() throws Exception {
    String id = made(model("m", tiered("cpu_core_usage_per_hour", "Supplementary", "1")));
    String list =
        sent("GET", "cost-models/" + id + "/", null, 200).at("/price_lists/0/uuid").asText();
    assertThat(
            sent("DELETE", "price-lists/" + list + "/", null, 400).at("/errors/0/detail").asText())
        .isEqualTo("Cannot delete price list 'm prices': it is assigned to 1 cost model(s).");
    ObjectNode attaching = model("other");
    attaching.putArray("source_uuids");
    attaching.putArray("price_list_uuids").add(list);
    sent("DELETE", "cost-models/" + id + "/", null, 204);
    try (var threads = Executors.newFixedThreadPool(2)) {
      Future<Integer> deleted =
          threads.submit(
              () ->
                  fixture
                      .send("DELETE", "price-lists/" + list + "/", ADMIN, null, Map.of())
                      .statusCode());
      Future<Integer> attached =
          threads.submit(
              () ->
                  fixture
                      .send("POST", "cost-models/", ADMIN, Json.text(attaching), Map.of())
                      .statusCode());
      List<Integer> both =
          List.of(deleted.get(60, TimeUnit.SECONDS), attached.get(60, TimeUnit.SECONDS));
      assertThat(both).isIn(List.of(204, 400), List.of(400, 201));
    }
  }

  @Test
  void ratesHaveTheirBoundsAndNothingIsRounded() {
    assertThat(
            sent(
                    "POST",
                    "cost-models/",
                    Json.text(
                        model(
                            "m",
                            tiered(
                                "cpu_core_usage_per_hour",
                                "Supplementary",
                                "123456789012345678901234567890"))),
                    400)
                .at("/errors/0/source")
                .asText())
        .isEqualTo("rates.0.value");
    assertThat(
            sent(
                    "POST",
                    "cost-models/",
                    Json.text(
                        model(
                            "m",
                            tiered(
                                "cpu_core_usage_per_hour",
                                "Supplementary",
                                "0.123456789012345678901234567890"))),
                    400)
                .at("/errors/0/detail")
                .asText())
        .isEqualTo("Ensure that there are no more than 19 digits in total.");
    assertThat(
            sent(
                    "POST",
                    "cost-models/",
                    Json.text(
                        model(
                            "m",
                            tiered("cpu_core_usage_per_hour", "Supplementary", "0.12345678901"))),
                    400)
                .at("/errors/0/detail")
                .asText())
        .isEqualTo("Ensure that there are no more than 10 decimal places.");
    assertThat(sent("GET", "cost-models/", null, 200).at("/meta/count").asInt()).isZero();
    made(model("m", tiered("cpu_core_usage_per_hour", "Supplementary", "123456789.0123456789")));
    assertThat(
            number(
                "select default_rate from cost_model_rate order by created_timestamp desc limit 1"))
        .isEqualByComparingTo("123456789.0123456789");
  }

  @Test
  void aThousandLabelRatesChargeWhatTheyName() {
    var values = new TreeMap<String, String>();
    for (int i = 0; i < 1000; i++) {
      values.put("value-" + i, Integer.toString(i));
    }
    values.put("web", "3");
    made(model("m", byLabel("cpu_core_usage_per_hour", "app", values)));
    calculate();
    BigDecimal used =
        number(
            """
            select sum(pod_usage_cpu_core_hours) from ocp_daily_summary
            where cost_model_rate_type is null and pod_labels ->> 'app' = 'web'
            """);
    assertThat(
            number(
                """
                select sum(cost_model_cpu_cost) from ocp_daily_summary
                where cost_model_rate_type in ('Infrastructure', 'Supplementary')
                """))
        .isEqualByComparingTo(used.multiply(BigDecimal.valueOf(3)));
  }

  @Test
  void aCurrencyWithoutRateIsRefusedAndNotRelabelled() {
    made(model("m", tiered("cpu_core_usage_per_hour", "Supplementary", "1")));
    calculate();
    String path = "reports/openshift/costs/?start_date=2026-11-01&end_date=2026-11-20&currency=";
    assertThat(sent("GET", path + "EUR", null, 400).at("/errors/0"))
        .hasToString(
            "{\"detail\":\"No exchange rate available for USD -> EUR for 2026-11-01 to 2026-11-01."
                + " Ask your administrator to configure static exchange rates or enable dynamic"
                + " exchange rates.\",\"source\":\"currency\",\"status\":400}");
    BigDecimal dollars =
        sent("GET", path + "USD", null, 200).at("/meta/total/cost/total/value").decimalValue();
    String rate =
        sent(
                "POST",
                "settings/currency/static-rates/",
                """
                {"base_currency": "USD", "target_currency": "EUR", "exchange_rate": 0.5,
                 "start_date": "2026-11-01", "end_date": "2026-11-30"}
                """,
                201)
            .get("uuid")
            .asText();
    JsonNode euros = sent("GET", path + "EUR", null, 200).at("/meta/total/cost/total");
    assertThat(euros.get("units").asText()).isEqualTo("EUR");
    assertThat(euros.get("value").decimalValue().multiply(BigDecimal.TWO).subtract(dollars).abs())
        .isLessThan(new BigDecimal("1e-9"));
    sent("DELETE", "settings/currency/static-rates/" + rate + "/", null, 204);
  }
}
