package io.tawara.core.source;

/// Asks whoever owns sources whether one is still there.
@FunctionalInterface
public interface SourceLookup {
  /// @throws io.tawara.core.error.TawaraException retryable, when it cannot be said now
  boolean exists(Source source);

  /// Where sources are owned here: what is there exists.
  static SourceLookup own() {
    return source -> true;
  }
}
