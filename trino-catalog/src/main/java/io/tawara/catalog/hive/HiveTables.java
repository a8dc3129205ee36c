package io.tawara.catalog.hive;

import io.tawara.catalog.AwsTables;
import io.tawara.catalog.AzureTables;
import io.tawara.catalog.GcpTables;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.OpenShiftTables;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every line-item table of cloud mode, and where its files lie (`data-formats` §1.3).
public final class HiveTables {
  public static final List<HiveTable> ALL =
      Stream.of(
              OpenShiftTables.ALL.stream().map(HiveTable::openShiftDaily),
              OpenShiftTables.REPORTS.stream()
                  .map(OpenShiftTables::raw)
                  .map(HiveTable::openShiftRaw),
              Stream.of(
                  HiveTable.billRaw(AwsTables.RAW, "AWS"),
                  HiveTable.billDaily(AwsTables.DAILY, "AWS"),
                  HiveTable.billRaw(AzureTables.LINE_ITEMS, "Azure"),
                  HiveTable.billRaw(GcpTables.RAW, "GCP"),
                  HiveTable.billDaily(GcpTables.DAILY, "GCP")))
          .flatMap(Function.identity())
          .toList();

  private static final Map<String, HiveTable> BY_NAME =
      ALL.stream().collect(Collectors.toMap(table -> table.table().name(), Function.identity()));

  private HiveTables() {}

  public static HiveTable of(LineItemTable table) {
    return named(table.name()).orElseThrow();
  }

  /// All tables of the provider type that a table is of.
  public static List<HiveTable> beside(HiveTable table) {
    return ALL.stream().filter(other -> other.providerType().equals(table.providerType())).toList();
  }

  public static Optional<HiveTable> named(String table) {
    return Optional.ofNullable(BY_NAME.get(table));
  }
}
