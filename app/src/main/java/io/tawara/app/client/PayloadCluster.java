package io.tawara.app.client;

import io.tawara.core.error.TawaraException;
import io.tawara.ingest.payload.ManifestReader;
import java.nio.file.Path;
import java.util.Optional;

/// Finds which cluster a payload is of, before it is sent.
final class PayloadCluster {
  private static final long LARGEST = 64L << 30;
  private static final int ENTRIES = 1_000_000;

  private PayloadCluster() {}

  /// Empty when the payload cannot be read; sending it will say why.
  static Optional<String> of(Path payload) {
    try {
      return Optional.of(new ManifestReader(LARGEST, ENTRIES).read(payload).clusterId());
    } catch (TawaraException unreadable) {
      return Optional.empty();
    }
  }
}
