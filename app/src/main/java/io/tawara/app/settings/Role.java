package io.tawara.app.settings;

/// What a process does; one process may do all of it.
public enum Role {
  /// Answers HTTP.
  GATEWAY,
  /// Takes over what Kafka announces.
  LISTENER,
  /// Performs durable work.
  WORKER
}
