package io.tawara.app.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.app.RunningTawara;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Every recorded request of a set in the order of the recordings' plan, from an empty database,
/// against the whole program with `KOKU_PARITY=all`. What differs is in a file of known differences
/// with a reason, and argued in `docs/differences.md`; a difference that is not known fails, and so
/// does one that is known and gone (unless its reason begins with `~`: then it depends on the run).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RecordedPlan {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// Where all that differs is written, with its reason.
  private static final Path REPORTS = Path.of("target");

  private final Path recordings;
  private final Map<String, String> settings;
  private final Map<String, String> known = new TreeMap<>();

  @TempDir private static Path inputs;

  private RatesService rates;
  private RunningTawara tawara;
  private Replayer replayer;

  /// @param set folder of the recordings
  /// @param differences files of known differences
  /// @param settings beside those that every recording was made with
  RecordedPlan(String set, List<String> differences, Map<String, String> settings) {
    this.recordings =
        Path.of(System.getProperty("tawara.root", "."))
            .resolve("../shared/golden")
            .resolve(set)
            .normalize();
    this.settings = settings;
    differences.forEach(this::know);
  }

  private void know(String file) {
    try (InputStream in = RecordedPlan.class.getResourceAsStream("/recorded/" + file)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\t", 2))
          .forEach(parts -> known.put(parts[0], parts[1]));
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  @BeforeAll
  void start() throws IOException {
    Assumptions.assumeTrue(
        Files.isReadable(recordings.resolve("plan.json")),
        () -> "recordings are not beside the repository: " + recordings);
    var all = new HashMap<>(settings);
    all.put("KOKU_PARITY", "all");
    Path answer = recordings.resolve("inputs/exchange_rates.json");
    if (Files.exists(answer)) {
      rates = new RatesService(Files.readAllBytes(answer));
      all.put("CURRENCY_URL", rates.url());
    }
    all.put(
        "TAWARA_NOW",
        JSON.readTree(recordings.resolve("clock.json").toFile()).path("now").asText());
    tawara = RunningTawara.start(all);
    JSON.readTree(recordings.resolve("identities.json").toFile())
        .forEach(
            entry -> {
              JsonNode identity = entry.path("header").path("identity");
              String user = identity.path("user").path("username").asText("");
              if (entry.has("rbac_access")) {
                tawara
                    .roles()
                    .allow(
                        user.isEmpty()
                            ? identity.path("service_account").path("username").asText("")
                            : user,
                        entry.path("rbac_access"));
              }
            });
    replayer = new Replayer(recordings, inputs, tawara.port(), tawara.internalPort());
  }

  @AfterAll
  void stop() {
    if (replayer != null) {
      replayer.close();
    }
    if (tawara != null) {
      tawara.close();
    }
    if (rates != null) {
      rates.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> plan() throws IOException {
    var tests = new ArrayList<DynamicTest>();
    for (JsonNode step : JSON.readTree(recordings.resolve("plan.json").toFile())) {
      tests.add(DynamicTest.dynamicTest(name(step), () -> perform(step)));
    }
    return tests.stream();
  }

  private static String name(JsonNode step) {
    var name = new StringBuilder(step.path("label").asText()).append(':');
    step.properties()
        .forEach(
            member -> {
              if (!member.getKey().equals("label") && member.getValue().isValueNode()) {
                name.append(' ').append(member.getKey()).append(' ');
                name.append(member.getValue().asText());
              }
            });
    return step.path("internal").isArray()
        ? name.append(" internal calls").toString()
        : name.toString();
  }

  private void perform(JsonNode step) throws IOException {
    if (step.has("replay")) {
      String state = step.get("replay").asText();
      int first = step.path("first").asInt(1);
      int last = step.path("last").asInt(Integer.MAX_VALUE);
      verify(state, first, last, replayer.replay(state, first, last));
    } else if (step.has("sources")) {
      replayer.sources(step.get("sources").asText());
    } else if (step.has("cost_models")) {
      replayer.costModels(step.get("cost_models").asText());
    } else if (step.has("load")) {
      replayer.load(step.get("load").asText(), step.path("folder").asText("payloads"));
    } else if (step.has("request")) {
      replayer.request(step.get("request").asText(), step.path("identity").asText("admin"));
    } else if (step.has("internal")) {
      JsonNode calls = step.get("internal");
      if (calls.isArray()) {
        calls.forEach(call -> replayer.internal(call.asText(), step.path("body")));
      } else {
        replayer.internal(calls.asText(), step.path("body"));
      }
    } else {
      throw new IllegalStateException("a step that is not understood: " + step);
    }
    replayer.waitIdle();
  }

  private void verify(String state, int first, int last, Replayer.Outcome outcome)
      throws IOException {
    assertThat(outcome.compared()).as("compared in %s", state).isPositive();
    var unknown = new ArrayList<String>();
    var all = new ArrayList<String>();
    var expected = new TreeMap<>(known);
    expected
        .keySet()
        .removeIf(
            id -> {
              int number = Replayer.number(id);
              return !id.startsWith(state + "-") || number < first || number > last;
            });
    for (Replayer.Difference difference : outcome.differences()) {
      String reason = expected.remove(difference.id());
      boolean isNew = reason == null && !difference.onlyOrder();
      if (isNew) {
        unknown.add(difference.id());
      }
      String kind = isNew ? "new" : reason == null ? "order only" : reason;
      all.add("%s (%s) %s".formatted(difference.id(), kind, difference.url()));
      difference.what().stream().map(RecordedPlan::shortened).forEach(all::add);
    }
    Files.createDirectories(REPORTS);
    Path report =
        REPORTS.resolve("%s-%s-%d.txt".formatted(getClass().getSimpleName(), state, first));
    Files.write(report, all);
    expected.values().removeIf(reason -> reason.startsWith("~"));
    assertThat(unknown)
        .as("unknown differences in %s, of %d: see %s", state, outcome.compared(), report)
        .isEmpty();
    assertThat(expected).as("known differences that are gone").isEmpty();
  }

  private static String shortened(String text) {
    String line = "    " + text.replaceAll("\\s+", " ");
    return line.length() > 200 ? line.substring(0, 200) + "…" : line;
  }
}
