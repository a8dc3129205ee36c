package io.tawara.app.client;

import io.tawara.app.client.Ingesting.Part;
import io.tawara.app.client.Ingesting.Result;
import io.tawara.app.terminal.Output;
import io.tawara.app.terminal.Progress;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `tawara ingest`: sends payloads and says what became of every file.
@Command(
    name = "ingest",
    description = {
      "Sends payloads (tar.gz of an OpenShift metrics operator) to a running Tawara, waits until"
          + " their summaries are there, and says per file what was read, written and left out.",
      "Exit status 0 when everything was read, 1 otherwise.",
      "Example: ./tawara ingest --create-sources payload.tar.gz"
    },
    mixinStandardHelpOptions = true)
public final class IngestCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "FILE", description = "payloads, oldest first")
  private List<Path> files;

  @Option(
      names = "--create-sources",
      description = "makes a source for a cluster that has none yet")
  private boolean createSources;

  @Mixin private Target target;
  @Mixin private Sender sender;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    for (Path file : files) {
      if (!Files.isReadable(file)) {
        throw new ParameterException(spec.commandLine(), file + " cannot be read");
      }
    }
    try (Api api = target.api();
        var progress =
            new Progress(spec.commandLine().getErr(), Output.terminal() && !output.json())) {
      if (createSources) {
        createSources(api);
      }
      List<Result> results = new Ingesting(api, sender.header(), progress).run(files);
      progress.close();
      if (output.json()) {
        output.print(spec, results.stream().map(IngestCommand::json).toList());
      } else {
        results.forEach(this::print);
      }
      return results.stream().allMatch(Result::good) ? 0 : 1;
    }
  }

  private void createSources(Api api) {
    var sources = new ClusterSources(api, sender.header());
    for (Path file : files) {
      Optional<String> cluster = PayloadCluster.of(file);
      if (cluster.isPresent() && sources.find(cluster.get()).isEmpty()) {
        sources.create(cluster.get(), cluster.get());
        spec.commandLine().getErr().println("Source " + cluster.get() + " created");
      }
    }
  }

  private void print(Result result) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%s: %s%s%n",
        result.payload(),
        result.state().isEmpty() ? "not read, see tawara jobs" : result.state(),
        result.reason().isEmpty() ? "" : " (" + result.reason() + ")");
    for (Part part : result.parts()) {
      out.printf(
          "  %-64s %-16s %-11s %,10d read %,10d written %,8d skipped%s%n",
          part.name(),
          part.type(),
          part.state(),
          part.read(),
          part.written(),
          part.skipped(),
          part.why().isEmpty() ? "" : "  " + part.why());
    }
    out.flush();
  }

  private static Map<String, Object> json(Result result) {
    var members = new LinkedHashMap<String, Object>();
    members.put("payload", result.payload().toString());
    members.put("request_id", result.requestId());
    members.put("state", result.state());
    members.put("reason", result.reason());
    members.put("files", result.parts());
    return members;
  }
}
