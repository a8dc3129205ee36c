package io.tawara.gateway.serving;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/// The bytes of an answer and what they are called. A compressed form is made when it is first
/// wanted, once however many want it.
final class Kept {
  /// Bodies below do not gain from compression.
  private static final int SMALL = 1024;

  /// What an answer takes beside its bytes.
  private static final int OVERHEAD = 256;

  private final Buffer plain;
  private final String tag;
  private final ConcurrentMap<Coding, Future<Buffer>> forms = new ConcurrentHashMap<>();

  Kept(Buffer plain) {
    this.plain = plain;
    this.tag = "W/\"" + digest(plain) + '"';
  }

  Buffer plain() {
    return plain;
  }

  /// The entity tag, weak: all forms share it.
  String tag() {
    return tag;
  }

  /// Whether a client has this answer.
  ///
  /// @param known `If-None-Match`: tags, which are compared without regard to weakness (RFC 9110
  ///   §13.1.2)
  boolean isKnown(String known) {
    return known.strip().equals("*") || known.contains(tag.substring(2));
  }

  boolean compressible() {
    return plain.length() >= SMALL;
  }

  /// The answer in a coding. It is made off the event loop.
  Future<Buffer> form(Coding coding, Vertx vertx) {
    if (coding == Coding.IDENTITY) {
      return Future.succeededFuture(plain);
    }
    return forms.computeIfAbsent(
        coding,
        wanted ->
            vertx
                .executeBlocking(
                    () -> {
                      ByteBuf bytes = bytes(plain);
                      return buffer(
                          wanted.encode(bytes.array(), bytes.arrayOffset(), bytes.readableBytes()));
                    },
                    false)
                .onFailure(_ -> forms.remove(wanted)));
  }

  /// Bytes of all forms that are there.
  int weight() {
    long all = plain.length() + OVERHEAD;
    for (Future<Buffer> form : forms.values()) {
      if (form.succeeded()) {
        all += form.result().length();
      }
    }
    return (int) Math.min(all, Integer.MAX_VALUE);
  }

  /// Tells contents apart: two sums of other polynomials, which processors compute at the speed of
  /// memory, and the length.
  private static String digest(Buffer content) {
    ByteBuf bytes = bytes(content);
    return Integer.toHexString(bytes.readableBytes())
        + sum(new CRC32(), bytes)
        + sum(new CRC32C(), bytes);
  }

  private static String sum(Checksum sum, ByteBuf bytes) {
    sum.update(bytes.array(), bytes.arrayOffset(), bytes.readableBytes());
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  /// The bytes in one array, without a copy where they are in one.
  private static ByteBuf bytes(Buffer buffer) {
    ByteBuf bytes = ((BufferInternal) buffer).getByteBuf();
    return bytes.hasArray() ? bytes : Unpooled.wrappedBuffer(buffer.getBytes());
  }

  private static Buffer buffer(byte[] bytes) {
    return BufferInternal.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
