package io.tawara.gateway.tags;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.RoleService;
import io.tawara.gateway.http.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Tags, resource types and forecasts over rows of two clusters, seen by an administrator and by
/// users whose access lists name some of them. The current day is 2026-11-20.
class KnownThingsTest {
  private static final String ORGANISATION = "4711";
  private static final String ADMIN = GatewayFixture.admin(ORGANISATION);
  private static final int VALUES = 53;

  private static RoleService roles;
  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws IOException {
    roles = RoleService.start();
    fixture = new GatewayFixture("known_things", options -> options.withRbac(roles.uri(), true));
    var tenant = GatewayFixture.tenant(ORGANISATION);
    fixture.tenants.ensure(tenant);
    fixture.database.runTenant(
        tenant,
        connection -> {
          try (var statement = connection.createStatement()) {
            for (String text : ROWS.split(";\n", -1)) {
              statement.execute(text);
            }
          }
        });
  }

  @AfterAll
  static void stop() {
    fixture.close();
    roles.close();
  }

  private static final String ROWS =
      """
      insert into ocp_report_period (source_uuid, cluster_id, cluster_alias, report_period_start,
        report_period_end)
      select source, cluster, alias, month, month + interval '1 month'
      from (values ('00000000-0000-4000-8000-00000000000a'::uuid, 'one', 'First'),
        ('00000000-0000-4000-8000-00000000000b', 'two', 'Second')) as c (source, cluster, alias),
        (values (date '2026-10-01'), (date '2026-11-01')) as m (month);
      insert into ocp_cluster select distinct source_uuid, cluster_id, cluster_alias
      from ocp_report_period;
      insert into ocp_node (source_uuid, cluster_id, node, node_capacity_cpu_cores)
      select source_uuid, cluster_id, cluster_id || '-node-' || n, 4
      from ocp_cluster, generate_series(1, 2) n;
      insert into ocp_project (source_uuid, cluster_id, project)
      select source_uuid, cluster_id, p from ocp_cluster, unnest(array['shop', cluster_id || '-own']) p;
      insert into reporting_enabledtagkeys (key, enabled, provider_type) values
        ('app', true, 'OCP'), ('env', true, 'OCP'), ('environment', true, 'OCP'),
        ('many', true, 'OCP'), ('off', false, 'OCP'), ('app', true, 'AWS'), ('cloudy', true, 'AWS');
      insert into reporting_tagmapping (child_id, parent_id)
      select c.uuid, p.uuid from reporting_enabledtagkeys c, reporting_enabledtagkeys p
      where c.key = 'environment' and p.key = 'env';
      insert into ocp_tag_value (report_period_id, source_uuid, cluster_id, cluster_alias,
        data_source, namespace, node, key, value)
      select p.id, p.source_uuid, p.cluster_id, p.cluster_alias, v.kind, v.namespace,
        p.cluster_id || '-node-' || v.node, v.key, v.value
      from ocp_report_period p join (values
        ('one', '2026-11-01', 'Pod', 'shop', 1, 'app', 'Web'),
        ('one', '2026-11-01', 'Storage', 'shop', 1, 'app', 'disk'),
        ('one', '2026-10-01', 'Pod', 'shop', 1, 'app', 'gone'),
        ('one', '2026-11-01', 'Pod', 'one-own', 2, 'env', 'prod'),
        ('one', '2026-11-01', 'Pod', 'openshift-x', 2, 'environment', 'test'),
        ('one', '2026-11-01', 'Pod', 'shop', 2, 'off', 'never'),
        ('two', '2026-11-01', 'Pod', 'shop', 1, 'app', 'a%b'),
        ('two', '2026-11-01', 'Pod', 'two-own', 2, 'env', 'prod'))
        as v (cluster, month, kind, namespace, node, key, value)
        on v.cluster = p.cluster_id and v.month::date = p.report_period_start;
      insert into ocp_tag_value (report_period_id, source_uuid, cluster_id, cluster_alias,
        data_source, namespace, node, key, value)
      select id, source_uuid, cluster_id, cluster_alias, 'Pod', 'shop', '', 'many',
        'v' || lpad(n::text, 3, '0')
      from ocp_report_period, generate_series(1, 53) n
      where cluster_id = 'two' and report_period_start = '2026-11-01';
      insert into ocp_cost_by_cluster (usage_start, usage_end, source_uuid, cluster_id,
        cluster_alias, cost_model_rate_type, cost_model_cpu_cost)
      select d::date, d::date, source_uuid, cluster_id, cluster_alias, 'Infrastructure',
        case when cluster_id = 'one' then 100 + extract(day from d) else 7 end
      from ocp_cluster, generate_series(date '2026-10-25', date '2026-11-19', '1 day') d
      """;

