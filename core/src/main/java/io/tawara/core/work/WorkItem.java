package io.tawara.core.work;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;
import java.util.UUID;

/// One piece of durable work.
///
/// @param kind names the handler, for example `summarise`
/// @param key items of one key run one at a time and in order, for example `provider:<uuid>`
/// @param body what the handler needs, small; never credentials
/// @param requestId the id that the causing request or message had, for logs; may be null
public record WorkItem(String kind, String key, JsonNode body, String requestId) {
  public WorkItem {
    Objects.requireNonNull(kind);
    Objects.requireNonNull(key);
    Objects.requireNonNull(body);
  }

  /// The key under which everything about one provider runs.
  public static String providerKey(UUID provider) {
    return "provider:" + provider;
  }
}
