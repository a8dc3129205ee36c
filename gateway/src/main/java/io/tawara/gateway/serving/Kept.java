package io.tawara.gateway.serving;

import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.CRC32C;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// The bytes of an answer and what they are called. The compressed form is made when it is first
/// wanted.
final class Kept {
  /// Bodies below do not gain from compression.
  private static final int SMALL = 1024;

  private final Buffer plain;
  private final String tag;
  private volatile Buffer gzipped;

  Kept(Buffer plain) {
    this.plain = plain;
    byte[] bytes = plain.getBytes();
    var sum = new CRC32C();
    sum.update(bytes);
    long mixed = 1125899906842597L;
    for (byte each : bytes) {
      mixed = 31 * mixed + each;
    }
    this.tag = "W/\"" + Long.toHexString(mixed) + Long.toHexString(sum.getValue()) + '"';
  }

  Buffer plain() {
    return plain;
  }

  /// The entity tag, weak: both forms share it.
  String tag() {
    return tag;
  }

  boolean compressible() {
    return plain.length() >= SMALL;
  }

  /// The compressed form if it is there.
  Buffer gzipped() {
    return gzipped;
  }

  /// Makes the compressed form. Takes milliseconds per megabyte.
  Buffer gzip() {
    Buffer known = gzipped;
    if (known != null) {
      return known;
    }
    var out = new ByteArrayOutputStream(plain.length() / 6 + 64);
    try (var zip =
        new GZIPOutputStream(out, 8192) {
          {
            def.setLevel(Deflater.BEST_SPEED + 3);
          }
        }) {
      zip.write(plain.getBytes());
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    gzipped = Buffer.buffer(out.toByteArray());
    return gzipped;
  }

  int weight() {
    return plain.length() + (gzipped == null ? 0 : gzipped.length()) + 256;
  }
}
