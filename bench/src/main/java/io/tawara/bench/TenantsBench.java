package io.tawara.bench;

import io.tawara.catalog.PostgresTables;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

/// How long many tenants take: to be made, to be brought from the release before to this one, and
/// to be found up to date at a start. Says how many are really at the newest version. `TenantsBench
/// [tenants] [fsync true|false]`
public final class TenantsBench {
  private static final int MAKERS = 4;

  private TenantsBench() {}

  public static void main(String[] arguments) throws Exception {
    int tenants = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 300;
    boolean durable = arguments.length <= 1 || Boolean.parseBoolean(arguments[1]);
    Path directory = Files.createTempDirectory("tawara-bench");
    try (var postgres =
            EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(directory.resolve("postgres"), 0, durable));
        var database = new Database(postgres.freshDatabase("bench"))) {
      var made = new Tenants(database, PostgresTables.onPrem());
      made.migrateAll();
      double seconds = seconds(() -> make(made, tenants));
      report("made", tenants, seconds);

      long before = newest(database, tenants);
      rewind(database, tenants);
      seconds = seconds(() -> new Tenants(database, PostgresTables.onPrem()).migrateAll());
      report("migrated by one version", tenants, seconds);
      long after = newest(database, tenants);

      seconds = seconds(() -> new Tenants(database, PostgresTables.onPrem()).migrateAll());
      report("found up to date", tenants, seconds);
      System.out.printf(Locale.ROOT, "at the newest version: %d before, %d after%n", before, after);
    }
  }

  private static void make(Tenants tenants, int count) {
    try (var threads = Executors.newFixedThreadPool(MAKERS)) {
      CompletableFuture.allOf(
              IntStream.range(0, count)
                  .mapToObj(TenantsBench::tenant)
                  .map(tenant -> CompletableFuture.runAsync(() -> tenants.ensure(tenant), threads))
                  .toArray(CompletableFuture[]::new))
          .join();
    }
  }

  private static TenantSchema tenant(int number) {
    return TenantSchema.ofOrganisation(Integer.toString(1_000_000 + number));
  }

  /// Takes the newest migration away from every tenant.
  private static void rewind(Database database, int tenants) {
    for (int i = 0; i < tenants; i++) {
      database.runTenant(
          tenant(i),
          connection -> {
            try (var statement = connection.createStatement()) {
              statement.execute(
                  """
                  delete from schema_history where installed_rank =
                    (select max(installed_rank) from schema_history where version = '040');
                  alter table ocp_project drop column unallocated;
                  """);
            }
          });
    }
    database.run(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute("update public.api_tenant set migrated_to = null");
          }
        });
  }

  private static long newest(Database database, int tenants) {
    long newest = 0;
    for (int i = 0; i < tenants; i++) {
      newest +=
          database.tenant(
              tenant(i),
              connection -> {
                try (var statement = connection.createStatement();
                    var rows =
                        statement.executeQuery(
                            "select count(*) from schema_history where version = '040'")) {
                  rows.next();
                  return rows.getLong(1);
                }
              });
    }
    return newest;
  }

  private static double seconds(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e9;
  }

  private static void report(String what, int tenants, double seconds) {
    System.out.printf(
        Locale.ROOT,
        "%d tenants %s: %.1f s, %.1f ms each, 10,000 at this pace: %.0f s%n",
        tenants,
        what,
        seconds,
        seconds * 1000 / tenants,
        seconds * 10_000 / tenants);
  }
}
