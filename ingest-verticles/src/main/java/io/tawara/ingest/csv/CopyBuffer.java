package io.tawara.ingest.csv;

import io.tawara.catalog.RowWriter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.sql.SQLException;
import java.util.Arrays;

/// Writes rows in PostgreSQL's binary COPY format and hands them on in pieces.
public final class CopyBuffer implements RowWriter {
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final byte[] HEADER = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int PIECE = 1 << 16;
  private static final long EPOCH_SECONDS = 946_684_800L; // 2000-01-01
  private static final int EPOCH_DAYS = 10_957;

  /// Where the pieces go.
  @FunctionalInterface
  public interface Sink {
    void write(byte[] data, int offset, int length) throws SQLException;
  }

  private final Sink sink;
  private byte[] data = new byte[PIECE * 2];
  private int used;

  public CopyBuffer(Sink sink) {
    this.sink = sink;
    System.arraycopy(HEADER, 0, data, 0, HEADER.length);
    used = HEADER.length;
  }

  /// Begins a row of so many fields.
  @Override
  public void row(int fields) throws SQLException {
    if (used >= PIECE) {
      sink.write(data, 0, used);
      used = 0;
    }
    room(2);
    SHORTS.set(data, used, (short) fields);
    used += 2;
  }

  @Override
  public void nothing() {
    length(-1);
  }

  @Override
  public void bytes(byte[] value, int from, int length) {
    length(length);
    room(length);
    System.arraycopy(value, from, data, used, length);
    used += length;
  }

  @Override
  public void number(double value) {
    longField(Double.doubleToLongBits(value));
  }

  @Override
  public void integer(int value) {
    length(4);
    room(4);
    INTS.set(data, used, value);
    used += 4;
  }

  /// @param day in days since 1970-01-01
  @Override
  public void date(int day) {
    integer(day - EPOCH_DAYS);
  }

  /// @param second in seconds since 1970-01-01T00:00Z
  @Override
  public void timestamp(long second) {
    longField((second - EPOCH_SECONDS) * 1_000_000);
  }

  @Override
  public void uuid(java.util.UUID value) {
    length(16);
    room(16);
    LONGS.set(data, used, value.getMostSignificantBits());
    LONGS.set(data, used + 8, value.getLeastSignificantBits());
    used += 16;
  }

  /// Writes the end mark and hands over what is left.
  @Override
  public void end() throws SQLException {
    room(2);
    SHORTS.set(data, used, (short) -1);
    used += 2;
    sink.write(data, 0, used);
    used = 0;
  }

  private void longField(long value) {
    length(8);
    room(8);
    LONGS.set(data, used, value);
    used += 8;
  }

  private void length(int length) {
    room(4);
    INTS.set(data, used, length);
    used += 4;
  }

  private void room(int bytes) {
    if (used + bytes > data.length) {
      data = Arrays.copyOf(data, Math.max(data.length * 2, used + bytes));
    }
  }
}
