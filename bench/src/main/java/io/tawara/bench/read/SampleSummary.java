package io.tawara.bench.read;

import io.tawara.analytics.summary.RollupWriter;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.UUID;

/// Daily summary rows of clusters that do not exist: as many pods, namespaces and label sets as
/// real ones of that size, with usage, two kinds of cost and distributed cost, and the rollups of
/// all that.
///
/// Twenty system namespaces have a pod on every node; the other pods belong to deployments of four,
/// five deployments to a namespace, each with labels of its own.
final class SampleSummary {
  private static final int SYSTEM_NAMESPACES = 20;

  /// How large a tenant is.
  ///
  /// @param pods per node
  record Size(String organisation, int clusters, int nodes, int pods, int months) {
    int allNodes() {
      return clusters * nodes;
    }
  }

  private SampleSummary() {}

  /// Makes a tenant's rows, for the months that end with the given day's.
  static void fill(Database database, Tenants tenants, Size size, LocalDate today) {
    TenantSchema tenant = TenantSchema.ofOrganisation(size.organisation());
    tenants.ensure(tenant);
    RollupWriter rollups = RollupWriter.openShift(LineItemEngine.inDatabase());
    for (int back = size.months() - 1; back >= 0; back--) {
      YearMonth month = YearMonth.from(today).minusMonths(back);
      LocalDate first = month.atDay(1);
      LocalDate last = month.atEndOfMonth().isAfter(today) ? today : month.atEndOfMonth();
      database.runTenant(tenant, connection -> partition(connection, month));
      for (int cluster = 0; cluster < size.clusters(); cluster++) {
        UUID source = source(size, cluster);
        int number = cluster;
        database.runTenant(
            tenant,
            connection -> {
              pods(connection, size, number, source, first, last);
              volumes(connection, size, number, source, first, last);
              rollups.write(connection, source, first, last);
            });
      }
    }
    database.runTenant(
        tenant,
        connection -> {
          execute(
              connection,
              """
              insert into reporting_enabledtagkeys (key, enabled, provider_type)
              values ('app', true, 'OCP'), ('team', true, 'OCP'), ('version', true, 'OCP')
              on conflict do nothing
              """);
          DataVersion.raise(connection);
        });
    database.runTenant(tenant, connection -> execute(connection, "analyze"));
  }

  private static UUID source(Size size, int cluster) {
    return UUID.nameUUIDFromBytes(
        (size.organisation() + " " + cluster).getBytes(StandardCharsets.UTF_8));
  }

  private static void partition(Connection connection, YearMonth month) throws SQLException {
    execute(
        connection,
        "create table if not exists ocp_daily_summary_%s partition of ocp_daily_summary for values from ('%s') to ('%s')"
            .formatted(
                month.toString().replace('-', '_'), month.atDay(1), month.plusMonths(1).atDay(1)));
  }

