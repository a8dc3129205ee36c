package io.tawara.app.sample;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// CSV text in a buffer that grows. Rows are put together from parts that were encoded before.
final class CsvBytes {
  private byte[] bytes = new byte[1 << 16];
  private int length;

  CsvBytes put(byte[] part) {
    ensure(part.length);
    System.arraycopy(part, 0, bytes, length, part.length);
    length += part.length;
    return this;
  }

  CsvBytes put(String ascii) {
    return put(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  CsvBytes put(char character) {
    ensure(1);
    bytes[length++] = (byte) character;
    return this;
  }

  /// A comma, then the number.
  CsvBytes number(long value) {
    put(',');
    return digits(value);
  }

  /// A comma, then a number that is given in tenths, with one decimal place.
  CsvBytes tenths(long value) {
    put(',');
    digits(value / 10);
    put('.');
    return put((char) ('0' + value % 10));
  }

  private CsvBytes digits(long value) {
    ensure(20);
    int end = length + digitsOf(value);
    int at = end;
    long rest = value;
    do {
      bytes[--at] = (byte) ('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    length = end;
    return this;
  }

  private static int digitsOf(long value) {
    int digits = 1;
    for (long bound = 10; digits < 19 && value >= bound; bound *= 10) {
      digits++;
    }
    return digits;
  }

  private void ensure(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
    }
  }

  int length() {
    return length;
  }

  byte[] copy() {
    return Arrays.copyOf(bytes, length);
  }

  void clear() {
    length = 0;
  }

  void writeTo(OutputStream out) throws IOException {
    out.write(bytes, 0, length);
  }
}
