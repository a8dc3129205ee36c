package io.tawara.ingest.connect;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.objects.ObjectStore;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Map;

/// Writes an object in parts; it is visible when [#complete()] returns, and never when that was not
/// called. Bounded in size.
final class ObjectOutput extends OutputStream {
  private static final int PART = 8 << 20;

  private final ObjectStore objects;
  private final String key;
  private final long mostBytes;
  private byte[] buffer = new byte[1 << 16];
  private int filled;
  private long bytes;
  private ObjectStore.MultipartUpload upload;
  private boolean completed;

  ObjectOutput(ObjectStore objects, String key, long mostBytes) {
    this.objects = objects;
    this.key = key;
    this.mostBytes = mostBytes;
  }

  long bytes() {
    return bytes;
  }

  @Override
  public void write(int one) {
    write(new byte[] {(byte) one}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) {
    bytes += length;
    if (bytes > mostBytes) {
      throw new TawaraException(Category.LIMIT, "the file is larger than " + mostBytes + " bytes");
    }
    int at = offset;
    int left = length;
    while (left > 0) {
      if (filled == buffer.length && buffer.length < PART) {
        buffer = Arrays.copyOf(buffer, Math.min(PART, buffer.length * 2));
      }
      int count = Math.min(left, buffer.length - filled);
      System.arraycopy(from, at, buffer, filled, count);
      filled += count;
      at += count;
      left -= count;
      if (filled == PART) {
        part();
      }
    }
  }

  private void part() {
    if (upload == null) {
      upload = objects.begin(key);
    }
    upload.part(buffer, filled);
    filled = 0;
  }

  /// Makes the object visible.
  void complete() {
    if (upload == null) {
      objects.put(key, Arrays.copyOf(buffer, filled), Map.of());
    } else {
      if (filled > 0) {
        part();
      }
      upload.complete();
    }
    completed = true;
  }

  /// Drops what was written unless it was completed.
  @Override
  public void close() {
    if (!completed && upload != null) {
      upload.abort();
      upload = null;
    }
  }
}
