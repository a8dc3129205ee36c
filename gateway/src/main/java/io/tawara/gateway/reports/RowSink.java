package io.tawara.gateway.reports;

import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;

/// Takes the rows of a compiled query in their order as they arrive, and makes an answer's body of
/// them. Keeps the rows of one bucket at a time.
interface RowSink {
  void row(Row row);

  /// The body, after the last row.
  Buffer end();
}
