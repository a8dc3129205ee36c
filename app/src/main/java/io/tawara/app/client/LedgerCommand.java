package io.tawara.app.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.app.terminal.Output;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `tawara ledger`: every file that came in, and what became of it.
@Command(
    name = "ledger",
    description = {
      "Shows the files that came in, the newest first: what was read, written, left out and why.",
      "Example: ./tawara ledger --state quarantined"
    },
    mixinStandardHelpOptions = true)
public final class LedgerCommand implements Callable<Integer> {
  @Option(
      names = "--state",
      description = "only expected, downloaded, done, skipped, forwarded or quarantined")
  private String state;

  @Option(names = "--organisation", paramLabel = "ID", description = "only of this organisation")
  private String organisation;

  @Option(names = "--request", paramLabel = "ID", description = "only of this upload")
  private String request;

  @Option(names = "--limit", defaultValue = "30", description = "files (default ${DEFAULT-VALUE})")
  private int limit;

  @Mixin private Target target;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    try (Api api = target.api()) {
      String query =
          "ledger/?limit="
              + limit
              + (state == null ? "" : "&state=" + Api.encoded(state))
              + (organisation == null ? "" : "&org_id=" + Api.encoded(organisation))
              + (request == null ? "" : "&request_id=" + Api.encoded(request));
      JsonNode files = api.internal(query).path("data");
      if (output.json()) {
        output.print(spec, files);
      } else {
        print(files);
      }
      return 0;
    }
  }

  private void print(JsonNode files) {
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode file : files) {
      out.printf(
          "%6d  %-11s %-16s %,10d read %,10d written %,8d skipped  %s  %s%s%n",
          file.path("id").asLong(),
          file.path("state").asText(),
          file.path("report_type").asText("").replace("null", ""),
          file.path("rows_read").asLong(),
          file.path("rows_written").asLong(),
          file.path("rows_skipped").asLong(),
          file.path("received").asText(),
          file.path("name").asText(),
          file.hasNonNull("error") ? "\n        " + file.path("error").asText() : "");
    }
    if (files.isEmpty()) {
      out.println("no files");
    }
    out.flush();
  }
}
