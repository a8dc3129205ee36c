package io.tawara.gateway.upload;

import io.tawara.core.objects.ObjectStore;
import io.tawara.core.objects.ObjectStore.MultipartUpload;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Semaphore;

/// Writes payloads to the object store while they arrive: small ones at once, large ones in parts.
/// What was not written to its end is not there.
final class PayloadWriter {
  private static final int FIRST = 1 << 16;
  private static final int PART = 5 << 20;
  private static final int AT_ONCE = 16;

  private final ObjectStore objects;
  private final long most;
  private final Semaphore permits = new Semaphore(AT_ONCE);

  /// @param most bytes of one payload
  PayloadWriter(ObjectStore objects, long most) {
    this.objects = objects;
    this.most = most;
  }

  /// The payload is larger than is taken.
  static final class TooLarge extends Exception {
    private static final long serialVersionUID = 1L;
    private final long bytes;

    TooLarge(long bytes) {
      super("payload too large");
      this.bytes = bytes;
    }

    long bytes() {
      return bytes;
    }
  }

  /// Writes everything that comes out of a pipe. Blocks.
  ///
  /// @return how many bytes
  long write(String key, PartPipe pipe) throws IOException, InterruptedException, TooLarge {
    permits.acquire();
    try {
      return new Writing(key).run(pipe);
    } finally {
      permits.release();
    }
  }

  private final class Writing {
    private final String key;
    private byte[] part = new byte[FIRST];
    private int filled;
    private long total;
    private MultipartUpload upload;

    Writing(String key) {
      this.key = key;
    }

    long run(PartPipe pipe) throws IOException, InterruptedException, TooLarge {
      boolean complete = false;
      try {
        for (Buffer buffer = pipe.take(); buffer != null; buffer = pipe.take()) {
          total += buffer.length();
          if (total > most) {
            throw new TooLarge(total);
          }
          append(buffer);
        }
        if (upload == null) {
          objects.put(key, Arrays.copyOf(part, filled), Map.of());
        } else {
          if (filled > 0) {
            upload.part(part, filled);
          }
          upload.complete();
        }
        complete = true;
        return total;
      } finally {
        if (!complete && upload != null) {
          upload.abort();
        }
      }
    }

    private void append(Buffer buffer) {
      int from = 0;
      while (from < buffer.length()) {
        if (filled == part.length) {
          grow();
        }
        int count = Math.min(part.length - filled, buffer.length() - from);
        buffer.getBytes(from, from + count, part, filled);
        filled += count;
        from += count;
      }
    }

    private void grow() {
      if (part.length < PART) {
        part = Arrays.copyOf(part, Math.min(part.length * 4, PART));
        return;
      }
      if (upload == null) {
        upload = objects.begin(key);
      }
      upload.part(part, filled);
      filled = 0;
    }
  }
}
