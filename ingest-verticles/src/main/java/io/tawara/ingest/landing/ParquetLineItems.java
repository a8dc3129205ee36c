package io.tawara.ingest.landing;

import io.tawara.catalog.parquet.ParquetRows;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.UUID;

/// Rows of a slice in a Parquet file.
public final class ParquetLineItems implements LineItemWriter {
  /// What is done with a complete file.
  @FunctionalInterface
  public interface Finish {
    void with(long rows) throws SQLException, IOException;
  }

  private final ParquetRows rows;
  private final Path file;
  private final Finish finish;
  private boolean ended;

  /// @param file that the rows are written to; it is gone when this is closed
  /// @param finish is told the number of rows when the file is complete and not empty
  public ParquetLineItems(ParquetRows rows, Path file, Finish finish) {
    this.rows = rows;
    this.file = file;
    this.finish = finish;
  }

  @Override
  public void row(int columns) {
    try {
      rows.row(columns);
    } catch (IOException failure) {
      throw staging(failure);
    }
  }

  @Override
  public void nothing() {
    rows.nothing();
  }

  @Override
  public void bytes(byte[] value, int from, int length) {
    rows.bytes(value, from, length);
  }

  @Override
  public void constant(byte[] value, int from, int length) {
    rows.constant(value, from, length);
  }

  @Override
  public void number(double value) {
    rows.number(value);
  }

  @Override
  public void integer(int value) {
    rows.integer(value);
  }

  @Override
  public void date(int day) {
    rows.date(day);
  }

  @Override
  public void timestamp(long second) {
    rows.timestamp(second);
  }

  @Override
  public void uuid(UUID value) {
    rows.uuid(value);
  }

  @Override
  public long size() {
    return rows.bytes();
  }

  @Override
  public void end() throws SQLException {
    ended = true;
    try {
      rows.end();
      if (rows.rows() > 0) {
        finish.with(rows.rows());
      }
    } catch (IOException failure) {
      throw staging(failure);
    }
  }

  @Override
  public void close() throws IOException {
    if (!ended) {
      rows.forget();
    }
    Files.deleteIfExists(file);
  }

  /// Trouble with the folder for temporary files is no fault of what is read.
  static TawaraException staging(IOException failure) {
    return new TawaraException(
        Category.UNAVAILABLE, "temporary files cannot be written: " + failure, failure);
  }
}
