package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.Values;
import io.tawara.embedded.TestServices;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process without the gateway is watched like one with it.
class ProbesTest {
  @TempDir private Path directory;

  @Test
  void aWorkerAnswersProbesAndFiguresAndNothingElse() throws Exception {
    var settings =
        new HashMap<>(
            ServiceSettings.of(
                TestServices.freshDatabase("probes"),
                TestServices.kafka(),
                TestServices.freshBuckets("probes")));
    settings.put("TAWARA_INTERNAL_PORT", "0");
    settings.put("TAWARA_ROLES", "listener,worker");
    settings.put("TAWARA_DATA_DIR", directory.toString());
    var parts = new HashMap<String, String>();
    var listener =
        new StartListener() {
          @Override
          public void ready(Part part) {
            parts.put(part.name(), part.address());
          }

          @Override
          public void progress(String line) {}
        };
    try (var tawara =
            Tawara.start(
                Configuration.of(Values.read(settings, Map.of(), Optional.empty())),
                Tawara.Options.test(),
                listener);
        var client = HttpClient.newHttpClient()) {
      assertThat(tawara.configuration().roles()).hasSize(2);
      assertThat(parts).containsKeys("PostgreSQL", "Worker", "Probes").doesNotContainKey("Gateway");
      String probes = parts.get("Probes");
      assertThat(get(client, probes + "/livez").statusCode()).isEqualTo(200);
      assertThat(get(client, probes + "/readyz").statusCode()).isEqualTo(200);
      assertThat(get(client, probes + "/metrics").body())
          .contains("disk_free_bytes", "ocp_backlog", "jvm_memory_used_bytes")
          .contains("kafka_consumer_fetch_manager_records_lag_max");
      assertThat(get(client, probes + "/api/cost-management/v1/jobs/").statusCode()).isEqualTo(404);
      assertThat(get(client, probes + "/api/cost-management/v1/sources/").statusCode())
          .isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(HttpClient client, String address)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(URI.create(address)).build(), HttpResponse.BodyHandlers.ofString());
  }
}
