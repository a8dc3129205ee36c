package io.tawara.ingest.connect;

import static org.junit.jupiter.api.Assumptions.abort;

import io.tawara.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A real blob server, if Node.js is there; without it tests that need it are skipped. Fetched once
/// per user.
final class Azurite implements AutoCloseable {
  static final String ACCOUNT = "devstoreaccount1";

  /// The well-known key of every Azurite.
  static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  private static final String VERSION = "3.35.0";
  private final Process process;
  private final int port;

  private Azurite(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Azurite start(Path data) {
    Path program = program();
    int port = Ports.free();
    try {
      Process process =
          new ProcessBuilder(
                  program.toString(),
                  "--silent",
                  "--skipApiVersionCheck",
                  "--disableTelemetry",
                  "--blobHost",
                  "127.0.0.1",
                  "--blobPort",
                  Integer.toString(port),
                  "--location",
                  data.toString())
              .redirectErrorStream(true)
              .redirectOutput(data.resolve("azurite.log").toFile())
              .start();
      var azurite = new Azurite(process, port);
      azurite.await();
      return azurite;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private void await() throws IOException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (true) {
      try (var unused = new Socket("127.0.0.1", port)) {
        return;
      } catch (IOException notYet) {
        if (!process.isAlive() || System.nanoTime() > until) {
          process.destroyForcibly();
          throw notYet;
        }
        try {
          Thread.sleep(50);
        } catch (InterruptedException stop) {
          Thread.currentThread().interrupt();
          throw new IOException(stop);
        }
      }
    }
  }

  private static Path program() {
    Path home = Path.of(System.getProperty("user.home"), ".cache/tawara/azurite-" + VERSION);
    Path program = home.resolve("node_modules/.bin/azurite-blob");
    if (Files.exists(program)) {
      return program;
    }
    try {
      Files.createDirectories(home);
      Process install =
          new ProcessBuilder(
                  List.of(
                      "npm",
                      "install",
                      "--no-audit",
                      "--no-fund",
                      "--prefix",
                      home.toString(),
                      "azurite@" + VERSION))
              .redirectErrorStream(true)
              .redirectOutput(home.resolve("install.log").toFile())
              .start();
      if (!install.waitFor(5, TimeUnit.MINUTES) || install.exitValue() != 0) {
        install.destroyForcibly();
        return abort("azurite could not be fetched, see " + home.resolve("install.log"));
      }
      return program;
    } catch (IOException absent) {
      return abort("Node.js is not there, so no blob server: " + absent.getMessage());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return abort("interrupted");
    }
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException stop) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
