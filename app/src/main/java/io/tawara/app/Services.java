package io.tawara.app;

import io.tawara.app.StartListener.Part;
import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.Mode;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.config.TrinoConfig;
import io.tawara.embedded.EmbeddedKafka;
import io.tawara.embedded.EmbeddedMetastore;
import io.tawara.embedded.EmbeddedObjectStore;
import io.tawara.embedded.EmbeddedServices;
import io.tawara.embedded.EmbeddedServices.Service;
import io.tawara.embedded.EmbeddedTrino;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where the services are that Tawara needs: external ones as configured, the others embedded.
final class Services implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Services.class);

  private final Optional<EmbeddedServices> embedded;
  private final DatabaseConfig database;
  private final KafkaConfig kafka;
  private final ObjectStoreConfig objects;
  private Optional<EmbeddedMetastore> embeddedMetastore = Optional.empty();
  private Optional<EmbeddedTrino> embeddedTrino = Optional.empty();
  private Optional<MetastoreConfig> metastore = Optional.empty();
  private Optional<TrinoConfig> trino = Optional.empty();

  private Services(
      Configuration configuration, boolean fixedPorts, boolean durable, StartListener listener) {
    Set<Service> wanted = EnumSet.noneOf(Service.class);
    if (configuration.database().isEmpty()) {
      wanted.add(Service.DATABASE);
    }
    if (configuration.kafka().isEmpty()) {
      wanted.add(Service.KAFKA);
    }
    if (configuration.objects().isEmpty()) {
      wanted.add(Service.OBJECT_STORE);
    }
    this.embedded =
        wanted.isEmpty()
            ? Optional.empty()
            : Optional.of(
                EmbeddedServices.start(
                    new EmbeddedServices.Settings(
                        configuration.dataDirectory(),
                        wanted,
                        durable,
                        fixedPorts,
                        configuration.costBucket(),
                        configuration.rosBucket())));
    this.database =
        configuration.database().orElseGet(() -> embedded.orElseThrow().database().config());
    this.kafka = configuration.kafka().orElseGet(() -> embedded.orElseThrow().kafka().config());
    this.objects =
        configuration.objects().orElseGet(() -> embedded.orElseThrow().objectStore().config());
    report(
        listener,
        "PostgreSQL",
        database.host() + ":" + database.port(),
        version(database),
        Service.DATABASE);
    report(
        listener,
        "Kafka",
        kafka.bootstrapServers(),
        wanted.contains(Service.KAFKA) ? EmbeddedKafka.version() : "",
        Service.KAFKA);
    report(
        listener,
        "Object store",
        objects.endpoint(),
        wanted.contains(Service.OBJECT_STORE) ? EmbeddedObjectStore.version() : "",
        Service.OBJECT_STORE);
  }

  /// Starts what is not configured as external, and returns when all of it takes connections.
  ///
  /// @param fixedPorts whether embedded services try their well-known ports first
  /// @param durable whether the embedded database writes through to the disk
  static Services start(
      Configuration configuration, boolean fixedPorts, boolean durable, StartListener listener) {
    var services = new Services(configuration, fixedPorts, durable, listener);
    try {
      if (configuration.mode() == Mode.CLOUD) {
        services.startCloudServices(configuration, listener);
      }
      return services;
    } catch (RuntimeException failure) {
      services.close();
      throw failure;
    }
  }

  private void startCloudServices(Configuration configuration, StartListener listener) {
    Path directory = configuration.dataDirectory();
    long begin = System.nanoTime();
    metastore = configuration.metastore();
    if (metastore.isEmpty()) {
      DatabaseConfig catalog = embedded.orElseThrow().database().ensureDatabase("metastore");
      EmbeddedMetastore started =
          EmbeddedMetastore.start(directory.resolve("metastore"), catalog, 0, listener::progress);
      embeddedMetastore = Optional.of(started);
      metastore = Optional.of(started.config());
    }
    listener.ready(
        new Part(
            "Hive Metastore",
            metastore.orElseThrow().uri(),
            embeddedMetastore.isPresent(),
            embeddedMetastore.map(started -> EmbeddedMetastore.VERSION).orElse(""),
            since(begin)));
    begin = System.nanoTime();
    trino = configuration.trino();
    if (trino.isEmpty()) {
      EmbeddedTrino started =
          EmbeddedTrino.start(
              directory.resolve("trino"), metastore.orElseThrow(), objects, 0, listener::progress);
      embeddedTrino = Optional.of(started);
      trino = Optional.of(started.config());
    }
    listener.ready(
        new Part(
            "Trino",
            trino.orElseThrow().jdbcUrl(),
            embeddedTrino.isPresent(),
            embeddedTrino.map(started -> EmbeddedTrino.VERSION).orElse(""),
            since(begin)));
  }

  private static Duration since(long begin) {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /// What the database says; nothing when it does not answer, which the next step tells in full.
  private static String version(DatabaseConfig database) {
    try (var connection =
        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException away) {
      LOG.debug("no version of the database", away);
      return "";
    }
  }

  private void report(
      StartListener listener, String name, String address, String version, Service service) {
    Optional<Duration> took =
        embedded.flatMap(services -> Optional.ofNullable(services.startTime(service)));
    listener.ready(
        new Part(
            name,
            address.toLowerCase(Locale.ROOT),
            took.isPresent(),
            version,
            took.orElse(Duration.ZERO)));
  }

  DatabaseConfig database() {
    return database;
  }

  KafkaConfig kafka() {
    return kafka;
  }

  ObjectStoreConfig objects() {
    return objects;
  }

  /// Only in cloud mode.
  Optional<MetastoreConfig> metastore() {
    return metastore;
  }

  /// Only in cloud mode.
  Optional<TrinoConfig> trino() {
    return trino;
  }

  /// Whether the database is of this process.
  boolean databaseIsEmbedded() {
    return embedded.map(services -> services.startTime(Service.DATABASE) != null).orElse(false);
  }

  @Override
  public void close() {
    embeddedTrino.ifPresent(EmbeddedTrino::close);
    embeddedMetastore.ifPresent(EmbeddedMetastore::close);
    embedded.ifPresent(EmbeddedServices::close);
  }
}
