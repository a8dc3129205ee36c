package io.tawara.gateway.reports;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/// Some columns of a row, without the others, which take much memory while a bucket is collected.
final class BriefRow implements Row {
  private final int[] places;
  private final Object[] values;

  /// @param places by column: the index of its value, -1 for a column that is left out; the same
  ///   for all rows of an answer
  BriefRow(int[] places, Object[] values) {
    this.places = places;
    this.values = values;
  }

  @Override
  public Object getValue(int column) {
    int place = places[column];
    return place < 0 ? null : values[place];
  }

  @Override
  public int size() {
    return places.length;
  }

  @Override
  public String getColumnName(int column) {
    return null;
  }

  @Override
  public int getColumnIndex(String column) {
    return -1;
  }

  @Override
  public Tuple addValue(Object value) {
    throw new UnsupportedOperationException("a row that was read");
  }

  @Override
  public void clear() {
    throw new UnsupportedOperationException("a row that was read");
  }

  @Override
  public List<Class<?>> types() {
    throw new UnsupportedOperationException("a row that was read");
  }
}
