package io.tawara.analytics.cost;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.Optional;

/// What is applied to a source in one month: the rates of the price list in force, the model's
/// distribution and its markup.
///
/// @param markup factor on raw cost (0.1 for 10 %), empty when the model has none
public record CostPlan(Rates rates, Distribution distribution, Optional<BigDecimal> markup) {
  public CostPlan {
    Objects.requireNonNull(rates);
    Objects.requireNonNull(distribution);
    Objects.requireNonNull(markup);
  }

  /// What holds for a source without a model.
  public static CostPlan withoutModel() {
    return new CostPlan(Rates.none(), Distribution.withoutModel(), Optional.empty());
  }
}
