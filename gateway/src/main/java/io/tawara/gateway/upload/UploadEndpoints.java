package io.tawara.gateway.upload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.outbox.Outbox;
import io.tawara.core.outbox.OutboxMessage;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Endpoint.Slash;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.identity.Identity;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerFileUpload;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes payloads in: streams them to the object store, writes their row and announces them, the
/// last two in one transaction. Accepted means: not lost any more.
public final class UploadEndpoints implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(UploadEndpoints.class);
  private static final List<String> ROOTS =
      List.of("/api/ingress/v1/", "/r/insights/platform/ingress/v1/");
  private static final Pattern PAYLOAD_TYPE =
      Pattern.compile("application/vnd\\.redhat\\.([a-z0-9-]+)\\.([a-z0-9-]+)(\\+.*|;.*)?");
  private static final int MAX_METADATA = 1 << 16;
  private static final int MULTIPART_OVERHEAD = 1 << 16;

  private final GatewayServices services;
  private final GatewayConfig.Upload config;
  private final PayloadWriter writer;
  private final PayloadUrls urls;
  private final Runnable written;

  /// @param written called when something was announced
  public UploadEndpoints(GatewayServices services, Runnable written) {
    this.services = services;
    this.config = services.config().upload();
    this.writer = new PayloadWriter(services.objects(), config.maxBytes());
    this.urls = new PayloadUrls(services.objects().config(), config.urlLifetime());
    this.written = written;
  }

  public List<Endpoint.Builder> endpoints() {
    var all = new java.util.ArrayList<Endpoint.Builder>();
    for (String root : ROOTS) {
      all.add(
          Endpoint.absolute(root + "upload")
              .slash(Slash.OPTIONAL)
              .described("Upload", "Takes a payload in.")
              .post(this::upload));
      all.add(ready(root + "ready"));
    }
    all.add(ready("/api/ingress/ready"));
    return all;
  }

  private Endpoint.Builder ready(String path) {
    return Endpoint.absolute(path)
        .slash(Slash.OPTIONAL)
        .described("Upload readiness", "Whether uploads are taken.")
        .get(
            request -> {
              identity(request);
              return Future.succeededFuture(Answer.text(200, "OK"));
            });
  }

  private Identity identity(Request request) {
    Identity identity =
        Identity.parse(
            request.header("x-rh-identity").orElse(null), services.config().schemaSuffix());
    if (!identity.entitled()) {
      throw HttpError.forbiddenPage();
    }
    return identity;
  }

  private Future<Answer> upload(Request request) {
    Identity identity = identity(request);
    if (config.deniedOrganisations().contains(identity.organisationId())) {
      throw refused(403, "Upload denied. Please contact Red Hat Support.");
    }
    String type = request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
    if (type.startsWith("application/json")) {
      return request.json(MAX_METADATA).map(body -> test(request, identity, body));
    }
    if (!type.startsWith("multipart/form-data") || !type.contains("boundary=")) {
      throw refused(400, "File or upload field not found");
    }
    long declared = declaredBytes(request);
    if (declared > config.maxBytes() + MULTIPART_OVERHEAD) {
      throw tooLarge(declared);
    }
    return new Receiving(request, identity).begin();
  }

  private Answer test(Request request, Identity identity, JsonNode body) {
    if (!body.path("test").asText("").equals("test")) {
      throw refused(400, "File or upload field not found");
    }
    return accepted(200, request.requestId(), identity);
  }

  private static long declaredBytes(Request request) {
    String declared = request.header("Content-Length").orElse("0");
    return declared.length() > 18 ? Long.MAX_VALUE : Long.parseLong(declared);
  }

  private static HttpError refused(int status, String text) {
    return HttpError.withAnswer(Answer.text(status, text));
  }

  private HttpError tooLarge(long bytes) {
    return refused(
        413, "File exceeds maximum file size (" + config.maxBytes() + ") for upload: " + bytes);
  }

  private static Answer accepted(int status, String requestId, Identity identity) {
    ObjectNode upload = Json.object();
    identity.accountNumber().ifPresent(account -> upload.put("account_number", account));
    upload.put("org_id", identity.organisationId());
    ObjectNode body = Json.object().put("request_id", requestId);
    body.set("upload", upload);
    return Answer.json(status, body).with("x-rh-insights-request-id", requestId);
  }

  /// One multipart request while its parts arrive.
  private final class Receiving {
    private final Request request;
    private final Identity identity;
    private final Context context = Vertx.currentContext();
    private final Promise<Answer> answer = Promise.promise();
    private final String key;
    private Optional<PartPipe> pipe = Optional.empty();
    private Future<Long> stored;
    private String contentType = "";
    private final Buffer metadata = Buffer.buffer();

    Receiving(Request request, Identity identity) {
      this.request = request;
      this.identity = identity;
      this.key = "upload/" + identity.organisationId() + "/" + services.ids().next();
    }

    Future<Answer> begin() {
      HttpServerRequest raw = request.raw();
      raw.setExpectMultipart(true);
      raw.uploadHandler(this::part);
      raw.exceptionHandler(this::brokenOff);
      raw.endHandler(ended -> end());
      raw.resume();
      return answer.future();
    }

    private void part(HttpServerFileUpload part) {
      boolean payload = part.name().equals("file") || part.name().equals("upload");
      if (payload && stored == null && !answer.future().isComplete()) {
        payload(part);
      } else if (part.name().equals("metadata")) {
        part.handler(
            bytes -> {
              if (metadata.length() + bytes.length() <= MAX_METADATA) {
                metadata.appendBuffer(bytes);
              }
            });
      } else {
        part.handler(ignored -> {});
      }
    }

    private void payload(HttpServerFileUpload part) {
      contentType = part.contentType() == null ? "" : part.contentType();
      var matcher = PAYLOAD_TYPE.matcher(contentType);
      if (!matcher.matches() || !config.services().contains(matcher.group(1))) {
        part.handler(ignored -> {});
        answer.tryFail(HttpError.withAnswer(Answer.text(415, "")));
        return;
      }
      var bytes = new PartPipe(part, context);
      pipe = Optional.of(bytes);
      stored = services.blocking().call(request, () -> writer.write(key, bytes));
      stored.onFailure(this::notStored);
    }

    private void notStored(Throwable failure) {
      pipe.ifPresent(PartPipe::discard);
      if (failure instanceof PayloadWriter.TooLarge large) {
        answer.tryFail(tooLarge(large.bytes()));
      } else if (failure instanceof IOException) {
        answer.tryFail(refused(400, "The payload was broken off"));
      } else {
        LOG.error("request {}: the payload could not be stored", request.requestId(), failure);
        answer.tryFail(HttpError.withAnswer(Answer.empty(500)));
      }
    }

    private void brokenOff(Throwable cause) {
      pipe.ifPresent(bytes -> bytes.fail(cause));
      answer.tryFail(refused(400, "File or upload field not found"));
    }

    private void end() {
      if (answer.future().isComplete()) {
        return;
      }
      if ("test".equals(request.raw().formAttributes().get("test"))) {
        answer.tryComplete(accepted(200, request.requestId(), identity));
        return;
      }
      if (stored == null) {
        answer.tryFail(refused(400, "File or upload field not found"));
        return;
      }
      stored
          .compose(bytes -> services.blocking().call(request, () -> record(bytes)))
          .onSuccess(
              requestId -> {
                written.run();
                answer.tryComplete(accepted(202, requestId, identity));
              })
          .onFailure(
              failure -> {
                if (stored.succeeded()) {
                  LOG.error("request {}: not recorded", request.requestId(), failure);
                  answer.tryFail(HttpError.withAnswer(Answer.empty(500)));
                }
              });
    }

    /// Writes the row and the announcement. A request id that was used before is replaced.
    private String record(long bytes) {
      return services
          .database()
          .transaction(
              connection -> {
                String id = request.requestId();
                if (!insert(connection, id, bytes)) {
                  id = services.ids().next().toString().replace("-", "");
                  insert(connection, id, bytes);
                }
                Outbox.add(
                    connection,
                    new OutboxMessage(
                        config.topic(),
                        queueKey(),
                        Map.of("service", service()),
                        announce(id, bytes)),
                    id);
                return id;
              });
    }

    private boolean insert(Connection connection, String id, long bytes) throws SQLException {
      try (var insert =
          connection.prepareStatement(
              """
              insert into public.upload
                (request_id, org_id, account, object_key, bytes, identity, announced)
              values (?, ?, ?, ?, ?, ?, now())
              on conflict (request_id) do nothing
              """)) {
        insert.setString(1, id);
        insert.setString(2, identity.organisationId());
        insert.setString(3, identity.accountNumber().orElse(null));
        insert.setString(4, key);
        insert.setLong(5, bytes);
        insert.setString(6, request.header("x-rh-identity").orElseThrow());
        return insert.executeUpdate() == 1;
      }
    }

    private String service() {
      var matcher = PAYLOAD_TYPE.matcher(contentType);
      return matcher.matches() ? matcher.group(1) : "";
    }

    private String category() {
      var matcher = PAYLOAD_TYPE.matcher(contentType);
      return matcher.matches() ? matcher.group(2) : "";
    }

    private String queueKey() {
      return metadata().path("queue_key").asText("");
    }

    /// What the sender says about the payload; what cannot be read is ignored.
    private ObjectNode metadata() {
      String given = request.raw().formAttributes().get("metadata");
      byte[] text =
          given == null
              ? metadata.getBytes()
              : given.getBytes(java.nio.charset.StandardCharsets.UTF_8);
      try {
        return Json.read(text) instanceof ObjectNode object ? object : Json.object();
      } catch (IOException ignored) {
        return Json.object();
      }
    }

    private String announce(String id, long bytes) {
      ObjectNode message = Json.object();
      message.put("account", identity.accountNumber().orElse(""));
      message.put("category", category());
      message.put("content_type", contentType);
      ObjectNode about = Json.object();
      about.put("reporter", "").put("stale_timestamp", "0001-01-01T00:00:00Z");
      about.setAll(metadata());
      message.set("metadata", about);
      message.put("request_id", id);
      message.put("principal", identity.organisationId());
      message.put("org_id", identity.organisationId());
      message.put("service", service());
      message.put("size", bytes);
      message.put("url", urls.of(key));
      message.put("b64_identity", request.header("x-rh-identity").orElseThrow());
      message.put("timestamp", services.clock().instant().toString());
      return Json.text(message);
    }
  }

  @Override
  public void close() {
    urls.close();
  }
}
