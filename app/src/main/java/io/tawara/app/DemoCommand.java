package io.tawara.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.app.client.Api;
import io.tawara.app.client.ClusterSources;
import io.tawara.app.client.Ingesting;
import io.tawara.app.client.Sender;
import io.tawara.app.sample.SampleCluster;
import io.tawara.app.sample.SamplePayloads;
import io.tawara.app.sample.SamplePayloads.Written;
import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.LogFormat;
import io.tawara.app.settings.Settings;
import io.tawara.app.settings.Values;
import io.tawara.app.terminal.Output;
import io.tawara.app.terminal.Progress;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `tawara demo`: everything on this machine, with a sample cluster's costs on the screen.
@Command(
    name = "demo",
    description = {
      "Starts everything on this machine, sends a sample cluster's weeks through the real upload"
          + " path, shows costs by project, and keeps running until Ctrl-C.",
      "A second start finds the data."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final String CLUSTER = "harbour";
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BAR = 16;

  @Option(names = "--exit", description = "stops when the costs were shown")
  private boolean exit;

  @Option(
      names = "--nodes",
      defaultValue = "15",
      description = "nodes of the sample cluster (default ${DEFAULT-VALUE})")
  private int nodes;

  @Mixin private StartOptions start;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  private final Sender sender = Sender.administrator("1234567", "10001");

  @Override
  public Integer call() throws InterruptedException, IOException {
    start.otherwise(Settings.ENHANCED_ORG_ADMIN, "true"); // there is no role service to ask
    Values values = start.values();
    Configuration configuration = Configuration.of(values);
    Path directory = configuration.dataDirectory();
    Files.createDirectories(directory);
    Path log = directory.resolve("tawara.log");
    Logs.configure(LogFormat.TEXT, values.get(Settings.LOG_LEVEL), Optional.of(log));
    PrintWriter out = output.json() ? spec.commandLine().getErr() : spec.commandLine().getOut();
    var report = new StartReport(out, configuration);
    var running = new Running(out);
    Tawara tawara = running.start(configuration, report);
    report.done();
    out.println("Log       " + log);
    URI base = URI.create("http://127.0.0.1:" + tawara.port());
    try (Api api =
        new Api(
            base,
            URI.create("http://127.0.0.1:" + tawara.internalPort()),
            configuration.gateway().pathPrefix())) {
      LocalDate today = LocalDate.ofInstant(tawara.clock().instant(), ZoneOffset.UTC);
      boolean good = load(api, today, directory.resolve("sample"), out);
      JsonNode costs = show(api, today, out);
      if (output.json()) {
        output.print(spec, costs);
      }
      if (exit || !good) {
        running.stop();
        return good ? 0 : 1;
      }
      next(out, base, configuration);
    } catch (IOException | RuntimeException failure) {
      running.stop();
      throw failure;
    }
    new CountDownLatch(1).await(); // the shutdown hook ends the process
    return 0;
  }

  /// Makes and sends the sample, unless that was done for this day before.
  private boolean load(Api api, LocalDate today, Path directory, PrintWriter out)
      throws InterruptedException, IOException {
    LocalDate from = today.withDayOfMonth(1).minusMonths(1);
    LocalDate to = today.minusDays(1);
    Path done = directory.resolve("%s.%s..%s.sent".formatted(CLUSTER, from, to));
    var sources = new ClusterSources(api, sender.header());
    if (Files.exists(done) && sources.find(CLUSTER).isPresent()) {
      out.printf("Sample    cluster \"%s\" is there from an earlier start%n", CLUSTER);
      return true;
    }
    long begin = System.nanoTime();
    List<Written> payloads =
        new SamplePayloads(new SampleCluster(CLUSTER, nodes, 12), false)
            .write(from, to, 31, directory, written -> {});
    out.printf(
        Locale.ROOT,
        "Sample    cluster \"%s\", %d nodes, %s … %s, %s of CSV (%.1f s)%n",
        CLUSTER,
        nodes,
        from,
        to,
        Output.megabytes(payloads.stream().mapToLong(Written::csvBytes).sum()),
        (System.nanoTime() - begin) / 1e9);
    out.flush();
    String source = sources.find(CLUSTER).orElseGet(() -> sources.create("Harbour", CLUSTER));
    costModel(api, source);
    boolean good;
    try (var progress =
        new Progress(spec.commandLine().getErr(), Output.terminal() && !output.json())) {
      good =
          new Ingesting(api, sender.header(), progress)
              .run(payloads.stream().map(Written::file).toList()).stream()
                  .allMatch(Ingesting.Result::good);
    }
    if (good) {
      Files.writeString(done, "");
    } else {
      out.println("Not everything was read: ./tawara ledger says why");
    }
    for (Written each : payloads) {
      Files.deleteIfExists(each.file());
    }
    return good;
  }

  /// Rates that make usage cost something.
  private void costModel(Api api, String source) {
    for (JsonNode model :
        api.get("cost-models/?source_uuid=" + source, sender.header()).path("data")) {
      if (model.path("name").asText().equals("Sample rates")) {
        return;
      }
    }
    ObjectNode model =
        JSON.createObjectNode()
            .put("name", "Sample rates")
            .put("description", "What the demo calculates with")
            .put("source_type", "OCP")
            .put("currency", "USD")
            .put("distribution", "cpu");
    model.putArray("source_uuids").add(source);
    model
        .putObject("distribution_info")
        .put("distribution_type", "cpu")
        .put("platform_cost", true)
        .put("worker_cost", true);
    var rates = model.putArray("rates");
    rates.add(rate("cpu_core_effective_usage_per_hour", "0.031"));
    rates.add(rate("memory_gb_effective_usage_per_hour", "0.0042"));
    rates.add(rate("storage_gb_request_per_month", "0.09"));
    rates.add(rate("node_cost_per_month", "38"));
    Api.Answer answer = api.send("POST", "cost-models/", sender.header(), model);
    if (answer.status() != 201) {
      throw Api.refused("cost model of the demo", answer);
    }
  }

  private static ObjectNode rate(String metric, String value) {
    ObjectNode rate =
        JSON.createObjectNode().put("description", "").put("cost_type", "Supplementary");
    rate.putObject("metric").put("name", metric);
    ObjectNode tier = rate.putArray("tiered_rates").addObject();
    tier.put("value", new BigDecimal(value)).put("unit", "USD");
    tier.putObject("usage").putNull("usage_start").putNull("usage_end").put("unit", "USD");
    return rate;
  }

  private record Line(String project, BigDecimal cost, BigDecimal usage, BigDecimal request) {}

  /// Prints and gives back costs by project of this month, or of the last on its first day.
  private JsonNode show(Api api, LocalDate today, PrintWriter out) {
    boolean first = today.getDayOfMonth() == 1;
    String scope =
        "filter[time_scope_value]=%d&filter[time_scope_units]=month&filter[resolution]=monthly&group_by[project]=*"
            .formatted(first ? -2 : -1);
    JsonNode costs = api.get("reports/openshift/costs/?" + scope, sender.header());
    JsonNode compute = api.get("reports/openshift/compute/?" + scope, sender.header());
    Map<String, JsonNode> usage = byProject(compute);
    var lines = new ArrayList<Line>();
    byProject(costs)
        .forEach(
            (project, values) ->
                lines.add(
                    new Line(
                        project,
                        number(values.path("cost").path("total").path("value")),
                        number(usage.getOrDefault(project, values).path("usage").path("value")),
                        number(
                            usage.getOrDefault(project, values).path("request").path("value")))));
    lines.sort(Comparator.comparing(Line::cost).reversed());
    BigDecimal most =
        lines.isEmpty() ? BigDecimal.ONE : lines.getFirst().cost().max(BigDecimal.ONE);
    out.printf(
        "%n%-24s %12s  %-16s %16s  %s%n",
        first ? "Costs by project, USD" : "Costs this month, USD",
        "cost",
        "",
        "CPU core-hours",
        "usage of request");
    for (Line line : lines) {
      out.printf(
          Locale.ROOT,
          "  %-22s %,12.2f  %-16s %,16.1f  %s%n",
          line.project(),
          line.cost(),
          "▇"
              .repeat(
                  line.cost()
                      .multiply(BigDecimal.valueOf(BAR))
                      .divide(most, 0, RoundingMode.HALF_UP)
                      .max(BigDecimal.ZERO)
                      .intValue()),
          line.usage(),
          line.request().signum() == 0
              ? ""
              : line.usage()
                      .multiply(BigDecimal.valueOf(100))
                      .divide(line.request(), 0, RoundingMode.HALF_UP)
                  + " %");
    }
    out.flush();
    return costs;
  }

  private static Map<String, JsonNode> byProject(JsonNode report) {
    var found = new HashMap<String, JsonNode>();
    for (JsonNode period : report.path("data")) {
      for (JsonNode project : period.path("projects")) {
        found.put(project.path("project").asText(), project.path("values").path(0));
      }
    }
    return found;
  }

  private static BigDecimal number(JsonNode node) {
    return node.isNumber() ? new BigDecimal(node.asText()) : BigDecimal.ZERO;
  }

  private static void next(PrintWriter out, URI base, Configuration configuration) {
    out.printf(
        """

        Next:  curl -s '%s%s/v1/reports/openshift/costs/?group_by[project]=*' -g -H "x-rh-identity: $(./tawara identity)"
               ./tawara ingest --create-sources payload.tar.gz      ./tawara up --help      README.md, "Connect a real cluster"
        Running until Ctrl-C.
        """,
        base, configuration.gateway().pathPrefix());
    out.flush();
  }
}
