package io.tawara.app;

import io.tawara.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// `tawara up` as a process of its own, to be killed.
final class ProcessTawara implements AutoCloseable {
  private static final Duration START = Duration.ofMinutes(8);

  private final Path output;
  private final Process process;
  private final int port = Ports.free();
  private final int internalPort = Ports.free();

  /// @param directory data of an earlier process, or empty
  ProcessTawara(Path directory, Map<String, String> environment)
      throws IOException, InterruptedException {
    this.output = Files.createTempFile("tawara-process", ".log");
    String surefire = System.getProperty("surefire.test.class.path");
    var builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Duser.timezone=UTC",
                "-cp",
                surefire == null ? System.getProperty("java.class.path") : surefire,
                "io.tawara.app.Main",
                "up",
                "--port",
                Integer.toString(port),
                "--internal-port",
                Integer.toString(internalPort),
                "--data-dir",
                directory.toString(),
                "--now",
                RunningTawara.NOW));
    builder.environment().put("ENHANCED_ORG_ADMIN", "true");
    builder.environment().put("KOKU_PARITY", "all");
    builder.environment().put("RETRY_SECONDS", "1");
    builder.environment().putAll(environment);
    this.process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
            .start();
    awaitReady();
  }

  private void awaitReady() throws InterruptedException {
    long end = System.nanoTime() + START.toNanos();
    URI status = URI.create("http://127.0.0.1:" + port + "/readyz");
    try (var client = HttpClient.newHttpClient()) {
      while (System.nanoTime() < end && process.isAlive()) {
        try {
          HttpResponse<Void> answer =
              client.send(
                  HttpRequest.newBuilder(status).build(), HttpResponse.BodyHandlers.discarding());
          if (answer.statusCode() == 200) {
            return;
          }
        } catch (IOException notYet) {
          Thread.sleep(100);
        }
      }
    }
    kill();
    throw new AssertionError("did not start:\n" + output());
  }

  int port() {
    return port;
  }

  int internalPort() {
    return internalPort;
  }

  /// Everything that the process has printed.
  String output() {
    try {
      return Files.readString(output);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// `kill -9`.
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// `SIGTERM`.
  ///
  /// @return the exit status
  int terminate() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      kill();
      throw new AssertionError("did not stop:\n" + output());
    }
    return process.exitValue();
  }

  @Override
  public void close() throws InterruptedException {
    if (process.isAlive()) {
      terminate();
    }
  }
}
