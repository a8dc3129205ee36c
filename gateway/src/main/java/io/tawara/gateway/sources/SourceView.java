package io.tawara.gateway.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.source.OperatorReleases;
import io.tawara.core.source.Source;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.WireTime;
import io.tawara.gateway.sources.ProviderFacts.Delivery;
import io.tawara.gateway.sources.ProviderFacts.Facts;
import io.tawara.gateway.sources.ProviderFacts.Infrastructure;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;

/// Sources as they stand in answers. Secrets never do.
final class SourceView {
  private static final List<String> SECRETS = List.of("client_secret");
  private static final List<String> STEPS = List.of("download", "processing", "summary");

  private final OperatorReleases releases;

  SourceView(OperatorReleases releases) {
    this.releases = releases;
  }

  /// What a write answers.
  static ObjectNode written(Source source) {
    ObjectNode view = Json.object();
    view.put("id", Integer.toString(source.id()));
    view.put("uuid", source.uuid().toString());
    view.put("name", source.name());
    view.put("source_type", source.type().wireName());
    view.set("authentication", authentication(source));
    view.set("billing_source", source.billingSource());
    view.put("paused", source.paused());
    view.put("updated_timestamp", WireTime.zulu(source.updated()));
    return view;
  }

  /// What lists and details show.
  ///
  /// @param facts empty when the source has no provider
  ObjectNode full(Source source, Optional<Facts> facts) {
    ObjectNode view = written(source);
    view.put("source_type_id", source.type().id().orElse(null));
    view.put("source_ref", source.reference().orElse(null));
    view.put("provider_linked", facts.isPresent());
    if (facts.isPresent()) {
      linked(view, source, facts.get());
    } else {
      view.put("active", false);
      view.put("paused", false);
      view.put("current_month_data", false);
      view.put("previous_month_data", false);
      view.put("last_payload_received_at", false);
      view.put("last_polling_time", false);
      view.putNull("created_timestamp");
      view.set("status", Json.object());
      view.put("has_data", false);
      view.set("infrastructure", Json.object());
      view.set("cost_models", Json.array());
      view.set("additional_context", Json.object());
    }
    return view;
  }

  private void linked(ObjectNode view, Source source, Facts facts) {
    view.put("active", facts.active());
    view.put("paused", facts.paused());
    view.put("current_month_data", facts.currentMonth());
    view.put("previous_month_data", facts.previousMonth());
    view.put(
        "last_payload_received_at",
        facts.latest().map(delivery -> WireTime.zulu(delivery.received())).orElse(null));
    view.put("last_polling_time", facts.polled().map(WireTime::seconds).orElse(null));
    view.put("created_timestamp", WireTime.seconds(facts.created()));
    view.set("status", status(facts));
    view.put("has_data", facts.hasData());
    view.set(
        "infrastructure",
        facts.infrastructure().map(SourceView::infrastructure).orElse(Json.object()));
    view.set("cost_models", facts.costModels());
    view.set("additional_context", context(source, facts));
  }

  /// The steps of the newest delivery; the download has failed while the cloud cannot be asked.
  private static JsonNode status(Facts facts) {
    Optional<JsonNode> recorded = facts.latest().map(Delivery::state);
    if (facts.trouble().isEmpty()) {
      return recorded.<JsonNode>map(SourceView::status).orElse(null);
    }
    String when = facts.trouble().get().attempted().toString();
    ObjectNode state = recorded.map(JsonNode::<ObjectNode>deepCopy).orElseGet(Json::object);
    state.putObject("download").put("start", when).put("failed", when);
    return status(state);
  }

  private static ObjectNode authentication(Source source) {
    ObjectNode credentials = source.credentials().deepCopy();
    credentials.remove(SECRETS);
    return Json.object().set("credentials", credentials);
  }

  private ObjectNode context(Source source, Facts facts) {
    ObjectNode context = facts.context().deepCopy();
    if (source.reference().isPresent() && facts.latest().isPresent()) {
      Delivery delivery = facts.latest().get();
      String version = releases.name(delivery.operatorVersion().orElse(""));
      context.put("operator_version", version);
      context.put("operator_airgapped", delivery.airgapped().orElse(null));
      context.put("operator_certified", delivery.certified().orElse(null));
      context.put("operator_update_available", releases.updateAvailable(version));
      context.put("vm_cpu_core_cost_model_support", releases.supportsVmCores(version));
    }
    facts
        .trouble()
        .ifPresent(
            trouble ->
                context
                    .putObject("download_problem")
                    .put("problem", trouble.problem())
                    .put("message", trouble.message())
                    .put("next_try", trouble.nextTry().map(WireTime::seconds).orElse(null)));
    return context;
  }

  private static ObjectNode infrastructure(Infrastructure cloud) {
    ObjectNode view = Json.object();
    view.put("type", cloud.type());
    view.put("uuid", cloud.provider().toString());
    view.put("id", cloud.sourceId());
    view.put("last_polling_time", cloud.polled().map(WireTime::seconds).orElse(null));
    view.put("paused", cloud.paused());
    view.set("source_status", cloud.status());
    view.set("cloud_provider_state", cloud.cloudState().map(SourceView::status).orElse(null));
    return view;
  }

  /// The steps of a delivery: what is recorded, and the state that follows from it.
  static ObjectNode status(JsonNode recorded) {
    ObjectNode status = Json.object();
    for (String step : STEPS) {
      JsonNode times = recorded.path(step);
      ObjectNode view = status.putObject(step);
      for (String name : List.of("start", "end", "failed")) {
        if (times.hasNonNull(name)) {
          view.put(name, time(times.get(name).asText()));
        }
      }
      String state =
          view.has("failed")
              ? "failed"
              : view.has("end") ? "complete" : view.has("start") ? "in-progress" : "pending";
      view.put("state", state);
    }
    return status;
  }

  private static String time(String recorded) {
    try {
      return WireTime.offset(OffsetDateTime.parse(recorded).toInstant());
    } catch (DateTimeParseException other) {
      return recorded;
    }
  }
}
