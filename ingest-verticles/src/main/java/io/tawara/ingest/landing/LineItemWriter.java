package io.tawara.ingest.landing;

import io.tawara.catalog.RowWriter;
import java.io.IOException;
import java.sql.SQLException;

/// Writes the rows of one slice. What was written counts from [#end()] on; closing without it
/// forgets the rows.
public interface LineItemWriter extends RowWriter, AutoCloseable {
  /// About how many bytes the rows take where they are stored.
  long size();

  @Override
  void close() throws SQLException, IOException;
}
