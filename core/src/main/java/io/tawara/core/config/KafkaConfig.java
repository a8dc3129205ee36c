package io.tawara.core.config;

import java.util.Map;

/// Where Kafka is; `security` holds client properties such as `sasl.mechanism`, never printed.
public record KafkaConfig(String bootstrapServers, Map<String, String> security) {

  public KafkaConfig {
    security = Map.copyOf(security);
  }

  @Override
  public String toString() {
    return bootstrapServers;
  }
}
