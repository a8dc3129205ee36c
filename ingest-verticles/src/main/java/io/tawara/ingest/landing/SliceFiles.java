package io.tawara.ingest.landing;

import io.tawara.catalog.LineItemTable;
import java.io.IOException;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;

/// Writers of many slices of one table, of which few are open at a time: the one that was not
/// written to for longest is ended when another is needed, and one that has become large, too.
public final class SliceFiles implements AutoCloseable {
  private static final int MOST_OPEN = 12;
  private static final long LARGEST = 256L << 20;

  /// Begins a writer.
  @FunctionalInterface
  public interface Opening {
    LineItemWriter open(LineItemTable table, Slice slice) throws SQLException, IOException;
  }

  private final LineItemTable table;
  private final Opening opening;
  private final LinkedHashMap<Slice, LineItemWriter> files =
      new LinkedHashMap<>(MOST_OPEN * 2, 0.75f, true);

  public SliceFiles(LineItemTable table, Opening opening) {
    this.table = table;
    this.opening = opening;
  }

  /// Where the next row of a slice is written.
  public LineItemWriter of(Slice slice) throws SQLException, IOException {
    LineItemWriter file = files.get(slice);
    if (file != null && file.size() < LARGEST) {
      return file;
    }
    if (file != null) {
      end(files.remove(slice));
    } else if (files.size() == MOST_OPEN) {
      end(files.remove(files.keySet().iterator().next()));
    }
    file = opening.open(table, slice);
    files.put(slice, file);
    return file;
  }

  /// Ends all: what was written counts.
  public void end() throws SQLException, IOException {
    for (Slice slice : List.copyOf(files.keySet())) {
      end(files.remove(slice));
    }
  }

  private static void end(LineItemWriter file) throws SQLException, IOException {
    try (file) {
      file.end();
    }
  }

  /// Forgets what was not ended.
  @Override
  public void close() throws SQLException, IOException {
    for (LineItemWriter file : files.values()) {
      file.close();
    }
    files.clear();
  }
}
