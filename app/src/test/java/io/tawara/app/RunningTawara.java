package io.tawara.app;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.app.settings.Configuration;
import io.tawara.app.settings.Values;
import io.tawara.core.database.Database;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The whole program in this process, on free ports in a temporary directory, as people meet it: by
/// HTTP.
///
/// [#shared()] is started once per JVM, with the settings of the recordings; its users keep apart
/// by organisations of their own. [#start(Map)] is for tests that need other settings or stop it.
///
/// ```java
/// RunningTawara tawara = RunningTawara.shared();
/// tawara.upload(payload, RunningTawara.admin("1234567"));
/// tawara.awaitIdle();
/// JsonNode costs = tawara.json("reports/openshift/costs/?group_by[project]=*", identity);
/// ```
public final class RunningTawara implements AutoCloseable {
  /// Business time begins here.
  public static final String NOW = "2026-11-20T17:00:00Z";

  /// The settings that the on-prem recordings were made with.
  private static final Map<String, String> RECORDED =
      Map.of(
          "KOKU_PARITY", "all",
          "ENHANCED_ORG_ADMIN", "True",
          "RETAIN_NUM_MONTHS", "4",
          "ONPREM_PROVIDERS", "OCP",
          "RETRY_SECONDS", "1",
          "RBAC_SERVICE_HOST", "127.0.0.1");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LONGEST = Duration.ofMinutes(8);

  private final Path directory;
  private final RoleService roles;
  private final Tawara tawara;
  private final HttpClient client = HttpClient.newHttpClient();

  private RunningTawara(Map<String, String> settings) {
    this.directory = temporary();
    this.roles = new RoleService();
    var all = new HashMap<>(RECORDED);
    all.put("RBAC_SERVICE_PORT", Integer.toString(roles.port()));
    all.put("TAWARA_NOW", NOW);
    all.put("TAWARA_PORT", "0");
    all.put("TAWARA_INTERNAL_PORT", "0");
    all.put("TAWARA_DATA_DIR", directory.toString());
    all.putAll(settings);
    this.tawara =
        Tawara.start(
            Configuration.of(Values.read(all, Map.of(), Optional.empty())),
            Tawara.Options.test(),
            StartListener.silent());
  }

  /// The one that tests of this JVM share.
  public static RunningTawara shared() {
    return Shared.TAWARA;
  }

  /// Another one, with these settings beside or instead of the recorded ones.
  public static RunningTawara start(Map<String, String> settings) {
    return new RunningTawara(settings);
  }

  private static final class Shared {
    static final RunningTawara TAWARA = new RunningTawara(Map.of());

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(TAWARA::close));
    }
  }

  private static Path temporary() {
    try {
      return Files.createTempDirectory("tawara-running");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// The service that says what users may do.
  public RoleService roles() {
    return roles;
  }

  public int port() {
    return tawara.port();
  }

  public int internalPort() {
    return tawara.internalPort();
  }

  /// To look behind the wire.
  public Database database() {
    return tawara.database();
  }

  /// An identity header of an organisation's administrator.
  public static String admin(String organisation) {
    return encoded(
        """
        {"identity": {"account_number": "10001", "org_id": "%s", "type": "User", "user":
          {"username": "admin", "email": "admin@example.com", "is_org_admin": true}},
         "entitlements": {"cost_management": {"is_entitled": true}}}
        """
            .formatted(organisation));
  }

  /// A header of the JSON of an identity.
  public static String encoded(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  /// @param path from the root, or below `/api/cost-management/v1/`
  /// @param identity the header, or null
  /// @param body null for none
  public HttpResponse<String> send(
      String method, String path, String identity, String body, Map<String, String> headers) {
    return send(port(), method, path, identity, body, headers);
  }

  public HttpResponse<String> get(String path, String identity) {
    return send("GET", path, identity, null, Map.of());
  }

  /// The JSON of a 200 answer.
  public JsonNode json(String path, String identity) {
    HttpResponse<String> answer = get(path, identity);
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return parse(answer.body());
  }

  /// Posts JSON and gives back the JSON of the answer.
  ///
  /// @param status that is expected
  public JsonNode post(String path, String identity, String body, int status) {
    HttpResponse<String> answer = send("POST", path, identity, body, Map.of());
    if (answer.statusCode() != status) {
      throw new AssertionError(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return parse(answer.body());
  }

  public HttpResponse<String> internal(String method, String path) {
    return send(internalPort(), method, path, null, null, Map.of());
  }

  /// A JSON body to the internal API.
  public HttpResponse<String> internalPost(String path, String body, Map<String, String> headers) {
    return send(internalPort(), "POST", path, null, body, headers);
  }

  /// Sends a payload as an operator does; it is taken in when this returns, not read yet.
  public void upload(Path payload, String identity) {
    try {
      upload(payload.getFileName().toString(), Files.readAllBytes(payload), identity);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /// [#upload(Path, String)] of bytes.
  public void upload(String name, byte[] content, String identity) {
    String boundary = UUID.randomUUID().toString();
    byte[] head =
        """
        --%s\r
        Content-Disposition: form-data; name="file"; filename="%s"\r
        Content-Type: application/vnd.redhat.hccm.tar+tgz\r
        \r
        """
            .formatted(boundary, name)
            .getBytes(StandardCharsets.UTF_8);
    byte[] tail = ("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + "/api/ingress/v1/upload"))
            .header("Content-Type", "multipart/form-data; boundary=" + boundary)
            .header("x-rh-identity", identity)
            .POST(
                HttpRequest.BodyPublishers.concat(
                    HttpRequest.BodyPublishers.ofByteArray(head),
                    HttpRequest.BodyPublishers.ofByteArray(content),
                    HttpRequest.BodyPublishers.ofByteArray(tail)))
            .build();
    HttpResponse<String> answer = exchange(request);
    if (answer.statusCode() != 202) {
      throw new AssertionError("upload: " + answer.statusCode() + " " + answer.body());
    }
  }

  /// Waits until everything that was accepted has had its last effect.
  public void awaitIdle() {
    long end = System.nanoTime() + LONGEST.toNanos();
    JsonNode jobs;
    do {
      jobs = parse(internal("GET", "jobs/").body());
      if (jobs.path("queued").asInt(-1) == 0 && jobs.path("running").asInt(-1) == 0) {
        return;
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    } while (System.nanoTime() < end);
    throw new AssertionError("not idle after " + LONGEST + ": " + jobs);
  }

  private HttpResponse<String> send(
      int port,
      String method,
      String path,
      String identity,
      String body,
      Map<String, String> headers) {
    String absolute = path.startsWith("/") ? path : "/api/cost-management/v1/" + path;
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + port
                        + absolute
                            .replace("[", "%5B")
                            .replace("]", "%5D")
                            .replace(" ", "%20")
                            .replace("\"", "%22")
                            .replace("|", "%7C")
                            .replace("{", "%7B")
                            .replace("}", "%7D")))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .timeout(Duration.ofMinutes(3));
    if (identity != null) {
      request.header("x-rh-identity", identity);
    }
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    headers.forEach(request::setHeader);
    return exchange(request.build());
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException notJson) {
      throw new UncheckedIOException(notJson);
    }
  }

  @Override
  public void close() {
    tawara.close();
    roles.close();
    client.close();
    TemporaryFiles.delete(directory);
  }
}
