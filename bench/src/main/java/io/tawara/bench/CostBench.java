package io.tawara.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.cost.OpenShiftCosts;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.LoggerFactory;

/// Applying a cost model of 30 rates to a month of usage, published: cost rows, rollups, breakdown.
/// PostgreSQL with fsync. `CostBench [clusters] [nodes per cluster] [rounds]`; 1 and 133 is a
/// typical cluster, 33 and 33 the largest organisation of record.
///
/// Beside it, in the same run: what the bare SQL costs that only takes the finished cost rows away
/// and inserts them again from a copy, and how long a reader of the month waits during a
/// recalculation and without one. `-Dbench.statements=true` tells what each statement takes.
public final class CostBench {
  private static final YearMonth MONTH = YearMonth.of(2026, 10);
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("bench");
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T12:00:00Z"), ZoneOffset.UTC);

  private CostBench() {}

  public static void main(String[] arguments) throws Exception {
    int clusters = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
    int nodes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 133;
    int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
    if (Boolean.getBoolean("bench.statements")) {
      ((Logger) LoggerFactory.getLogger("io.tawara.analytics")).setLevel(Level.DEBUG);
    }
    Path directory = Files.createTempDirectory("tawara-bench");
    try (var postgres =
            EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(directory.resolve("postgres"), 0, true));
        var database = new Database(postgres.freshDatabase("bench"))) {
      var tenants = new Tenants(database, PostgresTables.onPrem());
      tenants.migrateAll();
      tenants.ensure(TENANT);
      List<UUID> sources = new ArrayList<>();
      database.runTenant(TENANT, CostBench::prepare);
      for (int i = 0; i < clusters; i++) {
        UUID source = new UUID(1, i);
        sources.add(source);
        database.runTenant(TENANT, connection -> usage(connection, source, nodes));
      }
      database.runTenant(TENANT, connection -> model(connection, sources));
      print("usage rows", count(database, "cost_model_rate_type is null"));
      var costs =
          new OpenShiftCosts(
              database, CLOCK, LineItemEngine.inDatabase(), CostEngine.Parities.none());
      reader(database, "reader alone", new AtomicBoolean(true), 300);
      for (int round = 0; round < rounds; round++) {
        var running = new AtomicBoolean(true);
        try (var threads = Executors.newSingleThreadExecutor()) {
          Future<?> reading =
              round < rounds - 1
                  ? null
                  : threads.submit(
                      () -> reader(database, "reader meanwhile", running, Integer.MAX_VALUE));
          Duration before = processorTime(database);
          long begin = System.nanoTime();
          var parallel = Executors.newFixedThreadPool(2);
          var done = new ArrayList<Future<?>>();
          for (UUID source : sources) {
            done.add(
                parallel.submit(
                    () ->
                        costs.calculate(
                            TENANT,
                            source,
                            new SummaryRange(MONTH.atDay(1), MONTH.atEndOfMonth()))));
          }
          for (Future<?> each : done) {
            each.get();
          }
          parallel.shutdown();
          System.out.printf(
              Locale.ROOT,
              "round %d: %.2f s, of which the database computed %.2f s%n",
              round,
              (System.nanoTime() - begin) / 1e9,
              processorTime(database).minus(before).toMillis() / 1e3);
          running.set(false);
          if (reading != null) {
            reading.get();
          }
        }
      }
      print("cost rows", count(database, "cost_model_rate_type is not null"));
      check(database);
      bare(database);
    }
  }

  /// Processor time of the database's connections: on a busy machine the better figure.
  private static Duration processorTime(Database database) {
    return database.transaction(
        connection -> {
          var sum = Duration.ZERO;
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      "select pid from pg_stat_activity where datname = current_database()")) {
            while (rows.next()) {
              sum =
                  sum.plus(
                      ProcessHandle.of(rows.getLong(1))
                          .flatMap(process -> process.info().totalCpuDuration())
                          .orElse(Duration.ZERO));
            }
          }
          return sum;
        });
  }

  private static void prepare(Connection connection) throws SQLException {
    new PostgresTables(OpenShiftTables.ALL).ensureMonths(connection, List.of(MONTH));
    execute(
        connection,
        """
        create table ocp_daily_summary_2026_10 partition of ocp_daily_summary
          for values from ('2026-10-01') to ('2026-11-01')
        """);
  }

  /// Usage rows of a month: 20 sets of namespace and labels on each node, what is left of the node,
  /// and 8 claims per node.
  private static void usage(Connection connection, UUID source, int nodes) throws SQLException {
    execute(
        connection,
        """
        with period as (
          insert into ocp_report_period (source_uuid, cluster_id, report_period_start,
            report_period_end)
          values ('%1$s', '%1$s', '2026-10-01', '2026-11-01') returning id
        ),
        grid as (
          select cast(day as date) as day, node,
            (node * 7 + pods * 13) %% 60 as project, pods
          from generate_series(date '2026-10-01', date '2026-10-31', interval '1 day') as day,
            generate_series(1, %2$d) as node, generate_series(0, 20) as pods
        )
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, data_source,
          usage_start, usage_end, namespace, node, resource_id, cost_category_id, pod_labels,
          all_labels, node_capacity_cpu_cores, node_capacity_cpu_core_hours,
          node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
          cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
          pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
          pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
          pod_effective_usage_memory_gigabyte_hours, infrastructure_markup_cost,
          infrastructure_project_markup_cost)
        select period.id, '%1$s', '%1$s', 'Pod', day, day,
          case when pods = 20 then 'Worker unallocated'
            when project < 12 then 'openshift-' || project else 'project-' || project end,
          'node-' || node, 'i-' || node,
          case when pods < 20 and project < 12
            then (select id from reporting_ocp_cost_category where name = 'Platform') end,
          case when pods < 20 then jsonb_build_object('app', 'app-' || (project + pods) %% 40,
            'env', (array['prod', 'stage', 'test'])[1 + pods %% 3], 'team', 'team-' || project %% 9)
          end,
          case when pods < 20 then jsonb_build_object('app', 'app-' || (project + pods) %% 40,
            'env', (array['prod', 'stage', 'test'])[1 + pods %% 3], 'team', 'team-' || project %% 9)
            else '{}' end,
          16, 384, 64, 1536, 384 * %2$d, 1536 * %2$d,
          cpu, cpu * 1.25, cpu * 1.25, memory, memory * 1.5, memory * 1.5, 0, 0
        from grid cross join period
        cross join lateral (select
          cast(((node * 31 + pods * 17 + extract(day from day)) %% 97) / 9 as numeric(33, 15)) as cpu,
          cast(((node * 13 + pods * 29 + extract(day from day)) %% 89) / 3 as numeric(33, 15))
            as memory) used
        """
            .formatted(source, nodes));
    execute(
        connection,
        """
        insert into ocp_node (source_uuid, cluster_id, node, resource_id, node_capacity_cpu_cores,
          node_role)
        select '%1$s', '%1$s', 'node-' || node, 'i-' || node, 16, 'worker'
        from generate_series(1, %2$d) as node;
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, data_source,
          usage_start, usage_end, namespace, node, resource_id, volume_labels, all_labels,
          persistentvolumeclaim, persistentvolume, storageclass,
          persistentvolumeclaim_usage_gigabyte_months, volume_request_storage_gigabyte_months,
          persistentvolumeclaim_capacity_gigabyte_months)
        select id, '%1$s', '%1$s', 'Storage', cast(day as date), cast(day as date),
          'project-' || 12 + (node * 7 + claim * 13) %% 48, 'node-' || node, 'i-' || node,
          jsonb_build_object('tier', (array['gold', 'silver'])[1 + claim %% 2]),
          jsonb_build_object('tier', (array['gold', 'silver'])[1 + claim %% 2]),
          'claim-' || node || '-' || claim, 'pv-' || node || '-' || claim, 'fast',
          cast((node + claim) / 7.0 as numeric(33, 15)), (node + claim) %% 50, 50
        from ocp_report_period,
          generate_series(date '2026-10-01', date '2026-10-31', interval '1 day') as day,
          generate_series(1, %2$d) as node, generate_series(1, 8) as claim
        where source_uuid = '%1$s'
        """
            .formatted(source, nodes));
  }

  /// 30 rates: 17 tiered ones, 13 by label.
  private static void model(Connection connection, List<UUID> sources) throws SQLException {
    UUID id = new UUID(2, 0);
    execute(
        connection,
        """
        insert into cost_model (uuid, name, description, source_type, created_timestamp,
          updated_timestamp, markup, distribution_info, currency)
        values ('%1$s', 'bench', '', 'OCP', now(), now(), '{"value": "10", "unit": "percent"}',
          '{"distribution_type": "cpu", "platform_cost": true, "worker_cost": true}', 'USD');
        insert into price_list (uuid, name, description, currency, effective_start_date,
          effective_end_date, created_timestamp, updated_timestamp)
        values ('%1$s', 'bench', '', 'USD', '2026-03-01', '2099-12-31', now(), now());
        insert into price_list_cost_model_map values ('%1$s', '%1$s', 1)
        """
            .formatted(id));
    for (UUID source : sources) {
      execute(connection, "insert into cost_model_map values ('%s', '%s')".formatted(source, id));
    }
    List<String> tiered =
        List.of(
            "cpu_core_usage_per_hour Supplementary 0.007",
            "cpu_core_request_per_hour Supplementary 0.2",
            "cpu_core_effective_usage_per_hour Supplementary 0.05",
            "memory_gb_usage_per_hour Supplementary 0.009",
            "memory_gb_request_per_hour Supplementary 0.05",
            "memory_gb_effective_usage_per_hour Supplementary 0.01",
            "storage_gb_usage_per_month Supplementary 0.01",
            "storage_gb_request_per_month Supplementary 0.02",
            "cpu_core_usage_per_hour Infrastructure 0.003",
            "cpu_core_request_per_hour Infrastructure 0.1",
            "memory_gb_usage_per_hour Infrastructure 0.004",
            "node_core_cost_per_hour Infrastructure 0.02",
            "node_cost_per_month Infrastructure 310",
            "node_core_cost_per_month Infrastructure 20",
            "cluster_cost_per_month Infrastructure 10000",
            "cluster_cost_per_hour Infrastructure 1.5",
            "pvc_cost_per_month Infrastructure 31");
    int position = 0;
    for (String rate : tiered) {
      String[] parts = rate.split(" ");
      rate(connection, id, position++, parts[0], parts[1], new BigDecimal(parts[2]), "", "[]");
    }
    for (String metric :
        List.of(
            "cpu_core_usage_per_hour",
            "cpu_core_request_per_hour",
            "memory_gb_usage_per_hour",
            "memory_gb_request_per_hour",
            "node_cost_per_month")) {
      for (String key : List.of("env", "team")) {
        String value = key.equals("env") ? "prod" : "team-3";
        rate(
            connection,
            id,
            position++,
            metric,
            "Supplementary",
            null,
            key,
            "[{\"tag_value\": \"%s\", \"value\": \"0.01\", \"default\": false}]".formatted(value));
      }
    }
    for (String metric :
        List.of(
            "storage_gb_usage_per_month", "storage_gb_request_per_month", "pvc_cost_per_month")) {
      rate(
          connection,
          id,
          position++,
          metric,
          "Supplementary",
          null,
          "tier",
          "[{\"tag_value\": \"gold\", \"value\": \"0.5\", \"default\": true}]");
    }
  }

  private static void rate(
      Connection connection,
      UUID list,
      int position,
      String metric,
      String costType,
      BigDecimal value,
      String key,
      String values)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into cost_model_rate (uuid, price_list_id, position, custom_name, metric,
              metric_type, cost_type, default_rate, tag_key, tag_values, created_timestamp,
              updated_timestamp)
            values (gen_random_uuid(), ?, ?, ?, ?, 'other', ?, ?, ?, cast(? as jsonb), now(), now())
            """)) {
      statement.setObject(1, list);
      statement.setInt(2, position);
      statement.setString(3, "rate " + position);
      statement.setString(4, metric);
      statement.setString(5, costType);
      statement.setBigDecimal(6, value);
      statement.setString(7, key);
      statement.setString(8, values);
      statement.executeUpdate();
    }
  }

  /// A month by project, as the report reads it.
  private static void reader(Database database, String name, AtomicBoolean go, int most) {
    var times = new ArrayList<Long>();
    while (go.get() && times.size() < most) {
      long begin = System.nanoTime();
      database.runTenant(
          TENANT,
          connection -> {
            try (var statement = connection.createStatement();
                var rows =
                    statement.executeQuery(
                        """
                        select namespace, sum(infrastructure_raw_cost),
                          sum(cost_model_cpu_cost + cost_model_memory_cost + cost_model_volume_cost),
                          sum(distributed_cost)
                        from ocp_cost_by_project
                        where usage_start between '2026-10-01' and '2026-10-31'
                        group by namespace
                        """)) {
              while (rows.next()) {
                rows.getString(1);
              }
            }
          });
      times.add(System.nanoTime() - begin);
    }
    long[] sorted = times.stream().mapToLong(Long::longValue).sorted().toArray();
    System.out.printf(
        Locale.ROOT,
        "%s: %d reads, p50 %.1f ms, p99 %.1f ms, max %.1f ms%n",
        name,
        sorted.length,
        sorted[sorted.length / 2] / 1e6,
        sorted[(int) (sorted.length * 0.99)] / 1e6,
        sorted[sorted.length - 1] / 1e6);
  }

  private static void check(Database database) {
    database.runTenant(
        TENANT,
        connection -> {
          print(
              "cost in the daily rows less cost in the breakdown",
              number(
                  connection,
                  """
                  select (select sum(cost_model_cpu_cost + cost_model_memory_cost
                      + cost_model_volume_cost) from ocp_daily_summary)
                    - (select sum(cost_model_cost) from ocp_cost_breakdown)
                  """));
          print(
              "days and kinds that lost money",
              number(
                  connection,
                  """
                  select count(*) from (
                    select from ocp_daily_summary where distributed_cost is not null
                    group by source_uuid, usage_start, cost_model_rate_type
                    having sum(distributed_cost) <> 0) wrong
                  """));
          print(
              "cost in the daily rows less cost in the rollup",
              number(
                  connection,
                  """
                  select (select sum(cost_model_cpu_cost) from ocp_daily_summary)
                    - (select sum(cost_model_cpu_cost) from ocp_cost_by_project)
                  """));
        });
  }

  /// The floor: the finished rows taken away and put back.
  private static void bare(Database database) {
    database.runTenant(
        TENANT,
        connection -> {
          execute(
              connection,
              """
              create temporary table finished as
                select * from ocp_daily_summary where cost_model_rate_type is not null;
              create temporary table rolled as select * from ocp_cost_by_project
              """);
          Duration before = processorTime(database);
          long begin = System.nanoTime();
          execute(
              connection,
              """
              delete from ocp_daily_summary where cost_model_rate_type is not null;
              insert into ocp_daily_summary select * from finished
              """);
          System.out.printf(
              Locale.ROOT,
              "bare SQL, cost rows taken away and put back: %.2f s, computed %.2f s%n",
              (System.nanoTime() - begin) / 1e9,
              processorTime(database).minus(before).toMillis() / 1e3);
        });
  }

  private static BigDecimal count(Database database, String condition) {
    return database.tenant(
        TENANT,
        connection ->
            number(connection, "select count(*) from ocp_daily_summary where " + condition));
  }

  private static BigDecimal number(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getBigDecimal(1);
    }
  }

  private static void print(String name, BigDecimal value) {
    System.out.println(name + ": " + value.stripTrailingZeros().toPlainString());
  }

  private static void execute(Connection connection, String... sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (String each : Arrays.asList(sql)) {
        statement.execute(each);
      }
    }
  }
}
