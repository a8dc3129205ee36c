package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.landing.Landings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes everything that a provider has left behind: its rows in every table of the tenant, its
/// deliveries and their ledger, its objects, and last the provider itself. Each step can be
/// repeated, so a crash anywhere only means that the rest is done later.
public final class ProviderDeletion implements WorkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderDeletion.class);

  /// Tables whose rows belong to one provider name it in a column of one of these names.
  private static final String TABLES =
      """
      select quote_ident(c.relname), quote_ident(a.attname)
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid
      where n.nspname = current_schema() and c.relkind = 'r' and not a.attisdropped
        and a.attname in ('source_uuid', 'openshift_source_uuid', 'provider_uuid', 'source')
        and a.atttypid = 'uuid'::regtype
      order by c.relname
      """;

  private final Database database;
  private final ObjectStore objects;
  private final Landings landings;
  private final WorkQueue queue;
  private final Clock clock;
  private final int batch;

  /// @param batch rows per statement
  public ProviderDeletion(
      Database database,
      ObjectStore objects,
      Landings landings,
      WorkQueue queue,
      Clock clock,
      int batch) {
    this.database = database;
    this.queue = queue;
    this.objects = objects;
    this.landings = landings;
    this.clock = clock;
    this.batch = batch;
  }

  @Override
  public void perform(WorkItem item) {
    UUID provider = UUID.fromString(item.body().get("provider").asText());
    var tenant = new TenantSchema(item.body().get("schema").asText());
    ProviderType type = ProviderType.ofName(item.body().get("type").asText()).orElseThrow();
    long rows = 0;
    for (Owned table : database.tenant(tenant, ProviderDeletion::owned)) {
      rows += deleteInBatches(tenant, table, provider);
    }
    database.runTenant(
        tenant,
        connection -> {
          update(
              connection,
              "delete from reporting_tenant_api_provider where provider_id = ?",
              provider);
          DataVersion.raise(connection);
        });
    landings.forget(tenant, provider);
    int removed = objects(tenant, type, provider);
    var again = new ArrayList<WorkItem>();
    if (type == ProviderType.OCP) {
      String cluster = database.transaction(connection -> clusterId(connection, provider));
      again.addAll(
          database.tenant(tenant, connection -> cloudsOfCluster(connection, tenant, cluster)));
    } else {
      again.addAll(
          database.tenant(tenant, connection -> costsOfClusters(connection, tenant, provider)));
    }
    database.run(
        connection -> {
          publicRows(connection, provider);
          queue.addAll(connection, again);
        });
    LOG.info("provider {} deleted: {} rows, {} objects", provider, rows, removed);
  }

  private static String clusterId(Connection connection, UUID provider) throws SQLException {
    try (var select =
        connection.prepareStatement("select cluster_id from public.api_provider where uuid = ?")) {
      select.setObject(1, provider);
      try (var rows = select.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  /// Rollups of clouds hold what a cluster was given beside what others were: they are made anew,
  /// without it.
  private static List<WorkItem> cloudsOfCluster(
      Connection connection, TenantSchema tenant, String cluster) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select source_uuid, min(usage_start), max(usage_start)
            from ocp_cloud_cost_by_account where cluster_id = ? group by source_uuid
            """)) {
      select.setString(1, cluster);
      return items(select, "correlate", tenant);
    }
  }

  /// Clusters that ran on a cloud have its cost raised onto their own rows: their costs are made
  /// anew, without it.
  private static List<WorkItem> costsOfClusters(
      Connection connection, TenantSchema tenant, UUID provider) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select source_uuid, min(usage_start), max(usage_start)
            from ocp_daily_summary where raised_from = ? group by source_uuid
            """)) {
      select.setObject(1, provider);
      return items(select, "cost", tenant);
    }
  }

  /// Work for every source of a result, with its first and last day.
  private static List<WorkItem> items(PreparedStatement select, String kind, TenantSchema tenant)
      throws SQLException {
    try (var rows = select.executeQuery()) {
      var items = new ArrayList<WorkItem>();
      while (rows.next()) {
        UUID source = rows.getObject(1, UUID.class);
        items.add(
            new WorkItem(
                kind,
                WorkItem.providerKey(source),
                JsonNodeFactory.instance
                    .objectNode()
                    .put("schema", tenant.name())
                    .put("provider", source.toString())
                    .put("start", rows.getString(2))
                    .put("end", rows.getString(3)),
                null));
      }
      return items;
    }
  }

  private record Owned(String table, String column) {}

  private static List<Owned> owned(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(TABLES)) {
      var found = new ArrayList<Owned>();
      while (rows.next()) {
        found.add(new Owned(rows.getString(1), rows.getString(2)));
      }
      return found;
    }
  }

  /// Table and column come from the database's own catalogue, quoted.
  private long deleteInBatches(TenantSchema tenant, Owned owned, UUID provider) {
    String sql =
        "delete from %1$s where ctid = any (array(select ctid from %1$s where %2$s = ? limit ?))"
            .formatted(owned.table(), owned.column());
    long all = 0;
    int last = batch;
    while (last == batch) {
      last =
          database.tenant(
              tenant,
              connection -> {
                try (PreparedStatement delete = connection.prepareStatement(sql)) {
                  delete.setObject(1, provider);
                  delete.setInt(2, batch);
                  return delete.executeUpdate();
                }
              });
      all += last;
    }
    return all;
  }

  private int objects(TenantSchema tenant, ProviderType type, UUID provider) {
    String account = tenant.pathAccount();
    String base = type.base().wireName();
    var prefixes = new ArrayList<String>();
    prefixes.add("data/csv/%s/%s/source=%s/".formatted(account, base, provider));
    prefixes.add("data/originals/%s/%s/source=%s/".formatted(account, base, provider));
    prefixes.add("data/parquet/%s/%s/source=%s/".formatted(account, base, provider));
    prefixes.addAll(database.transaction(connection -> originals(connection, provider)));
    int removed = 0;
    for (String prefix : prefixes) {
      removed += objects.deletePrefix(prefix);
    }
    return removed;
  }

  /// Payloads that only held files of this provider, and what of them was quarantined.
  private static List<String> originals(Connection connection, UUID provider) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select u.object_key from public.upload u
            where u.object_key is not null
              and exists (select 1 from public.file f
                          where f.request_id = u.request_id and f.provider_uuid = ?)
              and not exists (select 1 from public.file f
                              where f.request_id = u.request_id and f.provider_uuid <> ?)
            union
            select quarantine_key from public.file
            where provider_uuid = ? and quarantine_key is not null
            """)) {
      select.setObject(1, provider);
      select.setObject(2, provider);
      select.setObject(3, provider);
      try (var rows = select.executeQuery()) {
        var found = new ArrayList<String>();
        while (rows.next()) {
          found.add(rows.getString(1));
        }
        return found;
      }
    }
  }

  private void publicRows(Connection connection, UUID provider) throws SQLException {
    update(connection, "delete from public.day_slice where provider_uuid = ?", provider);
    update(connection, "delete from public.file where provider_uuid = ?", provider);
    update(connection, "delete from public.manifest where provider_uuid = ?", provider);
    update(connection, "delete from public.ingress_report where source_uuid = ?", provider);
    try (var statement =
        connection.prepareStatement(
            """
            update public.api_customer set date_updated = ?
            where id = (select customer_id from public.api_provider where uuid = ?)
            """)) {
      statement.setObject(1, OffsetDateTime.ofInstant(clock.instant(), ZoneOffset.UTC));
      statement.setObject(2, provider);
      statement.executeUpdate();
    }
    update(
        connection,
        "delete from public.api_providerinfrastructuremap where infrastructure_provider_id = ?",
        provider);
    update(connection, "delete from public.api_provider where uuid = ? and deleting", provider);
  }

  private static void update(Connection connection, String sql, UUID provider) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setObject(1, provider);
      statement.executeUpdate();
    }
  }
}
