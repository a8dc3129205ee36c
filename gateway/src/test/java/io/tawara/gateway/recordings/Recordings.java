package io.tawara.gateway.recordings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// Recorded requests and answers of Koku, beside the repository in `../shared/golden`. Tests that
/// use them are skipped where the folder is absent.
public final class Recordings {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String API = "/api/cost-management/v1/";

  private Recordings() {}

  /// One recorded request and its answer.
  public record Case(JsonNode line) {
    public String id() {
      return line.path("id").asText();
    }

    public String method() {
      return line.path("method").asText();
    }

    /// The path as sent, query included.
    public String url() {
      return line.path("path").asText();
    }

    /// The path below the API root, without query.
    public String path() {
      String path = url().substring(API.length());
      int query = path.indexOf('?');
      return query < 0 ? path : path.substring(0, query);
    }

    /// The query as sent, null when there is none.
    public String query() {
      int query = url().indexOf('?');
      return query < 0 ? null : url().substring(query + 1);
    }

    public String identity() {
      return line.path("identity").asText();
    }

    public int status() {
      return line.path("status").asInt();
    }

    public JsonNode response() {
      return line.path("response");
    }

    @Override
    public String toString() {
      return id() + " " + url();
    }
  }

  /// The recorded cases of a state (`S0`, `ERR`).
  public static List<Case> of(String set, String state) {
    var cases = new ArrayList<Case>();
    for (String line : lines(set, "cases-" + state + ".jsonl")) {
      cases.add(new Case(read(line)));
    }
    return cases;
  }

  /// One of the JSON files beside the cases.
  public static JsonNode file(String set, String name) {
    return read(String.join("\n", lines(set, name)));
  }

  private static List<String> lines(String set, String name) {
    Path file =
        Path.of(System.getProperty("tawara.root", "."))
            .resolve("../shared/golden")
            .resolve(set)
            .resolve(name)
            .normalize();
    Assumptions.assumeTrue(
        Files.isReadable(file), () -> "recordings are not beside the repository: " + file);
    try {
      return Files.readAllLines(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static JsonNode read(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /// A tree of maps, lists and plain values as JSON, as it would be read back.
  public static JsonNode json(Object tree) {
    return read(MAPPER.valueToTree(tree).toString());
  }
}
