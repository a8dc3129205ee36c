package io.tawara.ingest.payload;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// Decompresses gzip within bounds: so many bytes in all, and not more than so many times what went
/// in.
public final class BoundedInflater extends FilterInputStream {
  private static final int BUFFER = 1 << 16;
  private static final long RATIO_COUNTS_FROM = 32L << 20;

  private final Counted source;
  private final long mostBytes;
  private final int highestRatio;
  private long inflated;
  private boolean damaged;

  private BoundedInflater(Counted source, long mostBytes, int highestRatio) throws IOException {
    super(new GZIPInputStream(source, BUFFER));
    this.source = source;
    this.mostBytes = mostBytes;
    this.highestRatio = highestRatio;
  }

  public static BoundedInflater of(InputStream compressed, long mostBytes, int highestRatio)
      throws IOException {
    return new BoundedInflater(new Counted(compressed), mostBytes, highestRatio);
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read;
    try {
      read = super.read(into, offset, length);
    } catch (EOFException truncated) {
      throw broken(Category.INPUT, "the compressed data are truncated", truncated);
    } catch (ZipException corrupt) {
      damaged = true;
      throw broken(Category.INPUT, "the compressed data are damaged", corrupt);
    }
    if (read > 0) {
      inflated += read;
      if (inflated > mostBytes) {
        throw broken(Category.LIMIT, "expands to more than " + mostBytes + " bytes", null);
      }
      if (inflated > RATIO_COUNTS_FROM && inflated / highestRatio > source.count) {
        throw broken(
            Category.LIMIT, "expands to more than " + highestRatio + " times its size", null);
      }
    }
    return read;
  }

  /// Whether checks of the compressed data failed, so that nothing of them can be trusted.
  public boolean damaged() {
    return damaged;
  }

  private static TawaraException broken(Category category, String what, Throwable cause) {
    return new TawaraException(category, what, cause);
  }

  @Override
  public long skip(long bytes) throws IOException {
    byte[] scratch = new byte[(int) Math.min(BUFFER, Math.max(1, bytes))];
    long left = bytes;
    while (left > 0) {
      int read = read(scratch, 0, (int) Math.min(scratch.length, left));
      if (read < 0) {
        break;
      }
      left -= read;
    }
    return bytes - left;
  }

  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count += read < 0 ? 0 : 1;
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      count += Math.max(0, read);
      return read;
    }
  }
}
