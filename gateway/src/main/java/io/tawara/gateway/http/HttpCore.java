package io.tawara.gateway.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tawara.core.database.DatabaseUnavailableException;
import io.tawara.core.error.TawaraException;
import io.tawara.core.ids.Ids;
import io.tawara.core.input.InvalidInputException;
import io.tawara.gateway.http.Routes.Match;
import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/// What happens to every request of a port, in this order: find the endpoint, find out who asks,
/// agree on a format, check the permission, the method and the tenant, let the endpoint answer,
/// write the answer. See `docs/design/gateway.md`.
public final class HttpCore {
  private static final Logger LOG = LoggerFactory.getLogger(HttpCore.class);
  private static final Logger ACCESS = LoggerFactory.getLogger("io.tawara.gateway.access");
  private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final long DISCARD_MILLISECONDS = 30_000;

  /// Bytes of a body that are handed to the socket at a time.
  private static final int PIECE = 1 << 17;

  /// What every answer says, in the form that is written without looking at its characters again.
  private static final Map<CharSequence, CharSequence> PROTECTION =
      Map.of(
          HttpHeaders.createOptimized("X-Frame-Options"), HttpHeaders.createOptimized("DENY"),
          HttpHeaders.createOptimized("X-Content-Type-Options"),
              HttpHeaders.createOptimized("nosniff"),
          HttpHeaders.createOptimized("Referrer-Policy"),
              HttpHeaders.createOptimized("same-origin"),
          HttpHeaders.createOptimized("Cross-Origin-Opener-Policy"),
              HttpHeaders.createOptimized("same-origin"));

  private static final CharSequence ALLOW = HttpHeaders.createOptimized("Allow");

  static final String REQUEST_ID_HEADER = "x-rh-insights-request-id";
  static final String IDENTITY_HEADER = "x-rh-identity";

  private final Routes routes;
  private final Authenticator authenticator;
  private final TenantGate tenants;
  private final MeterRegistry meters;
  private final Ids ids;
  private final Duration cacheLifetime;
  private final Counter databaseFailures;

  public HttpCore(
      Collection<Endpoint> endpoints,
      Authenticator authenticator,
      TenantGate tenants,
      MeterRegistry meters,
      Ids ids,
      Duration cacheLifetime) {
    this.ids = ids;
    this.routes = new Routes(endpoints);
    this.authenticator = authenticator;
    this.tenants = tenants;
    this.meters = meters;
    this.cacheLifetime = cacheLifetime;
    this.databaseFailures = meters.counter("db_connection_errors");
  }

  /// Where a request stands while it is answered.
  private static final class Exchange {
    private final HttpServerRequest raw;
    private final String requestId;
    private final long start = System.nanoTime();
    private Optional<Endpoint> endpoint = Optional.empty();
    private Optional<Caller> caller = Optional.empty();
    private Format format = Format.JSON;

    Exchange(HttpServerRequest raw, String requestId) {
      this.raw = raw;
      this.requestId = requestId;
    }
  }

  /// Answers one request.
  public void handle(HttpServerRequest raw) {
    raw.pause();
    var exchange = new Exchange(raw, requestId(raw));
    Future<Answer> answer;
    try {
      answer = answer(exchange);
    } catch (RuntimeException failure) {
      answer = Future.failedFuture(failure);
    }
    answer.onComplete(
        done -> {
          if (done.cause() instanceof DatabaseUnavailableException) {
            databaseFailures.increment();
          }
          write(exchange, done.succeeded() ? done.result() : answerTo(exchange, done.cause()));
        });
  }

  private String requestId(HttpServerRequest raw) {
    String given = raw.getHeader(REQUEST_ID_HEADER);
    return given != null && REQUEST_ID.matcher(given).matches()
        ? given
        : ids.next().toString().replace("-", "");
  }

