package io.tawara.app.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.function.LongConsumer;

/// A running Tawara, spoken to over HTTP.
public final class Api implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofSeconds(120);
  private static final String BOUNDARY = "tawara-payload-boundary";

  private final URI base;
  private final URI internal;
  private final String root;
  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  /// @param base the public port
  /// @param internal the internal port
  /// @param pathPrefix what stands before `/v1/`
  public Api(URI base, URI internal, String pathPrefix) {
    this.base = base;
    this.internal = internal;
    this.root = pathPrefix + "/v1/";
  }

  /// An answer.
  public record Answer(int status, String body) {
    /// The body of an answer that has to be JSON.
    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException notJson) {
        throw new UncheckedIOException("not JSON: " + body, notJson);
      }
    }
  }

  /// @param path below the root of the API
  /// @param identity the header
  public Answer send(String method, String path, String identity, JsonNode body) {
    HttpRequest.Builder request =
        request(base, root + path)
            .header("x-rh-identity", identity)
            .header("Content-Type", "application/json");
    return exchange(
        request
            .method(
                method,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()))
            .build());
  }

  /// The JSON of a good answer of the public API.
  public JsonNode get(String path, String identity) {
    return good(path, send("GET", path, identity, null));
  }

  /// The JSON of a good answer of the internal API.
  public JsonNode internal(String path) {
    return good(path, internal("GET", path));
  }

  public Answer internal(String method, String path) {
    return exchange(
        request(internal, path.startsWith("/") ? path : root + path)
            .method(method, BodyPublishers.noBody())
            .build());
  }

  /// Sends a payload as an operator does.
  ///
  /// @param sent is told how many bytes have gone
  /// @return the request id that it was taken in under
  public String upload(Path payload, String identity, LongConsumer sent) {
    byte[] head =
        """
        --%s\r
        Content-Disposition: form-data; name="file"; filename="%s"\r
        Content-Type: application/vnd.redhat.hccm.tar+tgz\r
        \r
        """
            .formatted(BOUNDARY, payload.getFileName().toString().replace('"', '_'))
            .getBytes(StandardCharsets.UTF_8);
    byte[] tail = ("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8);
    try {
      long size = head.length + Files.size(payload) + tail.length;
      HttpRequest request =
          request(base, "/api/ingress/v1/upload")
              .header("x-rh-identity", identity)
              .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
              .POST(
                  BodyPublishers.fromPublisher(
                      BodyPublishers.ofInputStream(() -> body(head, payload, tail, sent)), size))
              .build();
      Answer answer = exchange(request);
      if (answer.status() != 202) {
        throw refused("upload of " + payload, answer);
      }
      return answer.json().path("request_id").asText();
    } catch (IOException unreadable) {
      throw new TawaraException(
          Category.INPUT, payload + " cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }

  private static InputStream body(byte[] head, Path payload, byte[] tail, LongConsumer sent) {
    try {
      return new SequenceInputStream(
          Collections.enumeration(
              List.of(
                  new ByteArrayInputStream(head),
                  new Counting(Files.newInputStream(payload), sent),
                  new ByteArrayInputStream(tail))));
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static final class Counting extends FilterInputStream {
    private final LongConsumer told;
    private long count;

    Counting(InputStream in, LongConsumer told) {
      super(in);
      this.told = told;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      if (read > 0) {
        count += read;
        told.accept(count);
      }
      return read;
    }
  }

  private static HttpRequest.Builder request(URI to, String path) {
    String escaped =
        path.replace("[", "%5B").replace("]", "%5D").replace(" ", "%20").replace("*", "%2A");
    return HttpRequest.newBuilder(to.resolve(escaped)).timeout(TIMEOUT);
  }

  /// A value in a query.
  public static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static JsonNode good(String path, Answer answer) {
    if (answer.status() / 100 != 2) {
      throw refused(path, answer);
    }
    return answer.json();
  }

  /// An answer that says no, as an error.
  public static TawaraException refused(String what, Answer answer) {
    Category category =
        switch (answer.status()) {
          case 404 -> Category.NOT_FOUND;
          case 401, 403 -> Category.FORBIDDEN;
          case 424, 502, 503 -> Category.UNAVAILABLE;
          default -> Category.INPUT;
        };
    String body = answer.body().length() > 500 ? answer.body().substring(0, 500) : answer.body();
    return new TawaraException(category, what + " was answered " + answer.status() + ": " + body);
  }

  private Answer exchange(HttpRequest request) {
    try {
      HttpResponse<String> answer =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      return new Answer(answer.statusCode(), answer.body());
    } catch (ConnectException nobody) {
      throw new TawaraException(
          Category.UNAVAILABLE,
          "nobody answers at %s://%s. Start Tawara with ./tawara up, or say where it is with --url"
              .formatted(request.uri().getScheme(), request.uri().getAuthority()),
          nobody);
    } catch (IOException broken) {
      throw new TawaraException(
          Category.UNAVAILABLE, request.uri() + ": " + broken.getMessage(), broken);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new TawaraException(Category.UNAVAILABLE, "interrupted", interrupted);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
