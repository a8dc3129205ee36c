package io.tawara.embedded;

import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.config.TrinoConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/// The services that tests of one JVM share: each is started when it is first asked for, in a
/// temporary directory without fsync, and stopped when the JVM ends. Tests stay apart by their own
/// databases, buckets and topics.
///
/// ```java
/// private static final DatabaseConfig DATABASE = TestServices.freshDatabase("summaries");
/// ```
public final class TestServices {
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private TestServices() {}

  /// A new, empty database (no migrations yet) under the role that Tawara uses.
  ///
  /// @param hint begins its name: lower-case letters, digits, underscores
  public static DatabaseConfig freshDatabase(String hint) {
    return Postgres.SERVER.freshDatabase(hint);
  }

  /// The database server itself, for tests that need its superuser or stop it.
  public static EmbeddedPostgres postgres() {
    return Postgres.SERVER;
  }

  /// The shared broker; use topic names of your own.
  public static KafkaConfig kafka() {
    return Kafka.SERVER.config();
  }

  /// The shared store with two buckets that nobody else uses and that do not exist yet.
  ///
  /// @param hint begins the names: lower-case letters, digits, dashes
  public static ObjectStoreConfig freshBuckets(String hint) {
    ObjectStoreConfig shared = Objects.SERVER.config();
    String name = hint + "-" + BUCKETS.incrementAndGet();
    return new ObjectStoreConfig(
        shared.endpoint(),
        shared.region(),
        shared.accessKey(),
        shared.secretKey(),
        name,
        name + "-ros");
  }

  /// The services of cloud mode, shared like the rest: tests stay apart by their tenants.
  ///
  /// @param objects the store and bucket that tables lie in
  public record Cloud(MetastoreConfig metastore, TrinoConfig trino, ObjectStoreConfig objects) {}

  /// A metastore and a Trino. The first start on a machine fetches them, which takes a while and is
  /// told on standard output.
  public static Cloud cloud() {
    return CloudServices.CONFIG;
  }

  private static final class CloudServices {
    static final Cloud CONFIG = start();

    private static Cloud start() {
      ObjectStoreConfig objects = freshBuckets("cloud");
      EmbeddedMetastore metastore =
          stoppedAtExit(
              EmbeddedMetastore.start(
                  Temporary.DIRECTORY.resolve("metastore"),
                  freshDatabase("metastore"),
                  0,
                  System.out::println));
      EmbeddedTrino trino =
          stoppedAtExit(
              EmbeddedTrino.start(
                  Temporary.DIRECTORY.resolve("trino"),
                  metastore.config(),
                  objects,
                  0,
                  System.out::println));
      return new Cloud(metastore.config(), trino.config(), objects);
    }
  }

  private static final class Postgres {
    static final EmbeddedPostgres SERVER =
        stoppedAtExit(
            EmbeddedPostgres.start(
                new EmbeddedPostgres.Settings(Temporary.DIRECTORY.resolve("postgres"), 0, false)));
  }

  private static final class Kafka {
    static final EmbeddedKafka SERVER =
        stoppedAtExit(EmbeddedKafka.start(Temporary.DIRECTORY.resolve("kafka"), 0));
  }

  private static final class Objects {
    static final EmbeddedObjectStore SERVER =
        stoppedAtExit(
            EmbeddedObjectStore.start(
                Temporary.DIRECTORY.resolve("objects"), 0, "shared", "shared-ros"));
  }

  private static final class Temporary {
    static final Deque<AutoCloseable> STARTED = new ConcurrentLinkedDeque<>();
    static final Path DIRECTORY = create();

    private static Path create() {
      try {
        Path directory = Files.createTempDirectory("tawara-test");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(directory)));
        return directory;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }

    /// The directory goes when the last server no longer writes to it.
    private static void stop(Path directory) {
      try {
        for (AutoCloseable server : STARTED) {
          server.close();
        }
        Directories.delete(directory);
      } catch (Exception failure) { // the JVM is ending: nothing can be done but tell
        System.err.println("test service not stopped: " + failure);
      }
    }
  }

  private static <T extends AutoCloseable> T stoppedAtExit(T server) {
    Temporary.STARTED.addFirst(server);
    return server;
  }
}