  private static void pods(
      Connection connection, Size size, int cluster, UUID source, LocalDate first, LocalDate last)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
              data_source, usage_start, usage_end, namespace, node, resource_id, pod_labels,
              all_labels, pod_usage_cpu_core_hours, pod_request_cpu_core_hours,
              pod_effective_usage_cpu_core_hours, pod_limit_cpu_core_hours,
              pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
              pod_effective_usage_memory_gigabyte_hours, pod_limit_memory_gigabyte_hours,
              node_capacity_cpu_cores, node_capacity_cpu_core_hours,
              node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
              cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
              infrastructure_raw_cost, infrastructure_markup_cost, raw_currency,
              cost_model_cpu_cost, cost_model_memory_cost, cost_model_volume_cost,
              distributed_cost, cost_model_rate_type)
            with pods as (
              select day::date as day, n as node, p as pod,
                case when p < ? then 'openshift-system-' || p
                  else 'project-' || (d.id / 5) end as namespace,
                case when p < ? then jsonb_build_object('app', 'system-' || p, 'team', 'platform')
                  else jsonb_build_object('app', 'app-' || d.id, 'team', 'team-' || (d.id % 12),
                    'version', 'v' || (d.id % 7)) end as labels,
                (1 + ((n * 31 + p * 17 + extract(doy from day)::int) % 97)) / 13.0 as load
              from generate_series(?::date, ?::date, interval '1 day') day
              cross join generate_series(1, ?) n
              cross join generate_series(0, ? - 1) p
              cross join lateral (select ((n - 1) * (? - ?) + p) / 4 as id) d
            )
            select 1, ?::uuid, ?, ?, 'Pod', day, day, namespace, 'node-' || node, 'i-' || node,
              labels, labels,
              case when kind = 0 then round(load, 15) end, case when kind = 0 then round(load * 2, 15) end,
              case when kind = 0 then round(load * 2, 15) end, case when kind = 0 then round(load * 4, 15) end,
              case when kind = 0 then round(load * 3, 15) end, case when kind = 0 then round(load * 5, 15) end,
              case when kind = 0 then round(load * 5, 15) end, case when kind = 0 then round(load * 8, 15) end,
              16, 384, 64, 1536, ? * 384, ? * 1536,
              case when kind = 0 then 0 end, case when kind = 0 then 0 end, null,
              case when kind in (1, 2) then round(load * kind * 0.007, 15) else 0 end,
              case when kind in (1, 2) then round(load * kind * 0.003, 15) else 0 end,
              0,
              case when kind = 3 then round(load * 0.001, 15) end,
              (array[null, 'Supplementary', 'Infrastructure', 'platform_distributed'])[kind + 1]
            from pods cross join generate_series(0, 3) kind
            where kind < 3 or pod >= ?
            """)) {
      int i = 1;
      int system = Math.min(SYSTEM_NAMESPACES, size.pods() / 2);
      statement.setInt(i++, system);
      statement.setInt(i++, system);
      statement.setObject(i++, first);
      statement.setObject(i++, last);
      statement.setInt(i++, size.nodes());
      statement.setInt(i++, size.pods());
      statement.setInt(i++, size.pods());
      statement.setInt(i++, system);
      statement.setString(i++, source.toString());
      statement.setString(i++, "cluster-" + cluster);
      statement.setString(i++, "Cluster " + cluster);
      statement.setInt(i++, size.nodes());
      statement.setInt(i++, size.nodes());
      statement.setInt(i++, system);
      statement.executeUpdate();
    }
  }

  private static void volumes(
      Connection connection, Size size, int cluster, UUID source, LocalDate first, LocalDate last)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
              data_source, usage_start, usage_end, namespace, node, volume_labels, all_labels,
              persistentvolumeclaim, storageclass, persistentvolumeclaim_capacity_gigabyte,
              persistentvolumeclaim_capacity_gigabyte_months,
              volume_request_storage_gigabyte_months, persistentvolumeclaim_usage_gigabyte_months,
              cost_model_volume_cost, cost_model_rate_type)
            select 1, ?::uuid, ?, ?, 'Storage', day::date, day::date, 'project-' || (v / 5),
              'node-' || (1 + v % ?), '{"app": "data"}', '{"app": "data"}', 'claim-' || v,
              case when v % 3 = 0 then 'fast' else 'slow' end,
              case when kind = 0 then 100 end, case when kind = 0 then 100 / 30.0 end,
              case when kind = 0 then 80 / 30.0 end, case when kind = 0 then 50 / 30.0 end,
              case when kind = 1 then 0.1 else 0 end,
              case when kind = 1 then 'Supplementary' end
            from generate_series(?::date, ?::date, interval '1 day') day
            cross join generate_series(0, ?) v cross join generate_series(0, 1) kind
            """)) {
      statement.setString(1, source.toString());
      statement.setString(2, "cluster-" + cluster);
      statement.setString(3, "Cluster " + cluster);
      statement.setInt(4, size.nodes());
      statement.setObject(5, first);
      statement.setObject(6, last);
      statement.setInt(7, size.nodes() * 2);
      statement.executeUpdate();
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
