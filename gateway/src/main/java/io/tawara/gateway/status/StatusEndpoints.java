package io.tawara.gateway.status;

import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.TenantNeed;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Whether the process lives, is ready, and its figures.
public final class StatusEndpoints {
  private StatusEndpoints() {}

  /// `status/` of the API and the probes.
  ///
  /// @param refresh brings figures up to date that are not counted as they happen
  public static List<Endpoint.Builder> publicOnes(
      GatewayServices services, Supplier<Future<Void>> refresh) {
    return Stream.concat(
            Stream.of(
                Endpoint.api("status/")
                    .guard(Guard.PUBLIC)
                    .tenant(TenantNeed.NONE)
                    .described("Status", "Whether the API answers.")
                    .get(
                        request ->
                            Future.succeededFuture(
                                Answer.json(Json.object().put("status", "OK"))))),
            probes(services, refresh))
        .toList();
  }

  /// The probes.
  public static List<Endpoint.Builder> internalOnes(
      GatewayServices services, Supplier<Future<Void>> refresh) {
    return probes(services, refresh).toList();
  }

  private static Stream<Endpoint.Builder> probes(
      GatewayServices services, Supplier<Future<Void>> refresh) {
    return Stream.of(
        Endpoint.absolute("/livez")
            .described("Liveness", "Whether the process lives.")
            .get(request -> Future.succeededFuture(probe(200, "ok"))),
        Endpoint.absolute("/readyz")
            .described("Readiness", "Whether the database answers.")
            .get(
                request ->
                    services
                        .reads()
                        .publicQuery("select 1", Tuple.tuple())
                        .map(rows -> probe(200, "ok"))
                        .recover(
                            failure ->
                                Future.failedFuture(
                                    HttpError.withAnswer(probe(424, "database not ready"))))),
        Endpoint.absolute("/metrics")
            .described("Metrics", "Figures in the Prometheus text format.")
            .formats(Format.TEXT, Format.JSON)
            .get(
                request ->
                    refresh
                        .get()
                        .map(
                            _ ->
                                Answer.bytes(
                                    200,
                                    Format.TEXT.contentType(),
                                    Buffer.buffer(services.meters().scrape())))));
  }

  private static Answer probe(int status, String message) {
    return Answer.json(status, Json.object().put("status", status).put("msg", message));
  }
}
