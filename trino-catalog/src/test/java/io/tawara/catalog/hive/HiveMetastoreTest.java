package io.tawara.catalog.hive;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.embedded.EmbeddedMetastore;
import io.tawara.embedded.EmbeddedTrino;
import io.tawara.embedded.TestServices;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import java.util.UUID;
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
      assertThat(hive.dropPartitions(TENANT, PODS, each -> each.month().equals("10")))
          .containsExactly(october.name());
      try (var rows = statement.executeQuery(count)) {
        rows.next();
        assertThat(rows.getInt(1)).isEqualTo(1);
      }
    }
  }
}
