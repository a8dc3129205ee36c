package io.tawara.gateway.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.analytics.reports.ParameterRules;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportCatalogue;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.RoleService;
import io.tawara.gateway.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// Laws of every report, at the wire: no query gives 500; groups sum to the total; a limit with
/// *Others* keeps it; CSV says what JSON says; an access list never shows what it does not grant.
class ReportPropertiesTest {
  private static final String ORGANISATION = "815";
  private static final String ADMIN = GatewayFixture.admin(ORGANISATION);
  private static final List<String> REPORTS =
      List.of("costs/", "compute/", "memory/", "volumes/", "network/", "gpu/");
  private static final List<String> ALL_PATHS =
      List.of(
          "costs/",
          "compute/",
          "memory/",
          "volumes/",
          "network/",
          "gpu/",
          "gpu/mig_profiles/",
          "resources/virtual-machines/");
  private static final List<String> GROUPS = List.of("cluster", "project", "node", "tag:app");

  private static final Pattern DECIMAL = Pattern.compile("-?\\d+(\\.\\d+)?([eE][-+]?\\d+)?");
  private static final Set<String> UNITS_LEFT_OUT =
      Set.of("request", "limit", "capacity", "data_transfer_in", "data_transfer_out");

  private static RoleService roles;
  private static GatewayFixture fixture;

  @BeforeContainer
  static void start() throws IOException {
    roles = RoleService.start();
    fixture = new GatewayFixture("report_laws", options -> options.withRbac(roles.uri(), true));
    ReportTenant.fill(fixture, GatewayFixture.tenant(ORGANISATION), 20261120);
  }

  @AfterContainer
  static void stop() {
    fixture.close();
    roles.close();
  }

  private static HttpResponse<String> get(String report, String query, String identity) {
    return fixture.get("reports/openshift/" + report + "?" + query, identity);
  }

