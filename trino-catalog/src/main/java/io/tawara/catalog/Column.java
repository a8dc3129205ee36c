package io.tawara.catalog;

import java.util.Objects;
import java.util.regex.Pattern;

/// One column of a line-item table.
///
/// @param name as it stands in reports and in the tables
/// @param role what the daily aggregate does with it
/// @param presence where its value comes from
public record Column(String name, LogicalType type, Role role, Presence presence) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  public Column {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a column name: " + name);
    }
    Objects.requireNonNull(type);
    Objects.requireNonNull(role);
    Objects.requireNonNull(presence);
  }

  /// What the daily aggregate does with a column.
  public enum Role {
    /// Rows with equal values become one.
    GROUP,
    /// The greatest value of the day; text by code points.
    MAX,
    /// The compensated sum over the day, in the order of the file.
    SUM,
    /// The greatest value at the latest interval of the day.
    LAST,
    /// Says where and when the row belongs; written by the loader.
    PLACE
  }

  /// Where a value comes from.
  public enum Presence {
    /// In every file of the type: files are recognised by these columns.
    MANDATORY,
    /// Sent by newer operators; null when the file has no such column.
    OPTIONAL,
    /// Computed while reading, never sent.
    DERIVED
  }
}
