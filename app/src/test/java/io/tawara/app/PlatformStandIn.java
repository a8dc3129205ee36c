package io.tawara.app;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// A Platform Sources that knows the OpenShift sources that it is told of and notes what is pushed.
final class PlatformStandIn implements AutoCloseable {
  static final String PREFIX = "/api/sources/v1.0";

  private final HttpServer server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();

  /// Path and body of every PATCH.
  final List<String> pushed = new CopyOnWriteArrayList<>();

  PlatformStandIn() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    answers.put(
        PREFIX + "/application_types?filter[name]=/insights/platform/cost-management",
        "{\"data\": [{\"id\": \"2\"}]}");
    answers.put(PREFIX + "/source_types?filter[id]=1", "{\"data\": [{\"name\": \"openshift\"}]}");
  }

  int port() {
    return server.getAddress().getPort();
  }

  void source(int id, String name, String uid, String cluster) {
    answers.put(
        PREFIX + "/sources/" + id,
        "{\"id\": \"%d\", \"name\": \"%s\", \"uid\": \"%s\", \"source_type_id\": \"1\", \"source_ref\": \"%s\"}"
            .formatted(id, name, uid, cluster));
    answers.put(
        PREFIX + "/application_types/2/sources?filter[id]=" + id, "{\"data\": [{\"id\": \"1\"}]}");
    answers.put(
        PREFIX + "/applications?filter[source_id]=%d&filter[application_type_id]=2".formatted(id),
        "{\"data\": [{\"id\": \"%d\", \"extra\": {}}]}".formatted(1000 + id));
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String target =
          URLDecoder.decode(exchange.getRequestURI().toString(), StandardCharsets.UTF_8);
      if (exchange.getRequestMethod().equals("PATCH")) {
        pushed.add(
            target
                + " "
                + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(204, -1);
        return;
      }
      String known = answers.get(target);
      byte[] body = (known == null ? "Source not found" : known).getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(known == null ? 404 : 200, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
