package io.tawara.gateway.serving;

import io.netty.buffer.ByteBuf;
import io.tawara.gateway.http.Answer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/// An answer that is there, in every form that was wanted. A compressed form is made when it is
/// first wanted, once however many want it.
final class Kept {
  /// Bodies below do not gain from compression.
  private static final int SMALL = 1024;

  /// What an answer takes beside its bytes.
  private static final int OVERHEAD = 1024;

  private final Buffer plain;
  private final String tag;
  private final Answer whole;
  private final Answer unchanged;
  private final AnswerMemory memory;
  private final ConcurrentMap<Coding, Future<Answer>> forms = new ConcurrentHashMap<>();
  private final AtomicInteger leaving = new AtomicInteger();

  /// @param memory of answers that are on their way
  Kept(Buffer plain, String contentType, AnswerMemory memory) {
    this.plain = plain;
    this.memory = memory;
    this.tag = "W/\"" + digest(plain) + '"';
    this.whole = named(Answer.bytes(200, contentType, plain));
    this.unchanged = named(Answer.empty(304));
  }

  private Answer named(Answer answer) {
    return answer.with("ETag", tag).with("Vary", "X_RH_IDENTITY, Accept, Accept-Encoding, origin");
  }

  /// What a client is told that has this answer.
  Answer unchanged() {
    return unchanged;
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
  Future<Answer> form(Coding coding, Vertx vertx) {
    if (coding == Coding.IDENTITY) {
      return Future.succeededFuture(whole);
    }
    return forms.computeIfAbsent(
        coding,
        wanted ->
            vertx
                .executeBlocking(() -> encoded(wanted), false)
                .onFailure(_ -> forms.remove(wanted)));
  }

  private Answer encoded(Coding coding) {
    ByteBuf encoded = coding.encode(bytes(plain));
    // What it has grown into is kept no longer than it is needed.
    Buffer body = BufferInternal.buffer(encoded.capacity(encoded.readableBytes()));
    return named(Answer.bytes(200, whole.contentType(), body))
        .with("Content-Encoding", coding.token());
  }

  /// One of the forms, on its way to a client. However many there are, the bytes are there once.
  Answer leaving(Answer form) {
    if (leaving.getAndIncrement() == 0) {
      memory.take(plain.length());
    }
    return form.whenLeft(
        () -> {
          if (leaving.decrementAndGet() == 0) {
            memory.give(plain.length());
          }
        });
  }

  /// Bytes of all forms that are there.
  int weight() {
    long all = plain.length() + OVERHEAD;
    for (Future<Answer> form : forms.values()) {
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
    for (ByteBuffer part : bytes.nioBuffers()) {
      sum.update(part);
    }
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }

  private static ByteBuf bytes(Buffer buffer) {
    return ((BufferInternal) buffer).getByteBuf();
  }
}
