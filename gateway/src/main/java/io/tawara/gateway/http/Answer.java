package io.tawara.gateway.http;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.Map;

/// What goes back: a status, a type and a body that is either whole or written piece by piece.
///
/// @param contentType null for an answer without a body
/// @param headers more headers; they replace those of the endpoint
/// @param left runs when the answer has left, or nobody takes it
public record Answer(
    int status, String contentType, Map<String, String> headers, Content content, Runnable left) {

  /// The body.
  public sealed interface Content {
    /// A body that is there. The buffer is not changed afterwards.
    record Whole(Buffer buffer) implements Content {}

    /// A body that is written to the socket while it is produced.
    record Streamed(Writer writer) implements Content {}

    /// No body.
    record None() implements Content {}
  }

  /// Writes a body; must respect the write queue. The response is ended by the caller.
  @FunctionalInterface
  public interface Writer {
    Future<Void> write(HttpServerResponse response);
  }

  public Answer {
    headers = Map.copyOf(headers);
  }

  public static Answer json(int status, JsonNode body) {
    return bytes(status, Format.JSON.contentType(), Json.bytes(body));
  }

  public static Answer json(JsonNode body) {
    return json(200, body);
  }

  public static Answer bytes(int status, String contentType, Buffer body) {
    return new Answer(status, contentType, Map.of(), new Content.Whole(body), () -> {});
  }

  public static Answer streamed(int status, String contentType, Writer writer) {
    return new Answer(status, contentType, Map.of(), new Content.Streamed(writer), () -> {});
  }

  public static Answer text(int status, String body) {
    return bytes(status, "text/plain; charset=utf-8", Buffer.buffer(body));
  }

  public static Answer empty(int status) {
    return new Answer(status, null, Map.of(), new Content.None(), () -> {});
  }

  /// An empty HTML answer, as the identity check gives it.
  static Answer emptyHtml(int status) {
    return bytes(status, "text/html; charset=utf-8", Buffer.buffer());
  }

  /// One of the plain HTML pages that come from outside of the API itself.
  static Answer page(int status, String title, String text) {
    return bytes(
        status,
        "text/html; charset=utf-8",
        Buffer.buffer(
            """

            <!doctype html>
            <html lang="en">
            <head>
              <title>%1$s</title>
            </head>
            <body>
              <h1>%1$s</h1><p>%2$s</p>
            </body>
            </html>
            """
                .formatted(title, text)));
  }

  public Answer with(String header, String value) {
    var more = new java.util.HashMap<>(headers);
    more.put(header, value);
    return new Answer(status, contentType, more, content, left);
  }

  /// The same answer, after which something is to be done.
  public Answer whenLeft(Runnable done) {
    return new Answer(status, contentType, headers, content, done);
  }

  /// Bytes of a body that is there, else 0.
  public int length() {
    return content instanceof Content.Whole whole ? whole.buffer().length() : 0;
  }
}
