package io.tawara.analytics.cost;

import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.TestServices;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// One tenant on a real server with one cluster and one month, into which tests write usage rows
/// and from which they read cost rows.
final class CostFixture implements AutoCloseable {
  static final UUID SOURCE = UUID.fromString("8c1f0f5e-33a1-4f0e-9d0c-6b8d1f2f0001");
  static final String CLUSTER = "cluster-one";
  static final LocalDate DAY = LocalDate.of(2026, 10, 5);

  private final Database database;
  private final TenantSchema tenant;
  final CostRun run;

  CostFixture(String hint) {
    database = new Database(TestServices.freshDatabase(hint));
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    tenant = TenantSchema.ofOrganisation("costs");
    tenants.ensure(tenant);
    database.runTenant(
        tenant,
        connection ->
            execute(
                connection,
                """
                create table ocp_daily_summary_2026_10 partition of ocp_daily_summary
                  for values from ('2026-10-01') to ('2026-11-01');
                insert into ocp_report_period (source_uuid, cluster_id, report_period_start,
                  report_period_end)
                values ('%1$s', '%2$s', '2026-10-01', '2026-11-01');
                insert into ocp_node (source_uuid, cluster_id, node, resource_id,
                  node_capacity_cpu_cores, node_role)
                values ('%1$s', '%2$s', 'n1', 'i-1', 4, 'worker'),
                  ('%1$s', '%2$s', 'n2', 'i-2', 2, 'infra')
                """
                    .formatted(SOURCE, CLUSTER)));
    inTenant(
        connection ->
            new PostgresTables(io.tawara.catalog.OpenShiftTables.ALL)
                .ensureMonths(connection, List.of(java.time.YearMonth.of(2026, 10))));
    long period =
        Long.parseLong(texts("select cast(id as text) from ocp_report_period").getFirst());
    run =
        new CostRun(SOURCE, period, CLUSTER, "one", DAY.withDayOfMonth(1), DAY.withDayOfMonth(31));
  }

  void inTenant(io.tawara.core.database.SqlWork.Action work) {
    database.runTenant(tenant, work);
  }

  Database database() {
    return database;
  }

  TenantSchema tenant() {
    return tenant;
  }

  void sql(String text) {
    inTenant(connection -> execute(connection, text));
  }

  private static void execute(Connection connection, String text) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /// All rows away: usage, cost and line items.
  void empty() {
    sql(
        """
        delete from ocp_daily_summary; delete from ocp_cost_part;
        delete from ocp_distribution_part; delete from openshift_vm_usage_line_items_daily;
        delete from openshift_gpu_usage_line_items_daily;
        delete from openshift_node_labels_line_items_daily;
        delete from openshift_namespace_labels_line_items_daily
        """);
  }

  /// The data set of `cost-models.md` §11.
  void conformanceData() {
    pod(DAY, "shop", "n1", "{\"app\": \"web\", \"env\": \"prod\"}", "10,20,20", "40,60,60", "4");
    pod(DAY, "shop", "n1", "{\"app\": \"db\"}", "6,4,6", "30,20,30", null);
    pod(DAY, "blog", "n1", "{\"app\": \"web\"}", "2,4,4", "10,12,12", null);
    pod(DAY, "openshift-mon", "n2", "{}", "8,10,10", "50,40,50", "2");
    pod(DAY, "Worker unallocated", "n1", null, "78,68,66", "304,292,282", null);
    pod(DAY, "Platform unallocated", "n2", null, "40,38,38", "142,152,142", null);
    claim("shop", "pvc1", "{\"tier\": \"gold\"}", 2, 5);
    claim("shop", "pvc2", "{\"tier\": \"silver\"}", 1, 3);
    claim("blog", "pvc3", "{}", 0.5, 1);
  }

  /// A usage row of a pod.
  ///
  /// @param cpu usage, request and effective usage in core-hours, separated by commas
  /// @param memory the same in GiB-hours
  void pod(
      LocalDate day,
      String namespace,
      String node,
      String labels,
      String cpu,
      String memory,
      String raw) {
    boolean first = node.equals("n1");
    sql(
        """
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, data_source,
          usage_start, usage_end, namespace, node, resource_id, cost_category_id, pod_labels,
          all_labels, node_capacity_cpu_cores, node_capacity_cpu_core_hours,
          node_capacity_memory_gigabytes, node_capacity_memory_gigabyte_hours,
          cluster_capacity_cpu_core_hours, cluster_capacity_memory_gigabyte_hours,
          infrastructure_raw_cost, infrastructure_project_raw_cost, infrastructure_markup_cost,
          pod_usage_cpu_core_hours, pod_request_cpu_core_hours, pod_effective_usage_cpu_core_hours,
          pod_usage_memory_gigabyte_hours, pod_request_memory_gigabyte_hours,
          pod_effective_usage_memory_gigabyte_hours)
        select id, source_uuid, cluster_id, 'Pod', '%1$s', '%1$s', '%2$s', '%3$s', '%4$s',
          (select max(cost_category_id) from reporting_ocp_cost_category_namespace c
            where '%2$s' like c.namespace),
          %5$s, coalesce(%5$s, '{}'), %6$s, 144, 576, %9$s, %9$s, 0, %7$s, %8$s
        from ocp_report_period
        """
            .formatted(
                day,
                namespace,
                node,
                first ? "i-1" : "i-2",
                labels == null ? "cast(null as jsonb)" : "cast('" + labels + "' as jsonb)",
                first ? "4, 96, 16, 384" : "2, 48, 8, 192",
                cpu,
                memory,
                raw == null ? "null" : raw));
  }