  // Tags -----------------------------------------------------------------------------------------

  @Test
  void keysWithValuesOfTheMonthsOfTheRange() {
    JsonNode answer = ok("tags/openshift/", ADMIN);
    assertThat(keys(answer)).containsExactly("app", "env", "many");
    assertThat(values(answer, "app")).containsExactly("Web", "a%b", "disk");
    assertThat(values(answer, "env"))
        .as("the child's values belong to the parent")
        .containsExactly("prod", "test");
    assertThat(answer.at("/data/0/enabled").asBoolean()).isTrue();
    JsonNode october = ok("tags/openshift/?start_date=2026-10-30&end_date=2026-11-02", ADMIN);
    assertThat(values(october, "app")).contains("gone");
  }

  @Test
  void moreThanFiftyValuesAreCounted() {
    JsonNode many = ok("tags/openshift/?filter[key]=many", ADMIN).at("/data/0/values");
    assertThat(many).hasSize(51);
    assertThat(many.get(49).asText()).isEqualTo("v050");
    assertThat(many.get(50).asText()).isEqualTo("3 more...");
    assertThat(ok("tags/openshift/many/?limit=1000", ADMIN).path("data")).hasSize(VALUES);
  }

  @Test
  void pagesCountEntries() {
    JsonNode page = ok("tags/openshift/?key_only=true&limit=1&offset=1", ADMIN);
    assertThat(page.path("data")).hasSize(1);
    assertThat(page.at("/data/0").asText()).isEqualTo("env");
    assertThat(page.at("/meta/count").asInt()).isEqualTo(3);
    assertThat(page.at("/links/next").asText()).endsWith("key_only=true&limit=1&offset=2");
    JsonNode behind = ok("tags/openshift/?offset=99", ADMIN);
    assertThat(behind.path("data")).isEmpty();
    assertThat(behind.at("/meta/count").asInt()).isEqualTo(3);
  }

  @Test
  void podsAndVolumesApart() {
    assertThat(values(ok("tags/openshift/?filter[type]=storage", ADMIN), "app"))
        .containsExactly("disk");
    JsonNode each = ok("tags/openshift/?filter[type]=*", ADMIN);
    assertThat(keys(each)).containsExactly("app", "app", "env", "many");
    assertThat(each.at("/data/0/type").asText()).isEqualTo("storage");
  }

  @Test
  void valuesOfOneKey() {
    assertThat(texts(ok("tags/openshift/app/", ADMIN))).containsExactly("Web", "a%b", "disk");
    assertThat(texts(ok("tags/openshift/app/?filter[value]=O", ADMIN)))
        .as("any month; part of the value in any case")
        .containsExactly("gone");
    assertThat(texts(ok("tags/openshift/app/?filter[value]=%25", ADMIN)))
        .as("nothing in a value is a pattern")
        .containsExactly("a%b");
    assertThat(texts(ok("tags/openshift/environment/", ADMIN))).containsExactly("test");
    assertThat(texts(ok("tags/openshift/env/", ADMIN))).containsExactly("prod", "test");
    assertThat(texts(ok("tags/openshift/off/", ADMIN))).isEmpty();
    assertThat(get("tags/openshift/nosuch/", ADMIN).statusCode()).isEqualTo(404);
    assertThat(get("tags/openshift/cloudy/", ADMIN).statusCode()).isEqualTo(404);
    assertThat(ok("tags/openshift/infrastructures/all/cloudy/", ADMIN).path("data")).isEmpty();
  }

