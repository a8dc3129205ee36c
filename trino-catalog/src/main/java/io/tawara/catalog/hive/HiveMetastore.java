package io.tawara.catalog.hive;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.tenancy.TenantSchema;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hadoop.hive.metastore.api.AlreadyExistsException;
import org.apache.hadoop.hive.metastore.api.Database;
import org.apache.hadoop.hive.metastore.api.FieldSchema;
import org.apache.hadoop.hive.metastore.api.GetTableRequest;
import org.apache.hadoop.hive.metastore.api.MetaException;
import org.apache.hadoop.hive.metastore.api.NoSuchObjectException;
import org.apache.hadoop.hive.metastore.api.Partition;
import org.apache.hadoop.hive.metastore.api.PrincipalType;
import org.apache.hadoop.hive.metastore.api.SerDeInfo;
import org.apache.hadoop.hive.metastore.api.StorageDescriptor;
import org.apache.hadoop.hive.metastore.api.Table;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TException;
import org.apache.thrift.protocol.TBinaryProtocol;
import org.apache.thrift.transport.TSocket;
import org.apache.thrift.transport.TTransportException;

/// Registers line-item tables in the Hive Metastore over its Thrift service: a database per tenant,
/// external tables, partitions. Every call may be repeated. One connection per call group; a
/// metastore that is away is tried again, then a retryable error.
public final class HiveMetastore {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final String OWNER = "tawara";
  private static final String SERDE = "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe";
  private static final String INPUT = "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat";
  private static final String OUTPUT = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";
  private static final short ALL = -1;

  private final MetastoreConfig config;
  private final String bucket;
  private final RetryPolicy<Object> retry =
      RetryPolicy.builder()
          .handle(TTransportException.class)
          .withBackoff(Duration.ofMillis(200), Duration.ofSeconds(2))
          .withMaxRetries(4)
          .build();

  /// @param bucket of the object store that holds the files
  public HiveMetastore(MetastoreConfig config, String bucket) {
    this.config = config;
    this.bucket = bucket;
  }

  /// Makes the tenant's database and the table where they are missing, and adds columns that the
  /// table does not have yet.
  public void ensureTable(TenantSchema tenant, HiveTable table) {
    run("ensure table " + table.table().name(), client -> ensureTable(client, tenant, table));
  }

  /// Drops a partition if it is there; files stay.
  public void dropPartition(TenantSchema tenant, HiveTable table, HivePartition partition) {
    run(
        "drop a partition of " + table.table().name(),
        client -> {
          try {
            client.drop_partition_by_name(
                tenant.name(), table.table().name(), partition.name(), false);
          } catch (NoSuchObjectException gone) {
            // never published, or dropped before: what was wanted
          }
        });
  }

  /// Adds partitions that are not there yet.
  public void addPartitions(
      TenantSchema tenant, HiveTable table, Collection<HivePartition> partitions) {
    run(
        "add partitions of " + table.table().name(),
        client -> {
          Set<String> present = new HashSet<>(names(client, tenant, table));
          for (HivePartition partition : Set.copyOf(partitions)) {
            if (!present.contains(partition.name())) {
              try {
                client.add_partitions(List.of(partition(tenant, table, partition)));
              } catch (AlreadyExistsException other) {
                // somebody else was faster: the same partition is there
              }
            }
          }
        });
  }

  /// Drops the partitions that the condition selects; files stay. Returns their names.
  public List<String> dropPartitions(
      TenantSchema tenant, HiveTable table, Predicate<HivePartition> condition) {
    var dropped = new ArrayList<String>();
    run(
        "drop partitions of " + table.table().name(),
        client -> {
          dropped.clear();
          for (String name : names(client, tenant, table)) {
            if (condition.test(parse(name))) {
              try {
                client.drop_partition_by_name(tenant.name(), table.table().name(), name, false);
              } catch (NoSuchObjectException gone) {
                // dropped meanwhile: what was wanted
              }
              dropped.add(name);
            }
          }
        });
    return dropped;
  }

  /// Names of all partitions, as Hive spells them.
  public List<String> partitionNames(TenantSchema tenant, HiveTable table) {
    var found = new ArrayList<String>();
    run(
        "list partitions of " + table.table().name(),
        client -> {
          found.clear();
          found.addAll(names(client, tenant, table));
        });
    return found;
  }

  private static List<String> names(
      ThriftHiveMetastore.Iface client, TenantSchema tenant, HiveTable table) throws TException {
    try {
      return client.get_partition_names(tenant.name(), table.table().name(), ALL);
    } catch (NoSuchObjectException noTable) {
      return List.of();
    }
  }

