package io.tawara.ingest.landing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.catalog.Column;
import io.tawara.catalog.Column.Role;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.work.WorkItem;
import io.tawara.embedded.EmbeddedMetastore;
import io.tawara.embedded.EmbeddedTrino;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.LandingStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The same payloads in both modes give the same rows, whatever is delivered again; expiry and
/// deletion leave nothing behind; a metastore that is away delays and loses nothing.
class LandingModesTest {
  private static final Path PAYLOADS =
      Path.of(System.getProperty("tawara.root", "."))
          .resolve("../shared/golden/onprem/payloads")
          .normalize();
  private static final String CLUSTER = "golden-alpha";

  @TempDir private Path directory;

  @Test
  void bothModesHoldTheSameRows() throws Exception {
    Assumptions.assumeTrue(
        Files.isDirectory(PAYLOADS), () -> "payloads are not beside the repository: " + PAYLOADS);
    var objects = TestServices.freshBuckets("landing");
    DatabaseConfig catalog = TestServices.freshDatabase("metastore");
    EmbeddedMetastore metastore = metastore(catalog, 0);
    try (var trino =
            EmbeddedTrino.start(
                directory.resolve("trino"), metastore.config(), objects, 0, line -> {});
        var cloud =
            new LandingStack(directory.resolve("cloud"), Optional.of(metastore.config()), objects);
        var onPrem =
            new LandingStack(
                directory.resolve("onprem"), Optional.empty(), TestServices.freshBuckets("own"));
        Connection connection =
            DriverManager.getConnection(
                trino.config().jdbcUrl() + "/hive/" + LandingStack.TENANT, "tawara", null)) {
      var cluster = cloud.provider(ProviderType.OCP, CLUSTER);
      onPrem.provider(ProviderType.OCP, CLUSTER);
      byte[] october = payload("golden-alpha.01.2026-10.tar.gz");
      byte[] november = payload("golden-alpha.02.2026-11-01..10.tar.gz");
      for (LandingStack stack : List.of(cloud, onPrem)) {
        stack.payload("october", october);
        stack.payload("november", november);
        stack.payload("november again", november);
      }
      assertThat(cloud.waiting("summarise")).isEmpty();
      assertThat(cloud.performAll(Publication.KIND)).isEqualTo(3);
      assertThat(cloud.waiting("summarise")).hasSize(2);
      assertThat(onPrem.waiting("summarise")).hasSize(2);
      assertSame(onPrem, connection);

      // the metastore goes away while something is to be published
      metastore.close();
      byte[] rest = payload("golden-alpha.03.2026-11-11..19.tar.gz");
      cloud.payload("rest", rest);
      onPrem.payload("rest", rest);
      WorkItem publication = cloud.waiting(Publication.KIND).getFirst();
      YearMonth expiring = YearMonth.of(2026, 10);
      assertThatThrownBy(() -> cloud.perform(publication))
          .isInstanceOfSatisfying(
              TawaraException.class, failure -> assertThat(failure.retryable()).isTrue());
      assertThat(cloud.waiting("summarise")).hasSize(2);
      metastore = metastore(catalog, metastore.config().port());
      cloud.performAll(Publication.KIND);
      assertThat(cloud.waiting("summarise")).hasSize(3);
      assertSame(onPrem, connection);

      // what is older than what is kept goes, with its partition
      var landings = cloud.ingest.landings();
      landings.expire(LandingStack.TENANT, expiring.plusMonths(1));
      cloud.performAll(Publication.KIND);
      assertThat(months(connection)).containsExactly("11");
      onPrem.tenant("select 1");

      // a deleted provider leaves nothing
      landings.forget(LandingStack.TENANT, cluster.id());
      assertThat(months(connection)).isEmpty();
      cloud.database.run(
          own -> {
            try (var statement = own.createStatement()) {
              statement.execute("update public.line_item_garbage set due = now()");
            }
          });
      new Sweep(cloud.database, cloud.objects).run();
      assertThat(
              cloud
                  .objects
                  .client()
                  .listObjectsV2(
                      request -> request.bucket(objects.bucket()).prefix("data/parquet/"))
                  .contents())
          .isEmpty();
      assertThat(
              cloud
                  .objects
                  .client()
                  .listObjectsV2(
                      request -> request.bucket(objects.bucket()).prefix("data/listing/"))
                  .contents())
          .isEmpty();
      try (var files = Files.list(directory.resolve("cloud"))) {
        assertThat(files.filter(file -> file.toString().endsWith(".parquet"))).isEmpty();
      }
    } finally {
      metastore.close();
    }
  }

