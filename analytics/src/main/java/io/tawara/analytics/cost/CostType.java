package io.tawara.analytics.cost;

import java.util.Optional;

/// Which side of a report a rate's cost belongs to; the name is the wire and the stored form.
public enum CostType {
  INFRASTRUCTURE("Infrastructure"),
  SUPPLEMENTARY("Supplementary");

  private final String label;

  CostType(String label) {
    this.label = label;
  }

  /// `Infrastructure` or `Supplementary`.
  public String label() {
    return label;
  }

  /// The cost type of a name in any letter case.
  public static Optional<CostType> of(String name) {
    for (CostType each : values()) {
      if (each.label.equalsIgnoreCase(name)) {
        return Optional.of(each);
      }
    }
    return Optional.empty();
  }
}
