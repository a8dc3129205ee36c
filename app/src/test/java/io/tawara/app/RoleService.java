package io.tawara.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// A role service over HTTP: what each user may do, as it was told; others nothing.
public final class RoleService implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Map<String, JsonNode> access = new ConcurrentHashMap<>();
  private final HttpServer server;

  RoleService() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 64);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    server.createContext("/", this::answer);
    server.start();
  }

  int port() {
    return server.getAddress().getPort();
  }

  /// From now on a user may do this.
  ///
  /// @param entries as the service's `data`: a list of `permission` and `resourceDefinitions`
  public void allow(String user, JsonNode entries) {
    access.put(user, entries);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String header = exchange.getRequestHeaders().getFirst("x-rh-identity");
      JsonNode identity = JSON.readTree(Base64.getDecoder().decode(header)).path("identity");
      String user =
          identity
              .path("user")
              .path("username")
              .asText(identity.path("service_account").path("username").asText(""));
      JsonNode entries = access.getOrDefault(user, JsonNodeFactory.instance.arrayNode());
      ObjectNode body = JSON.createObjectNode();
      body.putObject("meta").put("count", entries.size()).put("limit", 1000).put("offset", 0);
      body.putObject("links").putNull("next").putNull("previous");
      body.set("data", ((ArrayNode) entries).deepCopy());
      byte[] bytes = JSON.writeValueAsBytes(body);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
