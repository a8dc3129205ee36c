package io.tawara.gateway.http;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the endpoint of a path. A literal segment wins over a parameter.
final class Routes {
  /// What a path leads to.
  sealed interface Match {
    record Found(Endpoint endpoint, Map<String, String> parameters) implements Match {}

    /// There is an endpoint when a slash is added.
    record WithSlash(Endpoint endpoint) implements Match {}

    record Nothing() implements Match {}
  }

  private static final class Node {
    private final Map<String, Node> literals = new HashMap<>();
    private Node parameter;
    private String parameterName;
    private Endpoint bare;
    private Endpoint slashed;
  }

  private final Node root = new Node();

  Routes(Collection<Endpoint> endpoints) {
    endpoints.forEach(this::add);
  }

  private void add(Endpoint endpoint) {
    String path = endpoint.path();
    boolean closing = path.endsWith("/");
    Node node = root;
    for (String segment : segments(path)) {
      if (segment.startsWith("{") && segment.endsWith("}")) {
        String name = segment.substring(1, segment.length() - 1);
        if (node.parameter == null) {
          node.parameter = new Node();
          node.parameterName = name;
        } else if (!node.parameterName.equals(name)) {
          throw new IllegalStateException(path + ": the parameter is called " + node.parameterName);
        }
        node = node.parameter;
      } else {
        node = node.literals.computeIfAbsent(segment, unused -> new Node());
      }
    }
    boolean slashed = closing || endpoint.slash() == Endpoint.Slash.OPTIONAL;
    boolean bare = !closing || endpoint.slash() == Endpoint.Slash.OPTIONAL;
    if ((slashed && node.slashed != null) || (bare && node.bare != null)) {
      throw new IllegalStateException("two endpoints for " + path);
    }
    node.slashed = slashed ? endpoint : node.slashed;
    node.bare = bare ? endpoint : node.bare;
  }

  Match find(String path) {
    boolean closing = path.endsWith("/");
    var segments = segments(path).toArray(String[]::new);
    Optional<Match> found = find(root, segments, 0, closing, new HashMap<>());
    return found.orElse(new Match.Nothing());
  }

  private static Optional<Match> find(
      Node node, String[] segments, int at, boolean closing, Map<String, String> parameters) {
    if (at == segments.length) {
      Endpoint endpoint = closing ? node.slashed : node.bare;
      if (endpoint != null) {
        return Optional.of(new Match.Found(endpoint, parameters));
      }
      boolean redirect =
          !closing && node.slashed != null && node.slashed.slash() == Endpoint.Slash.REQUIRED;
      return redirect ? Optional.of(new Match.WithSlash(node.slashed)) : Optional.empty();
    }
    Node literal = node.literals.get(segments[at]);
    if (literal != null) {
      var found = find(literal, segments, at + 1, closing, parameters);
      if (found.isPresent()) {
        return found;
      }
    }
    if (node.parameter != null && !segments[at].isEmpty()) {
      var more = new HashMap<>(parameters);
      more.put(node.parameterName, Query.decode(segments[at], false));
      return find(node.parameter, segments, at + 1, closing, more);
    }
    return Optional.empty();
  }

  private static List<String> segments(String path) {
    String inner = path.startsWith("/") ? path.substring(1) : path;
    inner = inner.endsWith("/") ? inner.substring(0, inner.length() - 1) : inner;
    return List.of(inner.split("/", -1));
  }
}
