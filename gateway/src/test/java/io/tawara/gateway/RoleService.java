package io.tawara.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tawara.gateway.http.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A role service on a free port that gives users what tests granted them, and others nothing.
public final class RoleService implements AutoCloseable {
  private final HttpServer server;
  private final Map<String, List<JsonNode>> granted = new ConcurrentHashMap<>();

  private RoleService(HttpServer server) {
    this.server = server;
  }

  public static RoleService start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var service = new RoleService(server);
    server.createContext("/rbac/access/", service::answer);
    server.start();
    return service;
  }

  public URI uri() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/rbac/access/");
  }

  /// Lets a user read resources.
  ///
  /// @param type of the resources, for example `openshift.cluster`
  /// @param resources those that may be read; none: all of them
  public void grant(String user, String type, List<String> resources) {
    ObjectNode entry = Json.object().put("permission", "cost-management:" + type + ":read");
    ArrayNode definitions = entry.putArray("resourceDefinitions");
    if (!resources.isEmpty()) {
      ObjectNode filter = definitions.addObject().putObject("attributeFilter");
      filter.put("key", "cost-management." + type).put("operation", "in");
      resources.forEach(filter.putArray("value")::add);
    }
    granted.merge(
        user,
        List.of(entry),
        (earlier, more) -> {
          var all = new ArrayList<>(earlier);
          all.addAll(more);
          return List.copyOf(all);
        });
  }

  private void answer(HttpExchange exchange) throws IOException {
    String identity = exchange.getRequestHeaders().getFirst("x-rh-identity");
    String user =
        Json.read(Base64.getDecoder().decode(identity)).at("/identity/user/username").asText();
    ObjectNode body = Json.object();
    body.putObject("links").putNull("next");
    granted.getOrDefault(user, List.of()).forEach(body.putArray("data")::add);
    byte[] bytes = Json.text(body).getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
