package io.tawara.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.tawara.core.input.InvalidInputException;

/// Ends a request with an answer. Thrown, or used to fail a future, anywhere in a handler.
public final class HttpError extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Answer answer;

  private HttpError(Answer answer, String message, Throwable cause) {
    super(message, cause, false, false);
    this.answer = answer;
  }

  public Answer answer() {
    return answer;
  }

  /// The usual envelope with one entry.
  ///
  /// @param source the field, null where there is none
  public static HttpError of(int status, String detail, String source) {
    return new HttpError(Answer.json(status, envelope(status, detail, source)), detail, null);
  }

  /// The usual envelope from a tree of messages: a list of texts under a field gives one entry
  /// each, nested objects give dotted sources, a bare list has no source.
  public static HttpError flattened(int status, JsonNode messages) {
    ArrayNode errors = Json.array();
    flatten(status, messages, null, errors);
    return new HttpError(
        Answer.json(status, Json.object().set("errors", errors)), "status " + status, null);
  }

  /// 400 in the usual envelope, one entry for everything that is wrong.
  public static HttpError invalid(InvalidInputException invalid) {
    ArrayNode errors =
        Json.array(invalid.errors(), error -> entry(400, error.detail(), error.source()));
    return new HttpError(
        Answer.json(400, Json.object().set("errors", errors)), invalid.getMessage(), invalid);
  }

  /// A body that is not in the usual envelope.
  public static HttpError plain(int status, JsonNode body) {
    return new HttpError(Answer.json(status, body), "status " + status, null);
  }

  public static HttpError withAnswer(Answer answer) {
    return new HttpError(answer, "status " + answer.status(), null);
  }

  public static HttpError notFound() {
    return of(404, "Not found.", "detail");
  }

  /// 404 of a numeric or well-formed id; `kind` is Koku's name of the thing, such as `Sources`.
  public static HttpError noMatch(String kind) {
    return of(404, "No " + kind + " matches the given query.", "detail");
  }

  public static HttpError forbidden() {
    return of(403, "You do not have permission to perform this action.", "detail");
  }

  /// 403 as it is given before the API itself is reached.
  public static HttpError forbiddenPage() {
    return withAnswer(Answer.page(403, "403 Forbidden", ""));
  }

  /// 401: no usable identity.
  public static HttpError unauthorised() {
    return withAnswer(Answer.emptyHtml(401));
  }

  /// 404 as it is given before the API itself is reached.
  public static HttpError notFoundPage() {
    return withAnswer(
        Answer.page(404, "Not Found", "The requested resource was not found on this server."));
  }

  /// 424: something that Tawara needs is away.
  public static HttpError unavailable(String what, String reason) {
    var entry = Json.object();
    entry.put("detail", what + " unavailable. Error: " + reason);
    entry.put("status", 424);
    entry.put("title", "Failed Dependency");
    var errors = Json.array().add(entry);
    return plain(424, Json.object().set("errors", errors));
  }

  /// 503: there is more to do than can be done now; the caller may ask again.
  public static HttpError busy(String detail, int retrySeconds) {
    return withAnswer(
        Answer.json(503, envelope(503, detail, "detail"))
            .with("Retry-After", Integer.toString(retrySeconds)));
  }

  static JsonNode envelope(int status, String detail, String source) {
    return Json.object().set("errors", Json.array().add(entry(status, detail, source)));
  }

  private static JsonNode entry(int status, String detail, String source) {
    return Json.object().put("detail", detail).put("source", source).put("status", status);
  }

  private static void flatten(int status, JsonNode messages, String source, ArrayNode errors) {
    if (messages.isObject()) {
      messages
          .properties()
          .forEach(
              member ->
                  flatten(
                      status,
                      member.getValue(),
                      source == null ? member.getKey() : source + "." + member.getKey(),
                      errors));
    } else if (messages.isArray()) {
      messages.forEach(each -> flatten(status, each, source, errors));
    } else {
      errors.add(entry(status, messages.asText(), source));
    }
  }
}
