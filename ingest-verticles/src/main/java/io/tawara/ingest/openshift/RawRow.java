package io.tawara.ingest.openshift;

import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.RowWriter;
import io.tawara.ingest.csv.ValueDictionary;
import io.tawara.ingest.days.DayRows;
import io.tawara.ingest.days.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;

/// Writes the rows of one file as they came, after cleaning.
final class RawRow {
  private static final long NO_TIME = Long.MIN_VALUE;

  private final LineItemTable table;
  private final Column[] columns;
  private final int[] positions;

  /// The values of one row, as the reader has them.
  ///
  /// @param groups and `texts` numbers of the dictionaries beside them
  record Values(
      double[] numbers,
      int[] groups,
      ValueDictionary[] groupTexts,
      int[] texts,
      ValueDictionary[] maximumTexts,
      long periodStart,
      long periodEnd,
      long intervalStart,
      long intervalEnd) {}

  /// @param table the table of raw rows
  RawRow(LineItemTable table, Layout layout) {
    this.table = table;
    columns = table.columns().toArray(Column[]::new);
    positions = new int[columns.length];
    for (int i = 0; i < columns.length; i++) {
      Column column = columns[i];
      positions[i] =
          switch (column.role()) {
            case GROUP -> layout.group(column.name());
            case SUM -> layout.number(column.name());
            case MAX ->
                switch (column.type()) {
                  case TEXT, JSON_TEXT -> layout.text(column.name());
                  case DOUBLE, INTEGER -> layout.number(column.name());
                  case TIMESTAMP -> -1;
                  case DATE, UUID -> throw new IllegalArgumentException("no maximum of " + column);
                };
            case PLACE -> -1;
            case LAST -> throw new IllegalArgumentException(column + " is only of days");
          };
    }
  }

  LineItemTable table() {
    return table;
  }

  void write(RowWriter out, Place place, int day, Values row) throws SQLException, IOException {
    out.row(columns.length);
    for (int i = 0; i < columns.length; i++) {
      Column column = columns[i];
      switch (column.role()) {
        case GROUP -> text(out, row.groupTexts()[positions[i]], row.groups()[positions[i]]);
        case SUM -> out.number(row.numbers()[positions[i]]);
        case MAX -> {
          switch (column.type()) {
            case TEXT, JSON_TEXT ->
                text(out, row.maximumTexts()[positions[i]], row.texts()[positions[i]]);
            case DOUBLE -> number(out, row.numbers()[positions[i]]);
            case INTEGER -> integer(out, row.numbers()[positions[i]]);
            case TIMESTAMP ->
                time(
                    out,
                    column.name().equals("report_period_start")
                        ? row.periodStart()
                        : row.periodEnd());
            case DATE, UUID -> throw new IllegalStateException("no maximum of " + column);
          }
        }
        case PLACE -> place(out, column, place, day, row);
        case LAST -> throw new IllegalStateException(column + " is only of days");
      }
    }
  }

  private static void place(RowWriter out, Column column, Place place, int day, Values row) {
    switch (column.name()) {
      case "interval_start" -> out.timestamp(row.intervalStart());
      case "interval_end" -> time(out, row.intervalEnd());
      case "usage_start" -> out.date(day);
      case "source" -> out.uuid(place.source());
      case "year" -> ascii(out, place.year());
      case "month" -> ascii(out, place.month());
      case "manifestid" -> out.integer(place.manifest());
      case "reportnumhours" -> out.integer(place.hours());
      default -> throw new IllegalStateException("unknown place " + column);
    }
  }

  private static void ascii(RowWriter out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    out.constant(bytes, 0, bytes.length);
  }

  private static void text(RowWriter out, ValueDictionary dictionary, int number) {
    if (number == DayRows.NULL) {
      out.nothing();
    } else {
      dictionary.write(number, out);
    }
  }

  private static void number(RowWriter out, double value) {
    if (Double.isNaN(value)) {
      out.nothing();
    } else {
      out.number(value);
    }
  }

  private static void integer(RowWriter out, double value) {
    if (Double.isNaN(value)) {
      out.nothing();
    } else {
      out.integer((int) value);
    }
  }

  private static void time(RowWriter out, long second) {
    if (second == NO_TIME) {
      out.nothing();
    } else {
      out.timestamp(second);
    }
  }
}
