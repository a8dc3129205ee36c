package io.tawara.analytics.summary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.analytics.cost.CostEngine;
import io.tawara.analytics.cost.OpenShiftCosts;
import io.tawara.catalog.AwsTables;
import io.tawara.catalog.AzureTables;
import io.tawara.catalog.GcpTables;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.PostgresTables;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.TestServices;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Every template on line items gives the same rows on PostgreSQL and on Trino. Amounts are such
/// that neither a sum nor a division has to be rounded: which last digit an engine takes is not
/// compared.
class BothEnginesTest {
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("engines");
  private static final UUID CLUSTER = new UUID(1, 1);
  private static final UUID BILL = new UUID(1, 2);
  private static final UUID SUBSCRIPTION = new UUID(1, 3);
  private static final UUID BILLING_ACCOUNT = new UUID(1, 4);
  private static final SummaryRange NOVEMBER =
      new SummaryRange(LocalDate.of(2026, 11, 1), LocalDate.of(2026, 11, 19));
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-20T17:00:00Z"), ZoneOffset.UTC);
  private static final SummarySettings SETTINGS = new SummarySettings(Set.of(), false, 3);
  private static final List<String> OPENSHIFT =
      List.of(
          "ocp_daily_summary",
          "ocp_node",
          "ocp_project",
          "ocp_persistent_volume_claim",
          "ocp_virtual_machine",
          "ocp_virtual_machine_claim",
          "ocp_tag_value");

  @TempDir private static Path directory;
  private static Database database;
  private static LineItemEngine trino;
  private static final Random RANDOM = new Random(20_261_120);

