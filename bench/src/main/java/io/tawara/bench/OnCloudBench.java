package io.tawara.bench;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.tawara.analytics.oncloud.Correlation;
import io.tawara.analytics.oncloud.OnCloudSettings;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.catalog.AwsTables;
import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.hive.HiveMetastore;
import io.tawara.catalog.hive.HiveTable;
import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.catalog.parquet.ParquetRows;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.EmbeddedPostgres;
import io.tawara.embedded.TestServices;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.LoggerFactory;

/// Correlates a month of a cluster of 133 nodes with an AWS bill, beside the bare join of the bill
/// with the usage of its machines, and checks that what was shared is what was billed.
///
/// Arguments: rows of the bill (default 5,000,000). One row in 50 is of a machine (half of them
/// network), one in 200 of a volume, one in 80 is tagged with a project, one in 400 with a label
/// that pods of all projects have; the others are of 100,000 resources of somebody else. A second
/// argument `trino` puts the bill into Hive, too, and reads it from there with an embedded Trino,
/// as cloud mode does. `-Dbench.statements=true` tells what each statement takes.
public final class OnCloudBench {
  private static final UUID CLOUD = new UUID(7, 1);
  private static final UUID CLUSTER = new UUID(7, 2);
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("bench");
  private static final SummaryRange MONTH =
      new SummaryRange(LocalDate.of(2026, 10, 1), LocalDate.of(2026, 10, 31));

  private static final int ROWS_OF_A_FILE = 500_000;

  private OnCloudBench() {}

