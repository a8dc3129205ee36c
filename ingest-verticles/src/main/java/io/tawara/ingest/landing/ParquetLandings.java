package io.tawara.ingest.landing;

import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.catalog.hive.HiveMetastore;
import io.tawara.catalog.hive.HiveTable;
import io.tawara.catalog.hive.HiveTable.HivePartition;
import io.tawara.catalog.hive.HiveTables;
import io.tawara.catalog.parquet.ParquetRows;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Provider;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.days.HourOfNode;
import io.tawara.ingest.landing.LineItemFiles.Partition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Line items as Parquet files in the object store. A file is written beside what stands, then the
/// transaction enters it into the catalogue ([LineItemFiles]) and takes out what it replaces; work
/// of kind [Publication#KIND] makes the change visible to Trino.
public final class ParquetLandings implements Landings {
  /// What one open file may hold in memory.
  private static final long ROW_GROUP_BYTES = 16L << 20;

  private final Database database;
  private final ObjectStore objects;
  private final HiveMetastore metastore;
  private final WorkQueue queue;
  private final Path staging;
  private final Ids ids;

  /// @param staging folder for files until they are in the object store
  public ParquetLandings(
      Database database,
      ObjectStore objects,
      HiveMetastore metastore,
      WorkQueue queue,
      Path staging,
      Ids ids) {
    this.database = database;
    this.objects = objects;
    this.metastore = metastore;
    this.queue = queue;
    this.staging = staging;
    this.ids = ids;
  }

  @Override
  public boolean keepsRaw() {
    return true;
  }

  @Override
  public void prepare(Provider provider, Collection<YearMonth> months) {
    // partitions are made when they are published
  }

  @Override
  public Landing begin(Connection connection, Provider provider, int manifest) {
    return new ParquetLanding(connection, provider, manifest);
  }

  @Override
  public void expire(TenantSchema tenant, YearMonth first) {
    database.run(
        connection -> {
          for (UUID provider : LineItemFiles.expire(connection, tenant, first)) {
            queue.add(connection, Publication.item(tenant, provider, Optional.empty(), null));
          }
        });
  }

  @Override
  public void forget(TenantSchema tenant, UUID provider) {
    for (Partition partition :
        database.transaction(connection -> LineItemFiles.partitions(connection, provider))) {
      drop(tenant, partition);
    }
    database.run(connection -> LineItemFiles.forget(connection, provider));
  }

  /// Takes a partition out of Hive with its listing.
  private void drop(TenantSchema tenant, Partition partition) {
    HiveTable table = HiveTables.named(partition.table()).orElseThrow();
    HivePartition place = partition.place();
    metastore.dropPartition(tenant, table, place);
    objects.deletePrefix(table.listingPath(tenant, place) + "/");
  }

  /// Makes the current files of a provider's changed partitions visible.
  void publish(TenantSchema tenant, UUID provider) {
    var ensured = new HashSet<HiveTable>();
    for (Partition partition :
        database.transaction(connection -> LineItemFiles.unpublished(connection, provider))) {
      HiveTable table = HiveTables.named(partition.table()).orElseThrow();
      if (partition.files().isEmpty()) {
        drop(tenant, partition);
      } else {
        // summaries read every table of their provider, those of reports that never came too
        for (HiveTable beside : HiveTables.beside(table)) {
          if (ensured.add(beside)) {
            metastore.ensureTable(tenant, beside);
          }
        }
        String listing =
            partition.files().stream()
                .map(key -> metastore.location(key) + "\n")
                .collect(Collectors.joining());
        objects.put(
            table.listingPath(tenant, partition.place()) + "/" + HiveTable.LISTING,
            listing.getBytes(StandardCharsets.UTF_8),
            Map.of());
        metastore.addPartitions(tenant, table, List.of(partition.place()));
      }
      database.run(connection -> LineItemFiles.published(connection, partition));
    }
  }

  private final class ParquetLanding implements Landing {
    private final Connection connection;
    private final Provider provider;
    private final int manifest;
    private boolean changed;

    ParquetLanding(Connection connection, Provider provider, int manifest) {
      this.connection = connection;
      this.provider = provider;
      this.manifest = manifest;
    }

    @Override
    public LineItemWriter open(LineItemTable table, Slice slice) {
      HiveTable hive = HiveTables.of(table);
      String name =
          "%s_manifestid-%d_%s.parquet"
              .formatted(
                  slice.name().isEmpty() ? slice.year() + "-" + slice.month() : slice.name(),
                  manifest,
                  ids.next());
      var place = new HivePartition(provider.id(), slice.year(), slice.month());
      Path file = staging.resolve(name);
      return new ParquetLineItems(
          begin(hive, file),
          file,
          rows -> {
            String key = hive.path(provider.tenant(), place) + "/" + name;
            database.run(own -> LineItemFiles.pending(own, key));
            objects.put(key, file, Map.of("ManifestId", Integer.toString(manifest)));
            Database.leave(connection);
            LineItemFiles.add(
                connection,
                new Partition(provider.id(), table.name(), place, 0, List.of()),
                slice,
                manifest,
                key,
                rows,
                Files.size(file),
                provider.tenant());
            changed = true;
          });
    }

    private ParquetRows begin(HiveTable table, Path file) {
      try {
        Files.createDirectories(staging);
        return new ParquetRows(table, file, ROW_GROUP_BYTES);
      } catch (IOException failure) {
        throw ParquetLineItems.staging(failure);
      }
    }

    @Override
    public void remove(LineItemTable table, Scope scope) throws SQLException {
      Database.leave(connection);
      changed |= LineItemFiles.remove(connection, provider.id(), table.name(), scope) > 0;
    }

    @Override
    public void capacities(List<HourOfNode> capacities, Function<LocalDate, Slice> slices)
        throws SQLException, IOException {
      Map<LocalDate, List<HourOfNode>> days =
          capacities.stream()
              .collect(
                  Collectors.groupingBy(
                      each -> each.hour().atOffset(ZoneOffset.UTC).toLocalDate(),
                      TreeMap::new,
                      Collectors.toList()));
      for (Map.Entry<LocalDate, List<HourOfNode>> day : days.entrySet()) {
        LineItemTable table = OpenShiftTables.NODE_CAPACITY_HOURLY;
        try (LineItemWriter out = open(table, slices.apply(day.getKey()))) {
          for (HourOfNode hour : day.getValue()) {
            byte[] node = hour.node().getBytes(StandardCharsets.UTF_8);
            out.row(table.columns().size());
            out.uuid(provider.id());
            out.date(Math.toIntExact(day.getKey().toEpochDay()));
            out.timestamp(hour.hour().getEpochSecond());
            out.bytes(node, 0, node.length);
            out.number(hour.coreSeconds());
            out.number(hour.byteSeconds());
          }
          out.end();
        }
      }
    }

    @Override
    public void end(Optional<LocalDate[]> days, String requestId) throws SQLException {
      Database.leave(connection);
      if (changed || days.isPresent()) {
        queue.add(
            connection,
            Publication.item(
                provider.tenant(),
                provider.id(),
                days.map(each -> new Publication.Summary(each[0], each[1], manifest)),
                requestId));
      }
    }
  }

  static TawaraException swept(String key) {
    return new TawaraException(
        Category.UNAVAILABLE, "the object " + key + " was swept before it was entered");
  }
}
