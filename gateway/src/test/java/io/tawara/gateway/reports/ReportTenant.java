package io.tawara.gateway.reports;

import io.tawara.analytics.summary.RollupWriter;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/// A tenant with two months of daily rows of two clusters, made of a seed: pods, volumes and GPUs,
/// with usage, cost and distributed cost; some rows lack a node, a label or a claim.
final class ReportTenant {
  static final List<String> CLUSTERS = List.of("one", "two");
  static final List<String> PROJECTS =
      List.of("shop", "SHOP-test", "openshift-x", "kube-system", "100%_\\", "");
  static final List<String> NODES = List.of("node-a", "node-b", "node-c");
  static final List<String> APPS = List.of("web", "db", "Others", "ünï'\"");

  private ReportTenant() {}

  static void fill(GatewayFixture fixture, TenantSchema tenant, long seed) {
    fixture.tenants.ensure(tenant);
    var random = new Random(seed);
    RollupWriter rollups = RollupWriter.openShift(LineItemEngine.inDatabase());
    fixture.database.runTenant(
        tenant,
        connection -> {
          execute(
              connection,
              """
              create table ocp_daily_summary_2026_10 partition of ocp_daily_summary
                for values from ('2026-10-01') to ('2026-11-01');
              create table ocp_daily_summary_2026_11 partition of ocp_daily_summary
                for values from ('2026-11-01') to ('2026-12-01');
              insert into reporting_enabledtagkeys (key, enabled, provider_type)
              values ('app', true, 'OCP'), ('team', true, 'OCP')
              """);
          for (String cluster : CLUSTERS) {
            UUID source =
                UUID.nameUUIDFromBytes(cluster.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            for (LocalDate day = LocalDate.of(2026, 10, 20);
                day.isBefore(LocalDate.of(2026, 11, 20));
                day = day.plusDays(1)) {
              for (int i = 0; i < 8; i++) {
                row(connection, random, cluster, source, day);
              }
            }
            rollups.write(
                connection, source, LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 31));
            rollups.write(
                connection, source, LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 30));
          }
        });
  }

  private static <T> T any(Random random, List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  private static void row(
      Connection connection, Random random, String cluster, UUID source, LocalDate day)
      throws SQLException {
    String kind = any(random, List.of("Pod", "Pod", "Pod", "Storage", "GPU"));
    String project = any(random, PROJECTS);
    String labels =
        random.nextInt(4) == 0
            ? "{}"
            : "{\"app\": \"%s\", \"team\": \"t%d\"}"
                .formatted(any(random, APPS).replace("\"", "\\\""), random.nextInt(3));
    if (kind.equals("GPU")) {
      labels =
          "{\"gpu-vendor\": \"nvidia\", \"gpu-model\": \"m%d\", \"gpu-uuid\": \"u%d\", \"gpu-memory-mib\": \"4096\"}"
              .formatted(random.nextInt(2), random.nextInt(3));
    }
    try (var statement =
        connection.prepareStatement(
            """
            insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
              data_source, usage_start, usage_end, namespace, node, pod_labels, volume_labels,
              all_labels, pod_usage_cpu_core_hours, pod_request_cpu_core_hours,
              pod_limit_cpu_core_hours, pod_usage_memory_gigabyte_hours,
              pod_request_memory_gigabyte_hours, node_capacity_cpu_cores,
              node_capacity_cpu_core_hours, node_capacity_memory_gigabytes,
              node_capacity_memory_gigabyte_hours, cluster_capacity_cpu_core_hours,
              cluster_capacity_memory_gigabyte_hours, persistentvolumeclaim, storageclass,
              persistentvolumeclaim_capacity_gigabyte_months,
              persistentvolumeclaim_usage_gigabyte_months, infrastructure_raw_cost,
              infrastructure_markup_cost, cost_model_cpu_cost, cost_model_memory_cost,
              cost_model_volume_cost, cost_model_gpu_cost, distributed_cost, cost_model_rate_type)
            values (1, ?, ?, ?, ?, ?, ?, nullif(?, ''), ?, ?::jsonb, ?::jsonb, ?::jsonb,
              ?, ?, ?, ?, ?, 4, 96, 16, 384, 288, 1152, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)) {
      int i = 1;
      boolean pod = kind.equals("Pod");
      boolean storage = kind.equals("Storage");
      statement.setObject(i++, source);
      statement.setString(i++, cluster);
      statement.setString(i++, "Cluster " + cluster);
      statement.setString(i++, kind);
      statement.setObject(i++, day);
      statement.setObject(i++, day);
      statement.setString(i++, project);
      statement.setString(i++, random.nextInt(6) == 0 ? null : any(random, NODES));
      statement.setString(i++, pod ? labels : "{}");
      statement.setString(i++, storage ? labels : "{}");
      statement.setString(i++, labels);
      for (int j = 0; j < 5; j++) {
        statement.setBigDecimal(i++, pod ? number(random) : null);
      }
      statement.setString(
          i++, storage && random.nextInt(5) > 0 ? "claim-" + random.nextInt(3) : null);
      statement.setString(i++, storage && random.nextBoolean() ? "fast" : null);
      statement.setBigDecimal(i++, storage ? number(random) : null);
      statement.setBigDecimal(i++, storage ? number(random) : null);
      String rate =
          any(
              random,
              java.util.Arrays.asList(
                  null,
                  "Infrastructure",
                  "Supplementary",
                  "platform_distributed",
                  "worker_distributed"));
      boolean distributed = rate != null && rate.endsWith("distributed");
      for (int j = 0; j < 6; j++) {
        statement.setBigDecimal(i++, distributed ? null : number(random));
      }
      statement.setBigDecimal(i++, distributed ? number(random).negate() : null);
      statement.setString(i, rate);
      statement.executeUpdate();
    }
  }

  private static java.math.BigDecimal number(Random random) {
    return java.math.BigDecimal.valueOf(random.nextInt(1_000_000), 3 + random.nextInt(4));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
