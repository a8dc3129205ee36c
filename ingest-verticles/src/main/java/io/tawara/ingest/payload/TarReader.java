package io.tawara.ingest.payload;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Reads a tar archive entry by entry, within bounds, and never touches a file system. Knows ustar,
/// GNU long names and the path record of PAX headers; everything that is not a plain file at the
/// root of the archive is reported with the reason why it is not taken.
public final class TarReader {
  private static final int BLOCK = 512;
  private static final int LONGEST_HEADER = 1 << 16;

  private final InputStream in;
  private final int mostEntries;
  private final byte[] header = new byte[BLOCK];
  private int entries;
  private long remaining;
  private long padding;

  /// @param in the archive, decompressed
  public TarReader(InputStream in, int mostEntries) {
    this.in = in;
    this.mostEntries = mostEntries;
  }

  /// An entry.
  ///
  /// @param problem why it must not be taken; empty for a good one
  public record Entry(String name, long size, String problem) {
    public boolean good() {
      return problem.isEmpty();
    }
  }

  /// Goes to the next entry that is not a folder; its content is [#content()].
  public Optional<Entry> next() throws IOException {
    String longName = null;
    while (true) {
      skipRest();
      if (!readHeader()) {
        return Optional.empty();
      }
      if (++entries > mostEntries) {
        throw new TawaraException(Category.LIMIT, "more than " + mostEntries + " entries");
      }
      long size = number(124, 12);
      remaining = size;
      padding = (BLOCK - size % BLOCK) % BLOCK;
      char type = (char) header[156];
      switch (type) {
        case 'L' -> longName = terminated(new String(small(), StandardCharsets.UTF_8));
        case 'x' -> longName = paxPath(small()).orElse(longName);
        case 'g', 'K', '5' -> {} // global settings, long link targets, folders
        default -> {
          String name = longName == null ? plainName() : longName;
          longName = null;
          return Optional.of(new Entry(name, size, problem(name, type)));
        }
      }
    }
  }

  /// The content of the current entry; ends with it.
  public InputStream content() {
    return new InputStream() {
      private final byte[] one = new byte[1];

      @Override
      public int read() throws IOException {
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        if (remaining == 0) {
          return -1;
        }
        int read = in.read(into, offset, (int) Math.min(length, remaining));
        if (read < 0) {
          throw new EOFException("the archive ends within an entry");
        }
        remaining -= read;
        return read;
      }
    };
  }

  private static String problem(String name, char type) {
    if (type == '1' || type == '2') {
      return "is a link";
    }
    if (type != '0' && type != '\0' && type != '7') {
      return "is no plain file";
    }
    String plain = name.startsWith("./") ? name.substring(2) : name;
    if (!io.tawara.ingest.openshift.PayloadManifest.isSafe(plain)) {
      return plain.contains("..") || plain.startsWith("/")
          ? "points outside of the archive"
          : "is not at the root of the archive";
    }
    return "";
  }

  private String plainName() {
    String name = field(0, 100);
    String prefix = field(257, 5).equals("ustar") ? field(345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private boolean readHeader() throws IOException {
    int read = in.readNBytes(header, 0, BLOCK);
    if (read == 0) {
      return false;
    }
    if (read < BLOCK) {
      throw new EOFException("the archive ends within a header");
    }
    int sum = 0;
    boolean zero = true;
    for (int i = 0; i < BLOCK; i++) {
      int value = header[i] & 0xFF;
      zero &= value == 0;
      sum += i >= 148 && i < 156 ? ' ' : value;
    }
    if (zero) {
      return false;
    }
    if (sum != number(148, 8)) {
      throw new TawaraException(Category.INPUT, "is no tar archive");
    }
    return true;
  }

  private byte[] small() throws IOException {
    if (remaining > LONGEST_HEADER) {
      throw new TawaraException(Category.LIMIT, "an entry name is too long");
    }
    byte[] content = content().readNBytes((int) remaining);
    return content;
  }

  private static Optional<String> paxPath(byte[] records) {
    int at = 0;
    Optional<String> path = Optional.empty();
    while (at < records.length) {
      int blank = at;
      int length = 0;
      while (blank < records.length && records[blank] >= '0' && records[blank] <= '9') {
        length = Math.min(LONGEST_HEADER, length * 10 + records[blank] - '0');
        blank++;
      }
      if (blank == at || length <= blank - at + 1 || at + length > records.length) {
        throw new TawaraException(Category.INPUT, "has a broken extended header");
      }
      String record =
          new String(records, blank + 1, at + length - blank - 1, StandardCharsets.UTF_8);
      if (record.startsWith("path=")) {
        path = Optional.of(record.substring(5).stripTrailing());
      }
      at += length;
    }
    return path;
  }

  private long number(int from, int length) {
    if ((header[from] & 0x80) != 0) {
      throw new TawaraException(Category.LIMIT, "an entry is too large");
    }
    long value = 0;
    for (int i = from; i < from + length; i++) {
      byte digit = header[i];
      if (digit >= '0' && digit <= '7') {
        value = value * 8 + digit - '0';
      } else if (digit != ' ' && digit != 0) {
        throw new TawaraException(Category.INPUT, "has a broken tar header");
      }
    }
    return value;
  }

  private String field(int from, int length) {
    return terminated(new String(header, from, length, StandardCharsets.UTF_8));
  }

  private static String terminated(String text) {
    int end = text.indexOf('\0');
    return end < 0 ? text : text.substring(0, end);
  }

  private void skipRest() throws IOException {
    in.skipNBytes(remaining + padding);
    remaining = 0;
    padding = 0;
  }
}
