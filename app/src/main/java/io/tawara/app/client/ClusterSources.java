package io.tawara.app.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/// The sources of clusters of one organisation.
public final class ClusterSources {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Api api;
  private final String identity;

  public ClusterSources(Api api, String identity) {
    this.api = api;
    this.identity = identity;
  }

  /// The UUID of a cluster's source.
  public Optional<String> find(String cluster) {
    JsonNode sources = api.get("sources/?type=OCP&limit=1000", identity).path("data");
    for (JsonNode source : sources) {
      if (source
          .path("authentication")
          .path("credentials")
          .path("cluster_id")
          .asText()
          .equals(cluster)) {
        return Optional.of(source.path("uuid").asText());
      }
    }
    return Optional.empty();
  }

  /// Makes a source for a cluster.
  ///
  /// @return its UUID
  public String create(String name, String cluster) {
    ObjectNode body = JSON.createObjectNode().put("name", name).put("source_type", "OCP");
    body.putObject("authentication").putObject("credentials").put("cluster_id", cluster);
    Api.Answer answer = api.send("POST", "sources/", identity, body);
    if (answer.status() != 201) {
      throw Api.refused("source of cluster " + cluster, answer);
    }
    return answer.json().path("uuid").asText();
  }
}
