package io.tawara.embedded;

import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.config.TrinoConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A Trino in a JVM of its own: one process that coordinates and works, with the Hive catalog
/// `hive` over the metastore and the object store.
public final class EmbeddedTrino implements AutoCloseable {
  /// What is started.
  public static final String VERSION = "483";

  private static final Duration START = Duration.ofMinutes(10);
  private static final String CATALOG = "hive";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{ENV:([A-Z0-9_]+)}");

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
    try (Ports.Claim any = Ports.claim()) {
      Files.createDirectories(directory);
      Path server = directory.resolve("server.properties");
      int taken = port == 0 ? any.port() : port;
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

  /// The catalog file that comes with Tawara, with the values that it takes from the environment.
  private static Map<String, String> hive(MetastoreConfig metastore, ObjectStoreConfig objects)
      throws IOException {
    Map<String, String> environment =
        Map.of(
            "HIVE_METASTORE_URI", metastore.uri(),
            "S3_ENDPOINT", objects.endpoint(),
            "S3_REGION", objects.region(),
            "S3_ACCESS_KEY", objects.accessKey(),
            "S3_SECRET", objects.secretKey());
    var file = new Properties();
    try (InputStream in =
        EmbeddedTrino.class.getResourceAsStream("/catalog/" + CATALOG + ".properties")) {
      file.load(Objects.requireNonNull(in, "the catalog file is not on the class path"));
    }
    var values = new HashMap<String, String>();
    for (String name : file.stringPropertyNames()) {
      String value = file.getProperty(name);
      Matcher variable = VARIABLE.matcher(value);
      values.put(
          name,
          variable.matches()
              ? Objects.requireNonNull(environment.get(variable.group(1)), variable.group(1))
              : value);
    }
    return values;
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
