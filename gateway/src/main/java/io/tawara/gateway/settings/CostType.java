package io.tawara.gateway.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.http.Json;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// How the costs of a cloud bill can be seen.
enum CostType {
  UNBLENDED_COST("Unblended", "Usage cost on the day you are charged"),
  CALCULATED_AMORTIZED_COST(
      "Amortized", "Recurring and/or upfront costs are distributed evenly across the month"),
  BLENDED_COST("Blended", "Using a blended rate to calculate cost usage");

  private final String label;
  private final String description;

  CostType(String label, String description) {
    this.label = label;
    this.description = description;
  }

  String code() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<CostType> of(String code) {
    return Stream.of(values()).filter(type -> type.code().equals(code)).findFirst();
  }

  ObjectNode view() {
    return Json.object().put("code", code()).put("name", label).put("description", description);
  }
}
