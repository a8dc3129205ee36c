package io.tawara.ingest.connect;

import java.time.Instant;

/// A file in a cloud.
///
/// @param name how the ledger calls it, unique within its delivery
/// @param location what its connector opens it by: an object key, a path, a partition
/// @param etag of the version that is meant; empty: a manifest names the file and it is not there
/// @param bytes -1 when not known beforehand
public record RemoteFile(String name, String location, String etag, long bytes, Instant modified) {

  /// A file that a manifest names and that is not there.
  static RemoteFile absent(String name, String location) {
    return new RemoteFile(Manifest.storedName(name), location, "", -1, Instant.EPOCH);
  }

  boolean isAbsent() {
    return etag.isEmpty();
  }
}
