package io.tawara.catalog.hive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.catalog.Column;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.RowWriter;
import io.tawara.catalog.adhoc.AdHocQueries;
import io.tawara.catalog.adhoc.AdHocQueries.Bounds;
import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.catalog.parquet.ParquetRows;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.config.TrinoConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.query.TenantQueries;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.embedded.EmbeddedMetastore;
import io.tawara.embedded.EmbeddedTrino;
import io.tawara.embedded.TestServices;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HiveMetastoreTest {
  private static final TenantSchema TENANT = new TenantSchema("org77");
  private static final HiveTable PODS = HiveTable.openShiftDaily(OpenShiftTables.POD_USAGE);
  private static final UUID SOURCE = new UUID(7, 7);

  @Test
  void tablesAndPartitionsAreSeenByTrinoAtOnce(@TempDir Path directory) throws Exception {
    ObjectStoreConfig objects = TestServices.freshBuckets("hive");
    try (var store = new ObjectStore(objects)) {
      store.ensureBuckets();
    }
    try (var metastore =
            EmbeddedMetastore.start(
                directory.resolve("metastore"),
                TestServices.freshDatabase("metastore"),
                0,
                line -> {});
        var trino =
            EmbeddedTrino.start(
                directory.resolve("trino"), metastore.config(), objects, 0, line -> {});
        var connection =
            DriverManager.getConnection(trino.config().jdbcUrl() + "/hive", "tawara", null);
        var statement = connection.createStatement()) {
      var hive = new HiveMetastore(metastore.config(), objects.bucket());
      hive.ensureTable(TENANT, PODS);
      hive.ensureTable(TENANT, PODS);
      var october = new HivePartition(SOURCE, "2026", "10");
      var november = new HivePartition(SOURCE, "2026", "11");
      hive.addPartitions(TENANT, PODS, List.of(october, november));
      hive.addPartitions(TENANT, PODS, List.of(november));
      assertThat(hive.partitionNames(TENANT, PODS))
          .containsExactlyInAnyOrder(october.name(), november.name());
      String count = "select count(*) from \"openshift_pod_usage_line_items_daily$partitions\"";
      statement.execute("use hive.org77");
      try (var rows = statement.executeQuery(count)) {
        rows.next();
        assertThat(rows.getInt(1)).isEqualTo(2);
      }
      try (var rows =
          statement.executeQuery(
              "select sum(pod_usage_cpu_core_seconds), min(interval_start), min(usage_start)"
                  + " from openshift_pod_usage_line_items_daily")) {
        rows.next();
        assertThat(rows.getObject(1)).isNull();
      }
      Path file = directory.resolve("pods.parquet");
      UUID other = new UUID(9, 9);
      var written = new ParquetRows(PODS, file);
      for (int row = 0; row < 3; row++) {
        writeRow(written, other, row);
      }
      written.end();
      assertThat(written.rows()).isEqualTo(3);
      var partition = new HivePartition(other, "2026", "11");
      try (var store = new ObjectStore(objects)) {
        String key = PODS.path(TENANT, partition) + "/pods.parquet";
        store.put(key, file, Map.of());
        store.put(PODS.path(TENANT, partition) + "/replaced.parquet", file, Map.of());
        store.put(
            PODS.listingPath(TENANT, partition) + "/" + HiveTable.LISTING,
            (hive.location(key) + "\n").getBytes(StandardCharsets.UTF_8),
            Map.of());
      }
      hive.addPartitions(TENANT, PODS, List.of(partition));
      try (var found =
          statement.executeQuery(
              "select source, month, node, count(*), sum(pod_usage_cpu_core_seconds),"
                  + " min(interval_start), max(usage_start), max(pod_labels), count(node_role)"
                  + " from openshift_pod_usage_line_items_daily group by 1, 2, 3")) {
        assertThat(found.next()).isTrue();
        assertThat(found.getString(1)).isEqualTo(other.toString());
        assertThat(found.getString(2)).isEqualTo("11");
        assertThat(found.getString(3)).isEqualTo("text");
        assertThat(found.getLong(4)).isEqualTo(3);
        assertThat(found.getDouble(5)).isEqualTo(0.75);
        assertThat(found.getString(6)).startsWith("2026-11-20 00:00:00");
        assertThat(found.getString(7)).isEqualTo("2026-11-20");
        assertThat(found.getString(8)).isEqualTo("text");
        assertThat(found.getLong(9)).isZero();
        assertThat(found.next()).isFalse();
      }
      askedByPeople(trino.config());
      assertThat(hive.dropPartitions(TENANT, PODS, each -> each.month().equals("10")))
          .containsExactly(october.name());
      try (var rows = statement.executeQuery(count)) {
        rows.next();
        assertThat(rows.getInt(1)).isEqualTo(2);
      }
    }
  }

  /// Queries that people write themselves are answered within bounds, and end when they have to.
  private static void askedByPeople(TrinoConfig trino) throws Exception {
    var queries = new AdHocQueries(trino, new Bounds(Duration.ofMinutes(5), 2, 1_000, 1L << 30));
    assertThat(
            queries
                .prepare(
                    TENANT,
                    "select node, count(*) pods, true as yes from"
                        + " openshift_pod_usage_line_items_daily group by node;")
                .run())
        .isEqualTo(
            new TenantQueries.Answer(
                List.of("node", "pods", "yes"), List.of(List.of("text", 3L, true))));
    assertThatThrownBy(
            () ->
                queries
                    .prepare(TENANT, "select node from openshift_pod_usage_line_items_daily")
                    .run())
        .isInstanceOfSatisfying(
            TawaraException.class,
            failure -> {
              assertThat(failure.category()).isEqualTo(Category.LIMIT);
              assertThat(failure).hasMessageContaining("more than 2 rows");
            });
    assertThatThrownBy(() -> queries.prepare(TENANT, "select no_such from values_of_nobody").run())
        .isInstanceOfSatisfying(
            TawaraException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.INPUT));
    String endless =
        "select count(*) from unnest(sequence(1, 10000)) a, unnest(sequence(1, 10000)) b,"
            + " unnest(sequence(1, 10000)) c";
    var hasty = new AdHocQueries(trino, new Bounds(Duration.ofSeconds(3), 2, 1_000, 1L << 30));
    assertThatThrownBy(() -> hasty.prepare(TENANT, endless).run())
        .isInstanceOfSatisfying(
            TawaraException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.LIMIT));
    var patient = new AdHocQueries(trino, new Bounds(Duration.ofMinutes(30), 2, 1_000, 1L << 30));
    TenantQueries.Running running = patient.prepare(TENANT, endless);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answer = threads.submit(running::run);
      Thread.sleep(1_000);
      running.end();
      assertThatThrownBy(() -> answer.get(60, TimeUnit.SECONDS))
          .cause()
          .isInstanceOf(TawaraException.class)
          .hasMessage("the query was ended");
    }
  }

  /// Every text is `text`, every number 0.25 times the row, every day 2026-11-20; roles are
  /// unknown.
  private static void writeRow(RowWriter out, UUID source, int row) throws Exception {
    int day = (int) LocalDate.of(2026, 11, 20).toEpochDay();
    byte[] text = "text".getBytes(StandardCharsets.UTF_8);
    out.row(PODS.table().columns().size());
    for (Column column : PODS.table().columns()) {
      if (column.name().equals("node_role")) {
        out.nothing();
        continue;
      }
      switch (column.type()) {
        case TEXT, JSON_TEXT -> out.bytes(text, 0, text.length);
        case DOUBLE -> out.number(row * 0.25);
        case INTEGER -> out.integer(row);
        case TIMESTAMP -> out.timestamp(day * 86_400L);
        case DATE -> out.date(day);
        case UUID -> out.uuid(source);
      }
    }
  }
}
