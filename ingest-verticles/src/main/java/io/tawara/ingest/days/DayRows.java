package io.tawara.ingest.days;

import io.tawara.catalog.Column;
import io.tawara.catalog.RowWriter;
import io.tawara.ingest.csv.ValueDictionary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Arrays;

/// The groups of one day of one file: a hash table from dictionary numbers to sums and maxima. Sums
/// are compensated (Kahan) in the order in which rows are added.
public final class DayRows {
  /// Stands for null where texts are numbers.
  public static final int NULL = -1;

  private final RowShape shape;
  private final int day;
  private final int keyWidth;
  private final int sumWidth;
  private final int maximumWidth;
  private final int textWidth;
  private final boolean lasts;
  private final int[] sumNumbers;
  private final int[] maximumNumbers;

  private int count;
  private int capacity = 64;
  private int[] slots = new int[128];
  private int[] hashes = new int[64];
  private int[] keys;
  private double[] sums;
  private double[] compensations;
  private double[] maxima;
  private int[] texts;
  private long[] periods;
  private long[] lastIntervals;
  private double[] lastValues;

  /// @param day in days since 1970-01-01
  /// @param lasts whether facts of the latest interval are kept
  public DayRows(RowShape shape, int day, boolean lasts) {
    this.shape = shape;
    this.day = day;
    this.lasts = lasts;
    sumNumbers = shape.sumNumbers();
    maximumNumbers = shape.maximumNumbers();
    keyWidth = shape.groups().size();
    sumWidth = shape.sums().size();
    maximumWidth = shape.maxima().size();
    textWidth = shape.texts().size();
    keys = new int[capacity * keyWidth];
    sums = new double[capacity * sumWidth];
    compensations = new double[capacity * sumWidth];
    maxima = new double[capacity * maximumWidth];
    texts = new int[capacity * textWidth];
    periods = new long[capacity * 2];
    lastIntervals = new long[lasts ? capacity : 0];
    lastValues = new double[lasts ? capacity * 2 : 0];
    Arrays.fill(slots, -1);
  }

  public int day() {
    return day;
  }

  public int count() {
    return count;
  }

  /// The group of a key, made if it is new.
  public int group(int[] key) {
    int hash = 0;
    for (int part : key) {
      hash = (hash ^ part) * 0x9E37_79B1;
      hash ^= hash >>> 15;
    }
    int slot = hash & slots.length - 1;
    while (slots[slot] >= 0) {
      int found = slots[slot];
      if (hashes[found] == hash && same(found * keyWidth, key)) {
        return found;
      }
      slot = slot + 1 & slots.length - 1;
    }
    if (count == capacity) {
      grow();
    }
    int made = count++;
    hashes[made] = hash;
    slots[slot] = made;
    System.arraycopy(key, 0, keys, made * keyWidth, keyWidth);
    Arrays.fill(maxima, made * maximumWidth, (made + 1) * maximumWidth, Double.NaN);
    Arrays.fill(texts, made * textWidth, (made + 1) * textWidth, NULL);
    periods[made * 2] = Long.MIN_VALUE;
    periods[made * 2 + 1] = Long.MIN_VALUE;
    if (lasts) {
      lastIntervals[made] = Long.MIN_VALUE;
    }
    if (count * 2 > slots.length) {
      rehash();
    }
    return made;
  }

  /// Adds a row's numbers to its group.
  public void add(int group, double[] numbers) {
    int at = group * sumWidth;
    for (int number : sumNumbers) {
      double corrected = numbers[number] - compensations[at];
      double sum = sums[at] + corrected;
      compensations[at] = sum - sums[at] - corrected;
      sums[at++] = sum;
    }
    at = group * maximumWidth;
    for (int number : maximumNumbers) {
      double value = numbers[number];
      if (value > maxima[at] || Double.isNaN(maxima[at])) {
        maxima[at] = value;
      }
      at++;
    }
  }

  public void text(int group, int text, int value, ValueDictionary dictionary) {
    int at = group * textWidth + text;
    int known = texts[at];
    if (known != value
        && value != NULL
        && (known == NULL || dictionary.compare(value, known) > 0)) {
      texts[at] = value;
    }
  }

  public void period(int group, long start, long end) {
    periods[group * 2] = Math.max(periods[group * 2], start);
    periods[group * 2 + 1] = Math.max(periods[group * 2 + 1], end);
  }

