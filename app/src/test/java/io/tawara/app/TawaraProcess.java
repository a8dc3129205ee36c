package io.tawara.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.embedded.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// The program in a process of its own over a database, a broker and a store that outlive it, to be
/// killed without warning.
final class TawaraProcess implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST = Duration.ofMinutes(8);
  private static final String API = "/api/cost-management/v1/";

  private final Map<String, String> environment = new HashMap<>();
  private final Path directory;
  private final int port = Ports.free();
  private final int internalPort = Ports.free();
  private final HttpClient client = HttpClient.newHttpClient();
  private Process process;

  /// @param settings beside those of the services
  TawaraProcess(
      DatabaseConfig database,
      KafkaConfig kafka,
      ObjectStoreConfig objects,
      Map<String, String> settings) {
    try {
      this.directory = Files.createTempDirectory("tawara-process");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    environment.putAll(ServiceSettings.of(database, kafka, objects));
    environment.put("TAWARA_DATABASE_POOL", "8");
    environment.put("TAWARA_PORT", Integer.toString(port));
    environment.put("TAWARA_INTERNAL_PORT", Integer.toString(internalPort));
    environment.put("TAWARA_DATA_DIR", directory.toString());
    environment.put("TAWARA_NOW", RunningTawara.NOW);
    environment.put("ENHANCED_ORG_ADMIN", "True");
    environment.put("RETRY_SECONDS", "1");
    environment.putAll(settings);
  }

  /// Starts it; returns when it answers.
  void start() {
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
                    System.getProperty("java.class.path"),
                    Main.class.getName(),
                    "up"))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("output.log").toFile()));
    builder.environment().putAll(environment);
    try {
      process = builder.start();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    await(
        "the program answers",
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError("the program ended: " + output());
          }
          return answers();
        });
  }

  private boolean answers() {
    try {
      return exchange(request("GET", API + "status/", null).build()).statusCode() == 200;
    } catch (UncheckedIOException notYet) {
      return false;
    }
  }

  /// Ends it as a power cut does.
  void kill() {
    process.destroyForcibly();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("the program does not die");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  int port() {
    return port;
  }

  int internalPort() {
    return internalPort;
  }

  void restart() {
    kill();
    start();
  }

  /// Everything that it wrote.
  String output() {
    try {
      return Files.readString(directory.resolve("output.log"));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  HttpResponse<String> send(String method, String path, String identity, String body) {
    var request =
        request(
            method,
            API + path,
            body == null
                ? HttpRequest.BodyPublishers.noBody()
                : HttpRequest.BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    return exchange(request.header("x-rh-identity", identity).build());
  }

  /// The JSON of a successful answer.
  JsonNode json(String method, String path, String identity, String body) {
    HttpResponse<String> answer = send(method, path, identity, body);
    if (answer.statusCode() / 100 != 2) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return parse(answer.body());
  }

  /// Sends a delivery; it is taken in when this returns, not read yet.
  void upload(byte[] payload, String identity) {
    String boundary = UUID.randomUUID().toString();
    String head =
        "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"p.tar.gz\"\r\n"
                .formatted(boundary)
            + "Content-Type: application/vnd.redhat.hccm.tar+tgz\r\n\r\n";
    var request =
        request(
                "POST",
                "/api/ingress/v1/upload",
                HttpRequest.BodyPublishers.concat(
                    HttpRequest.BodyPublishers.ofString(head),
                    HttpRequest.BodyPublishers.ofByteArray(payload),
                    HttpRequest.BodyPublishers.ofString("\r\n--" + boundary + "--\r\n")))
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .header("x-rh-identity", identity);
    HttpResponse<String> answer = exchange(request.build());
    if (answer.statusCode() != 202) {
      throw new AssertionError("upload: " + answer.statusCode() + " " + answer.body());
    }
  }

  /// Waits until everything that was accepted has had its last effect.
  void awaitIdle() {
    await(
        "everything is done",
        () -> {
          var request =
              HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + internalPort + API + "jobs/"));
          JsonNode jobs = parse(exchange(request.build()).body());
          if (jobs.path("failed").asInt(0) != 0) {
            throw new AssertionError("failed work: " + jobs + "\n" + output());
          }
          return jobs.path("queued").asInt(-1) == 0 && jobs.path("running").asInt(-1) == 0;
        });
  }

  /// Waits for something that the program has to bring about.
  void await(String what, BooleanSupplier condition) {
    try {
      awaitAny(what, condition);
    } catch (AssertionError late) {
      String output = output();
      throw new AssertionError(
          late.getMessage() + "\n" + output.substring(Math.max(0, output.length() - 12_000)), late);
    }
  }

  static void awaitAny(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within " + LONGEST + ": " + what);
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }
  }

  private HttpRequest.Builder request(String method, String path, HttpRequest.BodyPublisher body) {
    String escaped = path.replace("[", "%5B").replace("]", "%5D");
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + escaped))
        .timeout(Duration.ofMinutes(3))
        .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : body);
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return text.isEmpty() ? JSON.createObjectNode() : JSON.readTree(text);
    } catch (IOException notJson) {
      throw new UncheckedIOException(notJson);
    }
  }

  @Override
  public void close() {
    if (process != null) {
      kill();
    }
    client.close();
    TemporaryFiles.delete(directory);
  }
}
