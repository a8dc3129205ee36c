package io.tawara.gateway.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Blank;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.input.Problems;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.source.Source;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.http.Json;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.stream.Collectors;

/// What a body asks of a source. Members that are absent are empty.
///
/// @param reference only meaningful for OpenShift: the cluster id
/// @param authentication the object as sent
record SourceForm(
    Optional<String> name,
    Optional<ProviderType> type,
    Optional<String> reference,
    Optional<JsonNode> authentication,
    Optional<JsonNode> billingSource,
    Optional<Boolean> paused) {
  private static final int LONGEST_NAME = 256;
  private static final int LONGEST_TYPE = 50;
  private static final int LONGEST_TYPE_ID = 10;

  /// Reads a body.
  ///
  /// @param need whether a new source is made, which needs a name and a type
  /// @throws InvalidInputException with everything that is wrong
  static SourceForm read(JsonNode body, Need need, GatewayConfig config) {
    var problems = new Problems();
    Fields fields = Fields.ofBody(body, problems);
    Optional<String> name = fields.text("name", need, Blank.REFUSED, LONGEST_NAME);
    Optional<String> typeName =
        fields.text("source_type", Need.OPTIONAL, Blank.REFUSED, LONGEST_TYPE);
    Optional<String> typeId =
        fields.text("source_type_id", Need.OPTIONAL, Blank.REFUSED, LONGEST_TYPE_ID);
    Optional<String> reference =
        fields.text("source_ref", Need.OPTIONAL, Blank.ALLOWED, LONGEST_NAME);
    Optional<Boolean> paused = fields.bool("paused", Need.OPTIONAL);
    Optional<JsonNode> authentication = fields.value("authentication", Need.OPTIONAL);
    Optional<JsonNode> billingSource = fields.value("billing_source", Need.OPTIONAL);
    problems.check();
    Optional<ProviderType> type =
        typeId.isPresent()
            ? Optional.of(typeOfId(typeId.get(), config))
            : typeName.map(given -> typeOfName(given, config));
    if (need == Need.REQUIRED && type.isEmpty()) {
      throw new InvalidInputException(
          "source_type", "Either source_type or source_type_id is required");
    }
    return new SourceForm(name, type, reference, authentication, billingSource, paused);
  }

  private static ProviderType typeOfId(String id, GatewayConfig config) {
    ProviderType type =
        ProviderType.ofId(id)
            .orElseThrow(
                () -> new InvalidInputException("source_type_id", "Invalid source_type_id: " + id));
    return supported(type, config, "source_type");
  }

  private static ProviderType typeOfName(String name, GatewayConfig config) {
    ProviderType type =
        ProviderType.ofName(name)
            .filter(known -> !known.isLocal() || config.development())
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "source_type.source_type", "Invalid source_type, " + name + ", provided."));
    return supported(type, config, "source_type.source_type");
  }

  private static ProviderType supported(ProviderType type, GatewayConfig config, String source) {
    if (config.onPremise() && !config.providerTypes().contains(type.base())) {
      String allowed =
          config.providerTypes().stream()
              .sorted()
              .map(ProviderType::wireName)
              .collect(Collectors.joining(", "));
      throw new InvalidInputException(
          source,
          "source_type '%s' is not supported on-premise; only %s %s allowed."
              .formatted(type.wireName(), allowed, allowed.contains(",") ? "are" : "is"));
    }
    return type;
  }

  /// The credentials that result for a type.
  ///
  /// @param before those that are there already
  ObjectNode credentials(ProviderType resulting, ObjectNode before) {
    JsonNode given = authentication.map(object -> object.path("credentials")).orElse(null);
    ObjectNode credentials = authentication.isPresent() ? Json.object() : before.deepCopy();
    if (given instanceof ObjectNode object) {
      credentials = object.deepCopy();
    }
    if (resulting == ProviderType.OCP && reference.filter(text -> !text.isEmpty()).isPresent()) {
      if (authentication.isEmpty()) {
        credentials = Json.object();
      }
      credentials.put("cluster_id", reference.get());
    }
    return credentials;
  }

  /// An existing source with these changes.
  ///
  /// @param now when; the time of change always grows
  Source applyTo(Source source, Instant now) {
    ProviderType resulting = type.orElse(source.type());
    Instant next = source.updated().plus(1, ChronoUnit.MICROS);
    return new Source(
        source.id(),
        source.uuid(),
        name.orElse(source.name()),
        source.authHeader(),
        source.accountId(),
        source.organisationId(),
        resulting,
        credentials(resulting, source.credentials()),
        billingSource.orElse(source.billingSource()),
        source.providerId(),
        paused.orElse(source.paused()),
        source.pendingDelete(),
        now.isBefore(next) ? next : now);
  }
}
