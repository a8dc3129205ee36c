package io.tawara.ingest.announce;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.util.Optional;

/// A message on `platform.upload.announce` (`sources-and-ingestion-4` §1.3).
///
/// @param url where the payload can be fetched
record Announcement(
    String requestId,
    Optional<String> organisationId,
    Optional<String> account,
    Optional<String> url,
    Optional<String> identity) {
  static final String TOPIC = "platform.upload.announce";
  static final String SERVICE = "hccm";
  private static final String NO_REQUEST = "no_request_id";
  private static final int LONGEST_REQUEST = 200;
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Reads a message; one that is not JSON is an [Category#INPUT] error.
  static Announcement parse(byte[] value) {
    JsonNode root;
    try {
      root = JSON.readTree(value);
    } catch (IOException broken) {
      throw new TawaraException(Category.INPUT, "announcement is not JSON", broken);
    }
    if (root == null || !root.isObject()) {
      throw new TawaraException(Category.INPUT, "announcement is no JSON object");
    }
    String request = text(root, "request_id").orElse(NO_REQUEST);
    Optional<String> url = text(root, "url");
    if (request.equals(NO_REQUEST) && url.isPresent()) {
      request = NO_REQUEST + "-" + Integer.toHexString(url.get().hashCode());
    }
    if (request.length() > LONGEST_REQUEST) {
      throw new TawaraException(Category.INPUT, "request_id is too long");
    }
    return new Announcement(
        request, text(root, "org_id"), text(root, "account"), url, text(root, "b64_identity"));
  }

  /// Whether a message without a `service` header is for us.
  static boolean isForUs(byte[] value) {
    try {
      JsonNode root = JSON.readTree(value);
      return root != null
          && (root.path("service").asText("").equals(SERVICE)
              || root.path("category").asText("").equals(SERVICE));
    } catch (IOException notJson) {
      return false;
    }
  }

  private static Optional<String> text(JsonNode root, String field) {
    JsonNode value = root.path(field);
    return value.isValueNode() && !value.isNull() && !value.asText().isEmpty()
        ? Optional.of(value.asText().replace("\0", ""))
        : Optional.empty();
  }
}
