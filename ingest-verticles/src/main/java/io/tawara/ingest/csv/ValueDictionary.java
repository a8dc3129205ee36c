package io.tawara.ingest.csv;

import io.tawara.catalog.RowWriter;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.UnaryOperator;

/// Gives the distinct values of a column small numbers, so that grouping compares integers. Raw
/// cells are cleaned once per distinct cell; cells that become equal by that get the same number.
public final class ValueDictionary {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long MIX = 0x9E37_79B9_7F4A_7C15L;

  private final UnaryOperator<String> cleaning;
  private byte[] arena = new byte[1 << 12];
  private int arenaUsed;

  // raw cells: where they lie, their hash, and the value they stand for
  private int[] rawStart = new int[64];
  private int[] rawLength = new int[64];
  private int[] rawHash = new int[64];
  private int[] rawValue = new int[64];
  private int raws;
  private int[] rawSlots = new int[128];

  // cleaned values
  private int[] valueStart = new int[64];
  private int[] valueLength = new int[64];
  private int[] valueHash = new int[64];
  private int values;
  private int[] valueSlots = new int[128];

  private int last = -1;

  /// @param cleaning what becomes of a cell; must not depend on anything but the cell
  public ValueDictionary(UnaryOperator<String> cleaning) {
    this.cleaning = cleaning;
    Arrays.fill(rawSlots, -1);
    Arrays.fill(valueSlots, -1);
  }

  /// The number of a cell's value, from 0 in the order of first appearance.
  public int number(byte[] data, int from, int to) {
    int length = to - from;
    if (last >= 0 && equalsRaw(last, data, from, length)) {
      return rawValue[last];
    }
    int hash = hash(data, from, to);
    int mask = rawSlots.length - 1;
    int slot = hash & mask;
    while (true) {
      int raw = rawSlots[slot];
      if (raw < 0) {
        break;
      }
      if (rawHash[raw] == hash && equalsRaw(raw, data, from, length)) {
        last = raw;
        return rawValue[raw];
      }
      slot = (slot + 1) & mask;
    }
    last = addRaw(slot, hash, data, from, length);
    return rawValue[last];
  }

  /// The number of a value that is clean already.
  public int number(String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    int start = store(bytes, 0, bytes.length);
    return valueNumber(start, bytes.length, true);
  }

  /// How many distinct values there are.
  public int size() {
    return values;
  }

  /// Bytes that the dictionary holds.
  public int bytes() {
    return arenaUsed;
  }

  public String text(int number) {
    return new String(arena, valueStart[number], valueLength[number], StandardCharsets.UTF_8);
  }

  public boolean isBlank(int number) {
    return valueLength[number] == 0;
  }

  /// Compares two values by code points (which is the order of UTF-8 bytes).
  public int compare(int a, int b) {
    return Arrays.compareUnsigned(
        arena,
        valueStart[a],
        valueStart[a] + valueLength[a],
        arena,
        valueStart[b],
        valueStart[b] + valueLength[b]);
  }

  /// Writes a value as a text.
  public void write(int number, RowWriter out) {
    out.constant(arena, valueStart[number], valueLength[number]);
  }

  private int addRaw(int slot, int hash, byte[] data, int from, int length) {
    String cell = decode(data, from, length);
    String cleaned = NotAvailable.is(cell) ? cleaning.apply("") : cleaning.apply(cell);
    int start = store(data, from, length);
    int value;
    if (cleaned.equals(cell)) {
      value = valueNumber(start, length, false);
    } else {
      byte[] bytes = cleaned.getBytes(StandardCharsets.UTF_8);
      int cleanedStart = store(bytes, 0, bytes.length);
      value = valueNumber(cleanedStart, bytes.length, true);
    }
    if (raws == rawStart.length) {
      int more = raws * 2;
      rawStart = Arrays.copyOf(rawStart, more);
      rawLength = Arrays.copyOf(rawLength, more);
      rawHash = Arrays.copyOf(rawHash, more);
      rawValue = Arrays.copyOf(rawValue, more);
    }
    rawStart[raws] = start;
    rawLength[raws] = length;
    rawHash[raws] = hash;
    rawValue[raws] = value;
    rawSlots[slot] = raws;
    raws++;
    if (raws * 2 > rawSlots.length) {
      rawSlots = rehash(rawHash, raws, rawSlots.length * 2);
    }
    return raws - 1;
  }

