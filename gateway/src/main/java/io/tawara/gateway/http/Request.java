package io.tawara.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.Fields;
import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// One request as a handler sees it. The body has not been read yet: whoever wants it says how
/// large it may be.
public final class Request {
  /// The bound of ordinary JSON bodies.
  public static final int MAX_JSON = 1 << 20;

  private final HttpServerRequest raw;
  private final Query query;
  private final Map<String, String> pathParameters;
  private final Format format;
  private final Optional<Caller> caller;
  private final String requestId;

  Request(
      HttpServerRequest raw,
      Query query,
      Map<String, String> pathParameters,
      Format format,
      Optional<Caller> caller,
      String requestId) {
    this.raw = raw;
    this.query = query;
    this.pathParameters = Map.copyOf(pathParameters);
    this.format = format;
    this.caller = caller;
    this.requestId = requestId;
  }

  public HttpMethod method() {
    return raw.method();
  }

  /// The path as it was sent, still encoded.
  public String path() {
    return raw.path();
  }

  public Query query() {
    return query;
  }

  /// The decoded value of a `{name}` segment of the endpoint's path.
  public String pathParameter(String name) {
    String value = pathParameters.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no path parameter " + name);
    }
    return value;
  }

  /// How the answer is to be written, of the formats that the endpoint offers.
  public Format format() {
    return format;
  }

  /// Who asks; present behind every guard but [Guard#PUBLIC].
  public Caller caller() {
    return caller.orElseThrow(() -> new IllegalStateException("a public endpoint has no caller"));
  }

  public String requestId() {
    return requestId;
  }

  /// A request header.
  public Optional<String> header(String name) {
    return Optional.ofNullable(raw.getHeader(name));
  }

  /// All lines of a header that is a list, as one; empty when there is none.
  public String headers(String name) {
    return String.join(",", raw.headers().getAll(name));
  }

  /// The request itself, for bodies that are streamed. It is paused.
  public HttpServerRequest raw() {
    return raw;
  }

  /// The JSON body, an empty object when there is none.
  public Future<JsonNode> json() {
    return json(MAX_JSON);
  }

  /// The JSON body, an empty object when there is none.
  ///
  /// @param most bytes; more is answered with 413
  public Future<JsonNode> json(int most) {
    String type = header("Content-Type").orElse("application/json").split(";", 2)[0].strip();
    boolean isJson = type.isEmpty() || type.toLowerCase(Locale.ROOT).endsWith("json");
    return body(most)
        .map(
            body -> {
              if (body.length() == 0) {
                return Json.object();
              }
              if (!isJson) {
                throw HttpError.of(
                    415, "Unsupported media type \"" + type + "\" in request.", "detail");
              }
              return parse(body.getBytes());
            });
  }

  /// The JSON body, which must be an object.
  public Future<ObjectNode> jsonObject() {
    return json()
        .map(
            node -> {
              if (node instanceof ObjectNode object) {
                return object;
              }
              throw HttpError.of(400, Fields.notAnObject(node), "non_field_errors");
            });
  }

  /// The whole body.
  ///
  /// @param most bytes; more is answered with 413
  public Future<Buffer> body(int most) {
    String declared = raw.getHeader("Content-Length");
    if (declared != null && declared.length() > 9) {
      return Future.failedFuture(tooLarge(most));
    }
    if (declared != null && Long.parseLong(declared) > most) {
      return Future.failedFuture(tooLarge(most));
    }
    Promise<Buffer> promise = Promise.promise();
    Buffer all = Buffer.buffer();
    raw.handler(
        part -> {
          if (all.length() + part.length() > most) {
            raw.handler(ignored -> {});
            promise.tryFail(tooLarge(most));
          } else {
            all.appendBuffer(part);
          }
        });
    raw.exceptionHandler(promise::tryFail);
    raw.endHandler(ended -> promise.tryComplete(all));
    raw.resume();
    return promise.future();
  }

  private static HttpError tooLarge(int most) {
    return HttpError.of(413, "The request body is larger than " + most + " bytes.", "detail");
  }

  private static JsonNode parse(byte[] body) {
    try {
      JsonNode node = Json.read(body);
      return node.isMissingNode() ? Json.object() : node;
    } catch (IOException notJson) {
      throw HttpError.of(
          400,
          "JSON parse error - " + JsonSyntax.explain(new String(body, StandardCharsets.UTF_8)),
          "detail");
    }
  }
}