  @Test
  void filtersOfTags() {
    assertThat(keys(ok("tags/openshift/?filter[project]=own", ADMIN))).containsExactly("env");
    assertThat(values(ok("tags/openshift/?filter[cluster]=SECOND", ADMIN), "app"))
        .containsExactly("a%b");
    assertThat(keys(ok("tags/openshift/?filter[exact:cluster]=SECOND", ADMIN))).isEmpty();
    assertThat(values(ok("tags/openshift/?filter[category]=Platform", ADMIN), "env"))
        .containsExactly("test");
    assertThat(values(ok("tags/openshift/?exclude[category]=Platform", ADMIN), "env"))
        .containsExactly("prod");
    assertThat(keys(ok("tags/openshift/?filter[category]=Nobody", ADMIN))).isEmpty();
    assertThat(keys(ok("tags/openshift/?filter[enabled]=false", ADMIN))).containsExactly("off");
    assertThat(keys(ok("tags/openshift/?filter[key]=environment", ADMIN)))
        .as("a child is shown as its parent")
        .containsExactly("env");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tags/openshift/?limit=-1",
        "tags/openshift/?limit=99999999999999999999",
        "tags/openshift/?offset=x",
        "tags/openshift/?filter[value]=",
        "tags/openshift/?filter[value]=x&key_only=true",
        "tags/openshift/app/?key_only=true",
        "tags/openshift/?filter[nosuch]=1",
        "tags/openshift/?filter[tag:app]=1",
        "tags/openshift/?filter[or:key]=1",
        "tags/openshift/?filter[limit]=1",
        "tags/openshift/?filter[key]=%00",
        "tags/openshift/?filter[key]=%FF",
        "tags/openshift/?filter[[x]]=1",
        "tags/openshift/?start_date=0001-01-01&end_date=9999-12-31",
        "tags/openshift/?currency=XAU",
        "forecasts/openshift/costs/?currency=ZZZ",
        "forecasts/openshift/costs/?limit=-1",
        "resource-types/openshift-nodes/?search=a%00",
        "resource-types/openshift-nodes/?aws=true&gcp=true",
        "resource-types/openshift-nodes/?vendor_name=x",
        "resource-types/cost-models/?search=x"
      })
  void whatMakesNoSenseIsRefused(String path) {
    assertThat(get(path, ADMIN).statusCode()).as(path).isEqualTo(400);
  }

  static Stream<String> oddTexts() {
    return Stream.of("'; drop table ocp_node; --", "%", "_", "\\", "x".repeat(4_000), "{}", "💸");
  }

  @ParameterizedTest
  @MethodSource("oddTexts")
  void oddTextsFindNothingAndHarmNothing(String text) {
    String encoded = URLEncoder.encode(text, StandardCharsets.UTF_8);
    for (String path :
        List.of(
            "tags/openshift/?filter[project]=",
            "tags/openshift/?filter[exact:category]=",
            "tags/openshift/env/?filter[value]=",
            "resource-types/openshift-nodes/?search=",
            "resource-types/openshift-gpu-models/?vendor_name=")) {
      JsonNode answer = ok(path + encoded, ADMIN);
      assertThat(answer.path("data")).as(path + text).isEmpty();
    }
  }

  // Resource types -------------------------------------------------------------------------------

  @Test
  void resourcesAreFoundByPartOfTheirNames() {
    assertThat(resources("resource-types/openshift-clusters/?search=FIR", ADMIN))
        .containsExactly("one");
    assertThat(resources("resource-types/openshift-projects/", ADMIN))
        .containsExactly("one-own", "shop", "two-own");
    assertThat(resources("resource-types/openshift-projects/?limit=1", ADMIN))
        .containsExactly("one-own");
    assertThat(resources("resource-types/openshift-nodes/?aws=true", ADMIN)).isEmpty();
    assertThat(resources("resource-types/openshift-nodes/?aws=yes", ADMIN)).hasSize(4);
    JsonNode types = ok("resource-types/", ADMIN).path("data");
    assertThat(types).hasSize(10);
    assertThat(types.get(3).path("count").asInt()).isEqualTo(2);
    assertThat(types.get(4).path("count").asInt()).isEqualTo(4);
    assertThat(types.get(5).path("count").asInt()).isEqualTo(3);
  }

  // Forecasts ------------------------------------------------------------------------------------

  @Test
  void aStraightLineGoesOn() {
    JsonNode forecast = ok("forecasts/openshift/costs/?limit=2", ADMIN);
    assertThat(forecast.at("/meta/count").asInt()).isEqualTo(11);
    assertThat(forecast.path("data")).hasSize(2);
    JsonNode cost = forecast.at("/data/0/values/0/cost");
    assertThat(forecast.at("/data/0/date").asText()).isEqualTo("2026-11-20");
    assertThat(cost.at("/confidence_min/value").asDouble())
        .isLessThan(cost.at("/total/value").asDouble());
    assertThat(cost.at("/total/units").asText()).isEqualTo("USD");
  }

  // Access ---------------------------------------------------------------------------------------

  @Test
  void anAccessListNeverShowsWhatItDoesNotGrant() {
    String second = user("second", "openshift.cluster", "two");
    assertThat(values(ok("tags/openshift/", second), "app")).containsExactly("a%b");
    assertThat(ok("tags/openshift/", second).at("/meta/access/cluster/0").asText())
        .isEqualTo("two");
    assertThat(texts(ok("tags/openshift/app/?filter[value]=e", second))).isEmpty();
    assertThat(get("tags/openshift/?filter[cluster]=one", second).statusCode()).isEqualTo(403);
    assertThat(resources("resource-types/openshift-clusters/", second)).containsExactly("two");
    assertThat(resources("resource-types/openshift-nodes/", second))
        .containsExactly("two-node-1", "two-node-2");
    assertThat(resources("resource-types/openshift-projects/?search=o", second))
        .containsExactly("shop", "two-own");
    JsonNode forecast = ok("forecasts/openshift/costs/", second);
    assertThat(forecast.at("/data/0/values/0/cost/total/value").asDouble()).isEqualTo(7.0);
  }

  @Test
  void whoMaySeeOneProjectSeesThatProject() {
    String shop = user("shop", "openshift.project", "shop");
    assertThat(resources("resource-types/openshift-projects/", shop)).containsExactly("shop");
    assertThat(get("resource-types/openshift-nodes/", shop).statusCode()).isEqualTo(403);
    assertThat(get("tags/openshift/", shop).statusCode()).isEqualTo(403);
    assertThat(get("forecasts/openshift/costs/", shop).statusCode()).isEqualTo(403);
  }

  @Test
  void anotherOrganisationSeesNothing() {
    String stranger = GatewayFixture.admin("4712");
    for (String path :
        List.of(
            "tags/openshift/",
            "tags/openshift/app/",
            "resource-types/",
            "resource-types/openshift-nodes/",
            "forecasts/openshift/costs/")) {
      assertThat(ok(path, stranger).path("data")).as(path).isEmpty();
    }
  }

  private static String user(String name, String type, String... granted) {
    roles.grant(name, type, List.of(granted));
    return GatewayFixture.identity(ORGANISATION, name, false);
  }

  private static HttpResponse<String> get(String path, String identity) {
    return fixture.get(path.replace("[", "%5B").replace("]", "%5D"), identity);
  }

  private static JsonNode ok(String path, String identity) {
    HttpResponse<String> answer = get(path, identity);
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(200);
    return Json.stored(answer.body());
  }

  private static List<String> keys(JsonNode answer) {
    return StreamSupport.stream(answer.path("data").spliterator(), false)
        .map(entry -> entry.path("key").asText())
        .toList();
  }

  private static List<String> values(JsonNode answer, String key) {
    var found = new ArrayList<String>();
    for (JsonNode entry : answer.path("data")) {
      if (entry.path("key").asText().equals(key)) {
        entry.path("values").forEach(value -> found.add(value.asText()));
      }
    }
    return found;
  }

  private static List<String> texts(JsonNode answer) {
    return StreamSupport.stream(answer.path("data").spliterator(), false)
        .map(JsonNode::asText)
        .toList();
  }

  private static List<String> resources(String path, String identity) {
    return StreamSupport.stream(ok(path, identity).path("data").spliterator(), false)
        .map(entry -> entry.path("value").asText())
        .toList();
  }
}
