package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.Metric;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.gateway.http.Json;
import java.math.BigDecimal;

/// Stored rates as answers show them.
final class RateViews {
  private RateViews() {}

  /// Rates of a cost model or a price list: labels added, values as numbers, ids left out.
  static ArrayNode rates(JsonNode stored) {
    return Json.array(stored, RateViews::rate);
  }

  private static ObjectNode rate(JsonNode stored) {
    String name = stored.path("metric").path("name").asText();
    Metric metric =
        Metric.of(name)
            .orElseThrow(
                () -> new TawaraException(Category.INTERNAL, "stored rate of unknown metric"));
    ObjectNode view = Json.object();
    view.set("metric", metric(metric));
    view.put("description", stored.path("description").asText(""));
    if (stored.has("custom_name")) {
      view.set("custom_name", stored.get("custom_name"));
    }
    if (stored.has("tiered_rates")) {
      view.set("tiered_rates", numbers(stored.get("tiered_rates")));
    }
    if (stored.has("tag_rates")) {
      ObjectNode tags = view.putObject("tag_rates");
      tags.set("tag_key", stored.path("tag_rates").path("tag_key"));
      tags.set("tag_values", numbers(stored.path("tag_rates").path("tag_values")));
    }
    view.set("cost_type", stored.get("cost_type"));
    return view;
  }

  static ObjectNode metric(Metric metric) {
    return Json.object()
        .put("name", metric.wire())
        .put("label_metric", metric.group().label())
        .put("label_measurement", metric.measurement())
        .put("label_measurement_unit", metric.unit());
  }

  private static ArrayNode numbers(JsonNode stored) {
    return Json.array(
        stored,
        each -> {
          ObjectNode view = each.deepCopy();
          if (view.path("value").isTextual()) {
            view.put("value", new BigDecimal(view.get("value").asText()).doubleValue());
          }
          return view;
        });
  }

  /// A rate of `price-lists/<uuid>/rates/`, with its row's id and values as they are stored.
  static ObjectNode row(JsonNode stored) {
    String name = stored.path("metric").path("name").asText();
    ObjectNode view = Json.object();
    view.set("rate_id", stored.get("rate_id"));
    view.set("custom_name", stored.get("custom_name"));
    view.put("description", stored.path("description").asText(""));
    view.set(
        "metric",
        Metric.of(name)
            .map(RateViews::metric)
            .orElseGet(
                () ->
                    Json.object()
                        .put("name", name)
                        .put("label_metric", "")
                        .put("label_measurement", "")
                        .put("label_measurement_unit", "")));
    view.put("metric_type", Metric.of(name).map(known -> known.group().type()).orElse("other"));
    view.set("cost_type", stored.get("cost_type"));
    String first = stored.path("tiered_rates").path(0).path("value").asText("");
    view.put(
        "default_rate",
        first.isEmpty() ? null : new BigDecimal(first).setScale(15).toPlainString());
    if (stored.has("tiered_rates")) {
      view.set("tiered_rates", stored.get("tiered_rates"));
    }
    if (stored.has("tag_rates")) {
      view.set("tag_rates", stored.get("tag_rates"));
    }
    return view;
  }
}
