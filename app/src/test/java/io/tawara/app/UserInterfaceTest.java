package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Every request that the user interface makes of an on-prem installation, with what it relies on
/// in the answers. The current day is 2026-11-20.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class UserInterfaceTest {
  private static final String ADMIN = RunningTawara.admin("7300001");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String THIS_MONTH =
      "&filter[resolution]=%s&filter[time_scope_units]=month&filter[time_scope_value]=-1";
  private static final String LAST_MONTH =
      "&filter[resolution]=%s&filter[time_scope_units]=month&filter[time_scope_value]=-2";

  private static RunningTawara tawara;
  private static String source;

  @BeforeAll
  static void load() {
    tawara = RunningTawara.shared();
    JsonNode made =
        tawara.post(
            "sources/",
            ADMIN,
            """
            {"name": "ui", "source_type": "OCP",
             "authentication": {"credentials": {"cluster_id": "ui-cluster"}}}
            """,
            201);
    source = made.path("uuid").asText();
    assertThat(made.path("id").asText()).matches("\\d+");
    tawara.post(
        "/api/cost-management/v1/applications",
        ADMIN,
        "{\"source_id\": \"%s\", \"application_type_id\": 0, \"extra\": {\"cluster_id\": \"ui-cluster\"}}"
            .formatted(made.path("id").asText()),
        201);
    for (String day : List.of("2026-10-10", "2026-11-18", "2026-11-19")) {
      tawara.upload(day + ".tar.gz", SmallPayload.of("ui-cluster", LocalDate.parse(day)), ADMIN);
    }
    tawara.awaitIdle();
  }

  @Test
  @Order(1)
  void whatEveryPageAsksFirst() {
    JsonNode access = tawara.json("user-access/", ADMIN);
    for (JsonNode each : access.path("data")) {
      assertThat(each.path("access").isBoolean()).isTrue();
      assertThat(each.path("write").isBoolean()).isTrue();
    }
    assertThat(access.path("data").findValuesAsText("type"))
        .contains("aws", "azure", "gcp", "ocp", "cost_model", "settings");
    JsonNode found = tawara.json("sources/?limit=1000", ADMIN).at("/data/0");
    assertThat(found.path("has_data").asBoolean()).isTrue();
    assertThat(found.path("current_month_data").asBoolean()).isTrue();
    assertThat(found.path("last_payload_received_at").isTextual()).isTrue();
    for (String step : List.of("download", "processing", "summary")) {
      assertThat(found.at("/status/" + step + "/state").asText()).isEqualTo("complete");
      assertThat(found.at("/status/" + step + "/end").isTextual()).isTrue();
    }
    JsonNode settings = tawara.json("account-settings/", ADMIN).path("data");
    assertThat(settings.path("currency").asText()).isEqualTo("USD");
    assertThat(settings.path("cost_type").isTextual()).isTrue();
    JsonNode currency =
        tawara.json("settings/currency/?filter[enabled]=true&limit=1000", ADMIN).at("/data/0");
    assertThat(currency.path("code").isTextual()).isTrue();
    assertThat(currency.path("description").isTextual()).isTrue();
  }

  @Test
  @Order(2)
  void overview() {
    for (String month : List.of(THIS_MONTH, LAST_MONTH)) {
      daily("reports/openshift/costs/?currency=USD" + month.formatted("daily"));
      for (String report : List.of("compute", "memory", "volumes")) {
        daily("reports/openshift/" + report + "/?currency=USD" + month.formatted("daily"));
      }
    }
    for (String group : List.of("project", "cluster")) {
      grouped(
          "reports/openshift/costs/?currency=USD&filter[limit]=3"
              + THIS_MONTH.formatted("monthly")
              + "&group_by["
              + group
              + "]=*"
              + (group.equals("project") ? "&order_by[distributed_cost]=desc" : ""));
    }
    JsonNode forecast = tawara.json("forecasts/openshift/costs/?currency=USD&limit=31", ADMIN);
    assertThat(forecast.path("data").isArray()).isTrue();
    assertThat(tawara.json("recommendations/openshift", ADMIN).at("/meta/count").asInt(-1))
        .isZero();
    for (String cloud : List.of("costs", "storage", "instance-types")) {
      HttpResponse<String> answer =
          tawara.get(
              "reports/openshift/infrastructures/all/%s/?currency=USD".formatted(cloud)
                  + THIS_MONTH.formatted("daily"),
              ADMIN);
      assertThat(answer.statusCode()).isIn(200, 404);
    }
  }

  @Test
  @Order(3)
  void details() {
    for (String group : List.of("project", "cluster", "node")) {
      String metric = group.equals("project") ? "distributed_cost" : "cost";
      for (String month : List.of(THIS_MONTH, LAST_MONTH)) {
        JsonNode rows =
            grouped(
                "reports/openshift/costs/?currency=USD&delta=%s&filter[limit]=10&filter[offset]=0"
                        .formatted(metric)
                    + month.formatted("monthly")
                    + "&group_by[%s]=*&order_by[%s]=desc".formatted(group, metric));
        for (JsonNode row : rows.findValues("values")) {
          row.forEach(each -> assertThat(each.has("delta_percent")).isTrue());
        }
      }
    }
    grouped(
        "reports/openshift/costs/?category=Platform&currency=USD&filter[limit]=100&filter[offset]=0"
            + THIS_MONTH.formatted("monthly")
            + "&group_by[project]=*&order_by[project]=asc");
    JsonNode keys =
        tawara.json("tags/openshift/?filter[time_scope_value]=-1&key_only=true&limit=1000", ADMIN);
    keys.path("data").forEach(key -> assertThat(key.isTextual()).isTrue());
    tawara.json("tags/openshift/?filter[key]=app&filter[time_scope_value]=-1", ADMIN);
    for (String type :
        List.of("clusters", "nodes", "projects", "virtual-machines", "gpu-vendors", "gpu-models")) {
      JsonNode found = tawara.json("resource-types/openshift-" + type + "/?search=u", ADMIN);
      found.path("data").forEach(each -> assertThat(each.path("value").isTextual()).isTrue());
      if (List.of("clusters", "nodes", "projects").contains(type)) {
        tawara.json("resource-types/openshift-" + type + "/?all_cloud=true&search=u", ADMIN);
      }
    }
  }

  @Test
  @Order(4)
  void breakdowns() {
    for (var view :
        Map.of("project", "shop", "cluster", "ui-cluster", "node", "node-1").entrySet()) {
      String group = view.getKey();
      String filter = "filter[exact:%s]=%s".formatted(group, view.getValue());
      String monthly = filter + THIS_MONTH.formatted("monthly");
      grouped("reports/openshift/costs/?currency=USD&" + monthly + "&group_by[" + group + "]=*");
      grouped(
          "reports/openshift/costs/?currency=USD&filter[limit]=3&"
              + monthly
              + "&group_by[project]=*&order_by[cost]=desc");
      grouped(
          "reports/openshift/volumes/?currency=USD&filter[limit]=3&"
              + monthly
              + "&group_by[storageclass]=*&order_by[cost]=desc");
      for (String report : List.of("compute", "memory", "volumes")) {
        grouped("reports/openshift/" + report + "/?" + monthly + "&group_by[" + group + "]=*");
      }
      grouped(
          "reports/openshift/gpu/?filter[limit]=3&filter[offset]=0&"
              + monthly
              + "&group_by[gpu_name]=*&order_by[gpu_count]=desc");
      grouped(
          "reports/openshift/resources/virtual-machines/?currency=USD&limit=10&offset=0&"
              + monthly
              + "&order_by[cost]=desc");
      for (String month : List.of(THIS_MONTH, LAST_MONTH)) {
        for (String report : List.of("costs", "compute", "memory", "volumes", "network")) {
          grouped(
              "reports/openshift/%s/?".formatted(report)
                  + filter
                  + month.formatted("daily")
                  + "&group_by["
                  + group
                  + "]=*");
        }
      }
    }
    grouped(
        "reports/openshift/volumes/?filter[exact:project]=shop"
            + THIS_MONTH.formatted("monthly")
            + "&group_by[persistentvolumeclaim]=*&limit=2&offset=0");
    grouped(
        "reports/openshift/costs/?filter[category]=Platform"
            + THIS_MONTH.formatted("monthly")
            + "&group_by[project]=*");
    tawara.json("tags/openshift/?filter[exact:project]=shop&filter[time_scope_value]=-1", ADMIN);
    tawara.json("tags/openshift/?filter[category]=Platform&filter[time_scope_value]=-1", ADMIN);
  }

  @Test
  @Order(5)
  void explorerAndExport() {
    String range = "?currency=USD&start_date=2026-11-01&end_date=2026-11-20";
    JsonNode chart =
        grouped(
            "reports/openshift/costs/"
                + range
                + "&filter[limit]=5&group_by[project]=*&order_by[distributed_cost]=desc");
    assertThat(chart.path("data")).as("days by default").hasSize(20);
    grouped(
        "reports/openshift/costs/"
            + range
            + "&filter[limit]=10&filter[offset]=0&group_by[project]=*&order_by[date]=2026-11-19"
            + "&order_by[distributed_cost]=asc");
    tawara.json(
        "tags/openshift/?start_date=2026-11-01&end_date=2026-11-20&key_only=true&limit=1000",
        ADMIN);
    JsonNode retention = tawara.json("account-settings/data-retention/", ADMIN);
    assertThat(retention.path("data_retention_months").isInt()).isTrue();
    assertThat(retention.path("env_override").isBoolean()).isTrue();
    HttpResponse<String> csv =
        tawara.send(
            "GET",
            "reports/openshift/costs/?currency=USD&filter[project]=shop&filter[resolution]=daily"
                + "&filter[time_scope_value]=-1&group_by[project]=*&limit=0",
            ADMIN,
            null,
            Map.of("Accept", "text/csv"));
    assertThat(csv.statusCode()).isEqualTo(200);
    assertThat(csv.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/csv");
    assertThat(csv.body().lines().count()).isGreaterThan(1);
  }

  @Test
  @Order(6)
  void efficiency() {
    for (String report : List.of("compute", "memory")) {
      for (String group : List.of("cluster", "project")) {
        grouped(
            "reports/openshift/%s/?currency=USD&filter[limit]=10&filter[offset]=0".formatted(report)
                + THIS_MONTH.formatted("monthly")
                + "&group_by[%s]=*&order_by[cost]=desc".formatted(group));
      }
      JsonNode first =
          grouped(
              "reports/openshift/%s/?currency=USD&filter[limit]=10&filter[offset]=0"
                      .formatted(report)
                  + "&filter[resolution]=monthly&filter[time_scope_units]=month"
                  + "&group_by[project]=*&order_by[cost]=desc");
      assertThat(first.at("/meta/total/total_score/wasted_cost/value").isNumber()).isTrue();
    }
  }

  @Test
  @Order(7)
  void integrations() {
    tawara.json("sources/?offset=0&limit=10&name=u&ordering=name", ADMIN);
    assertThat(tawara.json("sources/?name=ui", ADMIN).at("/meta/count").asInt()).isPositive();
    for (String body :
        List.of("{\"paused\":true}", "{\"paused\":false}", "{\"name\":\"renamed\"}")) {
      assertThat(status("PATCH", "sources/" + source + "/", body)).isEqualTo(200);
    }
    JsonNode found = tawara.json("sources/" + source + "/", ADMIN);
    assertThat(found.path("name").asText()).isEqualTo("renamed");
    assertThat(found.at("/authentication/credentials/cluster_id").asText()).isEqualTo("ui-cluster");
    assertThat(found.path("active").asBoolean()).isTrue();
  }

  @Test
  @Order(8)
  void settings() {
    JsonNode tags = tawara.json("settings/tags/?limit=10&offset=0&order_by[key]=asc", ADMIN);
    assertThat(tags.at("/meta/enabled_tags_limit").isNumber()).isTrue();
    String first = tags.at("/data/0/uuid").asText();
    String second = tags.at("/data/1/uuid").asText();
    String both = "{\"ids\": [\"%s\", \"%s\"]}".formatted(first, second);
    assertThat(status("PUT", "settings/tags/enable/", both)).isEqualTo(204);
    tawara.json(
        "settings/tags/mappings/?limit=10&offset=0&order_by[child]=asc&order_by[parent]=asc",
        ADMIN);
    for (String side : List.of("parent", "child")) {
      tawara.json(
          "settings/tags/mappings/%s/?limit=10&offset=0&order_by[key]=asc".formatted(side), ADMIN);
    }
    assertThat(
            status(
                "PUT",
                "settings/tags/mappings/child/add/",
                "{\"parent\": \"%s\", \"children\": [\"%s\"]}".formatted(first, second)))
        .isEqualTo(204);
    HttpResponse<String> mapped =
        tawara.send("PUT", "settings/tags/disable/", ADMIN, both, Map.of());
    assertThat(mapped.statusCode()).isEqualTo(412);
    assertThat(parse(mapped.body()).path("error").isTextual()).isTrue();
    JsonNode mapping = tawara.json("settings/tags/mappings/", ADMIN).at("/data/0");
    assertThat(mapping.at("/parent/uuid").asText()).isEqualTo(first);
    assertThat(mapping.path("children")).hasSize(1);
    assertThat(
            status(
                "PUT",
                "settings/tags/mappings/parent/remove/",
                "{\"ids\": [\"%s\"]}".formatted(first)))
        .isEqualTo(204);
    assertThat(status("PUT", "settings/tags/disable/", both)).isEqualTo(204);

    JsonNode groups =
        tawara.json("settings/cost-groups/?limit=10&offset=0&order_by[group]=asc", ADMIN);
    assertThat(groups.at("/data/0/project").isTextual()).isTrue();
    String projects = "[{\"project\": \"shop\", \"group\": \"Platform\"}]";
    assertThat(status("PUT", "settings/cost-groups/add/", projects)).isEqualTo(204);
    assertThat(status("PUT", "settings/cost-groups/remove/", projects)).isEqualTo(204);
    assertThat(tawara.get("settings/aws_category_keys/?limit=10&offset=0", ADMIN).statusCode())
        .isIn(200, 404);

    assertThat(status("PUT", "account-settings/currency/", "{\"currency\": \"EUR\"}"))
        .isEqualTo(204);
    assertThat(status("PUT", "account-settings/currency/", "{\"currency\": \"USD\"}"))
        .isEqualTo(204);
    assertThat(status("PUT", "account-settings/cost-type/", "{\"cost_type\": \"blended_cost\"}"))
        .isEqualTo(204);
    assertThat(status("PUT", "account-settings/data-retention/", "{\"data_retention_months\": 6}"))
        .isIn(204, 403);
    tawara.awaitIdle();
  }

  @Test
  @Order(9)
  void costModelsAndPriceLists() throws IOException {
    tawara.json("metrics/?limit=1000", ADMIN);
    tawara.json("resource-types/openshift-gpu-vendors/?limit=100", ADMIN);
    tawara.json("resource-types/openshift-gpu-models/?limit=100&vendor_name=nvidia", ADMIN);
    JsonNode list =
        tawara.post(
            "price-lists/",
            ADMIN,
            """
            {"name": "ui list", "description": "", "currency": "USD",
             "effective_start_date": "2026-10-01", "effective_end_date": "2027-10-31",
             "rates": [{"custom_name": "cpu", "description": "", "cost_type": "Supplementary",
               "metric": {"name": "cpu_core_usage_per_hour"},
               "tiered_rates": [{"unit": "USD", "value": 0.5}]}]}
            """,
            201);
    String listPath = "price-lists/" + list.path("uuid").asText() + "/";
    assertThat(status("POST", listPath + "duplicate/", null)).isIn(200, 201);
    ObjectNode whole = (ObjectNode) tawara.json(listPath, ADMIN);
    whole.put("name", "ui list 2").put("timeRequested", 1);
    assertThat(status("PUT", listPath, JSON.writeValueAsString(whole))).isEqualTo(200);
    tawara.json(
        "price-lists/?filter[currency]=USD&filter[enabled]=true&limit=10&offset=0&order_by[name]=asc",
        ADMIN);
    assertThat(tawara.json("sources/?limit=10&offset=0&type=ocp", ADMIN).at("/meta/count").asInt())
        .as("the type in lower case")
        .isEqualTo(1);
    JsonNode model =
        tawara.post(
            "cost-models/",
            ADMIN,
            """
            {"name": "ui model", "description": "", "currency": "USD", "source_type": "ocp",
             "markup": {"value": "0", "unit": "percent"},
             "distribution_info": {"distribution_type": "cpu", "platform_cost": true,
               "worker_cost": true, "network_unattributed": false,
               "storage_unattributed": false, "gpu_unallocated": true},
             "price_list_uuids": ["%s"], "source_uuids": ["%s"]}
            """
                .formatted(list.path("uuid").asText(), source),
            201);
    String uuid = model.path("uuid").asText();
    ObjectNode found = (ObjectNode) tawara.json("cost-models/?uuid=" + uuid, ADMIN).at("/data/0");
    found.put("description", "changed").put("source_type", "OCP");
    found.putArray("source_uuids").add(source);
    assertThat(status("PUT", "cost-models/" + uuid + "/", JSON.writeValueAsString(found)))
        .isEqualTo(200);
    tawara.json("cost-models/?limit=10&offset=0&ordering=name&name=ui", ADMIN);
    tawara.awaitIdle();
    JsonNode costs =
        grouped(
            "reports/openshift/costs/?currency=USD"
                + THIS_MONTH.formatted("monthly")
                + "&group_by[project]=*");
    var shop = new ArrayList<Double>();
    for (JsonNode project : costs.at("/data/0/projects")) {
      if (project.path("project").asText().equals("shop")) {
        shop.add(project.at("/values/0/cost/usage/value").asDouble());
      }
    }
    assertThat(shop).as("two days of 12 core-hours at half a dollar").containsExactly(12.0);
    assertThat(tawara.json("sources/" + source + "/", ADMIN).at("/cost_models/0/uuid").asText())
        .isEqualTo(uuid);
    assertThat(status("DELETE", "cost-models/" + uuid + "/", null)).isEqualTo(204);
    assertThat(status("DELETE", listPath, null)).isEqualTo(204);
    tawara.awaitIdle();
  }

  private static int status(String method, String path, String body) {
    return tawara.send(method, path, ADMIN, body, Map.of()).statusCode();
  }

  /// A report without groups: every day has a list, and every amount is a number.
  private static JsonNode daily(String path) {
    JsonNode answer = checked(path);
    for (JsonNode day : answer.path("data")) {
      assertThat(day.path("values").isArray()).as(path).isTrue();
    }
    return answer;
  }

  /// A report with groups: one array per level, labels are texts.
  private static JsonNode grouped(String path) {
    JsonNode answer = checked(path);
    for (JsonNode bucket : answer.path("data")) {
      assertThat(bucket.path("date").isTextual()).as(path).isTrue();
      levels(path, bucket);
    }
    return answer;
  }

  private static void levels(String path, JsonNode level) {
    level
        .properties()
        .forEach(
            member -> {
              if (member.getKey().equals("values")) {
                return;
              }
              if (member.getValue().isArray()) {
                member.getValue().forEach(group -> levels(path, group));
              } else {
                assertThat(member.getValue().isTextual()).as(path + " " + member).isTrue();
              }
            });
  }

  private static JsonNode checked(String path) {
    JsonNode answer = tawara.json(path, ADMIN);
    assertThat(answer.path("meta").has("count")).as(path).isTrue();
    assertThat(answer.path("links").has("first")).as(path).isTrue();
    assertThat(answer.path("data").isArray()).as(path).isTrue();
    amounts(path, answer);
    return answer;
  }

  private static void amounts(String path, JsonNode node) {
    if (node.has("value") && node.has("units")) {
      assertThat(node.path("value").isNumber()).as(path + " " + node).isTrue();
    }
    if (node.has("default_project") && !node.path("default_project").isNull()) {
      assertThat(node.path("default_project").isTextual()).as(path).isTrue();
    }
    node.forEach(each -> amounts(path, each));
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException notJson) {
      throw new UncheckedIOException(notJson);
    }
  }
}
