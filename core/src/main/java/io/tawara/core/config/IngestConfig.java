package io.tawara.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;

/// How payloads come in and what is done with them.
///
/// @param consumeUploads whether the upload consumer runs
/// @param validationReplies whether the sender is told the outcome on `platform.upload.validation`
/// @param rosMessages whether resource optimisation is told about its files
/// @param rosUrlLifetime of the signed addresses in these messages
/// @param retainMonths how many months before the current one are kept
/// @param initialMonths how many months a new cloud provider is read back
/// @param retryWait before a message or a download is tried again
/// @param deliveryPatience how long after its last file a delivery waits for what its manifest
///   names
/// @param stagingDirectory for files while they are read
/// @param payloadHosts hosts that a payload may be fetched from beside the object store; host or
///   host:port
/// @param maxPayloadBytes compressed size of one payload
/// @param maxExpandedBytes size of all that comes out of one payload
/// @param maxEntries files in one payload
/// @param downloadTimeout for one payload
/// @param parallelWork how many sources are worked on at once
/// @param deletionBatch rows per statement when old data are removed
public record IngestConfig(
    boolean consumeUploads,
    boolean validationReplies,
    boolean rosMessages,
    Duration rosUrlLifetime,
    int retainMonths,
    int initialMonths,
    Duration retryWait,
    Duration deliveryPatience,
    Path stagingDirectory,
    Set<String> payloadHosts,
    long maxPayloadBytes,
    long maxExpandedBytes,
    int maxEntries,
    Duration downloadTimeout,
    int parallelWork,
    int deletionBatch) {

  public IngestConfig {
    payloadHosts = Set.copyOf(payloadHosts);
  }
}