  public static void main(String[] arguments) throws Exception {
    long rows = arguments.length > 0 ? Long.parseLong(arguments[0]) : 5_000_000;
    if (Boolean.getBoolean("bench.statements")) {
      ((Logger) LoggerFactory.getLogger("io.tawara.analytics")).setLevel(Level.DEBUG);
    }
    Path directory = Files.createTempDirectory("oncloud-bench");
    try (var server =
            EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(directory.resolve("postgres"), 0, false));
        var database = new Database(server.freshDatabase("oncloud"))) {
      load(database, rows);
      LineItemEngine lines = LineItemEngine.inDatabase();
      if (arguments.length > 1 && arguments[1].equals("trino")) {
        time("bill written to Hive", () -> publish(database, directory));
        lines = LineItemEngine.overTrino(TestServices.cloud().trino());
      }
      Provider cloud =
          database.transaction(connection -> Providers.find(connection, CLOUD)).orElseThrow();
      time(
          "bare join of machines",
          () ->
              database.runTenant(
                  TENANT,
                  connection ->
                      execute(
                          connection,
                          """
                          create temporary table bare on commit drop as
                          select lines.row_uuid, usage.namespace, usage.pod_labels
                          from aws_line_items_daily lines
                          join ocp_daily_summary usage on usage.usage_start = lines.usage_start
                            and usage.resource_id = lines.lineitem_resourceid
                          """)));
      var correlation = new Correlation(database, lines, OnCloudSettings.right());
      for (String run : List.of("correlation, first", "correlation, again")) {
        time(run, () -> correlation.correlate(cloud, MONTH, (connection, outcome) -> {}));
        check(database);
      }
    }
  }

  private interface Work {
    void run() throws Exception;
  }

  private static void time(String what, Work work) throws Exception {
    long begin = System.nanoTime();
    work.run();
    System.out.printf("%-28s %8.1f s%n", what, (System.nanoTime() - begin) / 1e9);
  }

  /// Prints what was billed for rows that belong to the cluster and what its rows carry.
  private static void check(Database database) {
    database.runTenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement();
              var found =
                  statement.executeQuery(
                      """
                      select
                        (select round(sum(cast(cast(lineitem_unblendedcost as text) as numeric)), 9)
                         from aws_line_items_daily where lineitem_legalentity <> 'nobody'),
                        (select round(sum(unblended_cost), 9) from ocp_cloud_daily_summary),
                        (select count(*) from ocp_cloud_daily_summary)
                      """)) {
            found.next();
            boolean equal = found.getBigDecimal(1).compareTo(found.getBigDecimal(2)) == 0;
            System.out.printf(
                "billed %s, carried %s by %d rows: %s%n",
                found.getBigDecimal(1),
                found.getBigDecimal(2),
                found.getLong(3),
                equal ? "equal" : "NOT EQUAL");
          }
        });
  }

  private static void load(Database database, long rows) throws Exception {
    var tenants = new Tenants(database, PostgresTables.onPrem());
    tenants.migrateAll();
    tenants.ensure(TENANT);
    database.run(
        connection ->
            execute(
                connection,
                """
                insert into public.api_customer (date_created, date_updated, org_id, schema_name)
                values (now(), now(), 'bench', '%s') on conflict do nothing;
                insert into public.api_provider (uuid, name, type, customer_id, created_timestamp,
                  cluster_id)
                select cast('%s' as uuid), 'cloud', 'AWS', id, now(), null from public.api_customer
                union all
                select cast('%s' as uuid), 'cluster', 'OCP', id, now(), 'cluster'
                from public.api_customer
                """
                    .formatted(TENANT.name(), CLOUD, CLUSTER)));
    time(
        "usage and bill made",
        () ->
            database.runTenant(
                TENANT,
                connection -> {
                  PostgresTables.onPrem().ensureMonths(connection, List.of(YearMonth.of(2026, 10)));
                  execute(connection, USAGE.formatted(CLUSTER));
                  execute(connection, BILL.formatted(CLOUD, rows));
                }));
    database.runTenant(TENANT, connection -> execute(connection, "analyze"));
  }

  /// Writes the bill that lies in PostgreSQL into files of a Hive partition.
  private static void publish(Database database, Path directory) throws Exception {
    TestServices.Cloud cloud = TestServices.cloud();
    LineItemTable table = AwsTables.DAILY;
    HiveTable hive = HiveTable.billDaily(table, table.name());
    var partition = new HivePartition(CLOUD, "2026", "10");
    var metastore = new HiveMetastore(cloud.metastore(), cloud.objects().bucket());
    metastore.ensureTable(TENANT, hive);
    var listing = new StringBuilder();
    try (var store = new ObjectStore(cloud.objects())) {
      store.ensureBuckets();
      database.runTenant(
          TENANT,
          connection -> {
            try (var statement = connection.createStatement()) {
              statement.setFetchSize(10_000);
              try (var found =
                  statement.executeQuery(
                      "select %s from %s"
                          .formatted(String.join(", ", table.columnNames()), table.name()))) {
                boolean more = found.next();
                for (int part = 0; more; part++) {
                  Path file = directory.resolve("part-" + part + ".parquet");
                  more = write(found, table, new ParquetRows(hive, file));
                  String key = hive.path(TENANT, partition) + "/" + file.getFileName();
                  store.put(key, file, Map.of());
                  listing.append(metastore.location(key)).append('\n');
                  Files.delete(file);
                }
              }
            } catch (IOException failure) {
              throw new UncheckedIOException(failure);
            }
          });
      store.put(
          hive.listingPath(TENANT, partition) + "/" + HiveTable.LISTING,
          listing.toString().getBytes(StandardCharsets.UTF_8),
          Map.of());
    }
    metastore.addPartitions(TENANT, hive, List.of(partition));
  }

  /// Writes rows from the current one on; says whether there are more.
  private static boolean write(ResultSet found, LineItemTable table, ParquetRows file)
      throws SQLException, IOException {
    boolean more = true;
    List<Column> columns = table.columns();
    for (int rows = 0; more && rows < ROWS_OF_A_FILE; rows++) {
      file.row(columns.size());
      for (int i = 0; i < columns.size(); i++) {
        switch (found.getObject(i + 1)) {
          case null -> file.nothing();
          case Double number -> file.number(number);
          case Integer number -> file.integer(number);
          case java.sql.Date day -> file.date((int) day.toLocalDate().toEpochDay());
          case Timestamp time -> file.timestamp(time.toInstant().getEpochSecond());
          case UUID id -> file.uuid(id);
          case Object text -> {
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            file.bytes(bytes, 0, bytes.length);
          }
        }
      }
      more = found.next();
    }
    file.end();
    return more;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static final String USAGE =
      """
      create table ocp_daily_summary_2026_10 partition of ocp_daily_summary
        for values from ('2026-10-01') to ('2026-11-01');
      insert into reporting_enabledtagkeys (key, enabled, provider_type)
      values ('app', true, 'OCP'), ('app', true, 'AWS'), ('env', true, 'AWS');
      insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
        data_source, usage_start, usage_end, namespace, node, resource_id, pod_labels, all_labels,
        pod_effective_usage_cpu_core_hours, node_capacity_cpu_core_hours)
      select 1, '%1$s', 'cluster', 'cluster', 'Pod', day, day,
        case when pod = 25 then 'Worker unallocated' else 'project-' || (node * 7 + pod) %% 80 end,
        'node-' || node, 'i-' || to_char(node, 'FM0000000000000000'),
        case when pod < 25 then jsonb_build_object('app', 'app-' || pod) end,
        case when pod < 25 then jsonb_build_object('app', 'app-' || pod) else '{}' end,
        case when pod = 25 then 96 - 25 * 3.1 else 3.1 end, 96
      from generate_series(date '2026-10-01', date '2026-10-31', interval '1 day') day,
        generate_series(1, 133) node, generate_series(0, 25) pod;
      insert into ocp_daily_summary (report_period_id, source_uuid, cluster_id, cluster_alias,
        data_source, usage_start, usage_end, namespace, node, resource_id, persistentvolumeclaim,
        persistentvolume, csi_volume_handle, volume_labels, all_labels,
        persistentvolumeclaim_capacity_gigabyte)
      select 1, '%1$s', 'cluster', 'cluster', 'Storage', day, day, 'project-' || volume %% 80,
        'node-' || 1 + volume %% 133, 'i-' || to_char(1 + volume %% 133, 'FM0000000000000000'),
        'claim-' || volume, 'pvc-' || md5(volume::text), 'vol-' || md5('v' || volume),
        '{}', '{}', 40
      from generate_series(date '2026-10-01', date '2026-10-31', interval '1 day') day,
        generate_series(1, 500) volume
      """;

  /// Kinds by the last digits of the row's number; what belongs to nobody says so.
  private static final String BILL =
      """
      insert into aws_line_items_daily (source, usage_start, year, month, manifestid, row_uuid,
        lineitem_resourceid, bill_payeraccountid, lineitem_usageaccountid, lineitem_legalentity,
        lineitem_lineitemdescription, bill_billingentity, lineitem_productcode,
        lineitem_availabilityzone, lineitem_lineitemtype, lineitem_usagetype, lineitem_operation,
        product_productfamily, product_instancetype, product_region, pricing_unit,
        lineitem_currencycode, resourcetags, costcategory, lineitem_usageamount,
        lineitem_unblendedcost, lineitem_blendedcost, savingsplan_savingsplaneffectivecost,
        lineitem_unblendedrate, largest_unblendedcost, product_productname)
      select '%1$s', date '2026-10-01' + cast(n %% 31 as int), '2026', '10', 1, gen_random_uuid(),
        case kind
          when 'machine' then 'i-' || to_char(1 + n / 50 %% 133, 'FM0000000000000000')
          when 'network' then 'i-' || to_char(1 + n / 50 %% 133, 'FM0000000000000000')
          when 'volume' then 'arn:aws:ec2:volume/vol-' || md5('v' || 1 + n / 200 %% 500)
          else 'arn:aws:s3:::bucket-' || n %% 100000 end,
        '1', (n %% 40)::text, case when kind = 'nobody' then 'nobody' else 'us' end,
        'description of the line ' || n %% 100, 'AWS', 'AmazonEC2', 'us-east-1a', 'Usage',
        case when kind = 'network' then 'DataTransfer-Out-Bytes' else 'BoxUsage' end, 'Run',
        case kind when 'network' then 'Data Transfer' when 'volume' then 'Storage'
          else 'Compute Instance' end,
        'm5.large', 'us-east-1', 'Hrs', 'USD',
        case kind
          when 'project' then '{"openshift_project": "project-' || n / 80 %% 80 || '"}'
          when 'label' then '{"app": "app-' || n / 400 %% 25 || '", "env": "prod"}'
          else '{"app": "theirs-' || n %% 500 || '", "env": "prod"}' end,
        '{}', 24, n %% 1000 / 700.0, n %% 1000 / 700.0, 0, 0.1, 100 * 0.1 / (24 * 31), ''
      from (
        select n, case when n %% 100 = 0 then 'network' when n %% 50 = 0 then 'machine'
          when n %% 200 = 1 then 'volume' when n %% 80 = 2 then 'project'
          when n %% 400 = 3 then 'label' else 'nobody' end as kind
        from generate_series(1, %2$s) n) numbers
      """;
}
