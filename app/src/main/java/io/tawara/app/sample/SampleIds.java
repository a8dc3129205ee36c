package io.tawara.app.sample;

import java.util.UUID;

/// Identifiers of the form of random ones that follow from a number.
final class SampleIds {
  private SampleIds() {}

  static UUID uuid(long mixed) {
    long high = Mix.of(mixed, 1) & ~0xF000L | 0x4000L;
    long low = Mix.of(mixed, 2) & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high, low);
  }
}
