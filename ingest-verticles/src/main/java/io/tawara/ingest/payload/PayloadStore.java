package io.tawara.ingest.payload;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.objects.ObjectStore;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/// Payloads at rest: originals in the object store, a copy on the local disk while one is read.
public final class PayloadStore {
  private static final int BUFFER = 1 << 16;

  private final ObjectStore objects;
  private final Path directory;
  private final long mostBytes;

  public PayloadStore(ObjectStore objects, Path directory, long mostBytes) {
    this.objects = objects;
    this.directory = directory;
    this.mostBytes = mostBytes;
  }

  /// A local copy that is deleted when it is closed.
  public record Staged(Path file, long bytes) implements AutoCloseable {
    @Override
    public void close() {
      try {
        Files.deleteIfExists(file);
      } catch (IOException failure) {
        throw new TawaraException(
            Category.INTERNAL, "staged file could not be removed: " + file, failure);
      }
    }
  }

  /// Copies an object of the store.
  public Staged fetch(String key) {
    return stage(() -> objects.open(key), "object store: get " + key);
  }

  /// Opens a source of bytes.
  @FunctionalInterface
  public interface Source {
    InputStream open() throws IOException;
  }

  /// Copies a source; a broken connection can be retried, too many bytes cannot.
  public Staged stage(Source source, String what) {
    Path file = null;
    try {
      Files.createDirectories(directory);
      file = Files.createTempFile(directory, "payload", ".part");
      long bytes = 0;
      try (InputStream in = source.open();
          OutputStream out = Files.newOutputStream(file)) {
        byte[] buffer = new byte[BUFFER];
        int read;
        while ((read = in.read(buffer)) >= 0) {
          bytes += read;
          if (bytes > mostBytes) {
            throw new TawaraException(
                Category.LIMIT, "the payload is larger than " + mostBytes + " bytes");
          }
          out.write(buffer, 0, read);
        }
      }
      return new Staged(file, bytes);
    } catch (IOException failure) {
      discard(file, failure);
      throw new TawaraException(Category.UNAVAILABLE, what + ": " + failure, failure);
    } catch (RuntimeException failure) {
      discard(file, failure);
      throw failure instanceof software.amazon.awssdk.core.exception.SdkException
          ? new TawaraException(Category.UNAVAILABLE, what + ": " + failure.getMessage(), failure)
          : failure;
    }
  }

  private static void discard(Path file, Exception failure) {
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException second) {
        failure.addSuppressed(second);
      }
    }
  }

  /// Keeps a payload that came from elsewhere. Returns its key.
  public String archive(String tenant, String requestId, Path file) {
    String key = "payloads/" + tenant + "/" + safe(requestId) + ".tar.gz";
    objects.put(key, file, Map.of());
    return key;
  }

  /// Keeps bad input aside. Returns its key.
  public String quarantine(String owner, String requestId, String name, Path file, String reason) {
    String key = "quarantine/" + safe(owner) + "/" + safe(requestId) + "/" + safe(name);
    objects.put(key, file, Map.of("reason", printable(reason)));
    return key;
  }

  private static String safe(String text) {
    String safe = text.replaceAll("[^A-Za-z0-9._-]", "_");
    safe = safe.length() > 150 ? safe.substring(0, 150) : safe;
    return safe.isEmpty() || safe.startsWith(".") ? "_" + safe : safe;
  }

  /// Object metadata travel in HTTP headers.
  private static String printable(String text) {
    String ascii = text.replaceAll("[^\\x20-\\x7E]", "?");
    return ascii.length() > 500 ? ascii.substring(0, 500) : ascii;
  }
}
