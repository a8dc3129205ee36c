package io.tawara.ingest.openshift;

import io.tawara.catalog.Column;
import io.tawara.catalog.Column.Presence;
import io.tawara.catalog.Column.Role;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.LogicalType;
import io.tawara.catalog.OpenShiftTables;
import io.tawara.ingest.days.RowShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How the columns of one file map to the columns of its table. Positions (`slots`) are dense
/// numbers of values that are kept per group, fields are positions in the file (-1: not there).
final class Layout {
  private static final Set<String> BOUNDED =
      Set.of(
          "pod_usage_cpu_core_seconds",
          "pod_request_cpu_core_seconds",
          "pod_limit_cpu_core_seconds",
          "pod_usage_memory_byte_seconds",
          "pod_request_memory_byte_seconds",
          "pod_limit_memory_byte_seconds",
          "node_capacity_cpu_core_seconds",
          "node_capacity_memory_byte_seconds",
          "node_capacity_memory_bytes",
          "persistentvolumeclaim_capacity_bytes",
          "persistentvolumeclaim_capacity_byte_seconds",
          "volume_request_storage_byte_seconds",
          "persistentvolumeclaim_usage_byte_seconds");

  final LineItemTable table;
  final int headerFields;
  final int intervalField;
  final int intervalEndField;
  final int periodStartField;
  final int periodEndField;

  /// Numbers of a row: those sent first, then those derived.
  final List<String> numbers = new ArrayList<>();

  final int[] numberFields;
  final boolean[] numberBounded;
  final RowShape shape;
  final int[] groupFields;
  final int[] textFields;

  /// The table that a header belongs to.
  static Optional<Layout> of(List<String> header) {
    Set<String> names = Set.copyOf(Set.copyOf(new java.util.HashSet<>(header)));
    return OpenShiftTables.REPORTS.stream()
        .filter(table -> names.containsAll(table.mandatory()))
        .findFirst()
        .map(table -> new Layout(table, header));
  }

  private Layout(LineItemTable table, List<String> header) {
    this.table = table;
    this.headerFields = header.size();
    Map<String, Integer> fields = new HashMap<>();
    for (int i = 0; i < header.size(); i++) {
      fields.putIfAbsent(header.get(i), i);
    }
    intervalField = fields.get("interval_start");
    intervalEndField = fields.getOrDefault("interval_end", -1);
    periodStartField = fields.get("report_period_start");
    periodEndField = fields.get("report_period_end");
    var sent = new ArrayList<String>();
    for (Column column : table.columns()) {
      if (column.type() == LogicalType.DOUBLE && column.presence() == Presence.MANDATORY) {
        sent.add(column.name());
      }
    }
    numbers.addAll(sent);
    for (Column column : table.columns()) {
      if (column.presence() == Presence.DERIVED
          && (column.role() == Role.SUM || column.role() == Role.MAX)) {
        numbers.add(column.name());
      }
    }
    numberFields = sent.stream().mapToInt(fields::get).toArray();
    numberBounded = new boolean[sent.size()];
    for (int i = 0; i < numberBounded.length; i++) {
      numberBounded[i] = BOUNDED.contains(sent.get(i));
    }
    shape = RowShape.of(table, numbers);
    groupFields = fieldsOf(shape.groups(), fields);
    textFields = fieldsOf(shape.texts(), fields);
  }

  private static int[] fieldsOf(List<Column> columns, Map<String, Integer> fields) {
    return columns.stream().mapToInt(c -> fields.getOrDefault(c.name(), -1)).toArray();
  }

  /// Position of a number in a row's numbers.
  int number(String column) {
    int position = numbers.indexOf(column);
    if (position < 0) {
      throw new IllegalArgumentException(table.name() + " has no number " + column);
    }
    return position;
  }

  int group(String column) {
    return position(shape.groups(), column);
  }

  int text(String column) {
    return position(shape.texts(), column);
  }

  private static int position(List<Column> columns, String name) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("no column " + name);
  }
}
