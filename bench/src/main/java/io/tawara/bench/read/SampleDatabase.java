package io.tawara.bench.read;

import io.tawara.catalog.PostgresTables;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.util.concurrent.CountDownLatch;

/// The bench's tenants in a database that stays until the process ends, to look at plans:
/// `SampleDatabase small|middle|large…`
final class SampleDatabase {
  private SampleDatabase() {}

  public static void main(String[] names) throws Exception {
    try (var postgres =
        EmbeddedPostgres.start(
            new EmbeddedPostgres.Settings(Files.createTempDirectory("tawara-sample"), 0, false))) {
      DatabaseConfig config = postgres.freshDatabase("read");
      try (var database = new Database(config)) {
        var tenants = new Tenants(database, PostgresTables.onPrem());
        tenants.migrateAll();
        for (String name : names) {
          SampleSummary.fill(database, tenants, ReadBench.SIZES.get(name), ReadBench.TODAY);
          System.out.println(name + " is there");
        }
      }
      System.out.printf(
          "postgresql://%s:%s@127.0.0.1:%d/%s%n",
          config.user(), config.password(), config.port(), config.name());
      new CountDownLatch(1).await();
    }
  }
}
