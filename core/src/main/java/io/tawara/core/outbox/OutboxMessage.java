package io.tawara.core.outbox;

import java.util.Map;
import java.util.Objects;

/// A Kafka message that is written in the transaction of what it tells about, and sent afterwards:
/// at least once, and in order per key.
///
/// @param key orders messages; messages of one key stay in order; empty for a message without a key
/// @param headers texts
public record OutboxMessage(String topic, String key, Map<String, String> headers, String value) {
  public OutboxMessage {
    Objects.requireNonNull(topic);
    Objects.requireNonNull(key);
    Objects.requireNonNull(value);
    headers = Map.copyOf(headers);
  }
}