  public void last(int group, long interval, double cores, double memory) {
    if (interval > lastIntervals[group]) {
      lastIntervals[group] = interval;
      lastValues[group * 2] = cores;
      lastValues[group * 2 + 1] = memory;
    } else if (interval == lastIntervals[group]) {
      lastValues[group * 2] = Math.max(lastValues[group * 2], cores);
      lastValues[group * 2 + 1] = Math.max(lastValues[group * 2 + 1], memory);
    }
  }

  /// Writes all rows in the order of the table's columns.
  public void copy(
      RowWriter out, Place place, ValueDictionary[] groupTexts, ValueDictionary[] maximumTexts)
      throws SQLException, IOException {
    byte[] year = place.year().getBytes(StandardCharsets.US_ASCII);
    byte[] month = place.month().getBytes(StandardCharsets.US_ASCII);
    int columns = shape.table().columns().size();
    for (int row = 0; row < count; row++) {
      out.row(columns);
      int key = row * keyWidth;
      int keyColumn = 0;
      int sum = row * sumWidth;
      int maximum = row * maximumWidth;
      int text = row * textWidth;
      int textColumn = 0;
      int period = row * 2;
      int last = row * 2;
      for (Column column : shape.table().columns()) {
        switch (column.role()) {
          case GROUP -> text(out, groupTexts[keyColumn++], keys[key++]);
          case SUM -> out.number(sums[sum++]);
          case MAX -> {
            switch (column.type()) {
              case TEXT, JSON_TEXT -> text(out, maximumTexts[textColumn++], texts[text++]);
              case TIMESTAMP -> timestamp(out, periods[period++]);
              case INTEGER -> integer(out, maxima[maximum++]);
              case DOUBLE -> number(out, maxima[maximum++]);
              case DATE, UUID -> throw new IllegalStateException("no maximum of " + column);
            }
          }
          case LAST -> {
            if (column.type() == io.tawara.catalog.LogicalType.TIMESTAMP) {
              timestamp(out, lastIntervals[row]);
            } else {
              out.number(lastValues[last++]);
            }
          }
          case PLACE -> {
            switch (column.name()) {
              case "interval_start", "lineitem_usagestartdate", "usage_start_time" ->
                  out.timestamp(day * 86_400L);
              case "usage_start" -> out.date(day);
              case "source" -> out.uuid(place.source());
              case "year" -> out.bytes(year, 0, year.length);
              case "month" -> out.bytes(month, 0, month.length);
              case "manifestid" -> out.integer(place.manifest());
              case "reportnumhours" -> out.integer(place.hours());
              case "row_uuid" -> out.uuid(place.rowIds().next());
              case "delivery_month" -> {
                byte[] delivery = place.deliveryMonth().getBytes(StandardCharsets.US_ASCII);
                out.bytes(delivery, 0, delivery.length);
              }
              default -> throw new IllegalStateException("unknown place " + column);
            }
          }
        }
      }
    }
  }

  private static void text(RowWriter out, ValueDictionary dictionary, int number) {
    if (number == NULL) {
      out.nothing();
    } else {
      dictionary.write(number, out);
    }
  }

  private static void timestamp(RowWriter out, long second) {
    if (second == Long.MIN_VALUE) {
      out.nothing();
    } else {
      out.timestamp(second);
    }
  }

  private static void integer(RowWriter out, double value) {
    if (Double.isNaN(value)) {
      out.nothing();
    } else {
      out.integer((int) value);
    }
  }

  private static void number(RowWriter out, double value) {
    if (Double.isNaN(value)) {
      out.nothing();
    } else {
      out.number(value);
    }
  }

  private boolean same(int at, int[] key) {
    for (int i = 0; i < keyWidth; i++) {
      if (keys[at + i] != key[i]) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    capacity *= 2;
    hashes = Arrays.copyOf(hashes, capacity);
    keys = Arrays.copyOf(keys, capacity * keyWidth);
    sums = Arrays.copyOf(sums, capacity * sumWidth);
    compensations = Arrays.copyOf(compensations, capacity * sumWidth);
    maxima = Arrays.copyOf(maxima, capacity * maximumWidth);
    texts = Arrays.copyOf(texts, capacity * textWidth);
    periods = Arrays.copyOf(periods, capacity * 2);
    if (lasts) {
      lastIntervals = Arrays.copyOf(lastIntervals, capacity);
      lastValues = Arrays.copyOf(lastValues, capacity * 2);
    }
  }

  private void rehash() {
    slots = new int[slots.length * 2];
    Arrays.fill(slots, -1);
    for (int group = 0; group < count; group++) {
      int slot = hashes[group] & slots.length - 1;
      while (slots[slot] >= 0) {
        slot = slot + 1 & slots.length - 1;
      }
      slots[slot] = group;
    }
  }
}
