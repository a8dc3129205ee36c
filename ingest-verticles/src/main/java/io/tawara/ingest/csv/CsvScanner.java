package io.tawara.ingest.csv;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/// Splits CSV bytes into records and fields without making objects: a field is a range of the
/// scanner's buffer and is valid until the next call of [#next()].
///
/// Fields may be quoted; `""` in quotes is one quote; records end with a line feed, a carriage
/// return before it is dropped; empty lines are skipped; a byte-order mark is skipped. Memory is
/// bounded by the longest permitted record.
public final class CsvScanner {
  private static final int FIRST_FIELDS = 64;

  private final InputStream in;
  private final int longestRecord;
  private byte[] data;
  private int limit;
  private int position;
  private int recordStart;
  private int[] starts = new int[FIRST_FIELDS];
  private int[] ends = new int[FIRST_FIELDS];
  private int fields;
  private long records;
  private long consumed;
  private boolean ended;

  /// @param longestRecord in bytes; a longer one is a [Category#LIMIT] error
  public CsvScanner(InputStream in, int bufferBytes, int longestRecord) {
    this.in = in;
    this.data = new byte[bufferBytes];
    this.longestRecord = longestRecord;
  }

  /// Goes to the next record that is not an empty line.
  ///
  /// @return false at the end
  public boolean next() throws IOException {
    if (records == 0 && consumed == 0 && limit == 0) {
      skipByteOrderMark();
    }
    while (scan()) {
      if (fields > 1 || ends[0] > starts[0]) {
        records++;
        return true;
      }
    }
    return false;
  }

  /// The buffer that field ranges point into.
  public byte[] data() {
    return data;
  }

  /// Number of fields of the current record.
  public int fields() {
    return fields;
  }

  public int start(int field) {
    return starts[field];
  }

  public int end(int field) {
    return ends[field];
  }

  /// How many records there were, this one included.
  public long records() {
    return records;
  }

  /// How many bytes were read.
  public long bytes() {
    return consumed;
  }

  private boolean scan() throws IOException {
    recordStart = position;
    fields = 0;
    int fieldStart = position;
    int i = position;
    byte[] bytes = data;
    int end = limit;
    while (true) {
      if (i == end) {
        int shift = recordStart;
        if (!refill()) {
          position = limit;
          if (i == recordStart && fields == 0) {
            return false;
          }
          add(fieldStart, withoutReturn(fieldStart, i));
          return true;
        }
        i -= shift;
        fieldStart -= shift;
        bytes = data;
        end = limit;
      }
      byte b = bytes[i];
      if (b == ',') {
        add(fieldStart, i);
        fieldStart = ++i;
      } else if (b == '\n') {
        add(fieldStart, withoutReturn(fieldStart, i));
        position = i + 1;
        return true;
      } else if (b == '"' && i == fieldStart) {
        i = unquote(i);
        // the value now ends where the closing quote was read; what follows up to the separator
        // belongs to it literally
        fieldStart = quotedStart;
        bytes = data;
        end = limit;
        if (quotedEndsRecord) {
          return true;
        }
        fieldStart = i;
      } else {
        i++;
      }
    }
  }

  private int quotedStart;
  private boolean quotedEndsRecord;

  /// Reads a quoted field whose opening quote is at `open`, in place, with its separator. Returns
  /// where the next field starts; sets [#quotedEndsRecord] when the record ended with it.
  private int unquote(int open) throws IOException {
    int write = open;
    int read = open + 1;
    boolean inside = true;
    while (true) {
      if (read == limit) {
        int shift = recordStart;
        if (!refill()) {
          if (inside) {
            throw new TawaraException(
                Category.INPUT, "a quoted field of record " + (records + 1) + " does not end");
          }
          return finishQuoted(open, withoutReturn(open, write), limit, true);
        }
        read -= shift;
        write -= shift;
        open -= shift;
      }
      byte b = data[read];
      if (inside) {
        if (b != '"') {
          data[write++] = b;
          read++;
          continue;
        }
        if (read + 1 == limit) {
          int shift = recordStart;
          if (refill()) {
            read -= shift;
            write -= shift;
            open -= shift;
          }
        }
        if (read + 1 < limit && data[read + 1] == '"') {
          data[write++] = '"';
          read += 2;
        } else {
          inside = false;
          read++;
        }
      } else if (b == ',') {
        return finishQuoted(open, write, read + 1, false);
      } else if (b == '\n') {
        return finishQuoted(open, withoutReturn(open, write), read + 1, true);
      } else {
        data[write++] = b;
        read++;
      }
    }
  }

  private int finishQuoted(int from, int to, int next, boolean endsRecord) {
    add(from, to);
    quotedStart = from;
    quotedEndsRecord = endsRecord;
    if (endsRecord) {
      position = next;
    }
    return next;
  }

  private int withoutReturn(int from, int to) {
    return to > from && data[to - 1] == '\r' ? to - 1 : to;
  }

  private void add(int from, int to) {
    if (fields == starts.length) {
      starts = Arrays.copyOf(starts, fields * 2);
      ends = Arrays.copyOf(ends, fields * 2);
    }
    starts[fields] = from;
    ends[fields] = to;
    fields++;
  }

  /// Moves the current record to the front of the buffer and reads more. All positions shrink by
  /// the old `recordStart`.
  private boolean refill() throws IOException {
    if (ended) {
      return false;
    }
    int kept = limit - recordStart;
    if (kept == data.length) {
      if (kept >= longestRecord) {
        throw new TawaraException(
            Category.LIMIT,
            "record " + (records + 1) + " is longer than " + longestRecord + " bytes");
      }
      data = Arrays.copyOf(data, Math.min(longestRecord, data.length * 2));
    } else if (recordStart > 0) {
      System.arraycopy(data, recordStart, data, 0, kept);
    }
    for (int field = 0; field < fields; field++) {
      starts[field] -= recordStart;
      ends[field] -= recordStart;
    }
    int read = in.read(data, kept, data.length - kept);
    if (read <= 0) {
      ended = true;
      restore(kept);
      return false;
    }
    consumed += read;
    limit = kept + read;
    recordStart = 0;
    return true;
  }

  /// At the end of input nothing is read, yet callers keep their positions: undo the move.
  private void restore(int kept) {
    if (recordStart == 0) {
      return;
    }
    System.arraycopy(data, 0, data, recordStart, kept);
    for (int field = 0; field < fields; field++) {
      starts[field] += recordStart;
      ends[field] += recordStart;
    }
  }

  private void skipByteOrderMark() throws IOException {
    int read = 0;
    while (read < 3) {
      int more = in.read(data, read, data.length - read);
      if (more < 0) {
        ended = true;
        break;
      }
      read += more;
    }
    consumed += read;
    limit = read;
    if (read >= 3 && data[0] == (byte) 0xEF && data[1] == (byte) 0xBB && data[2] == (byte) 0xBF) {
      position = 3;
    }
  }
}
