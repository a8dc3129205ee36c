package io.tawara.analytics.reports;

import java.util.regex.Pattern;

/// A column of the daily summary (or of a rollup, where it has the same name). Only the catalogue
/// makes them, so nothing from outside becomes an identifier.
public record Column(String name) {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]{0,62}");

  public Column {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a column name");
    }
  }
}
