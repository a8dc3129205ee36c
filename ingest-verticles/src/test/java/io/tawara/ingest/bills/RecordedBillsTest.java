package io.tawara.ingest.bills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.embedded.EmbeddedMetastore;
import io.tawara.embedded.EmbeddedTrino;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.LandingStack;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The recorded bills of three clouds are converted in both modes; their line items must add up to
/// what the recorded summaries hold, by day and account.
class RecordedBillsTest {
  private static final Path RECORDINGS =
      Path.of(System.getProperty("tawara.root", ".")).resolve("../shared/golden/cloud").normalize();
  private static final YearMonth OCTOBER = YearMonth.of(2026, 10);
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);

  @TempDir private Path directory;

  @BeforeAll
  static void recordings() {
    Assumptions.assumeTrue(
        Files.isReadable(RECORDINGS.resolve("plan.json")),
        () -> "recordings are not beside the repository: " + RECORDINGS);
  }

  /// A cloud's bills and how their sums are asked for, of line items and of the recorded summary.
  ///
  /// @param key of a row after its day: columns of line items, columns of the summary
  /// @param measures expression over line items to column of the summary
  private record Cloud(
      ProviderType type,
      String inputs,
      String table,
      String truth,
      Map<String, String> key,
      Map<String, String> measures) {
    String sql() {
      return "select usage_start, %s, %s from %s group by usage_start, %s"
          .formatted(
              String.join(", ", key.keySet()),
              measures.keySet().stream()
                  .map(measure -> "sum(" + measure + ")")
                  .collect(Collectors.joining(", ")),
              table,
              String.join(", ", key.keySet()));
    }
  }

  private static <K, V> Map<K, V> ordered(List<K> keys, List<V> values) {
    var map = new java.util.LinkedHashMap<K, V>();
    for (int i = 0; i < keys.size(); i++) {
      map.put(keys.get(i), values.get(i));
    }
    return map;
  }

  private static final List<Cloud> CLOUDS =
      List.of(
          new Cloud(
              ProviderType.AWS_LOCAL,
              "inputs/aws/pub-cur",
              "aws_line_items_daily",
              "awscostentrylineitem",
              Map.of("lineitem_usageaccountid", "usage_account_id"),
              ordered(
                  List.of(
                      "lineitem_unblendedcost",
                      "lineitem_blendedcost",
                      "pricing_publicondemandcost",
                      "savingsplan_savingsplaneffectivecost",
                      "lineitem_normalizedusageamount",
                      "case when lineitem_lineitemtype = 'SavingsPlanNegation' then 0"
                          + " else lineitem_usageamount end"),
                  List.of(
                      "unblended_cost",
                      "blended_cost",
                      "public_on_demand_cost",
                      "savingsplan_effective_cost",
                      "normalized_usage_amount",
                      "usage_amount"))),
          new Cloud(
              ProviderType.AZURE_LOCAL,
              "inputs/azure/pub-azure",
              "azure_line_items",
              "azurecostentrylineitem",
              Map.of("subscriptionid", "subscription_guid"),
              Map.of("costinbillingcurrency", "pretax_cost")),
          new Cloud(
              ProviderType.GCP_LOCAL,
              "inputs/gcp",
              "gcp_line_items_daily",
              "gcpcostentrylineitem",
              Map.of("project_id", "project_id"),
              ordered(
                  List.of("cost", "usage_amount_in_pricing_units", "daily_credits_rounded"),
                  List.of("unblended_cost", "usage_amount", "credit_amount"))));

  @Test
  void onPremSumsEqualTheRecordedOnes() throws Exception {
    try (var stack =
        new LandingStack(directory, Optional.empty(), TestServices.freshBuckets("bills"))) {
      for (Cloud cloud : CLOUDS) {
        Provider provider = convert(stack, cloud);
        assertThat(stack.waiting("summarise")).hasSize(2);
        stack.database.run(
            connection -> io.tawara.core.database.Database.enter(connection, LandingStack.TENANT));
        assertSums(cloud, sums(stack.tenant(cloud.sql())));
        assertThat(stack.ledger(unread(provider))).isEmpty();
        stack.database.run(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("delete from public.work");
              }
            });
      }
      assertKeys(stack);
    }
  }

  @Test
  void sumsInTrinoEqualTheRecordedOnes() throws Exception {
    var objects = TestServices.freshBuckets("bills");
    try (var metastore =
            EmbeddedMetastore.start(
                directory.resolve("metastore"),
                TestServices.freshDatabase("metastore"),
                0,
                line -> {});
        var trino =
            EmbeddedTrino.start(
                directory.resolve("trino"), metastore.config(), objects, 0, line -> {});
        var stack =
            new LandingStack(
                directory.resolve("staging"), Optional.of(metastore.config()), objects);
        Connection connection =
            DriverManager.getConnection(
                trino.config().jdbcUrl() + "/hive/" + LandingStack.TENANT, "tawara", null)) {
      for (Cloud cloud : CLOUDS) {
        convert(stack, cloud);
        assertThat(stack.performAll("publish-line-items")).isEqualTo(2);
        assertSums(cloud, sums(LandingStack.rows(connection, cloud.sql())));
      }
      // every row is kept as it came, too
      assertThat(one(connection, "select count(*) from aws_line_items")).isEqualTo("24286");
      assertThat(one(connection, "select count(*) from gcp_line_items")).isEqualTo("11710");
      assertThat(
              one(connection, "select round(sum(lineitem_unblendedcost), 6) from aws_line_items"))
          .isEqualTo(
              one(
                  connection,
                  "select round(sum(lineitem_unblendedcost), 6) from aws_line_items_daily"));
      assertThat(
              LandingStack.rows(
                  connection,
                  "select count(*), count(distinct row_uuid) from aws_line_items where month ="
                      + " '10'"))
          .first()
          .matches(row -> row.split("\\|")[0].equals(row.split("\\|")[1]));
      assertKeys(stack);
      assertThat(Files.list(directory.resolve("staging")).toList()).isEmpty();
    }
  }

  private static void assertKeys(LandingStack stack) {
    assertThat(
            stack.tenant(
                "select provider_type, enabled, count(*) > 0 from reporting_enabledtagkeys"
                    + " group by 1, 2 order by 1"))
        .containsExactly("AWS|t|t", "Azure|t|t", "GCP|f|t");
    assertThat(stack.tenant("select key from reporting_awsenabledcategorykeys order by key"))
        .contains("env", "team");
  }

  private static String one(Connection connection, String sql) throws SQLException {
    return LandingStack.rows(connection, sql).getFirst();
  }

  private static String unread(Provider provider) {
    return "select name, error from public.file where state <> 'done' and provider_uuid = '%s'"
        .formatted(provider.id());
  }

  private static Provider convert(LandingStack stack, Cloud cloud) throws Exception {
    Provider provider = stack.provider(cloud.type());
    for (YearMonth month : List.of(OCTOBER, NOVEMBER)) {
      String digits = month.toString().replace("-", "");
      List<Path> files;
      try (var all = Files.walk(RECORDINGS.resolve(cloud.inputs()))) {
        files =
            all.filter(
                    file ->
                        file.toString().endsWith(".csv.gz")
                            && RECORDINGS.relativize(file).toString().contains("/" + digits))
                .toList();
      }
      assertThat(files).isNotEmpty();
      var parts = new ArrayList<LandingStack.Part>();
      for (Path file : files) {
        parts.add(new LandingStack.Part(file.getFileName().toString(), Files.readAllBytes(file)));
      }
      int manifest = stack.deliver(provider, "assembly " + month, month, parts);
      stack.convert(provider, manifest);
    }
    return provider;
  }

  private static Map<String, double[]> sums(List<String> rows) {
    var sums = new TreeMap<String, double[]>();
    for (String row : rows) {
      String[] parts = row.split("\\|", -1);
      sums.put(
          parts[0] + "|" + parts[1],
          Arrays.stream(parts, 2, parts.length).mapToDouble(Double::parseDouble).toArray());
    }
    return sums;
  }

  private static void assertSums(Cloud cloud, Map<String, double[]> found) throws Exception {
    var expected = new TreeMap<String, double[]>();
    try (var in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(
                    Files.newInputStream(
                        RECORDINGS.resolve(
                            "truth/S0/reporting_%s_daily_summary.csv.gz"
                                .formatted(cloud.truth())))),
                StandardCharsets.UTF_8))) {
      List<String> header = List.of(in.readLine().split(",", -1));
      int[] measures = cloud.measures().values().stream().mapToInt(header::indexOf).toArray();
      int key = header.indexOf(cloud.key().values().iterator().next());
      String line;
      while ((line = in.readLine()) != null) {
        String[] cells = line.split(",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
        double[] sums =
            expected.computeIfAbsent(
                cells[0] + "|" + cells[key], unseen -> new double[measures.length]);
        for (int i = 0; i < measures.length; i++) {
          sums[i] += cells[measures[i]].isEmpty() ? 0 : Double.parseDouble(cells[measures[i]]);
        }
      }
    }
    assertThat(found.keySet()).as(cloud.table()).isEqualTo(expected.keySet());
    expected.forEach(
        (key, sums) -> {
          for (int i = 0; i < sums.length; i++) {
            assertThat(found.get(key)[i])
                .as("%s %s of %s", cloud.table(), cloud.measures().keySet(), key)
                .isCloseTo(sums[i], within(1e-6));
          }
        });
  }
}