  private Future<Answer> answer(Exchange exchange) {
    if (isPreflight(exchange.raw)) {
      return Future.succeededFuture(preflight());
    }
    String path = exchange.raw.path();
    if (path == null || !path.startsWith("/")) {
      throw HttpError.notFoundPage();
    }
    return switch (routes.find(path)) {
      case Match.Found found -> {
        exchange.endpoint = Optional.of(found.endpoint());
        yield found.endpoint().guard() == Guard.PUBLIC
            ? reached(exchange, found)
            : authenticate(exchange, found.endpoint().guard())
                .compose(caller -> reached(exchange, found));
      }
      case Match.WithSlash near -> {
        Guard guard = near.endpoint().guard();
        yield guard == Guard.PUBLIC
            ? Future.succeededFuture(redirect(exchange.raw))
            : authenticate(exchange, guard).map(caller -> redirect(exchange.raw));
      }
      case Match.Nothing unused ->
          authenticate(exchange, Guard.AUTHORISED)
              .compose(caller -> Future.failedFuture(HttpError.notFoundPage()));
    };
  }

  private Future<Caller> authenticate(Exchange exchange, Guard guard) {
    return authenticator
        .authenticate(exchange.raw.getHeader(IDENTITY_HEADER), guard, exchange.requestId)
        .onSuccess(caller -> exchange.caller = Optional.of(caller));
  }

  private static Answer redirect(HttpServerRequest raw) {
    String query = raw.query();
    return Answer.emptyHtml(301)
        .with("Location", raw.path() + "/" + (query == null ? "" : "?" + query));
  }

  private Future<Answer> reached(Exchange exchange, Match.Found found) {
    Endpoint endpoint = found.endpoint();
    HttpServerRequest raw = exchange.raw;
    exchange.format =
        Format.negotiate(raw.getHeader("Accept"), endpoint.formats())
            .orElseThrow(
                () -> HttpError.of(406, "Could not satisfy the request Accept header.", "detail"));
    boolean write = !isSafe(raw.method());
    if (exchange.caller.isPresent()
        && !endpoint.permission().allows(exchange.caller.get().access(), write)) {
      throw HttpError.forbidden();
    }
    if (raw.method().equals(HttpMethod.OPTIONS) && endpoint.options()) {
      return Future.succeededFuture(optionsOf(endpoint));
    }
    HttpMethod method = raw.method().equals(HttpMethod.HEAD) ? HttpMethod.GET : raw.method();
    Endpoint.Handler handler = endpoint.handlers().get(method);
    if (handler == null) {
      throw HttpError.of(405, "Method \"" + raw.method().name() + "\" not allowed.", "detail");
    }
    var request =
        new Request(
            raw,
            Query.parse(raw.query()),
            found.parameters(),
            exchange.format,
            exchange.caller,
            exchange.requestId);
    return switch (endpoint.tenantNeed()) {
      case NONE -> handler.handle(request);
      case DATA ->
          write
              ? tenants.ensure(request.caller()).compose(made -> handler.handle(request))
              : tenants
                  .exists(request.caller())
                  .compose(
                      exists ->
                          exists
                              ? handler.handle(request)
                              : Future.succeededFuture(Answer.json(Page.emptyTenant(request))));
    };
  }

  /// A browser asks whether a page of another origin may call; it sends no identity with that.
  private static boolean isPreflight(HttpServerRequest raw) {
    return raw.method().equals(HttpMethod.OPTIONS)
        && raw.getHeader("Origin") != null
        && raw.getHeader("Access-Control-Request-Method") != null;
  }

  private static Answer preflight() {
    return Answer.emptyHtml(200)
        .with("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, PATCH, POST, PUT")
        .with(
            "Access-Control-Allow-Headers",
            "accept, authorization, content-type, user-agent, x-csrftoken, x-requested-with,"
                + " x-rh-identity, HTTP_X_RH_IDENTITY")
        .with("Access-Control-Max-Age", "86400");
  }

  private static boolean isSafe(HttpMethod method) {
    return method.equals(HttpMethod.GET)
        || method.equals(HttpMethod.HEAD)
        || method.equals(HttpMethod.OPTIONS);
  }

