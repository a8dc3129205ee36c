package io.tawara.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.app.client.Api;
import io.tawara.app.client.ClusterSources;
import io.tawara.app.client.Sender;
import io.tawara.app.sample.SampleCluster;
import io.tawara.app.sample.SamplePayloads;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/// A small sample cluster with a cost model, sent payload by payload to some Tawara, and everything
/// that reports then say: two runs that end equal have lost and doubled nothing.
final class SampleRun implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern UUIDS = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Duration LONGEST = Duration.ofMinutes(8);
  private static final SampleCluster CLUSTER = new SampleCluster("anchor", 7, 6);

  /// The kinds of work that a payload causes, in their order.
  static final List<String> STAGES = List.of("payload", "summar", "cost");

  private final Api api;
  private final String identity;

  SampleRun(int port, int internalPort, String organisation) {
    this.api =
        new Api(
            URI.create("http://127.0.0.1:" + port),
            URI.create("http://127.0.0.1:" + internalPort),
            "/api/cost-management");
    this.identity = Sender.administrator(organisation, "10001").header();
  }

  /// Payloads of 8 days each, the oldest first.
  static List<Path> payloads(Path directory, int count) throws IOException {
    LocalDate from = LocalDate.parse("2026-10-16");
    return new SamplePayloads(CLUSTER, true)
        .write(from, from.plusDays(8L * count - 1), 8, directory, written -> {}).stream()
            .map(SamplePayloads.Written::file)
            .toList();
  }

  /// Makes source and cost model, when they are not there.
  void prepare() {
    var sources = new ClusterSources(api, identity);
    String source =
        sources.find(CLUSTER.name()).orElseGet(() -> sources.create("Anchor", CLUSTER.name()));
    if (api.get("cost-models/", identity).path("data").isEmpty()) {
      Api.Answer answer =
          api.send(
              "POST",
              "cost-models/",
              identity,
              parse(
                  """
                  {"name": "rates", "description": "", "source_type": "OCP", "currency": "USD",
                   "distribution": "cpu", "source_uuids": ["%s"],
                   "distribution_info": {"distribution_type": "cpu", "platform_cost": true,
                     "worker_cost": true},
                   "rates": [
                     {"metric": {"name": "cpu_core_effective_usage_per_hour"}, "description": "",
                      "cost_type": "Supplementary", "tiered_rates": [{"value": 0.031, "unit": "USD",
                       "usage": {"usage_start": null, "usage_end": null, "unit": "USD"}}]},
                     {"metric": {"name": "storage_gb_request_per_month"}, "description": "",
                      "cost_type": "Supplementary", "tiered_rates": [{"value": 0.09, "unit": "USD",
                       "usage": {"usage_start": null, "usage_end": null, "unit": "USD"}}]},
                     {"metric": {"name": "node_cost_per_month"}, "description": "",
                      "cost_type": "Infrastructure", "tiered_rates": [{"value": 38, "unit": "USD",
                       "usage": {"usage_start": null, "usage_end": null, "unit": "USD"}}]}]}
                  """
                      .formatted(source)));
      if (answer.status() != 201) {
        throw new AssertionError(answer.body());
      }
    }
  }

  void upload(Path payload) {
    api.upload(payload, identity, sent -> {});
  }

  Api api() {
    return api;
  }

  /// Waits until work of a stage runs, or everything has ended already.
  void awaitStage(String stage) throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() < end) {
      for (JsonNode item : api.internal("jobs/items/?state=running").path("data")) {
        if (item.path("kind").asText().contains(stage)) {
          return;
        }
      }
      if (idle(api)) {
        return;
      }
      Thread.sleep(3);
    }
    throw new AssertionError("no work of stage " + stage);
  }

  private static boolean idle(Api api) {
    JsonNode jobs = api.internal("jobs/");
    return jobs.path("queued").asInt() == 0 && jobs.path("running").asInt() == 0;
  }

  /// Waits until all has had its last effect.
  void awaitIdle() throws InterruptedException {
    awaitIdle(api);
  }

  /// [#awaitIdle()] of any Tawara.
  static void awaitIdle(Api api) throws InterruptedException {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!idle(api)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not idle: " + api.internal("jobs/items/"));
      }
      Thread.sleep(50);
    }
  }

  int failedJobs() {
    return api.internal("jobs/").path("failed").asInt();
  }

  /// What reports say about every day, project and node; identifiers of sources are left out.
  Map<String, String> figures() {
    var figures = new LinkedHashMap<String, String>();
    String days = "?start_date=2026-10-16&end_date=2026-11-20&filter[resolution]=daily&limit=10000";
    for (String report : List.of("costs", "compute", "memory", "volumes")) {
      for (String group : Set.of("project", "node")) {
        String path = "reports/openshift/" + report + "/" + days + "&group_by[" + group + "]=*";
        String data = api.get(path, identity).path("data").toPrettyString();
        figures.put(report + " by " + group, UUIDS.matcher(data).replaceAll("source"));
      }
    }
    return figures;
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Override
  public void close() {
    api.close();
  }
}
