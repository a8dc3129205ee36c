package io.tawara.ingest.connect;

import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Where a cloud puts files: a bucket, a container, a folder. Keys are separated by `/` and do not
/// begin with one. All methods throw [CloudException].
interface Place extends AutoCloseable {
  /// The most items that one listing may have.
  int MOST_ITEMS = 100_000;

  /// A file.
  record Item(String key, String etag, long bytes, Instant modified) {
    /// What follows the last `/` of the key.
    String baseName() {
      return key.substring(key.lastIndexOf('/') + 1);
    }

    RemoteFile as(String name) {
      return new RemoteFile(Manifest.storedName(name), key, etag, bytes, modified);
    }
  }

  /// Everything whose key begins with the prefix, at any depth.
  List<Item> list(String prefix);

  Optional<Item> find(String key);

  /// Opens a file if it still has the etag.
  InputStream open(String key, String etag, long offset);

  /// How people call the place.
  String name();

  @Override
  void close();
}