  private static Answer optionsOf(Endpoint endpoint) {
    var body = Json.object().put("name", endpoint.name());
    body.put("description", endpoint.description());
    var renders = body.putArray("renders");
    endpoint.formats().forEach(format -> renders.add(format.mediaType()));
    body.putArray("parses")
        .add("application/json")
        .add("application/x-www-form-urlencoded")
        .add("multipart/form-data");
    return Answer.json(body);
  }

  private static Answer answerTo(Exchange exchange, Throwable failure) {
    Answer answer =
        switch (failure) {
          case HttpError error -> error.answer();
          case InvalidInputException invalid -> HttpError.invalid(invalid).answer();
          case DatabaseUnavailableException away -> {
            log(exchange, () -> LOG.warn("{}", away.getMessage()));
            yield HttpError.unavailable("Database", "the database does not answer").answer();
          }
          case TawaraException known -> answerTo(exchange, known);
          default -> internal(exchange, failure);
        };
    boolean csv =
        exchange.format == Format.CSV && Format.JSON.contentType().equals(answer.contentType());
    return csv ? Answer.bytes(answer.status(), Format.CSV.contentType(), Buffer.buffer()) : answer;
  }

  private static Answer answerTo(Exchange exchange, TawaraException failure) {
    return switch (failure.category()) {
      case INPUT -> HttpError.of(400, failure.getMessage(), "detail").answer();
      case NOT_FOUND -> HttpError.notFound().answer();
      case FORBIDDEN -> HttpError.forbidden().answer();
      case LIMIT -> HttpError.of(413, failure.getMessage(), "detail").answer();
      case UNAVAILABLE -> {
        log(exchange, () -> LOG.warn("unavailable: {}", failure.getMessage(), failure));
        yield HttpError.unavailable("Service", "a part that is needed does not answer").answer();
      }
      case INTERNAL -> internal(exchange, failure);
    };
  }

  private static Answer internal(Exchange exchange, Throwable failure) {
    log(
        exchange,
        () ->
            LOG.error("{} {} failed", exchange.raw.method().name(), exchange.raw.path(), failure));
    return Answer.page(500, "Server Error (500)", "");
  }

  private static void log(Exchange exchange, Runnable line) {
    MDC.put("request_id", exchange.requestId);
    try {
      line.run();
    } finally {
      MDC.remove("request_id");
    }
  }

  private void write(Exchange exchange, Answer answer) {
    HttpServerResponse response = exchange.raw.response();
    if (response.ended() || response.closed()) {
      finish(exchange, answer);
      return;
    }
    response.setStatusCode(answer.status());
    headers(exchange, answer, response);
    boolean head = exchange.raw.method().equals(HttpMethod.HEAD);
    Future<Void> written =
        switch (answer.content()) {
          case Answer.Content.Whole whole -> {
            response.putHeader(
                HttpHeaders.CONTENT_LENGTH, Integer.toString(whole.buffer().length()));
            yield head ? response.end() : whole(response, whole.buffer());
          }
          case Answer.Content.Streamed streamed -> {
            response.setChunked(true);
            yield head
                ? response.end()
                : streamed.writer().write(response).compose(done -> response.end());
          }
          case Answer.Content.None unused -> {
            if (answer.status() != 204 && answer.status() != 304) {
              response.putHeader("Content-Length", "0");
            }
            yield response.end();
          }
        };
    written.onComplete(
        done -> {
          if (done.failed() && !response.closed()) {
            log(exchange, () -> brokenOff(done.cause()));
            response.reset();
          }
          finish(exchange, answer);
        });
  }

  /// Clients hang up as they like; everything else is a fault of ours.
  private static void brokenOff(Throwable cause) {
    if (cause instanceof IOException) {
      LOG.debug("answer broken off", cause);
    } else {
      LOG.warn("answer broken off", cause);
    }
  }

