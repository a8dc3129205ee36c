package io.tawara.ingest.retention;

import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.ingest.landing.Landings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Removes what is older than what is kept: every dated row of a tenant (whole month partitions
/// where there are some), its report periods, deliveries and their ledger, and the originals.
public final class Purge {
  private static final Logger LOG = LoggerFactory.getLogger(Purge.class);
  private static final int UPLOADS_AT_ONCE = 500;

  private final Database database;
  private final Tenants tenants;
  private final Retention retention;
  private final ObjectStore objects;
  private final Landings landings;
  private final int batch;

  /// @param batch rows per statement where rows are removed one by one
  public Purge(
      Database database,
      Tenants tenants,
      Retention retention,
      ObjectStore objects,
      Landings landings,
      int batch) {
    this.database = database;
    this.tenants = tenants;
    this.retention = retention;
    this.objects = objects;
    this.landings = landings;
    this.batch = batch;
  }

  /// Purges every tenant; one that cannot be purged now does not hold up the others.
  public void run() {
    for (TenantSchema tenant : tenants.all()) {
      try {
        purge(tenant);
      } catch (TawaraException failure) {
        LOG.warn("tenant {} could not be purged", tenant, failure);
      }
    }
  }

  /// Purges one tenant: months up to and with the one that lies as many months back as are kept.
  public void purge(TenantSchema tenant) {
    YearMonth firstRemaining = retention.firstKept(tenant).plusMonths(1);
    LocalDate before = firstRemaining.atDay(1);
    List<String> removed = new ArrayList<>();
    for (Dated table : database.tenant(tenant, Purge::dated)) {
      if (table.partition()) {
        if (dropIfOld(tenant, table.name(), before)) {
          removed.add(table.name());
        }
      } else {
        deleteInBatches(tenant, table, before);
      }
    }
    database.runTenant(
        tenant,
        connection -> {
          int periods =
              update(
                  connection,
                  "delete from ocp_report_period where report_period_start < ?",
                  before);
          if (periods > 0 || !removed.isEmpty()) {
            DataVersion.raise(connection);
          }
        });
    landings.expire(tenant, firstRemaining);
    fetched(tenant, before);
    deliveries(tenant, before);
    originals(tenant, before);
    if (!removed.isEmpty()) {
      LOG.info("tenant {}: removed {}", tenant, removed);
    }
  }

  private record Dated(String name, boolean partition, String day) {}

  /// Tables with a day or a month: single ones, and the leaves of partitioned ones.
  private static List<Dated> dated(Connection connection) throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                """
                select distinct on (c.relname)
                  quote_ident(c.relname), c.relispartition, quote_ident(a.attname)
                from pg_catalog.pg_class c
                join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                join pg_catalog.pg_attribute a on a.attrelid = c.oid
                  and a.attname in ('usage_start', 'month') and a.atttypid = 'date'::regtype
                where n.nspname = current_schema() and c.relkind = 'r' and not a.attisdropped
                order by c.relname, a.attname desc
                """)) {
      var found = new ArrayList<Dated>();
      while (rows.next()) {
        found.add(new Dated(rows.getString(1), rows.getBoolean(2), rows.getString(3)));
      }
      return found;
    }
  }

  /// Drops a partition when its upper bound is not after the day. Names come from the database's
  /// own catalogue, quoted.
  private boolean dropIfOld(TenantSchema tenant, String partition, LocalDate before) {
    return database.tenant(
        tenant,
        connection -> {
          try (var bound =
              connection.prepareStatement(
                  """
                  select substring(pg_get_expr(relpartbound, oid) from 'TO \\(''(.{10})')::date <= ?
                  from pg_catalog.pg_class where oid = ?::regclass
                  """)) {
            bound.setObject(1, before);
            bound.setString(2, partition);
            try (var rows = bound.executeQuery()) {
              if (!rows.next() || !rows.getBoolean(1)) {
                return false;
              }
            }
          }
          try (var statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '10s'");
            statement.execute("drop table " + partition);
          }
          return true;
        });
  }

  private void deleteInBatches(TenantSchema tenant, Dated table, LocalDate before) {
    int deleted;
    do {
      deleted =
          database.tenant(
              tenant,
              connection ->
                  update(
                      connection,
                      "delete from %1$s where ctid = any (array(select ctid from %1$s where %3$s < ? limit %2$d))"
                          .formatted(table.name(), batch, table.day()),
                      before));
    } while (deleted == batch);
  }

  /// Files that were fetched from clouds. Deleting one twice does no harm.
  private void fetched(TenantSchema tenant, LocalDate before) {
    List<String> keys;
    do {
      keys = database.transaction(connection -> fetched(connection, tenant, before));
      for (String key : keys) {
        objects.deletePrefix(key);
      }
      List<String> gone = keys;
      database.run(
          connection -> {
            try (var statement =
                connection.prepareStatement(
                    "update public.file set object_key = null where object_key = any (?)")) {
              statement.setArray(1, connection.createArrayOf("text", gone.toArray()));
              statement.executeUpdate();
            }
          });
    } while (keys.size() == UPLOADS_AT_ONCE);
  }

  private static List<String> fetched(Connection connection, TenantSchema tenant, LocalDate before)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select f.object_key from public.file f
            join public.manifest m on m.id = f.manifest_id
            where m.schema_name = ? and m.billing_period_start_datetime < ?
              and f.object_key is not null
            order by f.id limit ?
            """)) {
      statement.setString(1, tenant.name());
      statement.setObject(2, before.atStartOfDay().atOffset(java.time.ZoneOffset.UTC));
      statement.setInt(3, UPLOADS_AT_ONCE);
      var found = new ArrayList<String>();
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1));
        }
      }
      return found;
    }
  }

  private void deliveries(TenantSchema tenant, LocalDate before) {
    database.run(
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  "delete from public.manifest where schema_name = ?"
                      + " and billing_period_start_datetime < ?")) {
            statement.setString(1, tenant.name());
            statement.setObject(2, before.atStartOfDay().atOffset(java.time.ZoneOffset.UTC));
            statement.executeUpdate();
          }
        });
  }

  /// Originals whose deliveries are gone, oldest first.
  private void originals(TenantSchema tenant, LocalDate before) {
    List<String[]> old =
        database.transaction(
            connection -> {
              try (var statement =
                  connection.prepareStatement(
                      """
                      select request_id, object_key from public.upload u
                      where org_id = ? and completed < ?
                        and not exists (
                          select 1 from public.file f
                          where f.request_id = u.request_id and f.manifest_id is not null)
                      order by completed limit ?
                      """)) {
                statement.setString(1, tenant.organisationId());
                statement.setObject(2, before.atStartOfDay().atOffset(java.time.ZoneOffset.UTC));
                statement.setInt(3, UPLOADS_AT_ONCE);
                var found = new ArrayList<String[]>();
                try (var rows = statement.executeQuery()) {
                  while (rows.next()) {
                    found.add(new String[] {rows.getString(1), rows.getString(2)});
                  }
                }
                return found;
              }
            });
    for (String[] upload : old) {
      if (upload[1] != null) {
        objects.deletePrefix(upload[1]);
      }
      database.run(
          connection -> {
            try (var statement =
                connection.prepareStatement("delete from public.upload where request_id = ?")) {
              statement.setString(1, upload[0]);
              statement.executeUpdate();
            }
          });
    }
  }

  private static int update(Connection connection, String sql, LocalDate before)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setObject(1, before);
      return statement.executeUpdate();
    }
  }
}
