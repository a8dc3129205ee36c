package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.source.SourceStatus;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.ingest.sources.PlatformSources.Sender;
import java.util.Optional;

/// Tells Platform Sources how a source is, as often as it takes.
public final class StatusPush implements WorkHandler {
  public static final String KIND = SourceStatus.PUSH;

  private final PlatformSources platform;

  public StatusPush(PlatformSources platform) {
    this.platform = platform;
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
