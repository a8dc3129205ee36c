package io.tawara.ingest.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.catalog.PostgresTables;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkQueue;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.landing.PostgresLandings;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Months that are not kept any more leave every table.
class PurgeTest {
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("1");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  /// Every table of what clouds bill for OpenShift, with a row of a month that goes and of one that
  /// stays: whole partitions, rollups by day, and the two tables by month.
  @Test
  void monthsOfClustersOnCloudsExpire() throws Exception {
    try (var database = new Database(TestServices.freshDatabase("purge"));
        var objects = new ObjectStore(TestServices.freshBuckets("purge"))) {
      objects.ensureBuckets();
      var tenants = new Tenants(database, PostgresTables.onPrem());
      tenants.migrateAll();
      tenants.ensure(TENANT);
      List<String> tables = tables(database);
      assertThat(tables).contains("ocp_cloud_tag_value", "ocp_cloud_month").hasSizeGreaterThan(10);
      for (String table : tables) {
        fill(database, table);
      }
      var purge =
          new Purge(
              database,
              tenants,
              new Retention(database, CLOCK, 3),
              objects,
              new PostgresLandings(database, PostgresTables.onPrem(), new WorkQueue(database)),
              2);
      purge.purge(TENANT);
      for (String table : tables) {
        assertThat(months(database, table)).as(table).containsExactly("2026-09-01");
      }
    }
  }

  private static List<String> tables(Database database) {
    return texts(
        database,
        """
        select relname from pg_class
        where relnamespace = current_schema()::regnamespace and not relispartition
          and relkind in ('r', 'p') and (relname like 'ocp_cloud%' or relname like 'ocp_all%')
        order by 1
        """);
  }

  /// Three rows of August, which is more than are removed at once, and one of September. Columns
  /// that must have a value get one of their type.
  private static void fill(Database database, String table) {
    String day =
        texts(
                database,
                """
                select attname from pg_attribute
                where attrelid = '%s'::regclass and attname in ('usage_start', 'month')
                """
                    .formatted(table))
            .getFirst();
    List<String> columns = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (String column :
        texts(
            database,
            """
            select attname || ' ' || atttypid::regtype from pg_attribute
            where attrelid = '%s'::regclass and attnum > 0 and attnotnull and not atthasdef
            """
                .formatted(table))) {
      String[] parts = column.split(" ", 2);
      columns.add(parts[0]);
      values.add(
          parts[0].equals(day)
              ? "cast(day as date)"
              : switch (parts[1]) {
                case "uuid" -> "gen_random_uuid()";
                case "date" -> "cast(day as date)";
                default -> "'x'";
              });
    }
    if (texts(
            database,
            "select 1 from pg_class where relname = '%s' and relkind = 'p'".formatted(table))
        .isEmpty()) {
      insert(database, table, columns, values);
      return;
    }
    for (int month = 8; month <= 9; month++) {
      execute(
          database,
          "create table %1$s_2026_0%2$d partition of %1$s for values from ('2026-0%2$d-01') to ('2026-%3$02d-01')"
              .formatted(table, month, month + 1));
    }
    insert(database, table, columns, values);
  }

  private static void insert(
      Database database, String table, List<String> columns, List<String> values) {
    execute(
        database,
        "insert into %s (%s) select %s from unnest(array['2026-08-01', '2026-08-01', '2026-08-01', '2026-09-01']) day"
            .formatted(table, String.join(", ", columns), String.join(", ", values)));
  }

  private static List<String> months(Database database, String table) {
    String day =
        table.equals("ocp_cloud_tag_value") || table.equals("ocp_cloud_month")
            ? "month"
            : "usage_start";
    return texts(database, "select distinct %s from %s order by 1".formatted(day, table));
  }

  private static void execute(Database database, String sql) {
    database.runTenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(sql);
          }
        });
  }

  private static List<String> texts(Database database, String sql) {
    return database.tenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            return texts(rows);
          }
        });
  }

  private static List<String> texts(java.sql.ResultSet rows) throws SQLException {
    var found = new ArrayList<String>();
    while (rows.next()) {
      found.add(rows.getString(1));
    }
    return found;
  }
}
