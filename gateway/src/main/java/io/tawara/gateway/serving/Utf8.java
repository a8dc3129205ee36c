package io.tawara.gateway.serving;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// Bytes of an answer while it is written: UTF-8, without trees in between, in pieces that are
/// never put together. Not thread-safe.
public final class Utf8 {
  private static final byte[] NULL = ascii("null");
  private static final byte[] TRUE = ascii("true");
  private static final byte[] FALSE = ascii("false");
  private static final byte[] HEX = ascii("0123456789abcdef");
  private static final int FIRST = 256;

  /// What is larger is kept in pieces: large arrays are long in the way of a small heap.
  private static final int PIECE = 1 << 16;

  private final LongConsumer memory;
  private final List<byte[]> before = new ArrayList<>(0);
  private int lengthBefore;
  private byte[] bytes = new byte[FIRST];
  private int length;

  /// Few bytes, for which nobody is asked.
  public Utf8() {
    this(_ -> {});
  }

  /// @param memory asked for every piece before it is made, by bytes; may refuse
  public Utf8(LongConsumer memory) {
    this.memory = memory;
  }

  /// Text that is encoded once and written often.
  public static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public int length() {
    return lengthBefore + length;
  }

  /// Begins anew.
  public void clear() {
    before.clear();
    lengthBefore = 0;
    length = 0;
  }

  public Utf8 raw(byte[] text) {
    return raw(text, 0, text.length);
  }

  public Utf8 raw(byte[] text, int from, int to) {
    room(to - from);
    System.arraycopy(text, from, bytes, length, to - from);
    length += to - from;
    return this;
  }

  /// Text as it is.
  public Utf8 raw(String text) {
    int size = text.length();
    room(size);
    for (int i = 0; i < size; i++) {
      char character = text.charAt(i);
      if (character >= 0x80) {
        return raw(text.substring(i).getBytes(StandardCharsets.UTF_8));
      }
      bytes[length++] = (byte) character;
    }
    return this;
  }

  public Utf8 raw(char character) {
    return raw((byte) character);
  }

  public Utf8 raw(byte one) {
    room(1);
    bytes[length++] = one;
    return this;
  }

  /// A JSON string; null is `null`.
  public Utf8 string(String text) {
    if (text == null) {
      return raw(NULL);
    }
    raw('"');
    int size = text.length();
    room(size);
    for (int i = 0; i < size; i++) {
      char character = text.charAt(i);
      if (character >= 0x80) {
        int end = i + 1;
        while (end < size && text.charAt(end) >= 0x80) {
          end++;
        }
        raw(text.substring(i, end).getBytes(StandardCharsets.UTF_8));
        i = end - 1;
      } else if (character >= 0x20 && character != '"' && character != '\\') {
        room(1);
        bytes[length++] = (byte) character;
      } else {
        escaped(character);
      }
    }
    return raw('"');
  }

  private void escaped(char character) {
    raw('\\');
    switch (character) {
      case '"', '\\' -> raw(character);
      case '\n' -> raw('n');
      case '\r' -> raw('r');
      case '\t' -> raw('t');
      default -> {
        raw("u00");
        raw((char) HEX[character >> 4]);
        raw((char) HEX[character & 15]);
      }
    }
  }

  public Utf8 whole(long number) {
    return raw(Long.toString(number));
  }

  /// The number as the nearest double, shortest notation that reads back as the same; null is
  /// `null`.
  public Utf8 number(BigDecimal number) {
    return number == null ? raw(NULL) : number(number.doubleValue());
  }

  /// Shortest notation, without exponent from 1e-4 to 1e16.
  public Utf8 number(double number) {
    if (number == 0) {
      return raw(1 / number < 0 ? "-0.0" : "0.0");
    }
    String text = Double.toString(number);
    int exponentAt = text.indexOf('E');
    if (exponentAt < 0) {
      return raw(text);
    }
    int exponent = Integer.parseInt(text, exponentAt + 1, text.length(), 10);
    int start = 0;
    if (text.charAt(0) == '-') {
      raw('-');
      start = 1;
    }
    String fraction = text.substring(start + 2, exponentAt);
    String digits = text.charAt(start) + (fraction.equals("0") ? "" : fraction);
    if (exponent >= 16 || exponent < -4) {
      raw(digits.charAt(0));
      if (digits.length() > 1) {
        raw('.').raw(digits.substring(1));
      }
      return raw('e')
          .raw(exponent < 0 ? '-' : '+')
          .raw(Math.abs(exponent) < 10 ? "0" : "")
          .whole(Math.abs(exponent));
    }
    if (exponent < 0) {
      return raw("0.").raw("0".repeat(-exponent - 1)).raw(digits);
    }
    int point = exponent + 1;
    return digits.length() <= point
        ? raw(digits).raw("0".repeat(point - digits.length())).raw(".0")
        : raw(digits.substring(0, point)).raw('.').raw(digits.substring(point));
  }

  /// A tree of maps, collections, texts, whole and decimal numbers and flags.
  public Utf8 value(Object value) {
    switch (value) {
      case null -> raw(NULL);
      case String text -> string(text);
      case Boolean flag -> raw(flag ? TRUE : FALSE);
      case BigDecimal number -> number(number);
      case Double number -> number(number.doubleValue());
      case Number number -> whole(number.longValue());
      case Map<?, ?> map -> {
        raw('{');
        boolean first = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          if (!first) {
            raw(',');
          }
          first = false;
          string((String) entry.getKey()).raw(':').value(entry.getValue());
        }
        raw('}');
      }
      case Collection<?> list -> {
        raw('[');
        boolean first = true;
        for (Object each : list) {
          if (!first) {
            raw(',');
          }
          first = false;
          value(each);
        }
        raw(']');
      }
      default -> throw new IllegalArgumentException("cannot write a " + value.getClass());
    }
    return this;
  }

  /// A list of texts.
  public Utf8 strings(String[] texts) {
    raw('[');
    for (int i = 0; i < texts.length; i++) {
      if (i > 0) {
        raw(',');
      }
      string(texts[i]);
    }
    return raw(']');
  }

  /// Appends what is here to another.
  public void writeTo(Utf8 other) {
    for (byte[] piece : before) {
      other.raw(piece);
    }
    other.raw(bytes, 0, length);
  }

  /// A copy in one piece.
  public byte[] toBytes() {
    var all = new byte[length()];
    int at = 0;
    for (byte[] piece : before) {
      System.arraycopy(piece, 0, all, at, piece.length);
      at += piece.length;
    }
    System.arraycopy(bytes, 0, all, at, length);
    return all;
  }

  /// The pieces as they are. Nothing may be written afterwards.
  public Buffer buffer() {
    before.add(Arrays.copyOf(bytes, length));
    return BufferInternal.buffer(
        Unpooled.wrappedBuffer(before.size(), before.toArray(byte[][]::new)));
  }

  /// Makes place for so many bytes in one piece.
  private void room(int more) {
    if (length + more <= bytes.length) {
      return;
    }
    if (length + more <= PIECE) {
      int size = Math.min(PIECE, Math.max(bytes.length * 2, length + more));
      memory.accept(size - bytes.length);
      bytes = Arrays.copyOf(bytes, size);
      return;
    }
    int size = Math.max(PIECE, more);
    memory.accept(size);
    before.add(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
    lengthBefore += length;
    bytes = new byte[size];
    length = 0;
  }
}
