package io.tawara.ingest.connect;

import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.List;
import java.util.Optional;

/// A set of files in a cloud that belongs together.
///
/// @param assemblyId the cloud's name for it, unique within the source
/// @param month of the bill
/// @param exported when the cloud made it
/// @param partitionDay the ingestion partition that it holds, for BigQuery
/// @param replacesMonth whether it makes older deliveries of the month obsolete
public record Delivery(
    String assemblyId,
    YearMonth month,
    Instant exported,
    Optional<LocalDate> partitionDay,
    boolean replacesMonth,
    List<RemoteFile> files) {
  public Delivery {
    files = List.copyOf(files);
  }

  /// Files that the manifest names and that are not there.
  List<RemoteFile> absent() {
    return files.stream().filter(RemoteFile::isAbsent).toList();
  }
}
