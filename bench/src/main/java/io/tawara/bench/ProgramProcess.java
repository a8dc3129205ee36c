package io.tawara.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.app.client.Api;
import io.tawara.core.error.TawaraException;
import io.tawara.embedded.Ports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The program as a process of its own with a small heap, as users run it.
final class ProgramProcess implements AutoCloseable {
  private final Process process;
  private final Api api;

  private ProgramProcess(Process process, Api api) {
    this.process = process;
    this.api = api;
  }

  /// Starts it and returns when it answers. What no address is given for is embedded.
  ///
  /// @param heap as `-Xmx` takes it
  /// @param now where the clock begins
  static ProgramProcess start(
      Path directory, String heap, String now, Map<String, String> environment)
      throws IOException, InterruptedException {
    int port = Ports.free();
    int internal = Ports.free();
    var builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx" + heap,
            "-Xss512k",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Duser.timezone=UTC",
            "-cp",
            System.getProperty("java.class.path"),
            "io.tawara.app.Main",
            "up",
            "--port",
            Integer.toString(port),
            "--internal-port",
            Integer.toString(internal),
            "--now",
            now,
            "--data-dir",
            directory.toString());
    builder.environment().put("ENHANCED_ORG_ADMIN", "true");
    builder.environment().putAll(environment);
    Files.createDirectories(directory);
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("tawara.log").toFile())
            .start();
    var started =
        new ProgramProcess(
            process,
            new Api(
                URI.create("http://127.0.0.1:" + port),
                URI.create("http://127.0.0.1:" + internal),
                "/api/cost-management"));
    try {
      started.awaitAnswer();
      return started;
    } catch (RuntimeException | InterruptedException failure) {
      started.close();
      throw failure;
    }
  }

  Api api() {
    return api;
  }

  private void awaitAnswer() throws InterruptedException {
    for (int i = 0; i < 3000 && process.isAlive(); i++) {
      try {
        if (api.internal("GET", "/readyz").status() == 200) {
          return;
        }
      } catch (TawaraException notYet) {
        // not listening
      }
      Thread.sleep(100);
    }
    throw new IllegalStateException("Tawara does not answer");
  }

  /// Waits until nothing is left to do.
  void awaitIdle() throws InterruptedException {
    JsonNode jobs;
    do {
      Thread.sleep(20);
      jobs = api.internal("jobs/");
    } while (jobs.path("queued").asInt() + jobs.path("running").asInt() > 0);
    if (jobs.path("failed").asInt() > 0) {
      throw new IllegalStateException(api.internal("jobs/items/?state=failed").toString());
    }
  }

  /// Seconds of both user and system that the process has taken.
  double processorSeconds() {
    return process.info().totalCpuDuration().orElseThrow().toNanos() / 1e9;
  }

  /// The most memory that the process ever held, bytes.
  long peakBytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
      if (line.startsWith("VmHWM:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    return 0;
  }

  @Override
  public void close() throws InterruptedException {
    api.close();
    process.destroy();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