  private EmbeddedMetastore metastore(DatabaseConfig catalog, int port) {
    return EmbeddedMetastore.start(directory.resolve("metastore"), catalog, port, line -> {});
  }

  private static byte[] payload(String name) throws Exception {
    return Files.readAllBytes(PAYLOADS.resolve(name));
  }

  private static List<String> months(Connection connection) throws SQLException {
    return LandingStack.rows(
        connection, "select distinct month from openshift_pod_usage_line_items_daily order by 1");
  }

  private static void assertSame(LandingStack onPrem, Connection trino) throws SQLException {
    int rows = 0;
    for (LineItemTable table : OpenShiftTables.REPORTS) {
      List<String> expected =
          onPrem.database.tenant(LandingStack.TENANT, connection -> contents(connection, table));
      rows += expected.size();
      assertThat(contents(trino, table)).as(table.name()).isEqualTo(expected);
    }
    assertThat(rows).isPositive();
    String capacity =
        """
        select usage_start, node, sum(cores), sum(bytes) from (
          select usage_start, interval_start, node,
            max(node_capacity_cpu_core_seconds) as cores,
            max(node_capacity_memory_byte_seconds) as bytes
          from openshift_node_capacity_hourly group by usage_start, interval_start, node) hours
        group by usage_start, node order by 1, 2
        """;
    assertThat(LandingStack.rows(trino, capacity).size())
        .isEqualTo(onPrem.tenant(capacity).size())
        .isPositive();
    // rows as they came add up to the same
    String raw =
        """
        select sum(pod_request_cpu_core_seconds) / sum(daily) from (
          select pod_request_cpu_core_seconds, 0 as daily from openshift_pod_usage_line_items
          union all
          select 0, pod_request_cpu_core_seconds from openshift_pod_usage_line_items_daily) both
        """;
    assertThat(Double.parseDouble(LandingStack.rows(trino, raw).getFirst()))
        .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-9));
  }

  /// All rows of a table but where they came from, in a fixed order.
  private static List<String> contents(Connection connection, LineItemTable table)
      throws SQLException {
    List<Column> columns =
        table.columns().stream()
            .filter(column -> column.role() != Role.PLACE || column.name().equals("usage_start"))
            .filter(
                column ->
                    switch (column.type()) {
                      case TEXT, JSON_TEXT, DOUBLE, INTEGER, DATE -> true;
                      case TIMESTAMP, UUID -> false;
                    })
            .toList();
    String sql =
        "select %s from %s"
            .formatted(
                columns.stream().map(Column::name).collect(Collectors.joining(", ")), table.name());
    try (var statement = connection.createStatement();
        ResultSet found = statement.executeQuery(sql)) {
      var rows = new ArrayList<String>();
      while (found.next()) {
        var row = new StringBuilder();
        for (int i = 0; i < columns.size(); i++) {
          row.append('|');
          switch (columns.get(i).type()) {
            case DOUBLE -> row.append(found.getDouble(i + 1)).append(found.wasNull());
            case INTEGER -> row.append(found.getLong(i + 1)).append(found.wasNull());
            case TEXT, JSON_TEXT, DATE, TIMESTAMP, UUID -> row.append(found.getString(i + 1));
          }
        }
        rows.add(row.toString());
      }
      rows.sort(null);
      return rows;
    }
  }
}
