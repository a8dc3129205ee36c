package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// The embedded services of one data directory, started side by side. A lock on the directory keeps
/// a second process away from it.
public final class EmbeddedServices implements AutoCloseable {
  /// What can be embedded, with the port that is taken when it is free.
  public enum Service {
    DATABASE(15432),
    KAFKA(19092),
    OBJECT_STORE(19000);

    private final int preferredPort;

    Service(int preferredPort) {
      this.preferredPort = preferredPort;
    }
  }

  /// @param wanted what to start; the rest is external
  /// @param durable fsync for the database
  /// @param fixedPorts whether to try the well-known ports first; otherwise any free ones
  /// @param bucket name of the bucket of cost data
  /// @param rosBucket name of the bucket of resource optimisation
  public record Settings(
      Path directory,
      Set<Service> wanted,
      boolean durable,
      boolean fixedPorts,
      String bucket,
      String rosBucket) {
    public Settings {
      wanted = Set.copyOf(wanted);
    }
  }

  private final Settings settings;
  private final FileChannel lockFile;
  private final Map<Service, AutoCloseable> running = new EnumMap<>(Service.class);
  private final Map<Service, Duration> startTimes = new EnumMap<>(Service.class);
  private final List<Ports.Claim> claims = new ArrayList<>();

  private EmbeddedServices(Settings settings, FileChannel lockFile) {
    this.settings = settings;
    this.lockFile = lockFile;
  }

  /// Starts what is wanted and returns when all of it takes connections. When one fails, the others
  /// are stopped again.
  public static EmbeddedServices start(Settings settings) {
    var services = new EmbeddedServices(settings, lock(settings.directory()));
    try {
      services.startAll();
      return services;
    } catch (RuntimeException failure) {
      services.close();
      throw failure;
    }
  }

  public EmbeddedPostgres database() {
    return (EmbeddedPostgres) of(Service.DATABASE);
  }

  public EmbeddedKafka kafka() {
    return (EmbeddedKafka) of(Service.KAFKA);
  }

  public EmbeddedObjectStore objectStore() {
    return (EmbeddedObjectStore) of(Service.OBJECT_STORE);
  }

  /// How long a service took to start.
  public Duration startTime(Service service) {
    return startTimes.get(service);
  }

  private AutoCloseable of(Service service) {
    AutoCloseable found = running.get(service);
    if (found == null) {
      throw new IllegalStateException(service + " was not asked for");
    }
    return found;
  }

  private static FileChannel lock(Path directory) {
    try {
      Files.createDirectories(directory);
      FileChannel channel =
          FileChannel.open(
              directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock;
      try {
        lock = channel.tryLock();
      } catch (OverlappingFileLockException sameProcess) {
        lock = null;
      }
      if (lock == null) {
        channel.close();
        throw new TawaraException(
            Category.UNAVAILABLE,
            "another Tawara is running on " + directory.toAbsolutePath().normalize());
      }
      return channel;
    } catch (IOException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "data directory cannot be used: " + failure, failure);
    }
  }

  private record Started(Service service, AutoCloseable server, Duration time) {}

  private void startAll() {
    var starting = new ArrayList<Future<Started>>();
    try (var threads = Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
      for (Service service : settings.wanted()) {
        starting.add(threads.submit((Callable<Started>) () -> startOne(service)));
      }
    }
    TawaraException first = null;
    for (Future<Started> each : starting) {
      try {
        Started started = each.get();
        running.put(started.service(), started.server());
        startTimes.put(started.service(), started.time());
      } catch (ExecutionException failed) {
        TawaraException failure =
            failed.getCause() instanceof TawaraException known
                ? known
                : new TawaraException(
                    Category.INTERNAL, "an embedded service did not start", failed.getCause());
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        first = new TawaraException(Category.UNAVAILABLE, "start interrupted", interrupted);
      }
    }
    if (first != null) {
      throw first;
    }
  }

  /// Whether the port is free and no other start on this machine is about to take it.
  private synchronized boolean claim(int port) {
    return Ports.claim(port).map(claims::add).orElse(false);
  }

  private Started startOne(Service service) {
    long begin = System.nanoTime();
    int port = settings.fixedPorts() && claim(service.preferredPort) ? service.preferredPort : 0;
    Path directory = settings.directory();
    AutoCloseable server =
        switch (service) {
          case DATABASE ->
              EmbeddedPostgres.start(
                  new EmbeddedPostgres.Settings(
                      directory.resolve("postgres"), port, settings.durable()));
          case KAFKA -> EmbeddedKafka.start(directory.resolve("kafka"), port);
          case OBJECT_STORE ->
              EmbeddedObjectStore.start(
                  directory.resolve("objects"), port, settings.bucket(), settings.rosBucket());
        };
    return new Started(service, server, Duration.ofNanos(System.nanoTime() - begin));
  }

  /// Stops everything; the data stay. The database goes last, since the others' clients may still
  /// write to it.
  @Override
  public void close() {
    TawaraException first = null;
    for (Service service : List.of(Service.KAFKA, Service.OBJECT_STORE, Service.DATABASE)) {
      AutoCloseable server = running.remove(service);
      if (server == null) {
        continue;
      }
      try {
        server.close();
      } catch (Exception failure) { // every service gets its stop
        first =
            first == null
                ? new TawaraException(
                    Category.UNAVAILABLE, service + " could not be stopped", failure)
                : first;
      }
    }
    claims.forEach(Ports.Claim::close);
    claims.clear();
    try {
      lockFile.close();
    } catch (IOException failure) {
      throw new TawaraException(Category.INTERNAL, "lock could not be released", failure);
    }
    if (first != null) {
      throw first;
    }
  }
}
