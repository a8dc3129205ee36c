package io.tawara.catalog;

import java.io.IOException;
import java.sql.SQLException;
import java.util.UUID;

/// Where the rows of a line-item table are written, whatever the engine: a row is begun, then every
/// column of the table is written in table order.
public interface RowWriter {
  /// Begins a row of so many columns.
  void row(int columns) throws SQLException, IOException;

  /// The column is null.
  void nothing();

  /// UTF-8 text.
  void bytes(byte[] value, int from, int length);

  /// UTF-8 text whose bytes will never change: it need not be copied.
  default void constant(byte[] value, int from, int length) {
    bytes(value, from, length);
  }

  void number(double value);

  void integer(int value);

  /// @param day in days since 1970-01-01
  void date(int day);

  /// @param second in seconds since 1970-01-01T00:00Z
  void timestamp(long second);

  void uuid(UUID value);

  /// No more rows: what was written counts from now on.
  void end() throws SQLException, IOException;
}
