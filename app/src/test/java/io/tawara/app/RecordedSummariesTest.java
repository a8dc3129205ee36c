package io.tawara.app;

import static io.tawara.app.RecordedPipeline.execute;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.analytics.cost.CostHandler;
import io.tawara.analytics.summary.SummariseHandler;
import io.tawara.core.database.Database;
import io.tawara.core.database.SqlWork;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.TenantSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// The recorded daily summaries S0 to S4: the recorded payloads go through ingestion, summary and
/// cost engine as durable work, the recorded models are applied, and every money column of every
/// recorded group has to be equal. Koku has a cost row per kind of monthly rate, ours are of all
/// rates: that each kind cost what is recorded is compared with the breakdown by rate.
///
/// Not compared: the number of rows (a re-run of Koku leaves empty rows behind, ours does not),
/// hence capacities where it differs; and the usage columns that Koku repeats on the unallocated
/// row of a node's tag rate, which no report shows.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecordedSummariesTest {
  private static final TenantSchema TENANT = RecordedPipeline.TENANT;
  private static final UUID ALPHA = UUID.fromString("041d98eb-f2db-492a-8bca-54a5e6fdbc65");
  private static final UUID BETA = UUID.fromString("3465599e-81bc-48ec-afb2-bb4e1ab7757d");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final BigDecimal TOLERANCE = new BigDecimal("1e-12");
  private static final int KEYS = 7;
  private static final int MONTHLY_TYPE = 6;
  private static final List<String> CHARGED =
      List.of(
          "cost_model_cpu_cost",
          "cost_model_memory_cost",
          "cost_model_volume_cost",
          "cost_model_gpu_cost");
  private static final Set<String> UNUSED =
      Set.of("infrastructure_monthly_cost", "supplementary_monthly_cost");
  private static final Path RECORDINGS =
      Path.of(System.getProperty("tawara.root", "."))
          .resolve("../shared/golden/onprem")
          .normalize();

  @TempDir private static Path staging;

  private static RecordedPipeline pipeline;
  private static Database database;

  @BeforeAll
  static void load() throws Exception {
    Assumptions.assumeTrue(
        Files.isReadable(RECORDINGS.resolve("summary-S0.csv.gz")),
        () -> "recordings are not beside the repository: " + RECORDINGS);
    pipeline = new RecordedPipeline("recorded", false, staging);
    database = pipeline.database();
    provider(ALPHA, "Golden Alpha", "golden-alpha");
    provider(BETA, "Golden Beta", "golden-beta");
    for (String cluster : List.of("golden-beta", "golden-alpha")) {
      try (var payloads =
          Files.newDirectoryStream(RECORDINGS.resolve("payloads"), cluster + "*.tar.gz")) {
        var ordered = new ArrayList<Path>();
        payloads.forEach(ordered::add);
        ordered.sort(null);
        for (Path payload : ordered) {
          pipeline.upload(payload);
        }
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

  private static void provider(UUID id, String name, String cluster) {
    pipeline.provider(
        id,
        new ProviderDraft(
            name,
            ProviderType.OCP,
            JsonNodeFactory.instance.objectNode().put("cluster_id", cluster),
            null,
            false));
  }

  private static void again(String kind) throws InterruptedException {
    pipeline.again(kind, List.of(ALPHA, BETA), 19);
  }

  private static void apply(String state) throws IOException {
    database.runTenant(
        TENANT,
        connection -> execute(connection, "delete from cost_model; delete from price_list"));
    model(ALPHA, state + "-alpha");
    model(BETA, state + "-beta");
  }

  /// A recorded model as the API stores it.
  private static void model(UUID source, String name) throws IOException {
    JsonNode model = JSON.readTree(RECORDINGS.resolve("costmodels/" + name + ".json").toFile());
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    database.runTenant(
        TENANT,
        connection -> {
          execute(
              connection,
              """
              insert into cost_model (uuid, name, description, source_type, created_timestamp,
                updated_timestamp, markup, distribution_info, currency)
              values (?, ?, '', 'OCP', now(), now(), cast(? as jsonb), cast(? as jsonb), 'USD')
              """,
              id,
              name,
              model.get("markup").toString(),
              model.get("distribution_info").toString());
          execute(connection, "insert into cost_model_map values (?, ?)", source, id);
          execute(
              connection,
              """
              insert into price_list (uuid, name, description, currency, effective_start_date,
                effective_end_date, created_timestamp, updated_timestamp)
              values (?, ?, '', 'USD', '2026-03-01', '2099-12-31', now(), now())
              """,
              id,
              name);
          execute(connection, "insert into price_list_cost_model_map values (?, ?, 1)", id, id);
          int position = 0;
          for (JsonNode rate : model.get("rates")) {
            boolean tag = rate.has("tag_rates");
            execute(
                connection,
                """
                insert into cost_model_rate (uuid, price_list_id, position, custom_name, metric,
                  metric_type, cost_type, default_rate, tag_key, tag_values, created_timestamp,
                  updated_timestamp)
                values (gen_random_uuid(), ?, ?, ?, ?, 'other', ?, cast(? as numeric), ?,
                  cast(? as jsonb), now(), now())
                """,
                id,
                position,
                "rate " + position++,
                rate.at("/metric/name").asText(),
                rate.get("cost_type").asText(),
                tag ? null : rate.at("/tiered_rates/0/value").asText(),
                rate.at("/tag_rates/tag_key").asText(""),
                tag ? rate.at("/tag_rates/tag_values").toString() : "[]");
          }
        });
  }

  @Test
  @Order(0)
  void withoutModels() throws Exception {
    assertSummary("S0");
  }

  @Test
  @Order(1)
  void richModelsByCpu() throws Exception {
    apply("S1");
    again(CostHandler.KIND);
    assertSummary("S1");
  }

  @Test
  @Order(2)
  void calculatingTwiceChangesNothing() throws Exception {
    List<String> before = fingerprint();
    again(CostHandler.KIND);
    assertThat(fingerprint()).isEqualTo(before);
  }

  @Test
  @Order(3)
  void byMemoryWithWorkerCostOnly() throws Exception {
    apply("S2");
    again(CostHandler.KIND);
    assertSummary("S2");
  }

  @Test
  @Order(4)
  void enabledKeysAndACostGroup() throws Exception {
    apply("S1");
    database.runTenant(
        TENANT,
        connection ->
            execute(
                connection,
                """
                update reporting_enabledtagkeys set enabled = key not in ('version', 'k8s_app');
                insert into reporting_ocp_cost_category_namespace (namespace, cost_category_id)
                select 'analytics', id from reporting_ocp_cost_category where name = 'Platform'
                """));
    again(SummariseHandler.KIND);
    assertSummary("S3");
    assertSummary("S4");
  }

  /// All cost rows, without their ids.
  private static List<String> fingerprint() {
    return rows(
        """
        select cluster_id, count(*), md5(string_agg(text, '' order by text))
        from (select cluster_id, cast(to_jsonb(s) as text) as text
          from ocp_daily_summary s) rows
        group by cluster_id order by cluster_id
        """);
  }

  private static List<String> rows(String sql) {
    return select(
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

  private static <T> T select(SqlWork<T> work) {
    return database.tenant(TENANT, work);
  }

  private record Group(Map<String, BigDecimal> values) {
    BigDecimal value(String column) {
      return values.getOrDefault(column, BigDecimal.ZERO);
    }

    Group plus(Group other) {
      var sums = new LinkedHashMap<>(values);
      other.values().forEach((column, value) -> sums.merge(column, value, BigDecimal::add));
      return new Group(sums);
    }
  }

  private static void assertSummary(String state) throws IOException {
    Map<List<String>, Group> byType = recorded(state);
    var recorded = new LinkedHashMap<List<String>, Group>();
    byType.forEach(
        (key, group) -> recorded.merge(key.subList(0, MONTHLY_TYPE), group, Group::plus));
    List<String> columns =
        recorded.values().stream()
            .flatMap(group -> group.values().keySet().stream())
            .distinct()
            .filter(column -> !UNUSED.contains(column))
            .toList();
    Map<List<String>, Group> ours = ours(columns);
    var wrong = new ArrayList<String>();
    recorded.forEach(
        (key, expected) -> {
          Group found = ours.getOrDefault(key, new Group(Map.of()));
          for (String column : columns) {
            if (compared(key, column, expected, found)) {
              differ(key + " " + column, expected.value(column), found.value(column), wrong);
            }
          }
        });
    ours.keySet().stream()
        .filter(key -> !recorded.containsKey(key))
        .forEach(key -> wrong.add(key + " is not recorded"));
    assertThat(wrong.stream().limit(20)).as("%d differences in %s", wrong.size(), state).isEmpty();
    assertThat(ours.size()).as("groups of %s", state).isGreaterThan(recorded.size() * 9 / 10);
    assertCharges(state, byType);
  }

  /// What each kind of rate charged, by place.
  private static void assertCharges(String state, Map<List<String>, Group> recorded) {
    var expected = new LinkedHashMap<List<String>, BigDecimal>();
    recorded.forEach(
        (key, group) -> {
          BigDecimal charged =
              CHARGED.stream().map(group::value).reduce(BigDecimal.ZERO, BigDecimal::add);
          if (charged.signum() != 0) {
            var place = new ArrayList<>(key);
            place.remove(2);
            expected.merge(List.copyOf(place), charged, BigDecimal::add);
          }
        });
    Map<List<String>, BigDecimal> ours = charges();
    var wrong = new ArrayList<String>();
    expected.forEach(
        (place, charged) ->
            differ(place.toString(), charged, ours.getOrDefault(place, BigDecimal.ZERO), wrong));
    ours.forEach(
        (place, charged) -> {
          if (!expected.containsKey(place)) {
            differ(place.toString(), BigDecimal.ZERO, charged, wrong);
          }
        });
    assertThat(wrong.stream().limit(20)).as("%d charges in %s", wrong.size(), state).isEmpty();
  }

  private static void differ(
      String what, BigDecimal expected, BigDecimal found, List<String> wrong) {
    if (expected.subtract(found).abs().compareTo(TOLERANCE) > 0) {
      wrong.add("%s: recorded %s, ours %s".formatted(what, expected, found));
    }
  }

  private static boolean compared(List<String> key, String column, Group expected, Group found) {
    if (column.equals("row_count")) {
      return false;
    }
    if (column.contains("capacity")) {
      return expected.value("row_count").compareTo(found.value("row_count")) == 0;
    }
    boolean restOfNode = !key.get(5).isEmpty() && key.get(3).endsWith(" unallocated");
    return !(restOfNode && column.startsWith("pod_"));
  }

  private static Map<List<String>, Group> recorded(String state) throws IOException {
    var groups = new LinkedHashMap<List<String>, Group>();
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(RECORDINGS.resolve("summary-" + state + ".csv.gz"))),
                StandardCharsets.UTF_8))) {
      String[] header = in.readLine().split(",", -1);
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] cells = line.split(",", -1);
        var values = new LinkedHashMap<String, BigDecimal>();
        for (int i = KEYS; i < cells.length; i++) {
          values.put(header[i], cells[i].isEmpty() ? BigDecimal.ZERO : new BigDecimal(cells[i]));
        }
        groups.put(List.copyOf(Arrays.asList(cells).subList(0, KEYS)), new Group(values));
      }
    }
    return groups;
  }

  private static Map<List<String>, Group> ours(List<String> columns) {
    var sums = new ArrayList<String>();
    for (String column : columns) {
      sums.add(column.equals("row_count") ? "count(*)" : "coalesce(sum(" + column + "), 0)");
    }
    return select(
        connection -> {
          var groups = new HashMap<List<String>, Group>();
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select cluster_id, cast(usage_start as text), data_source,
                        coalesce(namespace, ''), coalesce(node, ''),
                        coalesce(cost_model_rate_type, ''), %s
                      from ocp_daily_summary group by 1, 2, 3, 4, 5, 6
                      """
                          .formatted(String.join(", ", sums)))) {
            while (rows.next()) {
              var values = new LinkedHashMap<String, BigDecimal>();
              for (int i = 0; i < columns.size(); i++) {
                values.put(columns.get(i), rows.getBigDecimal(MONTHLY_TYPE + 1 + i));
              }
              groups.put(key(rows), new Group(values));
            }
          }
          return groups;
        });
  }

  /// The first six columns: of our rows all but the kind of rate, of charges all but the data
  /// source.
  private static List<String> key(ResultSet rows) throws SQLException {
    var key = new ArrayList<String>();
    for (int i = 1; i <= MONTHLY_TYPE; i++) {
      key.add(rows.getString(i));
    }
    return List.copyOf(key);
  }

  /// From the breakdown; the kind as Koku calls it follows from the rate.
  private static Map<List<String>, BigDecimal> charges() {
    return select(
        connection -> {
          var found = new HashMap<List<String>, BigDecimal>();
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select cluster_id, cast(usage_start as text), namespace, coalesce(node, ''),
                        cost_model_rate_type, case
                          when rate_metric = 'node_cost_per_month' then 'Node'
                          when rate_metric = 'node_core_cost_per_month' then 'Node_Core_Month'
                          when rate_metric = 'cluster_cost_per_month' then 'Cluster'
                          when rate_metric = 'pvc_cost_per_month' then 'PVC'
                          when rate_metric = 'node_core_cost_per_hour' and rate_tag_key <> ''
                            then 'Node_Core_Hour'
                          when rate_tag_key <> '' then 'Tag'
                          when rate_metric = 'vm_cost_per_month' then 'OCP_VM'
                          when rate_metric = 'vm_core_cost_per_month' then 'OCP_VM_CORE'
                          else '' end,
                        sum(cost_model_cost)
                      from ocp_cost_breakdown where cost_model_cost is not null
                      group by 1, 2, 3, 4, 5, 6
                      """)) {
            while (rows.next()) {
              found.put(key(rows), rows.getBigDecimal(KEYS));
            }
          }
          return found;
        });
  }
}
