package io.tawara.ingest.landing;

import io.tawara.catalog.LineItemTable;
import io.tawara.ingest.days.HourOfNode;
import java.io.IOException;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// What one transaction does to the line items of a provider: everything or nothing. Savepoints of
/// the transaction hold for it, too.
public interface Landing {
  /// Begins rows of a slice. Rows as they came and daily rows may be written side by side where
  /// [Landings#keepsRaw()], otherwise one writer is open at a time.
  LineItemWriter open(LineItemTable table, Slice slice) throws SQLException, IOException;

  /// Removes rows that are in the scope, whatever delivery they came with.
  void remove(LineItemTable table, Scope scope) throws SQLException;

  /// Puts the greatest capacities seen of nodes in hours; may be called again for the same.
  void capacities(List<HourOfNode> capacities, Function<LocalDate, Slice> slices)
      throws SQLException, IOException;

  /// Ends the transaction's part: asks for whatever has to follow before summaries can be made, and
  /// for the summary of these days.
  void end(Optional<LocalDate[]> days, String requestId) throws SQLException;
}
