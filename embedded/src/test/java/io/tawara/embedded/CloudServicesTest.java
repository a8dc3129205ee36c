package io.tawara.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.objects.ObjectStore;
import java.nio.file.Path;
import java.sql.DriverManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudServicesTest {
  @Test
  void whatTrinoWritesThroughTheMetastoreLiesInTheObjectStoreAndComesBack(@TempDir Path directory)
      throws Exception {
    ObjectStoreConfig objects = TestServices.freshBuckets("trino");
    try (var store = new ObjectStore(objects)) {
      store.ensureBuckets();
    }
    try (var metastore =
            EmbeddedMetastore.start(
                directory.resolve("metastore"),
                TestServices.freshDatabase("metastore"),
                0,
                System.out::println);
        var trino =
            EmbeddedTrino.start(
                directory.resolve("trino"), metastore.config(), objects, 0, System.out::println);
        var connection =
            DriverManager.getConnection(trino.config().jdbcUrl() + "/hive", "tawara", null);
        var statement = connection.createStatement()) {
      statement.execute(
          "create schema hive.org1 with (location = 's3a://%s/data')".formatted(objects.bucket()));
      statement.execute(
          "create table hive.org1.items (id bigint, cost double, month varchar)"
              + " with (format = 'PARQUET', partitioned_by = array['month'],"
              + " external_location = 's3a://%s/data/items')".formatted(objects.bucket()));
      statement.execute("insert into hive.org1.items values (1, 0.5, '10'), (2, 0.25, '11')");
      try (var rows = statement.executeQuery("select sum(cost) from hive.org1.items")) {
        rows.next();
        assertThat(rows.getDouble(1)).isEqualTo(0.75);
      }
    }
  }
}
