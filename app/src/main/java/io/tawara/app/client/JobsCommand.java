package io.tawara.app.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.app.terminal.Output;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `tawara jobs`: the durable work, and what to do about work that failed.
@Command(
    name = "jobs",
    description = {
      "Shows durable work: how much waits, runs and has failed, and the items.",
      "Examples: ./tawara jobs --state failed    ./tawara jobs --again 41    ./tawara jobs --wait"
    },
    mixinStandardHelpOptions = true)
public final class JobsCommand implements Callable<Integer> {
  @Option(names = "--state", description = "only queued, running or failed")
  private String state;

  @Option(names = "--limit", defaultValue = "50", description = "items (default ${DEFAULT-VALUE})")
  private int limit;

  @Option(names = "--again", paramLabel = "ID", description = "drives failed items again")
  private List<Long> again = new ArrayList<>();

  @Option(names = "--discard", paramLabel = "ID", description = "gives failed items up for good")
  private List<Long> discard = new ArrayList<>();

  @Option(names = "--wait", description = "waits until nothing is queued or running")
  private boolean wait;

  @Mixin private Target target;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    try (Api api = target.api()) {
      change(api, again, "POST");
      change(api, discard, "DELETE");
      JsonNode counts = api.internal("jobs/");
      while (wait && counts.path("queued").asInt() + counts.path("running").asInt() > 0) {
        Thread.sleep(200);
        counts = api.internal("jobs/");
      }
      JsonNode items =
          api.internal(
                  "jobs/items/?limit="
                      + limit
                      + (state == null ? "" : "&state=" + Api.encoded(state)))
              .path("data");
      if (output.json()) {
        output.print(spec, java.util.Map.of("counts", counts, "items", items));
      } else {
        print(counts, items);
      }
      return counts.path("failed").asInt() == 0 ? 0 : 1;
    }
  }

  private static void change(Api api, List<Long> ids, String method) {
    for (long id : ids) {
      Api.Answer answer = api.internal(method, "jobs/items/" + id + "/");
      if (answer.status() != 204) {
        throw Api.refused("failed item " + id, answer);
      }
    }
  }

  private void print(JsonNode counts, JsonNode items) {
    PrintWriter out = spec.commandLine().getOut();
    out.printf(
        "%d queued, %d running, %d failed%n",
        counts.path("queued").asInt(),
        counts.path("running").asInt(),
        counts.path("failed").asInt());
    for (JsonNode item : items) {
      out.printf(
          "%6d  %-8s %-18s %-46s tries %d  due %s%s%n",
          item.path("id").asLong(),
          item.path("state").asText(),
          item.path("kind").asText(),
          item.path("key").asText(),
          item.path("tries").asInt(),
          item.path("due").asText(),
          item.hasNonNull("error") ? "\n        " + item.path("error").asText() : "");
    }
    out.flush();
  }
}
