package io.tawara.gateway.reports.params;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.reports.ReportCatalogue;
import io.tawara.analytics.reports.ReportQuery.ParityNames;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.recordings.Recordings;
import io.tawara.gateway.recordings.Recordings.Case;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every recorded report request: what Koku refused is refused with the same body, what it took is
/// taken and repeated in the same way.
class RecordedReportParametersTest {

  @ParameterizedTest
  @ValueSource(strings = {"ERR", "S0", "S1", "S2", "S3", "S4", "RBAC"})
  void understandsWhatKokuUnderstood(String state) {
    Set<String> tags = tagKeys();
    var differences = new ArrayList<String>();
    int compared = 0;
    for (Case recorded : Recordings.of("onprem", state)) {
      var report = ReportCatalogue.at(recorded.path());
      boolean refused = recorded.status() == 400 && !recorded.response().has("errors");
      boolean taken = recorded.status() == 200 && recorded.response().path("meta").has("filter");
      if (!recorded.method().equals("GET") || report.isEmpty() || !(refused || taken)) {
        continue;
      }
      compared++;
      var parameters = new ReportParameters(report.get());
      JsonNode actual;
      try {
        ReportParameters.Parsed parsed =
            parameters.parse(
                QueryString.parse(recorded.query()),
                Access.EVERYTHING,
                Contexts.recorded(state.equals("S4") ? "EUR" : "USD", tags),
                ParityNames.NONE);
        actual = Recordings.json(parsed.echo());
      } catch (InvalidParameters invalid) {
        actual = Recordings.json(invalid.body());
      }
      JsonNode wanted =
          refused ? recorded.response() : echo(recorded.response().path("meta"), actual);
      if (!wanted.equals(actual)) {
        differences.add(recorded + "\n    wanted " + wanted + "\n    got    " + actual);
      }
    }
    assertThat(differences).isEmpty();
    assertThat(compared).isPositive();
  }

  /// The part of a recorded `meta` that repeats parameters.
  private static JsonNode echo(JsonNode meta, JsonNode actual) {
    ObjectNode echo = meta.deepCopy();
    echo.remove(List.of("count", "others", "total", "delta", "distributed_overhead"));
    for (String name : List.of("limit", "offset")) {
      if (!actual.has(name)) {
        echo.remove(name);
      }
    }
    return echo;
  }

  /// The tag keys that the recorded tenant knows, enabled or not.
  static Set<String> tagKeys() {
    var keys = new LinkedHashSet<String>();
    Recordings.of("onprem", "SET").stream()
        .filter(recorded -> recorded.id().equals("SET-0001"))
        .flatMap(recorded -> stream(recorded.response().path("data")))
        .forEach(tag -> keys.add(tag.path("key").asText()));
    assertThat(keys).isNotEmpty();
    return keys;
  }

  private static Stream<JsonNode> stream(JsonNode array) {
    var elements = new ArrayList<JsonNode>();
    array.forEach(elements::add);
    return elements.stream();
  }
}
