package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.ingest.sources.PlatformSources.Sender;
import java.util.Optional;

/// Tells Platform Sources how a source is, as often as it takes.
public final class StatusPush implements WorkHandler {
  /// The kind of work. Body: `source`, `status`, and who it is for.
  public static final String KIND = "source-status";

  private final PlatformSources platform;

  public StatusPush(PlatformSources platform) {
    this.platform = platform;
  }

  static ObjectNode body(int source, Sender sender, ObjectNode status) {
    ObjectNode body = SourceEvent.object().put("source", source);
    body.put("identity", sender.identityHeader());
    sender.accountNumber().ifPresent(id -> body.put("account", id));
    sender.organisationId().ifPresent(id -> body.put("organisation", id));
    body.set("status", status);
    return body;
  }

  @Override
  public void perform(WorkItem item) {
    JsonNode body = item.body();
    var sender =
        new Sender(
            body.path("identity").asText(), text(body, "account"), text(body, "organisation"));
    platform
        .applicationId(body.path("source").asInt(), sender)
        .ifPresent(id -> platform.pushStatus(id, body.path("status"), sender));
  }

  private static Optional<String> text(JsonNode body, String name) {
    return body.hasNonNull(name) ? Optional.of(body.get(name).asText()) : Optional.empty();
  }
}