  /// Writes a body as fast as the client takes it. What travels at a time is so small that the
  /// memory for it is used again and again, however large the body is and however many there are.
  private static Future<Void> whole(HttpServerResponse response, Buffer body) {
    if (body.length() <= PIECE) {
      return response.end(body);
    }
    Promise<Void> ended = Promise.promise();
    response.setWriteQueueMaxSize(4 * PIECE);
    response.exceptionHandler(ended::tryFail);
    response.closeHandler(_ -> ended.tryFail("the client hung up"));
    pieces(response, body, 0, ended);
    return ended.future();
  }

  private static void pieces(
      HttpServerResponse response, Buffer body, int from, Promise<Void> ended) {
    response.drainHandler(null);
    if (ended.future().isComplete()) {
      return;
    }
    for (int at = from; at + PIECE < body.length(); at += PIECE) {
      if (response.writeQueueFull()) {
        int next = at;
        response.drainHandler(_ -> pieces(response, body, next, ended));
        return;
      }
      response.write(body.slice(at, at + PIECE)).onFailure(ended::tryFail);
    }
    int rest = (body.length() - 1) / PIECE * PIECE;
    response
        .end(body.slice(rest, body.length()))
        .onSuccess(ended::tryComplete)
        .onFailure(ended::tryFail);
  }

  private void headers(Exchange exchange, Answer answer, HttpServerResponse response) {
    var headers = response.headers();
    if (answer.contentType() != null) {
      headers.set(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    PROTECTION.forEach(headers::set);
    headers.set(REQUEST_ID_HEADER, exchange.requestId);
    if (exchange.raw.getHeader("Origin") != null) {
      headers.set("Access-Control-Allow-Origin", "*");
    }
    boolean kept = exchange.endpoint.filter(e -> e.caching() == Endpoint.Caching.KEPT).isPresent();
    headers.set(HttpHeaders.VARY, kept ? "X_RH_IDENTITY, Accept, origin" : "Accept, origin");
    exchange.endpoint.ifPresent(
        endpoint -> {
          headers.set(ALLOW, endpoint.allow());
          if (answer.status() < 300 || answer.status() == 304) {
            switch (endpoint.caching()) {
              case KEPT -> headers.set("Cache-Control", "max-age=" + cacheLifetime.toSeconds());
              case NEVER ->
                  headers.set(
                      "Cache-Control", "max-age=0, no-cache, no-store, must-revalidate, private");
              case UNSAID -> {}
            }
          }
        });
    for (Map.Entry<String, String> header : answer.headers().entrySet()) {
      headers.set(header.getKey(), header.getValue());
    }
  }

  /// Throws away what is left of a body, for a while: a sender that goes on gets hung up on.
  private static void discard(HttpServerRequest raw) {
    var vertx = Vertx.currentContext().owner();
    long timer = vertx.setTimer(DISCARD_MILLISECONDS, unused -> hangUp(raw));
    raw.endHandler(ended -> vertx.cancelTimer(timer));
    raw.exceptionHandler(gone -> vertx.cancelTimer(timer));
    raw.resume();
  }

  private static void hangUp(HttpServerRequest raw) {
    raw.connection().close().onFailure(gone -> LOG.debug("already closed", gone));
  }

  private void finish(Exchange exchange, Answer answer) {
    answer.left().run();
    if (!exchange.raw.isEnded()) {
      discard(exchange.raw);
    }
    long nanos = System.nanoTime() - exchange.start;
    String name = exchange.endpoint.map(Endpoint::path).orElse("none");
    Timer.builder("http_server_requests")
        .tag("endpoint", name)
        .tag("method", exchange.raw.method().name())
        .tag("status", Integer.toString(answer.status()))
        .register(meters)
        .record(nanos, TimeUnit.NANOSECONDS);
    if (ACCESS.isInfoEnabled()) {
      var line = new JsonObject();
      line.put("method", exchange.raw.method().name()).put("path", exchange.raw.uri());
      line.put("status", answer.status()).put("response_time", nanos / 1_000_000);
      exchange.caller.ifPresent(
          caller ->
              line.put("org_id", caller.organisationId())
                  .put("username", caller.username())
                  .put("is_admin", caller.administrator()));
      log(exchange, () -> ACCESS.info("{}", line.encode()));
    }
  }
}
