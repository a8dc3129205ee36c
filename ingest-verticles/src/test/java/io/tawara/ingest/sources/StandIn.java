package io.tawara.ingest.sources;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/// A Platform Sources that tests fill, slow down and break. Path with query → answer.
final class StandIn implements AutoCloseable {
  record Said(int status, String body, long delayMilliseconds) {}

  private final HttpServer server;
  private final Map<String, Said> answers = new ConcurrentHashMap<>();
  final List<String> asked = new CopyOnWriteArrayList<>();
  final List<String> patched = new CopyOnWriteArrayList<>();
  volatile boolean broken;

  StandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
    say(
        "/api/application_types?filter[name]=/insights/platform/cost-management",
        "{\"data\": [{\"id\": \"2\"}]}");
    for (var type : List.of("1:openshift", "2:amazon", "3:azure", "4:google", "9:satellite")) {
      String[] parts = type.split(":", -1);
      say(
          "/api/source_types?filter[id]=" + parts[0],
          "{\"data\": [{\"name\": \"" + parts[1] + "\"}]}");
    }
  }

  URI address(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  void say(String path, String body) {
    answers.put(path, new Said(200, body, 0));
  }

  void say(String path, int status, String body, long delayMilliseconds) {
    answers.put(path, new Said(status, body, delayMilliseconds));
  }

  /// A source with cost management connected.
  void source(int id, int type, String name, String uid, String reference) {
    say(
        "/api/sources/" + id,
        """
        {"id": "%d", "name": "%s", "uid": "%s", "source_type_id": "%d", "source_ref": "%s"}
        """
            .formatted(id, name, uid, type, reference));
    say("/api/application_types/2/sources?filter[id]=" + id, "{\"data\": [{\"id\": \"1\"}]}");
    application(id, "{}");
  }

  void application(int id, String extra) {
    say(
        "/api/applications?filter[source_id]=%d&filter[application_type_id]=2".formatted(id),
        "{\"data\": [{\"id\": \"%d\", \"extra\": %s}]}".formatted(1000 + id, extra));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target =
          URLDecoder.decode(exchange.getRequestURI().toString(), StandardCharsets.UTF_8);
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(exchange.getRequestMethod() + " " + target);
      if (broken) {
        return;
      }
      Said said = answers.getOrDefault(target, new Said(404, "Source not found", 0));
      if (exchange.getRequestMethod().equals("PATCH")) {
        patched.add(target + " " + body);
        said = new Said(204, "", 0);
      }
      if (said.delayMilliseconds() > 0) {
        Thread.sleep(said.delayMilliseconds());
      }
      byte[] bytes = said.body().getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(said.status(), bytes.length == 0 ? -1 : bytes.length);
      if (bytes.length > 0) {
        exchange.getResponseBody().write(bytes);
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
