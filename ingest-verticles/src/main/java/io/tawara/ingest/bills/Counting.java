package io.tawara.ingest.bills;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// Counts what was read of an object.
final class Counting extends FilterInputStream {
  private final long[] count;

  /// @param count its first element is raised
  Counting(InputStream in, long[] count) {
    super(in);
    this.count = count;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    count[0] += read < 0 ? 0 : 1;
    return read;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    int read = super.read(target, from, length);
    count[0] += Math.max(0, read);
    return read;
  }
}
