package io.tawara.ingest.csv;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Reads IEEE doubles from bytes, correctly rounded. Short numbers are computed directly (exact
/// below 2^53 with a power of ten up to 22), longer ones with a 128-bit product (Lemire, "Number
/// parsing at a gigabyte per second"); the rest is left to [Double#parseDouble(String)].
public final class Decimals {
  private static final double[] EXACT_POWERS = exactPowers();
  private static final int SMALLEST_POWER = -30;
  private static final int LARGEST_POWER = 30;
  private static final long[] HIGH = new long[LARGEST_POWER - SMALLEST_POWER + 1];
  private static final long[] LOW = new long[LARGEST_POWER - SMALLEST_POWER + 1];
  private static final int MOST_DIGITS = 19;

  static {
    for (int power = SMALLEST_POWER; power <= LARGEST_POWER; power++) {
      BigInteger bits = normalised(power);
      HIGH[power - SMALLEST_POWER] = bits.shiftRight(64).longValue();
      LOW[power - SMALLEST_POWER] = bits.longValue();
    }
  }

  private Decimals() {}

  /// The number, or NaN when the bytes are none. Spaces around it are ignored; infinities may be
  /// spelt `inf` or `infinity` in any case.
  public static double parse(byte[] data, int from, int to) {
    while (from < to && data[from] == ' ') {
      from++;
    }
    while (from < to && data[to - 1] == ' ') {
      to--;
    }
    if (from == to) {
      return Double.NaN;
    }
    int i = from;
    boolean negative = data[i] == '-';
    if (negative || data[i] == '+') {
      i++;
    }
    long mantissa = 0;
    int digits = 0;
    int seen = 0;
    int exponent = 0;
    boolean point = false;
    for (; i < to; i++) {
      int digit = data[i] - '0';
      if (digit >= 0 && digit <= 9) {
        seen++;
        if (digits < MOST_DIGITS) {
          if (mantissa != 0 || digit != 0) {
            mantissa = mantissa * 10 + digit;
            digits++;
          }
          if (point) {
            exponent--;
          }
        } else if (digit != 0) {
          return slow(data, from, to);
        } else if (!point) {
          exponent++;
        }
      } else if (data[i] == '.' && !point) {
        point = true;
      } else {
        break;
      }
    }
    if (seen == 0) {
      return i == to ? Double.NaN : named(data, from, to);
    }
    if (i < to) {
      if (data[i] != 'e' && data[i] != 'E') {
        return Double.NaN;
      }
      int written = exponentOf(data, i + 1, to);
      if (written == Integer.MIN_VALUE) {
        return Double.NaN;
      }
      exponent += written;
    }
    return value(negative, mantissa, exponent, data, from, to);
  }

  private static double value(
      boolean negative, long mantissa, int exponent, byte[] data, int from, int to) {
    double size;
    if (mantissa == 0) {
      size = 0;
    } else if (mantissa > 0 && mantissa <= 1L << 53 && exponent >= -22 && exponent <= 22) {
      size = exponent < 0 ? mantissa / EXACT_POWERS[-exponent] : mantissa * EXACT_POWERS[exponent];
    } else {
      size = wide(mantissa, exponent);
      if (Double.isNaN(size)) {
        return slow(data, from, to);
      }
    }
    return negative ? -size : size;
  }

  /// `mantissa` (unsigned) times ten to the exponent, or NaN when the 128-bit product cannot tell
  /// how to round.
  private static double wide(long mantissa, int exponent) {
    if (exponent < SMALLEST_POWER || exponent > LARGEST_POWER) {
      return Double.NaN;
    }
    int zeros = Long.numberOfLeadingZeros(mantissa);
    long shifted = mantissa << zeros;
    long powerHigh = HIGH[exponent - SMALLEST_POWER];
    long powerLow = LOW[exponent - SMALLEST_POWER];
    long high = Math.unsignedMultiplyHigh(shifted, powerHigh);
    long low = shifted * powerHigh;
    long carry = Math.unsignedMultiplyHigh(shifted, powerLow);
    long sum = low + carry;
    if (Long.compareUnsigned(sum, low) < 0) {
      high++;
    }
    low = sum;
    int upper = (int) (high >>> 63);
    long bits = high >>> (upper + 9); // 54 bits: 53 of the result and one to round by
    long mask = (1L << (upper + 9)) - 1;
    long rest = high & mask;
    // the table is off by less than one unit of `low`: that close to a boundary only all digits
    // tell
    boolean halfway = (bits & 1) == 1 && rest == 0 && (low == 0 || low == 1);
    boolean carries = rest == mask && (low == -1 || low == -2);
    if (halfway || carries) {
      return Double.NaN;
    }
    long biased = ((217706L * exponent) >> 16) + 63 + upper - zeros + 1023;
    bits = (bits + 1) >>> 1;
    if (bits == 1L << 53) {
      bits >>>= 1;
      biased++;
    }
    if (biased <= 0 || biased >= 2047) {
      return Double.NaN;
    }
    return Double.longBitsToDouble(biased << 52 | bits & ((1L << 52) - 1));
  }

  private static int exponentOf(byte[] data, int from, int to) {
    int i = from;
    boolean negative = i < to && data[i] == '-';
    if (i < to && (negative || data[i] == '+')) {
      i++;
    }
    if (i == to || to - i > 6) {
      return Integer.MIN_VALUE;
    }
    int value = 0;
    for (; i < to; i++) {
      int digit = data[i] - '0';
      if (digit < 0 || digit > 9) {
        return Integer.MIN_VALUE;
      }
      value = value * 10 + digit;
    }
    return negative ? -value : value;
  }

  /// Only called for text that was checked to be digits, a point and an exponent.
  private static double slow(byte[] data, int from, int to) {
    String text = new String(data, from, to - from, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789.eE+-".indexOf(text.charAt(i)) < 0) {
        return Double.NaN;
      }
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException none) {
      return Double.NaN;
    }
  }

  private static double named(byte[] data, int from, int to) {
    if (to - from > 9) {
      return Double.NaN;
    }
    String text =
        new String(data, from, to - from, StandardCharsets.ISO_8859_1)
            .toLowerCase(java.util.Locale.ROOT);
    return switch (text) {
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      default -> Double.NaN;
    };
  }

  private static double[] exactPowers() {
    double[] powers = new double[23];
    for (int power = 0; power < powers.length; power++) {
      powers[power] = Double.parseDouble("1e" + power);
    }
    return powers;
  }

  /// The 128 leading bits of ten to the power; negative powers are rounded up, as the method wants.
  private static BigInteger normalised(int power) {
    if (power >= 0) {
      BigInteger value = BigInteger.TEN.pow(power);
      int shift = 128 - value.bitLength();
      return shift >= 0 ? value.shiftLeft(shift) : value.shiftRight(-shift);
    }
    BigInteger divisor = BigInteger.TEN.pow(-power);
    int scale = 127 + divisor.bitLength();
    BigInteger quotient = BigInteger.ONE.shiftLeft(scale).divide(divisor).add(BigInteger.ONE);
    return quotient.shiftRight(quotient.bitLength() - 128);
  }
}