  private void claim(String namespace, String claim, String labels, double usage, double request) {
    sql(
        """
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, data_source,
          usage_start, usage_end, namespace, node, resource_id, volume_labels, all_labels,
          persistentvolumeclaim, persistentvolume, storageclass,
          persistentvolumeclaim_usage_gigabyte_months, volume_request_storage_gigabyte_months,
          persistentvolumeclaim_capacity_gigabyte_months)
        select id, source_uuid, cluster_id, 'Storage', '%s', '%1$s', '%s', 'n1', 'i-1', '%s', '%3$s',
          '%s', 'pv-%4$s', 'fast', %s, %s, 10
        from ocp_report_period
        """
            .formatted(DAY, namespace, labels, claim, usage, request));
  }

  /// Unattributed cloud cost of the day.
  void unattributed(String namespace, String node, int raw) {
    sql(
        """
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, data_source,
          usage_start, usage_end, namespace, node, all_labels, infrastructure_raw_cost,
          infrastructure_project_raw_cost, raw_currency)
        select id, source_uuid, cluster_id, 'Pod', '%s', '%1$s', '%s', %s, '{}', %d, %4$d, 'USD'
        from ocp_report_period
        """
            .formatted(DAY, namespace, node == null ? "null" : "'" + node + "'", raw));
  }

  /// A virtual machine on a node: its usage row and what its hours reported.
  void machine(
      String name,
      String node,
      String labels,
      String cpu,
      int records,
      int secondsPerRecord,
      int cores,
      int lastHour) {
    pod(DAY, "virt", node, labels, cpu, "1,1,1", null);
    sql(
        """
        insert into openshift_vm_usage_line_items_daily (source, year, month, usage_start,
          interval_start, node, namespace, vm_name, resource_id, vm_uptime_total_seconds,
          vm_cpu_request_cores, last_interval, manifestid, reportnumhours)
        values ('%s', '2026', '10', '%s', '%2$s', '%s', 'virt', '%s', '%s', %d, %d,
          '%2$s %02d:00', 1, 24)
        """
            .formatted(
                SOURCE,
                DAY,
                node,
                name,
                node.equals("n1") ? "i-1" : "i-2",
                records * secondsPerRecord,
                cores,
                lastHour));
  }

  void gpuNode(String node, int gpus, String strategy) {
    sql(
        """
        insert into openshift_node_labels_line_items_daily (source, year, month, usage_start,
          interval_start, node, node_labels, label_hours, manifestid, reportnumhours)
        values ('%s', '2026', '10', '%s', '%2$s', '%s', '%s', 24, 1, 24)
        """
            .formatted(
                SOURCE,
                DAY,
                node,
                "{\"nvidia_com_gpu_count\": \"%d\", \"nvidia_com_gpu_present\": \"True\"%s}"
                    .formatted(
                        gpus,
                        strategy == null
                            ? ""
                            : ", \"nvidia_com_mig_strategy\": \"" + strategy + "\"")));
  }

  void gpu(String node, String namespace, String model, double uptime, String slices, String most) {
    sql(
        """
        insert into openshift_gpu_usage_line_items_daily (source, year, month, usage_start,
          interval_start, node, namespace, pod, gpu_uuid, gpu_model_name, gpu_vendor_name,
          gpu_memory_capacity_mib, gpu_pod_uptime, mig_profile, mig_slice_count, gpu_max_slices,
          manifestid, reportnumhours)
        values ('%s', '2026', '10', '%s', '%2$s', '%s', '%s', 'pod-%4$s', 'GPU-1', '%s', 'nvidia',
          15360, %s, %s, %s, %s, 1, 24)
        """
            .formatted(
                SOURCE,
                DAY,
                node,
                namespace,
                model,
                uptime,
                slices == null ? "null" : "'" + slices + "g.5gb'",
                slices,
                most));
  }

  void namespaceLabels(String namespace, String labels) {
    sql(
        """
        insert into openshift_namespace_labels_line_items_daily (source, year, month, usage_start,
          interval_start, namespace, namespace_labels, manifestid, reportnumhours)
        values ('%s', '2026', '10', '%s', '%2$s', '%s', '%s', 1, 24)
        """
            .formatted(SOURCE, DAY, namespace, labels));
  }

  void calculate(CostPlan plan, CostEngine.Parities parities) {
    var engine = new CostEngine(LineItemEngine.inDatabase(), parities);
    inTenant(connection -> engine.calculate(connection, run, plan, true));
  }

  /// A single number, 0 when there is nothing.
  BigDecimal number(String query) {
    return database.tenant(
        tenant,
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(query)) {
            rows.next();
            BigDecimal found = rows.getBigDecimal(1);
            return found == null ? BigDecimal.ZERO : found;
          }
        });
  }

  /// The first column of a query.
  List<String> texts(String query) {
    return database.tenant(
        tenant,
        connection -> {
          var found = new ArrayList<String>();
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(query)) {
            while (rows.next()) {
              found.add(rows.getString(1));
            }
          }
          return found;
        });
  }

  @Override
  public void close() {
    database.close();
  }
}
