package io.tawara.app.client;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.app.terminal.Output;
import io.tawara.core.error.TawaraException;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `tawara doctor`: what an operator would check, each with the next step.
@Command(
    name = "doctor",
    description = {
      "Checks a running Tawara: versions, disk, clock, services, migrations, work, files.",
      "Exit status 0 when all is well, 1 when something is wrong."
    },
    mixinStandardHelpOptions = true)
public final class DoctorCommand implements Callable<Integer> {
  private static final Duration STALE = Duration.ofMinutes(15);

  @Mixin private Target target;
  @Mixin private Output output;
  @Spec private CommandSpec spec;

  /// How something is.
  private enum State {
    GREEN("32"),
    AMBER("33"),
    RED("31");

    private final String colour;

    State(String colour) {
      this.colour = colour;
    }
  }

  /// @param next what to do; empty when nothing is to be done
  private record Finding(String what, State state, String found, String next) {}

  @Override
  public Integer call() {
    var findings = new ArrayList<Finding>();
    try (Api api = target.api()) {
      findings.add(check("Gateway", () -> gateway(api)));
      findings.add(check("Readiness", () -> readiness(api)));
      JsonNode inside = inside(api, findings);
      for (JsonNode each : inside) {
        findings.add(
            new Finding(
                each.path("what").asText(),
                State.valueOf(each.path("state").asText("red").toUpperCase(Locale.ROOT)),
                each.path("found").asText(),
                each.path("next").asText()));
      }
      findings.add(check("Failed jobs", () -> failedJobs(api)));
      findings.add(check("Waiting jobs", () -> waitingJobs(api)));
      findings.add(check("Quarantined files", () -> quarantined(api)));
      findings.add(check("Uploads", () -> uploads(api)));
    }
    if (output.json()) {
      output.print(spec, findings);
    } else {
      print(findings);
    }
    return findings.stream().anyMatch(finding -> finding.state() == State.RED) ? 1 : 0;
  }

  private static Finding check(String what, Supplier<Finding> check) {
    try {
      return check.get();
    } catch (TawaraException failure) {
      return new Finding(what, State.RED, failure.getMessage(), "");
    }
  }

  private static JsonNode inside(Api api, List<Finding> findings) {
    try {
      return api.internal("doctor/").path("data");
    } catch (TawaraException failure) {
      findings.add(new Finding("Inside", State.RED, failure.getMessage(), ""));
      return com.fasterxml.jackson.databind.node.JsonNodeFactory.instance.arrayNode();
    }
  }

  private static Finding gateway(Api api) {
    Api.Answer answer = api.send("GET", "status/", "", null);
    return answer.status() == 200
        ? new Finding("Gateway", State.GREEN, "answers", "")
        : new Finding("Gateway", State.RED, "answers " + answer.status(), "look at its log");
  }

  private static Finding readiness(Api api) {
    Api.Answer answer = api.internal("GET", "/readyz");
    return answer.status() == 200
        ? new Finding("Readiness", State.GREEN, "ready", "")
        : new Finding(
            "Readiness", State.RED, answer.body(), "make the database reachable (DATABASE_*)");
  }

  private static Finding failedJobs(Api api) {
    int failed = api.internal("jobs/").path("failed").asInt();
    return failed == 0
        ? new Finding("Failed jobs", State.GREEN, "none", "")
        : new Finding(
            "Failed jobs",
            State.RED,
            Integer.toString(failed),
            "./tawara jobs --state failed says why; --again ID drives one again");
  }

  private static Finding waitingJobs(Api api) {
    JsonNode oldest = api.internal("jobs/items/?state=queued&limit=1").path("data").path(0);
    if (oldest.isMissingNode()) {
      return new Finding("Waiting jobs", State.GREEN, "none", "");
    }
    boolean old = age(oldest.path("created")).compareTo(STALE) > 0;
    return new Finding(
        "Waiting jobs",
        old ? State.AMBER : State.GREEN,
        "the oldest since " + oldest.path("created").asText(),
        old ? "start more workers, or raise TAWARA_PARALLEL_WORK" : "");
  }

  private static Finding quarantined(Api api) {
    JsonNode page = api.internal("ledger/?state=quarantined&limit=1");
    int count = page.path("meta").path("count").asInt();
    return count == 0
        ? new Finding("Quarantined files", State.GREEN, "none", "")
        : new Finding(
            "Quarantined files",
            State.AMBER,
            count + ", the last: " + page.path("data").path(0).path("error").asText(),
            "./tawara ledger --state quarantined");
  }

  private static Finding uploads(Api api) {
    JsonNode waiting = api.internal("uploads/?state=accepted&limit=1000").path("data");
    long old = 0;
    for (JsonNode upload : waiting) {
      old += age(upload.path("accepted")).compareTo(STALE) > 0 ? 1 : 0;
    }
    return old == 0
        ? new Finding("Uploads", State.GREEN, waiting.size() + " on their way", "")
        : new Finding(
            "Uploads",
            State.RED,
            old + " accepted more than 15 minutes ago and not taken over",
            "check Kafka and that a process has the role listener");
  }

  private static Duration age(JsonNode time) {
    return Duration.between(Instant.parse(time.asText()), java.time.Clock.systemUTC().instant());
  }

  private void print(List<Finding> findings) {
    PrintWriter out = spec.commandLine().getOut();
    boolean colours = Output.terminal();
    for (Finding finding : findings) {
      String state = "%-5s".formatted(finding.state().name().toLowerCase(Locale.ROOT));
      out.printf(
          "%s  %-20s %s%s%n",
          colours ? "\u001b[" + finding.state().colour + "m" + state + "\u001b[0m" : state,
          finding.what(),
          finding.found(),
          finding.next().isEmpty() ? "" : "\n         → " + finding.next());
    }
    out.flush();
  }
}
