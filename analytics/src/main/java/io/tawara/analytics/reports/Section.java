package io.tawara.analytics.reports;

import java.util.List;
import java.util.Optional;

/// A part of a row as it is shown. In JSON a section is a member with parts, in CSV some flat
/// columns.
public sealed interface Section {
  /// `"infrastructure": {"raw": {"value", "units"}, …}` in the target currency.
  ///
  /// @param members name in JSON and figure, for rows
  /// @param totals the same for `meta.total`, where they differ
  record Cost(String name, List<Member> members, List<Member> totals) implements Section {}

  /// A member of a cost block.
  record Member(String name, String figure) {}

  /// `"usage": {"value", "units"}`.
  ///
  /// @param unit the unit, or what stands for it where rows have none
  /// @param ofRows the aggregate that is the unit, where rows have one
  record Quantity(String name, String figure, String unit, Optional<String> ofRows)
      implements Section {
    Quantity(String name, String figure, String unit) {
      this(name, figure, unit, Optional.empty());
    }
  }

  /// The parts of `request` and `capacity` that are unused: they need usage, request and capacity.
  record Request(String figure, String unit) implements Section {}

  /// `"capacity": {"value", "units", "unused", "unused_percent", "count", "count_units"}`.
  ///
  /// @param zeroAsInteger whether an empty total shows the integer 0 instead of 0.0
  record CapacityBlock(String unit, String countUnit, boolean zeroAsInteger) implements Section {}

  /// A sorted list of text.
  record TextList(String name, String aggregate) implements Section {}

  /// `"gpu_memory": {"value", "units"}`; absent from totals.
  record Measured(String name, String aggregate, String unit, boolean whole) implements Section {}

  /// One text of the row; absent from totals.
  record Text(String name, String aggregate) implements Section {}

  /// `"score": {…}` of rows, `"total_score"` of the total.
  record Score(String usage, String request, String cost) implements Section {}

  /// `"request": {"cpu": {…}, "memory": {…}}` of virtual machines; stored hours of a day.
  record VirtualMachineRequest(String cpu, String memory) implements Section {}

  /// `"storage"` of virtual machines.
  record VirtualMachineStorage(String aggregate) implements Section {}

  /// `"tags": [{"key", "values"}]`, label sets merged per key.
  ///
  /// @param flat whether flat rows have them, too
  record MergedLabels(String aggregate, boolean flat) implements Section {}

  /// `"compute": {"value": 1, "units": "g"}` and `"memory"` as read from a MIG profile's name.
  record MigProfileParts(String dimension) implements Section {}

  /// A whole number without unit; absent from totals.
  record WholeNumber(String name, String aggregate) implements Section {}
}