  private static HivePartition parse(String name) {
    String[] parts = name.split("/");
    return new HivePartition(
        java.util.UUID.fromString(parts[0].substring("source=".length())),
        parts[1].substring("year=".length()),
        parts[2].substring("month=".length()));
  }

  private void ensureTable(ThriftHiveMetastore.Iface client, TenantSchema tenant, HiveTable table)
      throws TException {
    try {
      client.get_database(tenant.name());
    } catch (NoSuchObjectException missing) {
      var database = new Database();
      database.setName(tenant.name());
      database.setLocationUri(location("data/parquet/" + tenant.pathAccount()));
      database.setOwnerName(OWNER);
      database.setOwnerType(PrincipalType.USER);
      try {
        client.create_database(database);
      } catch (AlreadyExistsException other) {
        // somebody else was faster
      }
    }
    try {
      Table present =
          client.get_table_req(new GetTableRequest(tenant.name(), table.table().name())).getTable();
      addColumns(client, tenant, table, present);
    } catch (NoSuchObjectException missing) {
      try {
        client.create_table(table(tenant, table));
      } catch (AlreadyExistsException other) {
        // somebody else was faster
      }
    }
  }

  private void addColumns(
      ThriftHiveMetastore.Iface client, TenantSchema tenant, HiveTable table, Table present)
      throws TException {
    List<FieldSchema> columns = present.getSd().getCols();
    Set<String> names = new HashSet<>();
    columns.forEach(column -> names.add(column.getName()));
    List<FieldSchema> added =
        fields(table).stream().filter(column -> !names.contains(column.getName())).toList();
    if (!added.isEmpty()) {
      columns.addAll(added);
      client.alter_table_with_cascade(tenant.name(), table.table().name(), present, true);
    }
  }

  private Table table(TenantSchema tenant, HiveTable table) {
    var made = new Table();
    made.setDbName(tenant.name());
    made.setTableName(table.table().name());
    made.setOwner(OWNER);
    made.setTableType("EXTERNAL_TABLE");
    made.setParameters(new java.util.HashMap<>(Map.of("EXTERNAL", "TRUE")));
    made.setSd(storage(table, table.path(tenant)));
    made.setPartitionKeys(
        HiveTable.PARTITION_KEYS.stream().map(key -> new FieldSchema(key, "string", "")).toList());
    return made;
  }

  private Partition partition(TenantSchema tenant, HiveTable table, HivePartition partition) {
    var made = new Partition();
    made.setDbName(tenant.name());
    made.setTableName(table.table().name());
    made.setValues(new ArrayList<>(partition.values()));
    made.setSd(storage(table, table.listingPath(tenant, partition)));
    made.setParameters(new java.util.HashMap<>());
    return made;
  }

  private StorageDescriptor storage(HiveTable table, String path) {
    var serde = new SerDeInfo();
    serde.setName(table.table().name());
    serde.setSerializationLib(SERDE);
    serde.setParameters(new java.util.HashMap<>());
    var storage = new StorageDescriptor();
    storage.setCols(new ArrayList<>(fields(table)));
    storage.setLocation(location(path));
    storage.setInputFormat(INPUT);
    storage.setOutputFormat(OUTPUT);
    storage.setSerdeInfo(serde);
    storage.setParameters(new java.util.HashMap<>());
    storage.setBucketCols(new ArrayList<>());
    storage.setSortCols(new ArrayList<>());
    storage.setNumBuckets(-1);
    return storage;
  }

  private static List<FieldSchema> fields(HiveTable table) {
    return table.fileColumns().stream()
        .map(column -> new FieldSchema(column.name(), column.type().metastore(), ""))
        .toList();
  }

  /// The address of an object as Trino reads it.
  public String location(String path) {
    return "s3a://" + bucket + "/" + path;
  }

  private interface Calls {
    void on(ThriftHiveMetastore.Iface client) throws TException;
  }

  private void run(String what, Calls calls) {
    try {
      Failsafe.with(retry)
          .run(
              () -> {
                try (var socket = new TSocket(config.host(), config.port(), TIMEOUT_MILLIS)) {
                  socket.open();
                  calls.on(new ThriftHiveMetastore.Client(new TBinaryProtocol(socket)));
                }
              });
    } catch (FailsafeException failure) {
      throw new TawaraException(
          // a MetaException is the metastore's own trouble, mostly with its database
          failure.getCause() instanceof TTransportException
                  || failure.getCause() instanceof MetaException
              ? Category.UNAVAILABLE
              : Category.INTERNAL,
          "metastore: " + what + ": " + failure.getCause().getMessage(),
          failure.getCause());
    }
  }
}
