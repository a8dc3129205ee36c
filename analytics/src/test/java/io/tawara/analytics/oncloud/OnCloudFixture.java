package io.tawara.analytics.oncloud;

import io.tawara.analytics.summary.SummaryRange;
import io.tawara.catalog.AwsTables;
import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.database.SqlWork;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.TestServices;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// One tenant on a real server with cloud sources and clusters, into which tests write bills and
/// usage and from which they read who was given what.
final class OnCloudFixture implements AutoCloseable {
  static final LocalDate DAY = LocalDate.of(2026, 10, 5);
  static final SummaryRange MONTH =
      new SummaryRange(LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 31));

  private final Database database;
  private final TenantSchema tenant;

  OnCloudFixture(String hint) {
    database = new Database(TestServices.freshDatabase(hint));
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    tenant = TenantSchema.ofOrganisation("oncloud");
    tenants.ensure(tenant);
    database.run(
        connection ->
            execute(
                connection,
                """
                insert into public.api_customer (date_created, date_updated, org_id, schema_name)
                values (now(), now(), 'oncloud', '%s') on conflict do nothing
                """
                    .formatted(tenant.name())));
    inTenant(
        connection ->
            PostgresTables.onPrem()
                .ensureMonths(connection, List.of(YearMonth.of(2026, 10), YearMonth.of(2026, 11))));
    sql(
        """
        create table ocp_daily_summary_2026_10 partition of ocp_daily_summary
          for values from ('2026-10-01') to ('2026-11-01');
        create table ocp_daily_summary_2026_11 partition of ocp_daily_summary
          for values from ('2026-11-01') to ('2026-12-01')
        """);
  }

  Database database() {
    return database;
  }

  TenantSchema tenant() {
    return tenant;
  }

  void inTenant(SqlWork.Action work) {
    database.runTenant(tenant, work);
  }

  void sql(String text) {
    inTenant(connection -> execute(connection, text));
  }

  private static void execute(Connection connection, String text) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(text);
    }
  }

  /// A source; clusters have their name as cluster id, too.
  Provider source(String name, ProviderType type) {
    UUID id = UUID.nameUUIDFromBytes(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    database.run(
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  """
                  insert into public.api_provider (uuid, name, type, customer_id, created_timestamp,
                    cluster_id)
                  select ?, ?, ?, id, now(), ? from public.api_customer where org_id = 'oncloud'
                  """)) {
            statement.setObject(1, id);
            statement.setString(2, name);
            statement.setString(3, type.wireName());
            statement.setString(4, type == ProviderType.OCP ? name : null);
            statement.executeUpdate();
          }
        });
    Provider provider = provider(id);
    if (type == ProviderType.OCP) {
      for (String month : List.of("2026-10-01", "2026-11-01")) {
        sql(
            """
            insert into ocp_report_period (source_uuid, cluster_id, cluster_alias,
              report_period_start, report_period_end)
            values ('%1$s', '%2$s', '%2$s', '%3$s', date '%3$s' + interval '1 month')
            """
                .formatted(id, name, month));
      }
    }
    return provider;
  }

  Provider provider(UUID id) {
    return database.transaction(connection -> Providers.find(connection, id)).orElseThrow();
  }

  /// Everything away but sources.
  void empty() {
    sql(
        """
        truncate ocp_daily_summary, ocp_cloud_daily_summary, ocp_cloud_month,
          reporting_enabledtagkeys, reporting_tagmapping, aws_line_items_daily, azure_line_items,
          gcp_line_items_daily, ocp_cloud_cost_by_account, ocp_cloud_cost_by_region,
          ocp_cloud_cost_by_service, ocp_cloud_cost_by_project, ocp_cloud_cost_by_node,
          ocp_cloud_compute_by_account, ocp_cloud_storage_by_account
        """);
    forgetClouds();
  }

  /// No cluster runs anywhere.
  void forgetClouds() {
    database.run(
        connection ->
            execute(connection, "update public.api_provider set infrastructure_id = null"));
  }

  /// A usage row of pods.
  ///
  /// @param labels JSON object, or null as unallocated rows have it
  /// @param hours effective core-hours
  /// @param capacity core-hours of the node
  void pod(
      Provider cluster,
      LocalDate day,
      String namespace,
      String node,
      String labels,
      String hours,
      String capacity) {
    sql(
        """
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
          data_source, usage_start, usage_end, namespace, node, resource_id, pod_labels, all_labels,
          pod_effective_usage_cpu_core_hours, node_capacity_cpu_core_hours,
          pod_usage_cpu_core_hours, pod_request_cpu_core_hours)
        select id, source_uuid, cluster_id, cluster_alias, 'Pod', '%1$s', '%1$s', %2$s, '%3$s',
          'i-%3$s', %4$s, coalesce(%4$s, '{}'), %5$s, %6$s, %5$s, %5$s
        from ocp_report_period
        where source_uuid = '%7$s' and report_period_start = date_trunc('month', date '%1$s')
        """
            .formatted(
                day,
                namespace == null ? "null" : "'" + namespace + "'",
                node,
                labels == null ? "cast(null as jsonb)" : "cast('" + labels + "' as jsonb)",
                hours,
                capacity,
                cluster.id()));
  }

  /// A usage row of a volume.
  void claim(
      Provider cluster,
      LocalDate day,
      String namespace,
      String node,
      String claim,
      String volume,
      String handle,
      String labels,
      String gigabytes) {
    sql(
        """
        insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
          data_source, usage_start, usage_end, namespace, node, resource_id, persistentvolumeclaim,
          persistentvolume, storageclass, csi_volume_handle, volume_labels, all_labels,
          persistentvolumeclaim_capacity_gigabyte)
        select id, source_uuid, cluster_id, cluster_alias, 'Storage', '%1$s', '%1$s', '%2$s',
          '%3$s', 'i-%3$s', '%4$s', '%5$s', 'gp3', '%6$s', cast('%7$s' as jsonb),
          cast('%7$s' as jsonb), %8$s
        from ocp_report_period
        where source_uuid = '%9$s' and report_period_start = date_trunc('month', date '%1$s')
        """
            .formatted(
                day, namespace, node, claim, volume, handle, labels, gigabytes, cluster.id()));
  }

  void enableKey(String key, String... types) {
    for (String type : types) {
      sql(
          """
          insert into reporting_enabledtagkeys (key, enabled, provider_type)
          values ('%s', true, '%s') on conflict (key, provider_type) do update set enabled = true
          """
              .formatted(key, type));
    }
  }

  /// A row of a daily bill; columns that are not given are blank or 0.
  void bill(LineItemTable table, Provider source, LocalDate day, Map<String, Object> values) {
    insert(table, row(table, source, day, values));
  }

  /// A row of a daily bill with all its columns.
  static Map<String, Object> row(
      LineItemTable table, Provider source, LocalDate day, Map<String, Object> values) {
    var row = new LinkedHashMap<String, Object>();
    for (Column column : table.columns()) {
      row.put(
          column.name(),
          switch (column.type()) {
            case DOUBLE -> 0.0;
            case INTEGER -> 0;
            case JSON_TEXT -> "{}";
            case TEXT -> "";
            case DATE -> day;
            case TIMESTAMP -> day.atStartOfDay().toInstant(ZoneOffset.UTC);
            case UUID -> UUID.randomUUID();
          });
    }
    row.put("source", source.id());
    row.put("usage_start", day);
    row.put("year", "%04d".formatted(day.getYear()));
    row.put("month", "%02d".formatted(day.getMonthValue()));
    row.putAll(values);
    return row;
  }

  private void insert(LineItemTable table, Map<String, Object> row) {
    String columns =
        row.keySet().stream().map(c -> '"' + c + '"').collect(Collectors.joining(", "));
    String marks = row.keySet().stream().map(c -> "?").collect(Collectors.joining(", "));
    inTenant(
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  "insert into %s (%s) values (%s)".formatted(table.name(), columns, marks))) {
            int i = 1;
            for (Object value : row.values()) {
              statement.setObject(
                  i++, value instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : value);
            }
            statement.executeUpdate();
          }
        });
  }

  /// A row of AWS with usage in hours or GB-months.
  void aws(
      Provider source,
      LocalDate day,
      String resource,
      String family,
      String unit,
      double amount,
      double cost,
      Map<String, Object> more) {
    var values =
        new LinkedHashMap<String, Object>(
            Map.of(
                "lineitem_resourceid", resource,
                "lineitem_productcode", "AmazonEC2",
                "product_productfamily", family,
                "pricing_unit", unit,
                "lineitem_usageaccountid", "111122223333",
                "lineitem_currencycode", "USD",
                "lineitem_lineitemtype", "Usage",
                "lineitem_usageamount", amount,
                "lineitem_unblendedcost", cost,
                "lineitem_blendedcost", cost));
    values.putAll(more);
    bill(AwsTables.DAILY, source, day, values);
  }

  Correlation correlation(OnCloudSettings settings) {
    return new Correlation(database, LineItemEngine.inDatabase(), settings);
  }

  Correlation.Outcome correlate(Provider source) {
    return correlate(source, correlation(OnCloudSettings.right()));
  }

  static Correlation.Outcome correlate(Provider source, Correlation correlation) {
    return correlation.correlate(
        source,
        MONTH,
        (connection, outcome) -> {
          for (UUID cluster : outcome.discovered()) {
            Clusters.settle(connection, cluster, source.type(), source.id());
          }
          for (UUID cluster : outcome.lost()) {
            Clusters.unsettle(connection, cluster, source.id());
          }
        });
  }

  /// What a query on the tenant's tables finds, columns joined by `|`, null as `-`.
  List<String> texts(String query) {
    return database.tenant(
        tenant,
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(query)) {
            var found = new ArrayList<String>();
            int columns = rows.getMetaData().getColumnCount();
            while (rows.next()) {
              var row = new ArrayList<String>();
              for (int i = 1; i <= columns; i++) {
                Object value = rows.getObject(i);
                row.add(
                    switch (value) {
                      case null -> "-";
                      case BigDecimal number ->
                          number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
                      default -> value.toString();
                    });
              }
              found.add(String.join("|", row));
            }
            return found;
          }
        });
  }

  /// Rows of the correlation: namespace, data source, a figure.
  List<String> shares(String figure) {
    return texts(
        """
        select cluster_id, namespace, data_source, sum(%s) from ocp_cloud_daily_summary
        group by cluster_id, namespace, data_source order by 1, 2 nulls last, 3
        """
            .formatted(figure));
  }

  @Override
  public void close() {
    database.close();
  }
}
