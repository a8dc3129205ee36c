package io.tawara.ingest.bills;

import io.tawara.catalog.parquet.ParquetText;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.zip.GZIPInputStream;

/// The CSV of a delivered file, by the end of its name, bounded in size.
final class Unpacked extends FilterInputStream {
  private static final long LARGEST = 256L << 30;
  private static final int BUFFER = 1 << 16;
  private long left = LARGEST;

  private Unpacked(InputStream in) {
    super(in);
  }

  /// @param staging folder for a file that has to be read from its end first
  static InputStream of(InputStream stored, String name, Path staging) throws IOException {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.endsWith(".csv.gz") || lower.endsWith(".gz")) {
      return new Unpacked(new GZIPInputStream(stored, BUFFER));
    }
    if (lower.endsWith(".csv")) {
      return new Unpacked(stored);
    }
    if (lower.endsWith(".parquet")) {
      return new Unpacked(parquet(stored, staging));
    }
    throw new TawaraException(
        Category.INPUT, "only .csv, .csv.gz and .parquet are read, not " + name);
  }

  private static InputStream parquet(InputStream stored, Path staging) throws IOException {
    Files.createDirectories(staging);
    Path copy = Files.createTempFile(staging, "bill", ".parquet");
    try {
      Files.copy(stored, copy, StandardCopyOption.REPLACE_EXISTING);
      ParquetText text = ParquetText.open(copy);
      return new FilterInputStream(text) {
        @Override
        public void close() throws IOException {
          super.close();
          Files.deleteIfExists(copy);
        }
      };
    } catch (IOException | RuntimeException failure) {
      Files.deleteIfExists(copy);
      throw failure;
    }
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    int read = super.read(target, from, length);
    left -= Math.max(0, read);
    if (left < 0) {
      throw new TawaraException(
          Category.LIMIT, "the file holds more than " + (LARGEST >> 30) + " GiB");
    }
    return read;
  }
}
