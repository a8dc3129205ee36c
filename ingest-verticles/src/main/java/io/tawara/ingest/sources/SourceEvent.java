package io.tawara.ingest.sources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// One event of Platform Sources.
///
/// @param sourceId the source that it is about
/// @param applicationTypeId of application events, else -1
/// @param authenticationType of authentication events, else empty
/// @param identityHeader base64, as it came
record SourceEvent(
    Type type,
    int sourceId,
    int applicationTypeId,
    String authenticationType,
    String identityHeader,
    Optional<String> accountNumber,
    String organisationId,
    long offset) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What happened. Everything else on the topic is left alone.
  enum Type {
    APPLICATION_CREATE("Application.create"),
    APPLICATION_UPDATE("Application.update"),
    APPLICATION_DESTROY("Application.destroy"),
    APPLICATION_PAUSE("Application.pause"),
    APPLICATION_UNPAUSE("Application.unpause"),
    AUTHENTICATION_CREATE("Authentication.create"),
    AUTHENTICATION_UPDATE("Authentication.update"),
    SOURCE_UPDATE("Source.update");

    private final String wireName;

    Type(String wireName) {
      this.wireName = wireName;
    }

    static Optional<Type> ofName(String name) {
      return Stream.of(values()).filter(type -> type.wireName.equals(name)).findFirst();
    }

    boolean aboutApplication() {
      return switch (this) {
        case APPLICATION_CREATE,
            APPLICATION_UPDATE,
            APPLICATION_DESTROY,
            APPLICATION_PAUSE,
            APPLICATION_UNPAUSE ->
            true;
        case AUTHENTICATION_CREATE, AUTHENTICATION_UPDATE, SOURCE_UPDATE -> false;
      };
    }

    boolean aboutAuthentication() {
      return this == AUTHENTICATION_CREATE || this == AUTHENTICATION_UPDATE;
    }
  }

  /// The message cannot be understood; trying again will not help.
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(String reason) {
      super(reason);
    }
  }

  /// Reads an event.
  ///
  /// @param header looks a header up; empty when it was not sent
  /// @throws Unreadable with what is wrong
  static SourceEvent read(
      Type type,
      java.util.function.Function<String, Optional<String>> header,
      String value,
      long offset)
      throws Unreadable {
    JsonNode payload = json(value, "the event");
    if (!payload.isObject()) {
      throw new Unreadable("the event is not a JSON object");
    }
    String identity =
        header.apply("x-rh-identity").orElseThrow(() -> new Unreadable("no x-rh-identity header"));
    JsonNode who = json(decoded(identity), "the identity").path("identity");
    String organisation =
        header.apply("x-rh-sources-org-id").or(() -> text(who, "org_id")).orElse("");
    if (!organisation.matches("[A-Za-z0-9_]{1,36}")) {
      throw new Unreadable("no usable organisation id");
    }
    String idName = type == Type.SOURCE_UPDATE ? "id" : "source_id";
    return new SourceEvent(
        type,
        number(payload, idName)
            .orElseThrow(() -> new Unreadable("no usable " + idName + " in the event")),
        number(payload, "application_type_id").orElse(-1),
        text(payload, "authtype").orElse(""),
        identity,
        header.apply("x-rh-sources-account-number").or(() -> text(who, "account_number")),
        organisation,
        offset);
  }

  /// Members in Koku's own events are capitalised.
  private static JsonNode member(JsonNode payload, String name) {
    JsonNode plain = payload.path(name);
    return plain.isMissingNode()
        ? payload.path(name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))
        : plain;
  }

  private static Optional<String> text(JsonNode payload, String name) {
    JsonNode value = member(payload, name);
    return value.isValueNode() && !value.isNull() && !value.asText().isBlank()
        ? Optional.of(value.asText())
        : Optional.empty();
  }

  private static Optional<Integer> number(JsonNode payload, String name) {
    JsonNode value = member(payload, name);
    boolean digits =
        (value.isIntegralNumber() || value.isTextual()) && value.asText().matches("\\d{1,9}");
    return digits ? Optional.of(Integer.valueOf(value.asText())) : Optional.empty();
  }

  private static String decoded(String base64) throws Unreadable {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      throw new Unreadable("the identity is not base64");
    }
  }

  private static JsonNode json(String text, String what) throws Unreadable {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException notJson) {
      throw new Unreadable(what + " is not JSON: " + notJson.getOriginalMessage());
    }
  }

  /// The name of the user, for `created_by`.
  String username() {
    try {
      JsonNode who = JSON.readTree(Base64.getDecoder().decode(identityHeader)).path("identity");
      return text(who.path("user"), "username")
          .or(() -> text(who.path("system"), "cluster_id"))
          .or(() -> text(who.path("service_account"), "username"))
          .orElse("");
    } catch (IOException unreadable) {
      return "";
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }
}
