package io.tawara.app.recorded;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.app.RunningTawara;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/// Every recorded on-prem request in the order of the recordings' plan, from an empty database
/// through five states, against the whole program with `KOKU_PARITY=all`. What differs is in
/// `known-differences.tsv` with a reason, and argued in `docs/differences.md`; a difference that is
/// not known fails, and so does one that is known and gone (unless its reason begins with `~`: then
/// it depends on the run).
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RecordedReplayTest {
  private static final Path RECORDINGS =
      Path.of(System.getProperty("tawara.root", "."))
          .resolve("../shared/golden/onprem")
          .normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunningTawara tawara;
  private Replayer replayer;
  private final Map<String, String> known = new TreeMap<>();

  @BeforeAll
  void start() throws Exception {
    Assumptions.assumeTrue(
        Files.isReadable(RECORDINGS.resolve("plan.json")),
        () -> "recordings are not beside the repository: " + RECORDINGS);
    try (var in = RecordedReplayTest.class.getResourceAsStream("/recorded/known-differences.tsv")) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\t", 2))
          .forEach(parts -> known.put(parts[0], parts[1]));
    }
    tawara = RunningTawara.start(Map.of("KOKU_PARITY", "all"));
    JSON.readTree(RECORDINGS.resolve("identities.json").toFile())
        .forEach(
            entry -> {
              JsonNode identity = entry.path("header").path("identity");
              String user = identity.path("user").path("username").asText("");
              tawara
                  .roles()
                  .allow(
                      user.isEmpty()
                          ? identity.path("service_account").path("username").asText("")
                          : user,
                      entry.path("rbac_access"));
            });
    replayer = new Replayer(RECORDINGS, tawara.port(), tawara.internalPort());
  }

  @AfterAll
  void stop() {
    if (replayer != null) {
      replayer.close();
    }
    if (tawara != null) {
      tawara.close();
    }
  }

  @TestFactory
  Stream<DynamicTest> plan() throws Exception {
    var tests = new ArrayList<DynamicTest>();
    for (JsonNode step : JSON.readTree(RECORDINGS.resolve("plan.json").toFile())) {
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
    return step.has("internal") ? name.append(" internal calls").toString() : name.toString();
  }

  private void perform(JsonNode step) throws Exception {
    if (step.has("replay")) {
      String state = step.get("replay").asText();
      int first = step.path("first").asInt(1);
      int last = step.path("last").asInt(Integer.MAX_VALUE);
      verify(state, first, last, replayer.replay(state, first, last, each -> true));
    } else if (step.has("load")) {
      replayer.load(step.get("load").asText());
    } else if (step.has("request")) {
      replayer.request(step.get("request").asText(), step.path("identity").asText("admin"));
    } else if (step.has("internal")) {
      JsonNode calls = step.get("internal");
      if (calls.isArray()) {
        calls.forEach(call -> replayer.internal(call.asText()));
      } else {
        replayer.internal(calls.asText());
      }
    } else {
      throw new IllegalStateException("a step that is not understood: " + step);
    }
    replayer.waitIdle();
  }

  private void verify(String state, int first, int last, Replayer.Outcome outcome) {
    assertThat(outcome.compared()).as("compared in %s", state).isPositive();
    var unknown = new LinkedHashMap<String, List<String>>();
    var expected = new TreeMap<>(known);
    expected
        .keySet()
        .removeIf(
            id -> {
              int dash = id.lastIndexOf('-');
              int number = Integer.parseInt(id.substring(dash + 1));
              return !id.substring(0, dash).equals(state) || number < first || number > last;
            });
    for (Replayer.Difference difference : outcome.differences()) {
      if (expected.remove(difference.id()) == null && !difference.onlyOrder()) {
        List<String> what = difference.what();
        unknown.put(
            difference.id() + " " + difference.url(), what.subList(0, Math.min(3, what.size())));
      }
    }
    expected.values().removeIf(reason -> reason.startsWith("~"));
    assertThat(unknown.entrySet().stream().map(Object::toString))
        .as("%d differences in %s", unknown.size(), state)
        .isEmpty();
    assertThat(expected).as("known differences that are gone").isEmpty();
  }

  private static String shortened(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
