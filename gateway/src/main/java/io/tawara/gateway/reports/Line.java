package io.tawara.gateway.reports;

import io.vertx.sqlclient.Row;

/// A row of a bucket between its arrival and its place in the answer: what it will look like, which
/// takes much less than its figures do, and what its place depends on.
final class Line {
  private final Row row;
  private final Object key;
  private byte[] bytes;

  /// @param row what of the row is still asked for
  /// @param key what it is ordered by
  /// @param bytes the row as it is written
  Line(Row row, Object key, byte[] bytes) {
    this.row = row;
    this.key = key;
    this.bytes = bytes;
  }

  Row row() {
    return row;
  }

  Object key() {
    return key;
  }

  /// The row as it is written. They are there once: a bucket does not keep what the answer has.
  byte[] take() {
    byte[] taken = bytes;
    bytes = null;
    return taken;
  }
}
