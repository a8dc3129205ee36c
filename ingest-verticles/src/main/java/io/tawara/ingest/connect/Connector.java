package io.tawara.ingest.connect;

import java.io.InputStream;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;

/// What a cloud has for one source. Used by one thread at a time, outside of transactions; writes
/// nothing. All methods throw [CloudException].
public interface Connector extends AutoCloseable {

  /// What is wanted.
  ///
  /// @param month of the bill
  /// @param from the first ingestion partition of interest, for BigQuery
  /// @param known newest export time by partition day, for BigQuery
  record Wanted(YearMonth month, LocalDate from, Map<LocalDate, Instant> known) {
    public Wanted {
      known = Map.copyOf(known);
    }
  }

  /// The deliveries of a month, the ones that count last at the end; empty when there is nothing
  /// yet.
  List<Delivery> deliveries(Wanted wanted);

  /// A file that somebody named.
  ///
  /// @param key as posted, with or without the bucket before it
  RemoteFile posted(YearMonth month, String key);

  /// Opens the version of a file that was listed. The caller closes the stream; whatever it throws
  /// while it is read may be tried again.
  ///
  /// @param offset where to begin; only 0 when it is not [#resumable()]
  InputStream open(RemoteFile file, long offset);

  /// Whether a file can be read on where reading broke off.
  default boolean resumable() {
    return true;
  }

  @Override
  void close();
}
