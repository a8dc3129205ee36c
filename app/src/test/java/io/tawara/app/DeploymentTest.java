package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.app.settings.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// The files that start Tawara from images agree with each other, with the settings that there are
/// and with the metrics that there are. That needs no engine of containers.
class DeploymentTest {
  private static final Path ROOT = Path.of(System.getProperty("tawara.root", "."));
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z0-9_]+)[:?}]");
  private static final Pattern CATALOG_VARIABLE = Pattern.compile("\\$\\{ENV:([A-Z0-9_]+)}");

  /// A name before a brace, or one that ends like a metric.
  private static final Pattern METRIC =
      Pattern.compile(
          "\\b([a-z][a-z0-9_]*_(?:[a-z0-9_]+(?=\\s*\\{)"
              + "|[a-z0-9_]*(?:total|count|sum|bytes|max|backlog)\\b))");

  private static Map<String, Object> services;

  @BeforeAll
  static void compose() throws IOException {
    services = map(yaml("docker-compose.yml").get("services"));
  }

  @Test
  void servicesAndFilesThatAreNamedExist() {
    services.forEach(
        (name, service) -> {
          Object needed = map(service).get("depends_on");
          if (needed != null) {
            Collection<?> names =
                needed instanceof Map<?, ?> conditions ? conditions.keySet() : (List<?>) needed;
            assertThat(services.keySet()).as(name).containsAll(strings(names));
          }
          for (String volume : strings(list(map(service).get("volumes")))) {
            String from = volume.split(":", -1)[0];
            if (from.startsWith("./")) {
              assertThat(ROOT.resolve(from)).as(name).exists();
            }
          }
          if (map(service).get("build") instanceof Map<?, ?> build) {
            assertThat(ROOT.resolve(build.get("dockerfile").toString())).isRegularFile();
          }
        });
  }

  @Test
  void everyVariableIsInTheExample() throws IOException {
    Set<String> given =
        Files.readAllLines(ROOT.resolve("deploy/example.env")).stream()
            .filter(line -> line.contains("=") && !line.startsWith("#"))
            .map(line -> line.substring(0, line.indexOf('=')))
            .collect(Collectors.toSet());
    assertThat(found(VARIABLE, Files.readString(ROOT.resolve("docker-compose.yml"))))
        .isEqualTo(new TreeSet<>(given));
  }

  @Test
  void tawaraIsGivenSettingsThatThereAre() {
    Set<String> known =
        Settings.all().stream()
            .flatMap(
                setting -> Stream.concat(Stream.of(setting.name()), setting.aliases().stream()))
            .collect(Collectors.toSet());
    for (String name : List.of("gateway", "worker")) {
      Map<String, Object> environment = map(map(services.get(name)).get("environment"));
      assertThat(known).as(name).containsAll(environment.keySet());
      for (String setting : environment.keySet()) {
        if (setting.endsWith("_HOST")) {
          String host = environment.get(setting).toString();
          String port = environment.get(setting.replace("_HOST", "_PORT")).toString();
          assertThat(ports(host)).as(setting).contains(port);
        }
      }
      URI objects = URI.create(environment.get("S3_ENDPOINT").toString());
      assertThat(ports(objects.getHost())).contains(Integer.toString(objects.getPort()));
    }
  }

  @Test
  void catalogFilesGetTheirVariables() throws IOException {
    Map<String, Object> environment = map(map(services.get("trino")).get("environment"));
    Path catalog = ROOT.resolve("trino-catalog/catalog/hive.properties");
    assertThat(found(CATALOG_VARIABLE, Files.readString(catalog)))
        .isEqualTo(new TreeSet<>(environment.keySet()));
    try (var embedded =
        io.tawara.embedded.EmbeddedTrino.class.getResourceAsStream("/catalog/hive.properties")) {
      assertThat(new String(embedded.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .isEqualTo(Files.readString(catalog));
    }
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(catalog)) {
      properties.load(reader);
    }
    assertThat(properties.getProperty("connector.name")).isEqualTo("hive");
    URI metastore = URI.create(environment.get("HIVE_METASTORE_URI").toString());
    assertThat(ports(metastore.getHost())).contains(Integer.toString(metastore.getPort()));
  }

  @Test
  void imagesCopyWhatThereIsAndRunWithoutRights() throws IOException {
    for (String file : List.of("Dockerfile", "deploy/metastore/Dockerfile")) {
      List<String> lines = Files.readAllLines(ROOT.resolve(file));
      for (String line : lines) {
        if (line.startsWith("COPY ") && !line.contains("--from=")) {
          List<String> words =
              Stream.of(line.split(" ")).skip(1).filter(word -> !word.startsWith("--")).toList();
          for (String source : words.subList(0, words.size() - 1)) {
            assertThat(ROOT.resolve(source)).as(file + ": " + line).exists();
          }
        }
      }
      assertThat(lines.stream().filter(line -> line.startsWith("USER ")).reduce((a, b) -> b))
          .as(file)
          .hasValueSatisfying(user -> assertThat(user).matches("USER [1-9]\\d+"));
    }
  }

  @Test
  void metricsThatAreLookedAtExist() throws Exception {
    var expressions = new ArrayList<String>();
    Set<String> sources = new HashSet<>();
    for (Object source :
        list(yaml("deploy/grafana/provisioning/datasources/prometheus.yml").get("datasources"))) {
      sources.add(map(source).get("uid").toString());
    }
    JsonNode dashboard =
        new ObjectMapper().readTree(ROOT.resolve("deploy/grafana/dashboards/tawara.json").toFile());
    for (JsonNode panel : dashboard.path("panels")) {
      assertThat(sources).contains(panel.path("datasource").path("uid").asText());
      panel.path("targets").forEach(target -> expressions.add(target.path("expr").asText()));
    }
    assertThat(expressions).isNotEmpty();
    for (Object group : list(yaml("deploy/prometheus/alerts.yml").get("groups"))) {
      list(map(group).get("rules"))
          .forEach(rule -> expressions.add(map(rule).get("expr").toString()));
    }
    for (Object job : list(yaml("deploy/prometheus/prometheus.yml").get("scrape_configs"))) {
      for (Object targets : list(map(job).get("static_configs"))) {
        for (String target : strings(list(map(targets).get("targets")))) {
          String[] parts = target.split(":");
          assertThat(ports(parts[0])).contains(parts[1]);
        }
      }
    }
    String seen = metrics();
    for (String expression : expressions) {
      for (String metric : found(METRIC, expression)) {
        assertThat(seen).as(expression).contains("\n" + metric);
      }
    }
  }

  /// What a running Tawara tells, after a request, some work and a collection of garbage.
  private static String metrics() throws Exception {
    RunningTawara tawara = RunningTawara.shared();
    String admin = RunningTawara.admin("7000041");
    tawara.post(
        "sources/",
        admin,
        """
        {"name": "measured", "source_type": "OCP",
         "authentication": {"credentials": {"cluster_id": "measured"}}}
        """,
        201);
    tawara.upload("p.tar.gz", SmallPayload.of("measured", LocalDate.parse("2026-11-10")), admin);
    tawara.awaitIdle();
    tawara.send("GET", "status/", RunningTawara.admin("4242"), null, Map.of());
    String seen = "";
    for (int i = 0; i < 50 && !seen.contains("\njvm_gc_pause_seconds_sum"); i++) {
      System.gc();
      Thread.sleep(100);
      try (var client = HttpClient.newHttpClient()) {
        seen =
            client
                .send(
                    HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + tawara.internalPort() + "/metrics"))
                        .build(),
                    BodyHandlers.ofString())
                .body();
      }
    }
    return "\n" + seen;
  }

  private static List<String> ports(String service) {
    assertThat(services).containsKey(service);
    Map<String, Object> found = map(services.get(service));
    var ports = new ArrayList<String>(strings(list(found.get("expose"))));
    strings(list(found.get("ports")))
        .forEach(port -> ports.add(port.substring(port.lastIndexOf(':') + 1)));
    return ports;
  }

  private static Set<String> found(Pattern pattern, String text) {
    var found = new TreeSet<String>();
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    return found;
  }

  private static Map<String, Object> yaml(String file) throws IOException {
    try (var reader = Files.newBufferedReader(ROOT.resolve(file))) {
      return map(new Yaml(new SafeConstructor(new LoaderOptions())).load(reader));
    }
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Object value) {
    return (Map<String, Object>) value;
  }

  private static List<?> list(Object value) {
    return value == null ? List.of() : (List<?>) value;
  }

  private static List<String> strings(Collection<?> values) {
    return values.stream().map(Object::toString).toList();
  }
}
