package io.tawara.core.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkItem;
import java.util.UUID;

/// Work of kind [#KIND]: every file of a cloud's delivery lies in the object store and can be made
/// line items. Comes again for the same delivery when files of it changed.
///
/// @param manifest number of the delivery (`public.manifest`)
/// @param summarise whether summaries are wanted when the files were converted
public record Conversion(UUID provider, TenantSchema tenant, int manifest, boolean summarise) {
  public static final String KIND = "convert";

  /// The item, in the line of the provider.
  public WorkItem item(String requestId) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("provider", provider.toString())
            .put("schema", tenant.name())
            .put("manifest", manifest)
            .put("summarise", summarise);
    return new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId);
  }

  /// Reads the body of an item.
  public static Conversion of(JsonNode body) {
    return new Conversion(
        UUID.fromString(body.path("provider").asText()),
        new TenantSchema(body.path("schema").asText()),
        body.path("manifest").asInt(),
        body.path("summarise").asBoolean(true));
  }
}
