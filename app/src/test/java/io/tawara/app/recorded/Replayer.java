package io.tawara.app.recorded;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/// Sends recorded requests to a running program and compares the answers. Identifiers that the
/// server gives are learnt from writes and lists, as recorded identifier → actual one.
final class Replayer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  private static final Pattern SOURCE_ID = Pattern.compile("(/sources/|source_id=)(\\d+)");
  private static final Pattern LISTS =
      Pattern.compile("/(settings|cost-models|price-lists|sources)/");
  private static final List<String> NATURAL =
      List.of("key", "source_type", "cluster_id", "project", "code", "name");
  private static final String RECORDED_INPUTS = "/srv/cloud/public";
  private static final String SAFE = "/?&=[]%:,*+~!@$'()-._";
  private static final Map<String, String> JSON_BODY = Map.of("Content-Type", "application/json");
  private static final long PATIENCE_SECONDS = 300;

  private final Path folder;
  private final Path inputs;
  private final int port;
  private final int internalPort;
  private final JsonNode identities;
  private final Map<String, String> known = new HashMap<>();
  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final HttpClient client = vertx.createHttpClient();

  /// What was found wrong, by recording.
  ///
  /// @param onlyOrder nothing but the order of rows differs
  record Difference(String id, String url, List<String> what, boolean onlyOrder) {}

  /// How a file of recordings went.
  record Outcome(int compared, List<Difference> differences) {}

  private record Answer(int status, String contentType, String body) {}

  /// @param inputs where bills are unpacked to, for sources that read folders of this machine
  Replayer(Path folder, Path inputs, int port, int internalPort) throws IOException {
    this.folder = folder;
    this.inputs = inputs;
    this.port = port;
    this.internalPort = internalPort;
    this.identities = JSON.readTree(folder.resolve("identities.json").toFile());
  }

  /// Replays one file of cases.
  ///
  /// @param first,last numbers of the cases that are sent
  Outcome replay(String state, int first, int last) throws IOException {
    var cases = new ArrayList<JsonNode>();
    for (String line : Files.readAllLines(folder.resolve("cases-" + state + ".jsonl"))) {
      cases.add(JSON.readTree(line));
    }
    boolean reading = cases.stream().allMatch(c -> !isWrite(c) || c.path("status").asInt() >= 400);
    if (reading) {
      cases.sort(Comparator.comparing(c -> !isList(c))); // identifiers are learnt from the lists
    }
    int compared = 0;
    var differences = new ArrayList<Difference>();
    for (JsonNode recorded : cases) {
      String id = recorded.path("id").asText();
      if (number(id) < first || number(id) > last) {
        continue;
      }
      boolean write = isWrite(recorded);
      Answer answer = send(recorded);
      if ((write || isList(recorded))
          && answer.status() == recorded.path("status").asInt()
          && recorded.path("response").isContainerNode()) {
        learn(recorded.path("response"), JSON.readTree(answer.body()), "");
      }
      Comparison comparison = compare(recorded, answer);
      compared++;
      if (!comparison.differences().isEmpty()) {
        differences.add(
            new Difference(
                id,
                recorded.path("method").asText() + " " + recorded.path("path").asText(),
                comparison.differences(),
                comparison.onlyOrder()));
      }
      if (write && answer.status() < 300) {
        waitIdle();
      }
    }
    return new Outcome(compared, differences);
  }

  /// The number at the end of a recording's id.
  static int number(String id) {
    return Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
  }

  private static boolean isWrite(JsonNode recorded) {
    return !recorded.path("method").asText().equals("GET");
  }

  private static boolean isList(JsonNode recorded) {
    String path = recorded.path("path").asText();
    return LISTS.matcher(path).find() && !path.contains("resource-types");
  }

  private Answer send(JsonNode recorded) {
    var headers = new LinkedHashMap<String, String>(identity(recorded.path("identity").asText()));
    if (recorded.path("accept").isTextual()) {
      headers.put("Accept", recorded.path("accept").asText());
    }
    JsonNode body = recorded.path("body");
    Buffer bytes = null;
    if (!body.isMissingNode() && !body.isNull()) {
      bytes = Buffer.buffer(body.isTextual() ? body.asText() : translated(body, "").toString());
      headers.put("Content-Type", "application/json");
    }
    return send(
        port,
        recorded.path("method").asText(),
        translated(recorded.path("path").asText()),
        headers,
        bytes);
  }

  private Map<String, String> identity(String name) {
    JsonNode header = identities.path(name).path("header");
    return header.isContainerNode()
        ? Map.of(
            "x-rh-identity",
            Base64.getEncoder().encodeToString(header.toString().getBytes(StandardCharsets.UTF_8)))
        : Map.of();
  }

  private Answer send(
      int to, String method, String path, Map<String, String> headers, Buffer body) {
    var options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(to)
            .setMethod(HttpMethod.valueOf(method))
            .setURI(quoted(path));
    headers.forEach(options::putHeader);
    Promise<Answer> answer = Promise.promise();
    // On one event loop: an answer's body must not come before somebody listens.
    context.runOnContext(
        _ ->
            client
                .request(options)
                .compose(request -> body == null ? request.send() : request.send(body))
                .compose(Replayer::answer)
                .onComplete(answer));
    return answer.future().await();
  }

  private static Future<Answer> answer(HttpClientResponse response) {
    String type = response.getHeader("Content-Type");
    return response
        .body()
        .map(
            bytes ->
                new Answer(
                    response.statusCode(),
                    type == null ? "" : type.split(";", 2)[0],
                    bytes.toString(StandardCharsets.UTF_8)));
  }

  private static String quoted(String path) {
    var out = new StringBuilder();
    for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
      char character = (char) (each & 0xff);
      boolean plain =
          character >= '0' && character <= '9'
              || character >= 'a' && character <= 'z'
              || character >= 'A' && character <= 'Z'
              || SAFE.indexOf(character) >= 0;
      out.append(plain ? Character.toString(character) : "%%%02X".formatted((int) character));
    }
    return out.toString();
  }

  private Comparison compare(JsonNode recorded, Answer answer) throws IOException {
    var comparison = new Comparison();
    String wanted = recorded.path("content_type").asText("").split(";", 2)[0];
    comparison.status(recorded.path("status").asInt(), answer.status(), answer.body());
    if (!comparison.differences().isEmpty()) {
      return comparison;
    }
    if (wanted.contains("json")) {
      comparison.json(translated(recorded.path("response"), ""), JSON.readTree(answer.body()));
    } else if (wanted.equals("text/csv")) {
      comparison.csv(translated(recorded.path("response").asText()), answer.body());
    }
    comparison.contentType(wanted, answer.contentType());
    return comparison;
  }

  // -- identifiers ------------------------------------------------------------------------------

  private String translated(String text) {
    String mapped =
        UUID.matcher(text.replace(RECORDED_INPUTS, inputs.toString()))
            .replaceAll(
                match ->
                    Matcher.quoteReplacement(known.getOrDefault(match.group(), match.group())));
    return SOURCE_ID
        .matcher(mapped)
        .replaceAll(
            match ->
                Matcher.quoteReplacement(
                    match.group(1) + known.getOrDefault("id:" + match.group(2), match.group(2))));
  }

  private JsonNode translated(JsonNode node, String key) {
    if (node.isObject()) {
      ObjectNode copy = JSON.createObjectNode();
      node.properties()
          .forEach(
              member ->
                  copy.set(
                      translated(member.getKey()), translated(member.getValue(), member.getKey())));
      return copy;
    }
    if (node.isArray()) {
      ArrayNode copy = JSON.createArrayNode();
      node.forEach(each -> copy.add(translated(each, key)));
      return copy;
    }
    if (node.isTextual()) {
      String text = node.asText();
      return key.equals("source_id") && known.containsKey("id:" + text)
          ? JSON.getNodeFactory().textNode(known.get("id:" + text))
          : JSON.getNodeFactory().textNode(translated(text));
    }
    return node;
  }

  private void learn(JsonNode recorded, JsonNode actual, String key) {
    if (recorded.isObject() && actual.isObject()) {
      recorded
          .properties()
          .forEach(
              member -> {
                if (actual.has(member.getKey())) {
                  learn(member.getValue(), actual.get(member.getKey()), member.getKey());
                }
              });
    } else if (recorded.isArray() && actual.isArray()) {
      learnRows(recorded, actual, key);
    } else if (recorded.isTextual() && actual.isTextual()) {
      String left = recorded.asText();
      String right = actual.asText();
      if (UUID.matcher(left).matches() && UUID.matcher(right).matches()) {
        known.putIfAbsent(left, right);
      } else if ((key.equals("id") || key.equals("source_id"))
          && left.matches("\\d+")
          && right.matches("\\d+")) {
        known.putIfAbsent("id:" + left, right);
      }
    }
  }

  /// Rows of lists are paired by what names them.
  private void learnRows(JsonNode recorded, JsonNode actual, String key) {
    List<String> natural =
        NATURAL.stream()
            .filter(
                name ->
                    Stream.of(recorded, actual)
                        .flatMap(
                            list -> Stream.iterate(0, i -> i + 1).limit(list.size()).map(list::get))
                        .allMatch(row -> row.isObject() && row.has(name)))
            .toList();
    if (natural.isEmpty()) {
      for (int i = 0; i < Math.min(recorded.size(), actual.size()); i++) {
        learn(recorded.get(i), actual.get(i), key);
      }
      return;
    }
    var found = new HashMap<List<String>, JsonNode>();
    actual.forEach(row -> found.put(name(row, natural), row));
    recorded.forEach(
        row -> {
          JsonNode same = found.get(name(row, natural));
          if (same != null) {
            learn(row, same, key);
          }
        });
  }

  private static List<String> name(JsonNode row, List<String> natural) {
    return natural.stream().map(member -> row.get(member).toString()).toList();
  }

  // -- other steps ------------------------------------------------------------------------------

  /// A request that was not recorded, `DELETE /…`.
  void request(String methodAndPath, String as) {
    String[] parts = methodAndPath.split(" ", 2);
    Answer answer = send(port, parts[0], translated(parts[1]), identity(as), null);
    if (answer.status() >= 300) {
      throw new IllegalStateException(methodAndPath + ": " + answer);
    }
    waitIdle();
  }

  /// A call of the internal API.
  ///
  /// @param body what is posted, or the name of a file with it; missing for a GET
  void internal(String path, JsonNode body) {
    Answer answer;
    if (body.isMissingNode()) {
      answer = send(internalPort, "GET", translated(path), Map.of(), null);
    } else {
      JsonNode posted = body.isTextual() ? read(folder.resolve(body.asText())) : body;
      answer =
          send(internalPort, "POST", translated(path), JSON_BODY, Buffer.buffer(posted.toString()));
    }
    if (answer.status() >= 300) {
      throw new IllegalStateException(path + ": " + answer);
    }
  }

  /// Unpacks the bills and creates the sources of a file in their order, each until its data are
  /// in.
  void sources(String file) throws IOException {
    unpack("aws", "azure", "gcp");
    int number = 1;
    for (JsonNode source : read(folder.resolve(file)).path("sources")) {
      ObjectNode body = source.deepCopy();
      body.remove("uuid");
      JsonNode made = post("/api/cost-management/v1/sources/", body);
      known.put(source.path("uuid").asText(), made.path("uuid").asText());
      known.put("id:" + number++, made.path("id").asText());
    }
  }

  /// Creates the cost models of the files `folder/*.json`.
  void costModels(String pattern) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder.resolve(pattern).getParent())) {
      files = all.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      post("/api/cost-management/v1/cost-models/", read(file));
    }
  }

  private JsonNode post(String path, JsonNode body) throws IOException {
    var headers = new HashMap<>(identity("admin"));
    headers.putAll(JSON_BODY);
    Answer answer =
        send(port, "POST", path, headers, Buffer.buffer(translated(body, "").toString()));
    if (answer.status() != 201) {
      throw new IllegalStateException(path + ": " + answer);
    }
    waitIdle();
    return JSON.readTree(answer.body());
  }

  private static JsonNode read(Path file) {
    try {
      return JSON.readTree(file.toFile());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// Copies the bills of clouds; what a cloud delivers uncompressed is packed in the recordings.
  private void unpack(String... clouds) throws IOException {
    for (String cloud : clouds) {
      Path from = folder.resolve("inputs").resolve(cloud);
      List<Path> files;
      try (Stream<Path> all = Files.walk(from)) {
        files = all.filter(Files::isRegularFile).toList();
      }
      for (Path file : files) {
        Path to = inputs.resolve(cloud).resolve(from.relativize(file).toString());
        Files.createDirectories(to.getParent());
        String name = file.getFileName().toString();
        if (name.endsWith(".gz") && !cloud.equals("aws")) {
          try (var packed = new GZIPInputStream(Files.newInputStream(file))) {
            Files.copy(packed, to.resolveSibling(name.substring(0, name.length() - 3)));
          }
        } else {
          Files.copy(file, to);
        }
      }
    }
  }

  /// Uploads the payloads whose name contains a text, in order, each until it is summarised.
  void load(String name, String from) throws IOException {
    List<Path> payloads;
    try (Stream<Path> all = Files.list(folder.resolve(from))) {
      payloads =
          all.filter(path -> path.getFileName().toString().contains(name))
              .filter(path -> path.getFileName().toString().endsWith(".tar.gz"))
              .sorted()
              .toList();
    }
    for (Path payload : payloads) {
      String boundary = "recorded-boundary";
      Buffer body =
          Buffer.buffer(
                  "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"%s\"\r\nContent-Type: application/vnd.redhat.hccm.tar+tgz\r\n\r\n"
                      .formatted(boundary, payload.getFileName()))
              .appendBytes(Files.readAllBytes(payload))
              .appendString("\r\n--" + boundary + "--\r\n");
      var headers = new HashMap<>(identity("admin"));
      headers.put("Content-Type", "multipart/form-data; boundary=" + boundary);
      Answer answer = send(port, "POST", "/api/ingress/v1/upload", headers, body);
      if (answer.status() != 202) {
        throw new IllegalStateException("upload of " + payload + ": " + answer);
      }
      waitIdle();
    }
  }

  /// Waits until nothing is queued or running.
  void waitIdle() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (System.nanoTime() < end) {
      Answer answer = send(internalPort, "GET", "/api/cost-management/v1/jobs/", Map.of(), null);
      try {
        JsonNode jobs = JSON.readTree(answer.body());
        if (answer.status() == 200
            && jobs.path("queued").asLong() == 0
            && jobs.path("running").asLong() == 0) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(50);
      } catch (IOException notJson) {
        throw new IllegalStateException("jobs/: " + answer, notJson);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }
    throw new IllegalStateException("the work does not end");
  }

  @Override
  public void close() {
    client.close().await();
    vertx.close().await();
  }
}
