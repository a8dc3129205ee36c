package io.tawara.embedded;

import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.config.TrinoConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;

/// A Trino in a JVM of its own: one process that coordinates and works, with the Hive catalog
/// `hive` over the metastore and the object store.
public final class EmbeddedTrino implements AutoCloseable {
  private static final Duration START = Duration.ofSeconds(180);
  private static final String CATALOG = "hive";

  private final ChildJvm process;
  private final TrinoConfig config;

  private EmbeddedTrino(ChildJvm process, TrinoConfig config) {
    this.process = process;
    this.config = config;
  }

  /// Fetches Trino when that was never done.
  public static void fetch(Consumer<String> progress) {
    ServiceDistribution.TRINO.home(progress);
  }

  /// Starts Trino and returns when it takes queries.
  ///
  /// @param port 0 for a free one
  /// @param progress is told what happens, one line each
  public static EmbeddedTrino start(
      Path directory,
      MetastoreConfig metastore,
      ObjectStoreConfig objects,
      int port,
      Consumer<String> progress) {
    Path home = ServiceDistribution.TRINO.home(progress);
    try {
      Files.createDirectories(directory);
      Path server = directory.resolve("server.properties");
      int taken = port == 0 ? Ports.free() : port;
      write(
          server,
          Map.of(
              "http-server.http.port", Integer.toString(taken),
              "query.max-memory", "700MB",
              "query.max-memory-per-node", "700MB",
              "query.max-history", "20"));
      Path catalogs = Files.createDirectories(directory.resolve("catalog"));
      write(catalogs.resolve(CATALOG + ".properties"), hive(metastore, objects));
      Path ready = directory.resolve("ready");
      Files.deleteIfExists(ready);
      ChildJvm process =
          ChildJvm.start(
              "trino",
              directory,
              List.of(
                  "-Xmx1g",
                  "--add-modules=jdk.incubator.vector",
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-Duser.timezone=UTC",
                  "-cp",
                  ServiceDistribution.classPath(home),
                  "io.tawara.services.TrinoServer",
                  server.toString(),
                  catalogs.toString(),
                  Files.createDirectories(directory.resolve("data")).toString(),
                  ready.toString()));
      process.await(START, () -> Files.exists(ready));
      URI address = URI.create(Files.readString(ready));
      return new EmbeddedTrino(
          process,
          new TrinoConfig("jdbc:trino://127.0.0.1:" + address.getPort(), "tawara", CATALOG));
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded Trino: " + failure.getMessage(), failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TawaraException(
          Category.UNAVAILABLE, "embedded Trino: start interrupted", interrupted);
    }
  }

  private static Map<String, String> hive(MetastoreConfig metastore, ObjectStoreConfig objects) {
    return Map.ofEntries(
        Map.entry("connector.name", "hive"),
        Map.entry("hive.metastore.uri", metastore.uri()),
        Map.entry("hive.non-managed-table-writes-enabled", "true"),
        Map.entry("hive.parquet.use-column-names", "true"),
        Map.entry("hive.metastore-cache-ttl", "0s"),
        Map.entry("hive.collect-column-statistics-on-write", "false"),
        Map.entry("hive.compression-codec", "ZSTD"),
        Map.entry("fs.s3.enabled", "true"),
        Map.entry("s3.endpoint", objects.endpoint()),
        Map.entry("s3.region", objects.region()),
        Map.entry("s3.path-style-access", "true"),
        Map.entry("s3.aws-access-key", objects.accessKey()),
        Map.entry("s3.aws-secret-key", objects.secretKey()));
  }

  private static void write(Path file, Map<String, String> values) throws IOException {
    var properties = new Properties();
    properties.putAll(values);
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      properties.store(writer, null);
    }
  }

  public TrinoConfig config() {
    return config;
  }

  @Override
  public void close() {
    process.close();
  }
}
