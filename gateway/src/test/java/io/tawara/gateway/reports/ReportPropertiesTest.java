package io.tawara.gateway.reports;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.RoleService;
import io.tawara.gateway.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
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
    for (String figure : figures(report)) {
      double total = plain.at("/meta/total" + figure).asDouble();
      assertThat(grouped.at("/meta/total" + figure).asDouble())
          .as("total %s of %s %s %s %s", figure, report, scope, groups, conditions)
          .isEqualTo(total, within(1e-6));
      assertThat(sum(grouped, figure))
          .as("%s of %s %s %s %s", figure, report, scope, groups, conditions)
          .isEqualTo(total, within(1e-6));
    }
  }

  @Property(tries = 120, shrinking = ShrinkingMode.OFF)
  void aLimitWithOthersKeepsTheTotal(
      @ForAll("reports") String report,
      @ForAll("scopes") String scope,
      @ForAll("groups") List<String> groups,
      @ForAll("conditions") String conditions,
      @ForAll("limits") int limit) {
    String query = scope + conditions + grouped(report, groups);
    JsonNode all = ok(report, query, ADMIN);
    JsonNode limited = ok(report, query + "&filter[limit]=" + limit, ADMIN);
    for (String figure : figures(report)) {
      assertThat(sum(limited, figure))
          .as("%s of %s %s", figure, report, query)
          .isEqualTo(sum(all, figure), within(1e-6));
    }
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
    HttpResponse<String> csv =
        fixture.send(
            "GET",
            "reports/openshift/" + report + "?" + query,
            ADMIN,
            null,
            Map.of("Accept", "text/csv"));
    assertThat(csv.statusCode()).isEqualTo(200);
    var fromJson = new ArrayList<String>();
    for (JsonNode bucket : json.get("data")) {
      rows(
          bucket,
          List.of(),
          (path, row) ->
              fromJson.add(
                  row.get("date").asText()
                      + " %.6f %.6f"
                          .formatted(
                              row.at("/cost/total/value").asDouble(),
                              row.at("/infrastructure/usage/value").asDouble())));
    }
    var fromCsv = new ArrayList<String>();
    List<Map<String, String>> lines = csv(csv.body());
    for (Map<String, String> line : lines) {
      fromCsv.add(
          line.get("date")
              + " %.6f %.6f"
                  .formatted(
                      Double.parseDouble(line.get("cost_total")),
                      Double.parseDouble(line.get("infra_usage"))));
    }
    assertThat(fromCsv).containsExactlyInAnyOrderElementsOf(fromJson);
    for (int i = 1; i < lines.size(); i++) {
      assertThat(lines.get(i).get("date")).isLessThanOrEqualTo(lines.get(i - 1).get("date"));
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
    for (String figure : figures(report)) {
      assertThat(total.at("/meta/total" + figure).asDouble())
          .as("%s of %s as %s", figure, report, granted)
          .isEqualTo(expected.at("/meta/total" + figure).asDouble(), within(1e-6));
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

  private static List<String> figures(String report) {
    return switch (report) {
      case "costs/", "gpu/", "network/" ->
          List.of("/cost/total/value", "/infrastructure/usage/value");
      case "volumes/" -> List.of("/cost/total/value", "/usage/value");
      default -> List.of("/cost/total/value", "/usage/value", "/cost/distributed/value");
    };
  }

  private static double sum(JsonNode answer, String figure) {
    double[] sum = {0};
    for (JsonNode bucket : answer.get("data")) {
      rows(bucket, List.of(), (path, row) -> sum[0] += row.at(figure).asDouble());
    }
    return sum[0];
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