  @BeforeAll
  static void load() throws Exception {
    database = new Database(TestServices.freshDatabase("engines"));
    var tables = new ArrayList<LineItemTable>(OpenShiftTables.ALL);
    tables.addAll(List.of(AwsTables.DAILY, AzureTables.LINE_ITEMS, GcpTables.DAILY));
    var tenants = new Tenants(database, new PostgresTables(tables));
    tenants.migrateAll();
    tenants.ensure(TENANT);
    trino = LineItemEngine.overTrino(TestServices.cloud().trino());
    database.runTenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                """
                insert into reporting_enabledtagkeys (key, enabled, provider_type)
                select key, key <> 'hidden', type
                from unnest(array['app', 'env', 'environment', 'hidden', 'zone']) key,
                  unnest(array['OCP', 'AWS', 'Azure', 'GCP']) type;
                insert into reporting_tagmapping (child_id, parent_id)
                select c.uuid, p.uuid from reporting_enabledtagkeys c
                join reporting_enabledtagkeys p using (provider_type)
                where c.key = 'environment' and p.key = 'env';
                insert into aws_account_alias (account_id, account_alias)
                values ('100', 'main'), ('200', 'side');
                insert into aws_organizational_unit (source_uuid, org_unit_id, org_unit_name,
                  org_unit_path, level, account_alias_id, created_timestamp, deleted_timestamp)
                select '%1$s', unit, unit, 'r&' || unit, 1, a.id, created, deleted
                from (values ('ou-1', '100', date '2026-10-01', date '2026-11-05'),
                  ('ou-2', '100', date '2026-11-03', null)) u (unit, account, created, deleted)
                join aws_account_alias a on a.account_id = u.account
                """
                    .formatted(BILL));
          }
        });
    var fixture = new LineItemFixture(database, TENANT);
    for (LocalDate day = NOVEMBER.start(); !day.isAfter(NOVEMBER.end()); day = day.plusDays(1)) {
      cluster(fixture, day);
      bill(fixture, day);
      subscription(fixture, day);
      billingAccount(fixture, day);
    }
    fixture.write(tables, directory);
  }

  @AfterAll
  static void close() {
    database.close();
  }

  @Test
  void openShift() {
    Provider provider = provider(CLUSTER, ProviderType.OCP);
    var tables = new ArrayList<>(OPENSHIFT);
    Rollups.ALL.forEach(rollup -> tables.add(rollup.table()));
    new OpenShiftSummary(database, CLOCK, SETTINGS, LineItemEngine.inDatabase())
        .summarise(provider, NOVEMBER, connection -> {});
    Map<String, List<String>> inDatabase = dump(tables, provider);
    assertThat(inDatabase.get("ocp_daily_summary")).hasSizeGreaterThan(200);
    assertThat(inDatabase.get("ocp_gpu")).isNotEmpty();
    assertThat(inDatabase.get("ocp_vm")).isNotEmpty();
    forget(tables, provider);
    new OpenShiftSummary(database, CLOCK, SETTINGS, trino)
        .summarise(provider, NOVEMBER, connection -> {});
    same(inDatabase, dump(tables, provider));
  }

  /// Between a summary and the costs that follow, readers see the costs of before, not none.
  @Test
  void costsStayUntilTheyAreCalculatedAgain() {
    Provider provider = provider(CLUSTER, ProviderType.OCP);
    var tables = new ArrayList<>(OPENSHIFT);
    Rollups.ALL.forEach(rollup -> tables.add(rollup.table()));
    forget(tables, provider);
    var summary = new OpenShiftSummary(database, CLOCK, SETTINGS, LineItemEngine.inDatabase());
    var costs =
        new OpenShiftCosts(
            database, CLOCK, LineItemEngine.inDatabase(), CostEngine.Parities.none());
    execute(
        """
        insert into cost_model (uuid, name, description, source_type, created_timestamp,
          updated_timestamp, markup, distribution_info, currency)
        values ('%1$s', 'm', '', 'OCP', now(), now(), '{"value": "10", "unit": "percent"}',
          '{"distribution_type": "cpu", "platform_cost": true, "worker_cost": true}', 'USD');
        insert into cost_model_map values ('%1$s', '%1$s');
        insert into price_list (uuid, name, description, currency, effective_start_date,
          effective_end_date, created_timestamp, updated_timestamp)
        values ('%1$s', 'm', '', 'USD', '2026-03-01', '2099-12-31', now(), now());
        insert into price_list_cost_model_map values ('%1$s', '%1$s', 1);
        insert into cost_model_rate (uuid, price_list_id, position, custom_name, metric,
          metric_type, cost_type, default_rate, tag_key, tag_values, created_timestamp,
          updated_timestamp)
        select gen_random_uuid(), '%1$s', 1, metric, metric, 'other', 'Supplementary', 3, '', '[]',
          now(), now()
        from unnest(array['cpu_core_usage_per_hour', 'node_cost_per_month', 'pvc_cost_per_month'])
          as metric
        """
            .formatted(CLUSTER));
    summary.summarise(provider, NOVEMBER, connection -> {});
    costs.calculate(TENANT, CLUSTER, NOVEMBER);
    Map<String, List<String>> before = dump(tables, provider);
    assertThat(before.get("ocp_cost_by_project"))
        .anyMatch(row -> row.contains("Supplementary"))
        .anyMatch(row -> row.contains("platform_distributed"));

    summary.summarise(provider, NOVEMBER, connection -> {});
    same(before, dump(tables, provider));
    costs.calculate(TENANT, CLUSTER, NOVEMBER);
    same(before, dump(tables, provider));

    execute("delete from cost_model; delete from price_list");
    costs.calculate(TENANT, CLUSTER, NOVEMBER);
    assertThat(dump(tables, provider).get("ocp_cost_by_project"))
        .noneMatch(row -> row.contains("Supplementary"))
        .noneMatch(row -> row.contains("platform_distributed"));
    forget(tables, provider);
  }

  private static void execute(String sql) {
    database.runTenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(sql);
          }
        });
  }

  @Test
  void aws() {
    same(BILL, ProviderType.AWS, Bills.AWS);
  }

  @Test
  void azure() {
    same(SUBSCRIPTION, ProviderType.AZURE, Bills.AZURE);
  }

  @Test
  void gcp() {
    same(BILLING_ACCOUNT, ProviderType.GCP, Bills.GCP);
  }

  private void same(UUID source, ProviderType type, BillDefinition bill) {
    Provider provider = provider(source, type);
    var tables = new ArrayList<>(List.of("cloud_tag_value"));
    if (type == ProviderType.AWS) {
      tables.add("aws_category_value");
    } else if (type == ProviderType.GCP) {
      tables.add("gcp_topology");
    }
    bill.parts().forEach(part -> tables.add(part.table().name()));
    bill.rollups().forEach(rollup -> tables.add(rollup.table()));
    new BillSummary(database, LineItemEngine.inDatabase(), SETTINGS, bill)
        .summarise(provider, NOVEMBER, connection -> {});
    Map<String, List<String>> inDatabase = dump(tables, provider);
    inDatabase.forEach((table, rows) -> assertThat(rows).as(table).isNotEmpty());
    forget(tables, provider);
    var overTrino = new BillSummary(database, trino, SETTINGS, bill);
    overTrino.summarise(provider, NOVEMBER, connection -> {});
    same(inDatabase, dump(tables, provider));
    // again, in pieces: nothing is left behind
    overTrino.summarise(
        provider, new SummaryRange(NOVEMBER.start(), NOVEMBER.start().plusDays(6)), c -> {});
    overTrino.summarise(
        provider, new SummaryRange(NOVEMBER.start().plusDays(4), NOVEMBER.end()), c -> {});
    same(inDatabase, dump(tables, provider));
  }

  private static void same(Map<String, List<String>> some, Map<String, List<String>> others) {
    some.forEach(
        (table, rows) -> {
          var missing = new ArrayList<>(rows);
          others.get(table).forEach(missing::remove);
          var surplus = new ArrayList<>(others.get(table));
          rows.forEach(surplus::remove);
          assertThat(missing.stream().limit(2))
              .as(
                  "%s: %d rows of %d are not those of PostgreSQL",
                  table, missing.size(), rows.size())
              .containsExactlyElementsOf(surplus.stream().limit(2).toList());
        });
  }

  private static void forget(List<String> tables, Provider provider) {
    database.runTenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement()) {
            for (String table : tables) {
              statement.execute(
                  "delete from %s where source_uuid = '%s'".formatted(table, provider.id()));
            }
          }
        });
  }

  /// All rows as text, without what is made up for each row.
  private static Map<String, List<String>> dump(List<String> tables, Provider provider) {
    return database.tenant(
        TENANT,
        connection -> {
          var all = new LinkedHashMap<String, List<String>>();
          for (String table : tables) {
            var rows = new ArrayList<String>();
            try (var statement = connection.createStatement();
                var found =
                    statement.executeQuery(
                        "select cast(to_jsonb(t) - array['uuid', 'id'] as text) as row from "
                            + table
                            + " t where source_uuid = '"
                            + provider.id()
                            + "' order by 1")) {
              while (found.next()) {
                rows.add(found.getString(1));
              }
            }
            all.put(table, rows);
          }
          return all;
        });
  }

  private static Provider provider(UUID id, ProviderType type) {
    return new Provider(
        id,
        type.wireName() + " source",
        type,
        TENANT,
        "engines",
        "10001",
        type == ProviderType.OCP ? Optional.of("cluster-1") : Optional.empty(),
        true,
        false,
        true,
        CLOCK.instant(),
        Optional.empty(),
        Optional.empty(),
        JsonNodeFactory.instance.objectNode(),
        JsonNodeFactory.instance.objectNode(),
        false);
  }

  // -- rows ---------------------------------------------------------------------------------------

  private static double amount() {
    return RANDOM.nextInt(1000) / 64.0;
  }

  /// Seconds (of one thing used) that divide by those of an hour and of a 30-day month.
  private static double seconds() {
    return RANDOM.nextInt(1000) / 64.0 * 30 * 86_400;
  }

  @SafeVarargs
  private static <T> T one(T... values) {
    return values[RANDOM.nextInt(values.length)];
  }

  private static String labels(String... more) {
    var all = new ArrayList<String>(List.of(more));
    for (String key : List.of("app", "env", "environment", "hidden", "zone")) {
      if (RANDOM.nextInt(3) == 0) {
        all.add("\"%s\": \"%s\"".formatted(key, one("a", "b c", "quote \\\" and ü", "")));
      }
    }
    return "{" + String.join(", ", all) + "}";
  }

  private static Map<String, Object> row(Object... namesAndValues) {
    var row = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      row.put(namesAndValues[i].toString(), namesAndValues[i + 1]);
    }
    return row;
  }

  private static void cluster(LineItemFixture fixture, LocalDate day) {
    List<String> nodes = List.of("node-a", "node-b", "node-c");
    for (String node : nodes) {
      fixture.add(
          OpenShiftTables.NODE_LABELS,
          CLUSTER,
          day,
          row(
              "node",
              node,
              "node_labels",
              labels(
                  "\"kubernetes_io_arch\": \"AMD64\"",
                  node.equals("node-b")
                      ? "\"node_role_kubernetes_io\": \"infra\""
                      : "\"nvidia_com_gpu_present\": \"True\""),
              "label_hours",
              24.0));
      for (int hour = 0; hour < 3; hour++) {
        fixture.add(
            OpenShiftTables.NODE_CAPACITY_HOURLY,
            CLUSTER,
            day,
            row(
                "interval_start",
                day.atTime(hour, 0).toInstant(ZoneOffset.UTC),
                "node",
                node,
                "node_capacity_cpu_core_seconds",
                14_400.0,
                "node_capacity_memory_byte_seconds",
                3_600.0 * (1L << 34)));
      }
    }
    for (String namespace : List.of("shop", "openshift-kube-apiserver", "virt")) {
      fixture.add(
          OpenShiftTables.NAMESPACE_LABELS,
          CLUSTER,
          day,
          row("namespace", namespace, "namespace_labels", labels()));
    }
    IntStream.range(0, 12)
        .forEach(
            pod -> {
              String namespace = one("shop", "openshift-kube-apiserver", "virt");
              String node = nodes.get(pod % 3);
              String name = "pod-" + pod;
              fixture.add(
                  OpenShiftTables.POD_USAGE,
                  CLUSTER,
                  day,
                  row(
                      "pod",
                      name,
                      "namespace",
                      namespace,
                      "node",
                      pod == 11 ? "" : node,
                      "resource_id",
                      node.equals("node-c") ? null : "i-" + node,
                      "pod_usage_cpu_core_seconds",
                      seconds(),
                      "pod_request_cpu_core_seconds",
                      seconds(),
                      "pod_limit_cpu_core_seconds",
                      seconds(),
                      "pod_usage_memory_byte_seconds",
                      seconds() * (1L << 30),
                      "pod_request_memory_byte_seconds",
                      seconds() * (1L << 30),
                      "pod_limit_memory_byte_seconds",
                      seconds() * (1L << 30),
                      "node_capacity_cpu_cores",
                      4.0,
                      "node_capacity_memory_bytes",
                      (double) (1L << 34),
                      "pod_effective_usage_cpu_core_seconds",
                      seconds(),
                      "pod_effective_usage_memory_byte_seconds",
                      seconds() * (1L << 30),
                      "pod_labels",
                      namespace.equals("virt")
                          ? labels("\"vm_kubevirt_io_name\": \"vm-%d\"".formatted(pod % 4))
                          : one(labels(), "", null)));
              fixture.add(
                  OpenShiftTables.STORAGE_USAGE,
                  CLUSTER,
                  day,
                  row(
                      "pod",
                      pod % 5 == 0 ? "gone" : name,
                      "namespace",
                      namespace,
                      "persistentvolumeclaim",
                      "claim-" + pod,
                      "persistentvolume",
                      "pv-" + pod,
                      "storageclass",
                      one("gp3", "", null),
                      "csi_volume_handle",
                      one("vol-" + pod, "", null),
                      "persistentvolumeclaim_capacity_bytes",
                      (double) (1L << 33),
                      "persistentvolumeclaim_capacity_byte_seconds",
                      seconds() * (1L << 33),
                      "volume_request_storage_byte_seconds",
                      seconds() * (1L << 33),
                      "persistentvolumeclaim_usage_byte_seconds",
                      seconds() * (1L << 33),
                      "persistentvolume_labels",
                      labels(),
                      "persistentvolumeclaim_labels",
                      labels()));
            });
    for (int vm = 0; vm < 2; vm++) {
      fixture.add(
          OpenShiftTables.VM_USAGE,
          CLUSTER,
          day,
          row(
              "node",
              "node-a",
              "namespace",
              "virt",
              "vm_name",
              "vm-" + vm,
              "vm_persistentvolumeclaim_name",
              one("claim-1", ""),
              "vm_labels",
              "{}",
              "last_interval",
              day.atTime(23, 0).toInstant(ZoneOffset.UTC),
              "last_cpu_request_cores",
              2.0,
              "last_memory_request_bytes",
              (double) (1L << 32)));
      fixture.add(
          OpenShiftTables.GPU_USAGE,
          CLUSTER,
          day,
          row(
              "node",
              "node-a",
              "namespace",
              one("shop", "openshift-gpu"),
              "pod",
              "pod-" + vm,
              "gpu_uuid",
              "gpu-" + vm,
              "gpu_model_name",
              "A100",
              "gpu_vendor_name",
              "nvidia",
              "gpu_memory_capacity_mib",
              40_960.0,
              "gpu_pod_uptime",
              3600.0,
              "mig_instance_id",
              one("1", "", null),
              "mig_profile",
              one("1g.5gb", "", null),
              "mig_slice_count",
              1,
              "gpu_max_slices",
              7));
    }
  }

  private static void bill(LineItemFixture fixture, LocalDate day) {
    for (int i = 0; i < 40; i++) {
      String product = one("AmazonEC2", "AmazonRDS", "AmazonVPC", "AmazonS3", "");
      boolean instance = product.equals("AmazonEC2") && RANDOM.nextBoolean();
      fixture.add(
          AwsTables.DAILY,
          BILL,
          day,
          row(
              "lineitem_resourceid",
              instance ? "i-" + RANDOM.nextInt(5) : one("", "vol-1", "arn:x"),
              "bill_payeraccountid",
              "100",
              "lineitem_usageaccountid",
              one("100", "200", "300"),
              "bill_billingentity",
              one("AWS", "AWS Marketplace"),
              "lineitem_productcode",
              product,
              "product_productname",
              one("", "Market Thing"),
              "lineitem_availabilityzone",
              one("", "us-east-1a"),
              "lineitem_lineitemtype",
              one(
                  "Usage",
                  "Tax",
                  "SavingsPlanCoveredUsage",
                  "SavingsPlanNegation",
                  "SavingsPlanRecurringFee",
                  "DiscountedUsage"),
              "product_productfamily",
              instance ? "Compute Instance" : one("", "Storage", "Data Transfer"),
              "product_operatingsystem",
              one("Linux", ""),
              "product_instancetype",
              instance ? one("m5.large", "c5.xlarge") : "",
              "product_region",
              one("", "us-east-1"),
              "pricing_unit",
              one("Hrs", "GB-Mo"),
              "resourcetags",
              labels("\"Name\": \"n%d\"".formatted(RANDOM.nextInt(3))),
              "costcategory",
              one("{}", "{\"team\": \"x\"}", "{\"team\": \"y\", \"org\": \"z\"}"),
              "lineitem_usageamount",
              amount(),
              "lineitem_normalizedusageamount",
              amount(),
              "lineitem_unblendedcost",
              amount() - 500,
              "lineitem_blendedcost",
              amount(),
              "pricing_publicondemandcost",
              amount(),
              "savingsplan_savingsplaneffectivecost",
              amount(),
              "lineitem_normalizationfactor",
              one(0.0, 4.0),
              "lineitem_currencycode",
              one("USD", "USD", "EUR"),
              "lineitem_unblendedrate",
              amount(),
              "lineitem_blendedrate",
              amount(),
              "pricing_publicondemandrate",
              amount(),
              "product_vcpu",
              one("2", "", "convertible"),
              "product_memory",
              one("8 GiB", "")));
    }
  }

  private static void subscription(LineItemFixture fixture, LocalDate day) {
    for (int i = 0; i < 25; i++) {
      fixture.add(
          AzureTables.LINE_ITEMS,
          SUBSCRIPTION,
          day,
          row(
              "date",
              day.atStartOfDay().toInstant(ZoneOffset.UTC),
              "subscriptionid",
              one("", "s-1"),
              "subscriptionguid",
              "g-1",
              "subscriptionname",
              one("", "Finance"),
              "resourceid",
              one("/a/b/vm-1", "/a/b/disk-1", ""),
              "resourcelocation",
              one("US East", ""),
              "servicename",
              one("", "Storage", "Virtual Machines"),
              "metercategory",
              one("Storage", "Virtual Machines"),
              "unitofmeasure",
              one(
                  "1 Hour",
                  "100 Hours",
                  "10 Hours",
                  "1 GB/Month",
                  "10 GB",
                  "1.5 GB ",
                  "10K",
                  "100",
                  "1/Day",
                  ""),
              "billingcurrencycode",
              one("", "USD"),
              "billingcurrency",
              one("USD", "EUR"),
              "additionalinfo",
              one(
                  "{}",
                  "",
                  "{\"ServiceType\": \"Standard_D2s_v3\"}",
                  "{\"ServiceType\": {\"nested\": 1}, \"n\": [1]}"),
              "tags",
              one(labels(), "{\"env\": \"x\", \"app\": \"5\"}"),
              "quantity",
              amount(),
              "costinbillingcurrency",
              amount() - 5));
    }
  }

  private static void billingAccount(LineItemFixture fixture, LocalDate day) {
    for (int i = 0; i < 25; i++) {
      String month = one("202611", "202612");
      fixture.add(
          GcpTables.DAILY,
          BILLING_ACCOUNT,
          day,
          row(
              "year",
              "2026",
              "month",
              month.substring(4),
              "delivery_month",
              "202611",
              "invoice_month",
              month,
              "usage_start_time",
              day.atStartOfDay().toInstant(ZoneOffset.UTC),
              "usage_end_date",
              one(day.toString(), day.plusDays(1).toString()),
              "billing_account_id",
              "A-1",
              "project_id",
              one("", "p-1", "p-2"),
              "project_name",
              one("", "Retail"),
              "service_id",
              one("6F81", "95FF"),
              "service_description",
              one("Compute Engine", "Cloud Storage"),
              "sku_id",
              one("1", "2"),
              "sku_description",
              one("N1 Instance Core running in Americas", "SSD pd capacity"),
              "system_labels",
              one("{}", "", "{\"compute.googleapis.com/machine_spec\": \"n1-standard-4\"}"),
              "labels",
              labels(),
              "cost_type",
              one("regular", "tax"),
              "location_region",
              one("", "us-central1"),
              "resource_name",
              one("", "r-1"),
              "currency",
              "USD",
              "usage_amount_in_pricing_units",
              amount(),
              "cost",
              amount(),
              "daily_credits",
              -amount(),
              "daily_credits_rounded",
              -amount(),
              "all_credits_amount",
              -amount(),
              "usage_pricing_unit",
              one("hour", "gibibyte month"),
              "resource_global_name",
              ""));
    }
  }
}