  /// @param droppable whether the bytes at the end of the arena may be forgotten if they are known
  private int valueNumber(int start, int length, boolean droppable) {
    int hash = hash(arena, start, start + length);
    int mask = valueSlots.length - 1;
    int slot = hash & mask;
    while (valueSlots[slot] >= 0) {
      int value = valueSlots[slot];
      if (valueHash[value] == hash
          && Arrays.equals(
              arena,
              valueStart[value],
              valueStart[value] + valueLength[value],
              arena,
              start,
              start + length)) {
        if (droppable) {
          arenaUsed = start;
        }
        return value;
      }
      slot = (slot + 1) & mask;
    }
    if (values == valueStart.length) {
      int more = values * 2;
      valueStart = Arrays.copyOf(valueStart, more);
      valueLength = Arrays.copyOf(valueLength, more);
      valueHash = Arrays.copyOf(valueHash, more);
    }
    valueStart[values] = start;
    valueLength[values] = length;
    valueHash[values] = hash;
    valueSlots[slot] = values;
    values++;
    if (values * 2 > valueSlots.length) {
      valueSlots = rehash(valueHash, values, valueSlots.length * 2);
    }
    return values - 1;
  }

  private static int[] rehash(int[] hashes, int count, int size) {
    int[] slots = new int[size];
    Arrays.fill(slots, -1);
    for (int i = 0; i < count; i++) {
      int slot = hashes[i] & (size - 1);
      while (slots[slot] >= 0) {
        slot = (slot + 1) & (size - 1);
      }
      slots[slot] = i;
    }
    return slots;
  }

  private int store(byte[] data, int from, int length) {
    if (arenaUsed + length > arena.length) {
      if ((long) arenaUsed + length > Integer.MAX_VALUE / 2) {
        throw new TawaraException(Category.LIMIT, "the distinct texts of one column are too long");
      }
      arena = Arrays.copyOf(arena, Math.max(arena.length * 2, arenaUsed + length));
    }
    System.arraycopy(data, from, arena, arenaUsed, length);
    arenaUsed += length;
    return arenaUsed - length;
  }

  private boolean equalsRaw(int raw, byte[] data, int from, int length) {
    return rawLength[raw] == length
        && Arrays.equals(arena, rawStart[raw], rawStart[raw] + length, data, from, from + length);
  }

  private static String decode(byte[] data, int from, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(data, from, length))
          .toString();
    } catch (CharacterCodingException broken) {
      throw new TawaraException(Category.INPUT, "text is not UTF-8", broken);
    }
  }

  private static int hash(byte[] data, int from, int to) {
    int length = to - from;
    long hash = length;
    if (length >= 8) {
      int last = to - 8;
      for (int i = from; i < last; i += 8) {
        hash = mix(hash ^ (long) LONGS.get(data, i));
      }
      hash = mix(hash ^ (long) LONGS.get(data, last)); // may overlap the one before
    } else if (length >= 4) {
      long ends =
          (int) INTS.get(data, from) & 0xFFFF_FFFFL | (long) (int) INTS.get(data, to - 4) << 32;
      hash = mix(hash ^ ends);
    } else if (length > 0) {
      hash =
          mix(
              hash
                  ^ (data[from] & 0xFF
                          | (data[from + length / 2] & 0xFF) << 8
                          | (data[to - 1] & 0xFF) << 16)
                      << 8);
    }
    return (int) (hash ^ hash >>> 29);
  }

  private static long mix(long value) {
    long mixed = value * MIX;
    return mixed ^ mixed >>> 32;
  }
}
