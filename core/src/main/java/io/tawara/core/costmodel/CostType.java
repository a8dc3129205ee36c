package io.tawara.core.costmodel;

import java.util.Arrays;
import java.util.Optional;

/// Which of the two cost columns a rate adds to.
public enum CostType {
  INFRASTRUCTURE("Infrastructure"),
  SUPPLEMENTARY("Supplementary");

  private final String wireName;

  CostType(String wireName) {
    this.wireName = wireName;
  }

  /// As requests, answers and tables have it.
  public String wireName() {
    return wireName;
  }

  /// Reads a name in any letter case.
  public static Optional<CostType> find(String name) {
    return Arrays.stream(values()).filter(type -> type.wireName.equalsIgnoreCase(name)).findFirst();
  }
}
