package io.tawara.app;

import static io.tawara.app.RecordedPipeline.execute;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.CostHandler;
import io.tawara.analytics.summary.SummariseHandler;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.ingest.ledger.CloudDeliveries;
import io.tawara.ingest.ledger.CloudDeliveries.NewDelivery;
import io.tawara.ingest.ledger.CloudDeliveries.NewFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Three recorded clusters on three recorded clouds, from bills and payloads to cost raised onto
/// OpenShift, as durable work that nobody but the deliveries asks for. Every money column of every
/// recorded group has to be equal.
///
/// Not compared: the number of rows, since Koku leaves empty rows behind, and the 15th decimal.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecordedOnCloudTest {
  private static final TenantSchema TENANT = RecordedPipeline.TENANT;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigDecimal TOLERANCE = new BigDecimal("1e-12");
  private static final Path RECORDINGS =
      Path.of(System.getProperty("tawara.root", ".")).resolve("../shared/golden/cloud").normalize();

  @TempDir private static Path staging;

  private static RecordedPipeline pipeline;
  private static Database database;
  private static final Map<String, Provider> SOURCES = new LinkedHashMap<>();

  @BeforeAll
  static void load() throws Exception {
    Assumptions.assumeTrue(
        Files.isReadable(RECORDINGS.resolve("sources.json")),
        () -> "recordings are not beside the repository: " + RECORDINGS);
    pipeline = new RecordedPipeline("recordedcloud", true, staging);
    database = pipeline.database();
    for (JsonNode source :
        JSON.readTree(RECORDINGS.resolve("sources.json").toFile()).get("sources")) {
      provider(source);
    }
    deliver("Public AWS", "inputs/aws/pub-cur");
    deliver("Public Azure", "inputs/azure/pub-azure");
    deliver("Public GCP", "inputs/gcp");
    pipeline.settle();
    try (var payloads = Files.newDirectoryStream(RECORDINGS.resolve("inputs/ocp"), "*.tar.gz")) {
      var ordered = new ArrayList<Path>();
      payloads.forEach(ordered::add);
      ordered.sort(null);
      for (Path payload : ordered) {
        pipeline.upload(payload);
      }
    }
    pipeline.settle();
  }

  @AfterAll
  static void stop() {
    if (pipeline != null) {
      pipeline.close();
    }
  }

  private static void provider(JsonNode source) {
    UUID id = UUID.fromString(source.get("uuid").asText());
    var draft =
        new ProviderDraft(
            source.get("name").asText(),
            ProviderType.ofName(source.get("source_type").asText()).orElseThrow(),
            (ObjectNode) source.at("/authentication/credentials"),
            source.has("billing_source")
                ? (ObjectNode) source.at("/billing_source/data_source")
                : null,
            false);
    SOURCES.put(draft.name(), pipeline.provider(id, draft));
  }

  private static void deliver(String name, String folder) throws IOException {
    Provider provider = SOURCES.get(name);
    for (YearMonth month : List.of(YearMonth.of(2026, 10), YearMonth.of(2026, 11))) {
      String digits = month.toString().replace("-", "");
      List<Path> files;
      try (var all = Files.walk(RECORDINGS.resolve(folder))) {
        files =
            all.filter(
                    file ->
                        file.toString().endsWith(".csv.gz")
                            && RECORDINGS.relativize(file).toString().contains("/" + digits))
                .toList();
      }
      assertThat(files).isNotEmpty();
      int manifest = record(provider, month, files);
      pipeline.queue().add(new Conversion(provider.id(), TENANT, manifest, true).item("recorded"));
    }
  }

  private static int record(Provider provider, YearMonth month, List<Path> files)
      throws IOException {
    var contents = new LinkedHashMap<String, byte[]>();
    for (Path file : files) {
      contents.put(file.getFileName().toString(), Files.readAllBytes(file));
    }
    String assembly = "assembly " + month;
    Instant now = RecordedPipeline.CLOCK.instant();
    var named =
        contents.entrySet().stream()
            .map(
                part ->
                    new NewFile(
                        part.getKey(),
                        "cloud/" + part.getKey(),
                        assembly,
                        part.getValue().length,
                        now))
            .toList();
    var delivery = new NewDelivery(assembly, month, now, true, Optional.empty(), Optional.empty());
    return database.transaction(
        connection -> {
          int manifest =
              CloudDeliveries.record(connection, provider, delivery, named, now).manifest();
          for (var file : CloudDeliveries.find(connection, manifest).orElseThrow().files()) {
            byte[] content = contents.get(file.name());
            String key = "data/originals/" + manifest + "/" + file.name();
            pipeline.objects().put(key, content, Map.of());
            CloudDeliveries.fetched(connection, file.id(), key, content.length, "recorded");
          }
          return manifest;
        });
  }

  private static void again(String kind, List<String> names) throws InterruptedException {
    pipeline.again(kind, names.stream().map(name -> SOURCES.get(name).id()).toList(), 20);
  }

  private static final List<String> CLUSTERS =
      List.of("Public OCP on AWS", "Public OCP on Azure", "Public OCP on GCP");

  @Test
  @Order(0)
  void clustersAreFoundByThemselves() {
    List<String> found =
        database.transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          """
                          select p.name || ' > ' || c.name
                          from public.api_provider p
                          join public.api_providerinfrastructuremap m on m.id = p.infrastructure_id
                          join public.api_provider c on c.uuid = m.infrastructure_provider_id
                          order by 1
                          """)) {
                var names = new ArrayList<String>();
                while (rows.next()) {
                  names.add(rows.getString(1));
                }
                return names;
              }
            });
    assertThat(found)
        .containsExactly(
            "Public OCP on AWS > Public AWS",
            "Public OCP on Azure > Public Azure",
            "Public OCP on GCP > Public GCP");
  }

  @Test
  @Order(1)
  void withoutKeysOfOpenShift() throws Exception {
    again("correlate", List.of("Public AWS", "Public Azure", "Public GCP"));
    assertState("S0");
  }

  @Test
  @Order(2)
  void withKeysOfOpenShift() throws Exception {
    database.runTenant(
        TENANT,
        connection ->
            execute(
                connection,
                """
                update reporting_enabledtagkeys set enabled = true
                where (provider_type = 'OCP' and key in ('environment', 'app', 'storageclass',
                    'team', 'tier', 'Qa', 'nodeclass'))
                  or (provider_type = 'GCP' and key in ('environment', 'app', 'Team',
                    'storageclass'))
                """));
    again(SummariseHandler.KIND, CLUSTERS);
    // the clouds were not summarised again, but for one
    again("correlate", List.of("Public GCP"));
    assertState("S0T");
  }

  @Test
  @Order(3)
  void onceMoreChangesNothing() throws Exception {
    List<String> before = fingerprint();
    again("correlate", List.of("Public GCP"));
    again(CostHandler.KIND, CLUSTERS);
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  @Order(4)
  void markupOfBills() throws Exception {
    for (String cloud : List.of("AWS", "Azure")) {
      UUID model = UUID.nameUUIDFromBytes(cloud.getBytes(StandardCharsets.UTF_8));
      database.runTenant(
          TENANT,
          connection -> {
            execute(
                connection,
                """
                insert into cost_model (uuid, name, description, source_type, created_timestamp,
                  updated_timestamp, markup, distribution_info, currency)
                values (?, ?, '', ?, now(), now(), cast(? as jsonb), '{}', 'USD')
                """,
                model,
                cloud + " markup",
                cloud,
                "{\"value\": \"%s\", \"unit\": \"percent\"}"
                    .formatted(cloud.equals("AWS") ? "10" : "7.5"));
            execute(
                connection,
                "insert into cost_model_map (provider_uuid, cost_model_id) values (?, ?)",
                SOURCES.get("Public " + cloud).id(),
                model);
          });
    }
    again(CostHandler.KIND, List.of("Public AWS", "Public Azure", "Public GCP"));
    for (Compared table : BILLS) {
      assertTable("S1", table);
    }
  }

  private static List<String> fingerprint() {
    return texts(
        """
        select 'cloud', count(*), md5(string_agg(text, '' order by text))
        from (select cast(to_jsonb(s) - 'uuid' as text) as text from ocp_cloud_daily_summary s) rows
        union all
        select cluster_id, count(*), md5(string_agg(text, '' order by text))
        from (select cluster_id, cast(to_jsonb(s) - 'uuid' as text) as text
          from ocp_daily_summary s) rows
        group by cluster_id order by 1
        """);
  }

  private static List<String> texts(String sql) {
    return database.tenant(
        TENANT,
        connection -> {
          var found = new ArrayList<String>();
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            while (rows.next()) {
              found.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
            }
          }
          return found;
        });
  }

  /// A recorded table and ours.
  ///
  /// @param file of the recording
  /// @param from our table, with its condition
  /// @param renamed columns that have another name in ours
  /// @param measures compared columns of the recording; every other column is of the key, unless it
  ///   is ignored
  private record Compared(
      String file,
      String from,
      Map<String, String> renamed,
      Set<String> measures,
      Set<String> ignored) {}

  private static final Set<String> TRANSFER =
      Set.of("infrastructure_data_in_gigabytes", "infrastructure_data_out_gigabytes");

  private static final List<Compared> TABLES =
      List.of(
          new Compared(
              "ocpawscostlineitem_project_daily_summary_p",
              "ocp_cloud_daily_summary where source_type = 'AWS'",
              Map.of("currency_code", "raw_currency"),
              with(
                  TRANSFER,
                  "usage_amount",
                  "unblended_cost",
                  "markup_cost",
                  "blended_cost",
                  "markup_cost_blended",
                  "markup_cost_savingsplan",
                  "markup_cost_amortized",
                  "savingsplan_effective_cost",
                  "calculated_amortized_cost"),
              Set.of("line_count", "normalized_usage_amount")),
          new Compared(
              "ocpazurecostlineitem_project_daily_summary_p",
              "ocp_cloud_daily_summary where source_type = 'Azure'",
              Map.of(
                  "subscription_guid", "usage_account_id",
                  "service_name", "product_code",
                  "resource_location", "region",
                  "unit_of_measure", "unit",
                  "currency", "raw_currency",
                  "usage_quantity", "usage_amount",
                  "pretax_cost", "unblended_cost"),
              with(TRANSFER, "usage_quantity", "pretax_cost", "markup_cost"),
              Set.of("line_count")),
          new Compared(
              "ocpgcpcostlineitem_project_daily_summary_p",
              "ocp_cloud_daily_summary where source_type = 'GCP'",
              Map.of("service_alias", "product_code", "currency", "raw_currency"),
              with(TRANSFER, "usage_amount", "unblended_cost", "markup_cost", "credit_amount"),
              Set.of("line_count")),
          new Compared(
              "ocpusagelineitem_daily_summary",
              // nothing is charged by the month in these states
              "(select *, cast(null as text) as monthly_cost_type from ocp_daily_summary) rows",
              Map.of(),
              with(
                  TRANSFER,
                  "infrastructure_raw_cost",
                  "infrastructure_project_raw_cost",
                  "infrastructure_markup_cost",
                  "infrastructure_project_markup_cost",
                  "cost_model_cpu_cost",
                  "cost_model_memory_cost",
                  "cost_model_volume_cost",
                  "distributed_cost",
                  "pod_usage_cpu_core_hours",
                  "pod_effective_usage_cpu_core_hours"),
              Set.of()));

  /// What the clouds bill, before any cluster has to do with it.
  private static final List<Compared> BILLS =
      List.of(
          new Compared(
              "awscostentrylineitem_daily_summary",
              "aws_daily_summary",
              Map.of("currency_code", "raw_currency"),
              Set.of(
                  "resource_count",
                  "usage_amount",
                  "normalized_usage_amount",
                  "unblended_cost",
                  "markup_cost",
                  "blended_cost",
                  "markup_cost_blended",
                  "savingsplan_effective_cost",
                  "markup_cost_savingsplan",
                  "calculated_amortized_cost",
                  "markup_cost_amortized",
                  "public_on_demand_cost"),
              Set.of("line_count", "normalization_factor")),
          new Compared(
              "azurecostentrylineitem_daily_summary",
              "azure_daily_summary",
              Map.of("unit_of_measure", "unit", "currency", "raw_currency"),
              Set.of("usage_quantity", "pretax_cost", "markup_cost", "instance_count"),
              Set.of("line_count")),
          new Compared(
              "gcpcostentrylineitem_daily_summary",
              "gcp_daily_summary",
              Map.of("currency", "raw_currency"),
              Set.of("usage_amount", "unblended_cost", "markup_cost", "credit_amount"),
              Set.of("line_count")));

  private static Set<String> with(Set<String> some, String... more) {
    var all = new java.util.HashSet<>(some);
    all.addAll(Set.of(more));
    return Set.copyOf(all);
  }

  private static void assertState(String state) throws IOException {
    for (Compared table : BILLS) {
      assertTable(state, table);
    }
    for (Compared table : TABLES) {
      assertTable(state, table);
    }
  }

  private static void assertTable(String state, Compared table) throws IOException {
    var recorded = new LinkedHashMap<List<String>, Map<String, BigDecimal>>();
    List<String> keys;
    List<String> measures;
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(
                        RECORDINGS.resolve(
                            "truth/%s/reporting_%s.csv.gz".formatted(state, table.file())))),
                StandardCharsets.UTF_8))) {
      List<String> header = List.of(in.readLine().split(",", -1));
      measures = header.stream().filter(table.measures()::contains).toList();
      int lastKey = header.indexOf("line_count");
      keys = header.subList(0, lastKey);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] cells = line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
        var values = new HashMap<String, BigDecimal>();
        for (String measure : measures) {
          String cell = cells[header.indexOf(measure)];
          values.put(measure, cell.isEmpty() ? BigDecimal.ZERO : new BigDecimal(cell));
        }
        recorded.put(
            List.of(cells).subList(0, lastKey).stream()
                .map(cell -> cell.replaceAll("^\"|\"$", ""))
                .toList(),
            values);
      }
    }
    Map<List<String>, Map<String, BigDecimal>> ours = ours(table, keys, measures);
    var wrong = new ArrayList<String>();
    recorded.forEach(
        (key, expected) -> {
          Map<String, BigDecimal> found = ours.getOrDefault(key, Map.of());
          for (String measure : measures) {
            BigDecimal value = found.getOrDefault(measure, BigDecimal.ZERO);
            if (expected.get(measure).subtract(value).abs().compareTo(TOLERANCE) > 0) {
              wrong.add(
                  "%s %s: recorded %s, ours %s"
                      .formatted(key, measure, expected.get(measure), value));
            }
          }
        });
    ours.forEach(
        (key, values) -> {
          if (!recorded.containsKey(key)
              && values.values().stream().anyMatch(value -> value.signum() != 0)) {
            wrong.add(key + " is not recorded: " + values);
          }
        });
    assertThat(wrong.stream().limit(20))
        .as("%d differences in %s of %s", wrong.size(), table.file(), state)
        .isEmpty();
    assertThat(ours.size()).as(table.file()).isGreaterThan(recorded.size() * 8 / 10);
  }

  private static Map<List<String>, Map<String, BigDecimal>> ours(
      Compared table, List<String> keys, List<String> measures) {
    String key =
        keys.stream()
            .map(column -> table.renamed().getOrDefault(column, column))
            .collect(Collectors.joining(", "));
    String sums =
        measures.stream()
            .map(column -> "sum(" + table.renamed().getOrDefault(column, column) + ")")
            .collect(Collectors.joining(", "));
    return database.tenant(
        TENANT,
        connection -> {
          var found = new LinkedHashMap<List<String>, Map<String, BigDecimal>>();
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      "select %s, %s from %s group by %s"
                          .formatted(key, sums, table.from(), key))) {
            while (rows.next()) {
              var dimensions = new ArrayList<String>();
              for (int i = 1; i <= keys.size(); i++) {
                String value = rows.getString(i);
                dimensions.add(value == null ? "" : value);
              }
              var values = new HashMap<String, BigDecimal>();
              for (int i = 0; i < measures.size(); i++) {
                BigDecimal value = rows.getBigDecimal(keys.size() + 1 + i);
                values.put(measures.get(i), value == null ? BigDecimal.ZERO : value);
              }
              found.put(dimensions, values);
            }
          }
          return found;
        });
  }
}
