package io.tawara.app.sample;

import java.nio.charset.StandardCharsets;

/// Numbers that look random and depend on their arguments only.
final class Mix {
  private Mix() {}

  static long of(long seed, long value) {
    long z = seed + 0x9E3779B97F4A7C15L * (value + 1);
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  static long of(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ each) * 0x100000001b3L;
    }
    return of(hash, 0);
  }

  /// Evenly from 0 to below the bound.
  static int below(long mixed, int bound) {
    return (int) Long.remainderUnsigned(mixed, bound);
  }

  /// Letters and digits, as in names of pods.
  static String letters(long mixed, int length) {
    String alphabet = "bcdfghjklmnpqrstvwxz2456789";
    var text = new StringBuilder();
    long rest = mixed;
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(below(rest, alphabet.length())));
      rest = of(rest, i);
    }
    return text.toString();
  }
}
