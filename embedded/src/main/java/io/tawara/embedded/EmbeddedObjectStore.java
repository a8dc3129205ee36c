package io.tawara.embedded;

import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.auth.AuthenticationType;
import org.gaul.s3proxy.nio2blob.FilesystemNio2BlobStore;

/// An S3-compatible object store inside this process; buckets and objects lie as plain folders and
/// files below `objects/` of its directory.
public final class EmbeddedObjectStore implements AutoCloseable {
  private static final String IDENTITY = "tawara";
  private static final int LARGEST_UNCHUNKED_BYTES = 64 * 1024 * 1024;

  private final S3Proxy server;
  private final ObjectStoreConfig config;

  private EmbeddedObjectStore(S3Proxy server, ObjectStoreConfig config) {
    this.server = server;
    this.config = config;
  }

  /// Starts the store and returns when it takes requests.
  ///
  /// @param port 0 for a free one
  public static EmbeddedObjectStore start(
      Path directory, int port, String bucket, String rosBucket) {
    try (Ports.Claim any = Ports.claim()) {
      Path objects = Files.createDirectories(directory.toAbsolutePath().resolve("objects"));
      String secret = Secrets.of(directory, "objects");
      S3Proxy server =
          S3Proxy.builder()
              .blobStore(new FilesystemNio2BlobStore(objects.toString()))
              .awsAuthentication(AuthenticationType.AWS_V2_OR_V4, IDENTITY, secret)
              .endpoint(URI.create("http://127.0.0.1:" + (port == 0 ? any.port() : port)))
              .v4MaxNonChunkedRequestSize(LARGEST_UNCHUNKED_BYTES)
              .ignoreUnknownHeaders(true)
              // Clients keep idle connections open: waiting for them ends in a time-out.
              .stopTimeout(0)
              .build();
      server.start();
      return new EmbeddedObjectStore(
          server,
          new ObjectStoreConfig(
              "http://127.0.0.1:" + server.getPort(),
              "us-east-1",
              IDENTITY,
              secret,
              bucket,
              rosBucket));
    } catch (Exception failure) { // the server declares nothing narrower
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded object store: " + failure.getMessage(), failure);
    }
  }

  /// Its name and version; empty when its archive does not say.
  public static String version() {
    String version = S3Proxy.class.getPackage().getImplementationVersion();
    return version == null ? "" : "S3Proxy " + version;
  }

  /// How clients reach the store.
  public ObjectStoreConfig config() {
    return config;
  }

  @Override
  public void close() {
    try {
      server.stop();
    } catch (Exception failure) { // the server declares nothing narrower
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded object store could not be stopped", failure);
    }
  }
}
