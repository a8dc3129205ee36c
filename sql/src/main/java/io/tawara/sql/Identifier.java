package io.tawara.sql;

import java.util.regex.Pattern;

/// The name of a table, column or alias that may stand in SQL text: lower-case letters, digits and
/// underscores. Made from constants of the program, never from input.
public record Identifier(String name) implements Fragment {
  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  public Identifier {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not an identifier: " + name);
    }
  }

  @Override
  public String text() {
    return name;
  }
}
