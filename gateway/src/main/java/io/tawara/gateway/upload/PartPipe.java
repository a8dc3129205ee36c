package io.tawara.gateway.upload;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.io.IOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Hands the bytes of a part from the event loop to the thread that stores them. When that thread
/// is slower than the sender, the sender is held up: only a little is ever in memory.
final class PartPipe {
  private static final long HIGH = 1 << 20;
  private static final long LOW = 1 << 18;
  private static final long PATIENCE_SECONDS = 180;

  private sealed interface Item {
    record Bytes(Buffer buffer) implements Item {}

    record End() implements Item {}

    record Failure(Throwable cause) implements Item {}
  }

  private final LinkedBlockingQueue<Item> queue = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean held = new AtomicBoolean();
  private final ReadStream<Buffer> source;
  private final Context context;

  /// Must be made on the source's event loop, before anything was read.
  PartPipe(ReadStream<Buffer> source, Context context) {
    this.source = source;
    this.context = context;
    source.handler(this::offer);
    source.exceptionHandler(this::fail);
    source.endHandler(ended -> queue.add(new Item.End()));
  }

  private void offer(Buffer buffer) {
    queue.add(new Item.Bytes(buffer));
    if (waiting.addAndGet(buffer.length()) > HIGH && held.compareAndSet(false, true)) {
      source.pause();
    }
  }

  /// Nobody wants the rest: it is thrown away. Must be called on the source's event loop.
  void discard() {
    source.handler(ignored -> {});
    queue.clear();
    source.resume();
  }

  /// The sender broke off.
  void fail(Throwable cause) {
    queue.add(new Item.Failure(cause));
  }

  /// The next bytes; null at the end. Blocks.
  ///
  /// @throws IOException when the sender broke off or sends nothing for too long
  Buffer take() throws IOException, InterruptedException {
    Item item = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (item == null) {
      throw new IOException("the sender stopped sending");
    }
    return switch (item) {
      case Item.Bytes bytes -> {
        if (waiting.addAndGet(-bytes.buffer().length()) < LOW && held.compareAndSet(true, false)) {
          context.runOnContext(unused -> source.resume());
        }
        yield bytes.buffer();
      }
      case Item.End unused -> null;
      case Item.Failure failure -> throw new IOException("the sender broke off", failure.cause());
    };
  }
}