  private static JsonNode ok(String report, String query, String identity) {
    HttpResponse<String> answer = get(report, query, identity);
    assertThat(answer.statusCode()).as("%s?%s: %s", report, query, answer.body()).isEqualTo(200);
    return Json.stored(answer.body());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String element(String key, String value) {
    return encoded(key) + "=" + encoded(value);
  }

  // No query gives 500
  // -----------------------------------------------------------------------------

  @Property(tries = 400, shrinking = ShrinkingMode.BOUNDED)
  void noQueryGives500(
      @ForAll("paths") String path, @ForAll("queries") String query, @ForAll boolean csv) {
    String answer = raw(path, query, csv);
    assertThat(answer.substring(0, 12)).as(path + "?" + query).isIn("HTTP/1.1 200", "HTTP/1.1 400");
    if (!csv) {
      String body = answer.substring(answer.indexOf("\r\n\r\n") + 4);
      assertThat(Json.stored(body).isObject()).isTrue();
    }
  }

  /// Every key that a report of OpenShift takes, in every place and form that it takes it, with a
  /// value.
  @Example
  void everyKeyTakesAValue() {
    var wrong = new ArrayList<String>();
    int asked = 0;
    for (ReportDefinition report : ReportCatalogue.REPORTS.values()) {
      if (report.family() != ProviderFamily.OPENSHIFT) {
        continue;
      }
      ParameterRules rules = report.parameters();
      Map<String, ParameterRules.Keys> places =
          Map.of("group_by", rules.groupBy(), "filter", rules.filter(), "exclude", rules.exclude());
      for (var place : places.entrySet()) {
        var keys = new ArrayList<>(place.getValue().plain());
        for (String prefix : List.of("and:", "or:", "exact:")) {
          place.getValue().prefixed().forEach(key -> keys.add(prefix + key));
        }
        for (String key : keys) {
          String query = element(place.getKey() + "[" + key + "]", "one");
          int status = fixture.get(report.path() + "?" + query, ADMIN).statusCode();
          asked++;
          if (status != 200 && status != 400) {
            wrong.add(status + " " + report.path() + "?" + query);
          }
        }
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(asked).isGreaterThan(300);
  }

  /// The answer to bytes that no client would send.
  private static String raw(String path, String query, boolean csv) {
    try (var socket = new Socket("127.0.0.1", fixture.gateway.port())) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/cost-management/v1/reports/openshift/"
                      + path
                      + "?"
                      + query
                      + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nx-rh-identity: "
                      + ADMIN
                      + (csv ? "\r\nAccept: text/csv" : "")
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of(ALL_PATHS);
  }

  /// Mostly sensible elements, with junk between them.
  @Provide
  Arbitrary<String> queries() {
    Arbitrary<String> names =
        Arbitraries.of(
            "cluster",
            "project",
            "node",
            "tag:app",
            "tag:team",
            "persistentvolumeclaim",
            "storageclass",
            "category",
            "infrastructures",
            "vm_name",
            "gpu_model",
            "gpu_vendor",
            "gpu_mode",
            "gpu_name",
            "mig_profile",
            "date",
            "delta",
            "cost",
            "usage",
            "request",
            "distributed_cost",
            "storage_class",
            "usage_efficiency",
            "wasted_cost",
            "limit",
            "offset",
            "resolution",
            "time_scope_value",
            "time_scope_units",
            "resource_scope",
            "nosuch",
            "",
            "0",
            "tag:",
            "tag:app' or 1=1 --");
    Arbitrary<String> prefixes = Arbitraries.of("", "", "", "", "or:", "and:", "exact:");
    Arbitrary<String> values =
        Arbitraries.oneOf(
            Arbitraries.of(
                "*",
                "one",
                "shop",
                "node-a",
                "web",
                "openshift",
                "asc",
                "desc",
                "daily",
                "monthly",
                "day",
                "month",
                "-1",
                "-2",
                "-10",
                "-30",
                "-90",
                "0",
                "1",
                "2",
                "5",
                "2026-11-05",
                "aws",
                "Platform",
                "",
                "%",
                "_",
                "\\",
                "'; drop table data_version; --",
                "\0",
                "9999-12-31",
                "0001-01-01",
                "99999999999999999999",
                "a,b,,c",
                "{}",
                "[]",
                "ü€😀"),
            Arbitraries.strings().ofMaxLength(12));
    Arbitrary<String> mapped =
        Combinators.combine(
                Arbitraries.of(
                    "filter", "filter", "group_by", "group_by", "order_by", "exclude", "filter["),
                prefixes,
                names,
                values)
            .as((map, prefix, name, value) -> element(map + "[" + prefix + name + "]", value));
    Arbitrary<String> plain =
        Combinators.combine(
                Arbitraries.of(
                    "limit",
                    "offset",
                    "currency",
                    "delta",
                    "start_date",
                    "end_date",
                    "category",
                    "cost_type",
                    "nosuch"),
                Arbitraries.oneOf(
                    values,
                    Arbitraries.of(
                        "cost",
                        "usage",
                        "request",
                        "usage__request",
                        "capacity__usage",
                        "distributed_cost",
                        "EUR",
                        "USD",
                        "XXX",
                        "2026-10-25",
                        "2026-11-15")))
            .as(ReportPropertiesTest::element);
    Arbitrary<String> junk =
        Arbitraries.of(
            "&&", "%", "%zz", "%ff%fe", "filter", "filter[project", "=", "a=b=c", "[x]=1");
    return Arbitraries.frequencyOf(
            net.jqwik.api.Tuple.of(10, mapped),
            net.jqwik.api.Tuple.of(3, plain),
            net.jqwik.api.Tuple.of(1, junk))
        .list()
        .ofMaxSize(5)
        .map(elements -> String.join("&", elements));
  }

  // Sums
  // -------------------------------------------------------------------------------------------

  @Property(tries = 120, shrinking = ShrinkingMode.OFF)
  void groupsSumToTheUngroupedTotal(
      @ForAll("reports") String report,
      @ForAll("scopes") String scope,
      @ForAll("groups") List<String> groups,
      @ForAll("conditions") String conditions) {
    JsonNode plain = ok(report, scope + conditions, ADMIN);
    JsonNode grouped = ok(report, scope + conditions + grouped(report, groups), ADMIN);
    List<Map<String, String>> lines =
        csv(report, scope + conditions + grouped(report, groups) + "&limit=0");
    figures(report)
        .forEach(
            (figure, column) -> {
              BigDecimal total = plain.at("/meta/total" + figure).decimalValue();
              assertThat(grouped.at("/meta/total" + figure).decimalValue())
                  .as("total %s of %s %s %s %s", figure, report, scope, groups, conditions)
                  .isEqualTo(total);
              assertThat(sum(lines, column).doubleValue())
                  .as("%s of %s %s %s %s", figure, report, scope, groups, conditions)
                  .isEqualTo(total.doubleValue());
            });
  }

  @Property(tries = 120, shrinking = ShrinkingMode.OFF)
  void aLimitWithOthersKeepsTheTotal(
      @ForAll("reports") String report,
      @ForAll("scopes") String scope,
      @ForAll("groups") List<String> groups,
      @ForAll("conditions") String conditions,
      @ForAll("limits") int limit) {
    String query = scope + conditions + grouped(report, groups);
    List<Map<String, String>> all = csv(report, query + "&limit=0");
    List<Map<String, String>> some = csv(report, query + "&filter[limit]=" + limit + "&limit=0");
    for (String column : figures(report).values()) {
      assertThat(sum(some, column))
          .as("%s of %s %s", column, report, query)
          .isEqualByComparingTo(sum(all, column));
    }
    JsonNode limited = ok(report, query + "&filter[limit]=" + limit, ADMIN);
    for (JsonNode bucket : limited.get("data")) {
      var found = new TreeSet<List<String>>(ReportPropertiesTest::compare);
      rows(bucket, List.of(), (path, row) -> found.add(path));
      assertThat(found.size()).isLessThanOrEqualTo(limit + 1);
    }
  }

  @Property(tries = 80, shrinking = ShrinkingMode.OFF)
  void csvSaysWhatJsonSays(
      @ForAll("reports") String report,
      @ForAll("scopes") String scope,
      @ForAll("groups") List<String> groups,
      @ForAll("conditions") String conditions) {
    String query = scope + conditions + grouped(report, groups) + "&limit=0";
    JsonNode json = ok(report, query, ADMIN);
    var fromJson = new ArrayList<Map<String, String>>();
    for (JsonNode bucket : json.get("data")) {
      rows(bucket, List.of(), (path, row) -> fromJson.add(flat(row)));
    }
    List<Map<String, String>> lines = csv(report, query);
    List<Map<String, String>> fromCsv =
        lines.stream().map(ReportPropertiesTest::comparable).toList();
    assertThat(fromCsv).as("%s %s", report, query).containsExactlyInAnyOrderElementsOf(fromJson);
    for (int i = 1; i < lines.size(); i++) {
      assertThat(lines.get(i).get("date")).isLessThanOrEqualTo(lines.get(i - 1).get("date"));
    }
  }

  /// A line with the names and numbers that JSON has: decimals as the nearest double, no empty
  /// cells, and nothing that JSON does not show.
  private static Map<String, String> comparable(Map<String, String> line) {
    var cells = new TreeMap<String, String>();
    line.forEach(
        (name, value) -> {
          if (!value.isEmpty() && !name.equals("base_currency") && !name.equals("exchange_rate")) {
            cells.put(name.startsWith("INTERNAL_") ? "app" : name, comparable(value));
          }
        });
    return cells;
  }

  private static String comparable(String value) {
    return DECIMAL.matcher(value).matches() ? Double.toString(Double.parseDouble(value)) : value;
  }

  /// A row as CSV spreads it; without the units that CSV leaves out.
  private static Map<String, String> flat(JsonNode row) {
    var cells = new TreeMap<String, String>();
    row.properties().forEach(member -> flat(member.getKey(), member.getValue(), cells));
    // CSV leaves a tag empty where a row has none.
    cells.remove("app", "No-app");
    // And it counts no capacities by node.
    if (row.has("node")) {
      cells.remove("capacity_count");
      cells.remove("capacity_count_units");
    }
    return cells;
  }

  private static void flat(String name, JsonNode value, Map<String, String> cells) {
    switch (name) {
      case "infrastructure" ->
          value.properties().forEach(part -> cell("infra_" + part.getKey(), part, cells));
      case "supplementary" ->
          value.properties().forEach(part -> cell("sup_" + part.getKey(), part, cells));
      case "cost" -> {
        value
            .properties()
            .forEach(
                part ->
                    cell(
                        part.getKey().equals("distributed")
                            ? "cost_total_distributed"
                            : "cost_" + part.getKey(),
                        part,
                        cells));
        put("cost_units", value.at("/total/units"), cells);
      }
      case "score" -> {
        put("score.usage_efficiency_percent", value.path("usage_efficiency_percent"), cells);
        put("score.wasted_cost.value", value.at("/wasted_cost/value"), cells);
        put("score.wasted_cost.units", value.at("/wasted_cost/units"), cells);
      }
      default -> {
        if (value.isArray()) {
          for (int i = 0; i < value.size(); i++) {
            put(name + "." + i, value.get(i), cells);
          }
        } else if (value.isObject()) {
          value
              .properties()
              .forEach(
                  part ->
                      put(
                          part.getKey().equals("value") ? name : name + "_" + part.getKey(),
                          part.getValue(),
                          cells));
          if (UNITS_LEFT_OUT.contains(name)) {
            cells.remove(name + "_units");
          }
        } else {
          put(name, value, cells);
        }
      }
    }
  }

  private static void cell(
      String name, Map.Entry<String, JsonNode> part, Map<String, String> cells) {
    put(name, part.getValue().path("value"), cells);
  }

  private static void put(String name, JsonNode value, Map<String, String> cells) {
    if (!value.isNull() && !value.isMissingNode() && !value.asText().isEmpty()) {
      cells.put(name, comparable(value.asText()));
    }
  }

  // Access
  // -----------------------------------------------------------------------------------------

  @Property(tries = 60, shrinking = ShrinkingMode.OFF)
  void anAccessListNeverShowsWhatItDoesNotGrant(
      @ForAll("reports") String report,
      @ForAll("scopes") String scope,
      @ForAll("granted") Map<String, List<String>> granted,
      @ForAll("groups") List<String> groups) {
    String user = "user-" + granted.toString().hashCode();
    granted.forEach((type, values) -> roles.grant(user, "openshift." + type, values));
    String identity = GatewayFixture.identity(ORGANISATION, user, false);
    JsonNode seen = ok(report, scope + grouped(report, List.of("cluster", "project")), identity);
    var clusters = new TreeSet<String>();
    var projects = new TreeSet<String>();
    for (JsonNode bucket : seen.get("data")) {
      rows(
          bucket,
          List.of(),
          (path, row) -> {
            clusters.add(row.get("cluster").asText());
            projects.add(row.get("project").asText());
          });
    }
    if (granted.containsKey("cluster")) {
      assertThat(granted.get("cluster")).containsAll(clusters);
    }
    if (granted.containsKey("project")) {
      assertThat(granted.get("project")).containsAll(projects);
    }
    // The same as the rows that an administrator gets with just these values.
    String narrowed =
        granted.entrySet().stream()
            .map(
                entry ->
                    entry.getValue().stream()
                        .map(value -> "&" + element("filter[exact:" + entry.getKey() + "]", value))
                        .collect(Collectors.joining()))
            .collect(Collectors.joining());
    JsonNode expected = ok(report, scope + narrowed, ADMIN);
    JsonNode total = ok(report, scope + grouped(report, groups), identity);
    for (String figure : figures(report).keySet()) {
      assertThat(total.at("/meta/total" + figure).decimalValue())
          .as("%s of %s as %s", figure, report, granted)
          .isEqualTo(expected.at("/meta/total" + figure).decimalValue());
    }
  }

  @Provide
  Arbitrary<Map<String, List<String>>> granted() {
    return Combinators.combine(
            Arbitraries.of("one", "two").set().ofMinSize(1).map(List::copyOf),
            Arbitraries.of("shop", "SHOP-test", "kube-system", "100%_\\")
                .set()
                .ofMinSize(1)
                .map(List::copyOf),
            Arbitraries.of(true, false))
        .as(
            (clusters, projects, both) -> {
              var granted = new TreeMap<String, List<String>>();
              granted.put("cluster", clusters);
              if (both) {
                granted.put("project", projects);
              }
              return granted;
            });
  }

  // Parts
  // ------------------------------------------------------------------------------------------

  @Provide
  Arbitrary<String> reports() {
    return Arbitraries.of(REPORTS);
  }

  @Provide
  Arbitrary<String> scopes() {
    return Arbitraries.of(
            List.of("-10", "day", "daily"),
            List.of("-30", "day", "daily"),
            List.of("-1", "month", "monthly"),
            List.of("-2", "month", "monthly"),
            List.of("-1", "month", "daily"))
        .map(
            parts ->
                element("filter[time_scope_value]", parts.get(0))
                    + "&"
                    + element("filter[time_scope_units]", parts.get(1))
                    + "&"
                    + element("filter[resolution]", parts.get(2)));
  }

  @Provide
  Arbitrary<List<String>> groups() {
    return Arbitraries.of(GROUPS).set().ofMinSize(1).ofMaxSize(2).map(List::copyOf);
  }

  @Provide
  Arbitrary<Integer> limits() {
    return Arbitraries.integers().between(1, 7);
  }

  @Provide
  Arbitrary<String> conditions() {
    return Arbitraries.of(
            List.of("filter[project]", "shop"),
            List.of("filter[exact:project]", "shop"),
            List.of("filter[project]", "100%_\\"),
            List.of("filter[cluster]", "Cluster"),
            List.of("exclude[project]", "openshift"),
            List.of("exclude[node]", "node-a"),
            List.of("filter[or:node]", "node-a,node-b"),
            List.of("filter[tag:app]", "web"),
            List.of("exclude[tag:team]", "t1"))
        .list()
        .ofMaxSize(2)
        .map(
            some ->
                some.stream()
                    .map(parts -> "&" + element(parts.get(0), parts.get(1)))
                    .collect(Collectors.joining()));
  }

  /// GPUs are not grouped by node or tag.
  private static String grouped(String report, List<String> groups) {
    return groups.stream()
        .map(
            group ->
                report.equals("gpu/") && (group.equals("node") || group.startsWith("tag"))
                    ? "gpu_model"
                    : group)
        .distinct()
        .map(group -> "&" + element("group_by[" + group + "]", "*"))
        .collect(Collectors.joining());
  }

  /// Figures by their place in a row of JSON, with their columns of CSV.
  private static Map<String, String> figures(String report) {
    return switch (report) {
      case "costs/", "gpu/", "network/" ->
          Map.of("/cost/total/value", "cost_total", "/infrastructure/usage/value", "infra_usage");
      case "volumes/" -> Map.of("/cost/total/value", "cost_total", "/usage/value", "usage");
      default ->
          Map.of(
              "/cost/total/value",
              "cost_total",
              "/usage/value",
              "usage",
              "/cost/distributed/value",
              "cost_total_distributed");
    };
  }

  /// Σ of a column, exactly.
  private static BigDecimal sum(List<Map<String, String>> lines, String column) {
    return lines.stream()
        .map(line -> new BigDecimal(line.get(column)))
        .reduce(BigDecimal.ZERO, BigDecimal::add);
  }

  private static void rows(
      JsonNode node, List<String> path, BiConsumer<List<String>, JsonNode> found) {
    node.properties()
        .forEach(
            member -> {
              if (member.getKey().equals("values")) {
                member.getValue().forEach(row -> found.accept(path, row));
              } else if (member.getValue().isArray()) {
                String name = member.getKey().substring(0, member.getKey().length() - 1);
                for (JsonNode group : member.getValue()) {
                  var deeper = new ArrayList<>(path);
                  deeper.add(group.path(name).asText());
                  rows(group, deeper, found);
                }
              }
            });
  }

  private static int compare(List<String> left, List<String> right) {
    return left.toString().compareTo(right.toString());
  }

  private static List<Map<String, String>> csv(String report, String query) {
    HttpResponse<String> answer =
        fixture.send(
            "GET",
            "reports/openshift/" + report + "?" + query,
            ADMIN,
            null,
            Map.of("Accept", "text/csv"));
    assertThat(answer.statusCode()).as("%s?%s: %s", report, query, answer.body()).isEqualTo(200);
    return csv(answer.body());
  }

  private static List<Map<String, String>> csv(String text) {
    var lines = new ArrayList<Map<String, String>>();
    List<String> header = null;
    for (String line : text.split("\r\n", -1)) {
      if (line.isEmpty()) {
        continue;
      }
      List<String> cells = cells(line);
      if (header == null) {
        header = cells;
      } else {
        assertThat(cells).hasSameSizeAs(header);
        var named = new TreeMap<String, String>();
        for (int i = 0; i < cells.size(); i++) {
          named.put(header.get(i), cells.get(i));
        }
        lines.add(named);
      }
    }
    return lines;
  }

  private static List<String> cells(String line) {
    var cells = new ArrayList<String>();
    var cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char character = line.charAt(i);
      if (quoted && character == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (character == '"') {
        quoted = !quoted;
      } else if (character == ',' && !quoted) {
        cells.add(cell.toString());
        cell.setLength(0);
      } else {
        cell.append(character);
      }
    }
    cells.add(cell.toString());
    return cells;
  }
}
