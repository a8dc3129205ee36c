package io.tawara.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A service in a JVM of its own: log file, readiness, orderly end. Its process id is kept in the
/// service's folder, so that a service which outlived its killed parent is ended at the next start.
final class ChildJvm implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ChildJvm.class);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final String name;
  private final Process process;
  private final Path identity;
  private final Path log;

  private ChildJvm(String name, Process process, Path identity, Path log) {
    this.name = name;
    this.process = process;
    this.identity = identity;
    this.log = log;
  }

  /// Starts a JVM like this one.
  ///
  /// @param directory of the service: log and process id are kept there
  /// @param arguments options, class path, main class and its arguments
  static ChildJvm start(String name, Path directory, List<String> arguments) throws IOException {
    Files.createDirectories(directory);
    Path identity = directory.resolve("process");
    endOrphan(name, identity);
    Path log = directory.resolve(name + ".log");
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(arguments);
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    Files.writeString(identity, process.pid() + "\n" + startOf(process.toHandle()));
    return new ChildJvm(name, process, identity, log);
  }

  /// Waits until the service is ready.
  void await(Duration longest, BooleanSupplier ready) throws IOException, InterruptedException {
    long end = System.nanoTime() + longest.toNanos();
    while (!ready.getAsBoolean()) {
      if (!process.isAlive()) {
        throw new IOException(name + " ended at once: " + lastLines());
      }
      if (System.nanoTime() > end) {
        close();
        throw new IOException(name + " was not ready after " + longest + ", see " + log);
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private String lastLines() throws IOException {
    List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - 8), lines.size()));
  }

  private static String startOf(ProcessHandle handle) {
    return handle.info().startInstant().map(Object::toString).orElse("");
  }

  /// The number alone may have been given to another process meanwhile: its start must agree too.
  private static void endOrphan(String name, Path identity) throws IOException {
    if (!Files.exists(identity)) {
      return;
    }
    List<String> lines = Files.readAllLines(identity);
    if (lines.size() == 2 && lines.get(0).matches("\\d{1,9}")) {
      Optional<ProcessHandle> orphan =
          ProcessHandle.of(Long.parseLong(lines.get(0)))
              .filter(handle -> startOf(handle).equals(lines.get(1)));
      if (orphan.isPresent()) {
        LOG.info("ending the {} that a killed Tawara left behind", name);
        end(orphan.get());
      }
    }
    Files.delete(identity);
  }

  private static void end(ProcessHandle handle) {
    handle.destroy();
    long deadline = System.nanoTime() + STOP.toNanos();
    while (handle.isAlive() && System.nanoTime() < deadline) {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    handle.destroyForcibly();
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    end(process.toHandle());
    try {
      Files.deleteIfExists(identity);
    } catch (IOException failure) {
      LOG.warn("{} is stopped, its process file stays: {}", name, failure.getMessage());
    }
  }
}
