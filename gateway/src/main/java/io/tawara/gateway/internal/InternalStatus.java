package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.http.WireTime;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Optional;

/// `status/` of the internal API.
final class InternalStatus {
  private InternalStatus() {}

  static Endpoint.Builder endpoint(GatewayServices services) {
    return InternalEndpoints.internal("status/")
        .described("Status", "What runs here.")
        .get(request -> answer(services, request));
  }

  private static Future<Answer> answer(GatewayServices services, Request request) {
    if (request.query().has("liveness")) {
      return Future.succeededFuture(Answer.json(Json.object().put("alive", true)));
    }
    String sql =
        "select datname, count(*) from pg_stat_activity where datname = current_database() group by"
            + " datname";
    return services
        .reads()
        .publicQuery(sql, Tuple.tuple())
        .map(
            rows -> {
              ObjectNode status = Json.object().put("api_version", "1");
              status.putObject("celery_status");
              status.put(
                  "commit",
                  Optional.ofNullable(InternalStatus.class.getPackage().getImplementationVersion())
                      .orElse("development"));
              status
                  .putObject("config")
                  .put("debug", false)
                  .put("masu_retain_num_months", services.config().settings().retainMonths())
                  .put("rbac_cache_ttl", services.config().rbac().cacheLifetime().toSeconds());
              status.put("current_datetime", WireTime.seconds(services.clock().instant()));
              var databases = status.putArray("database_status");
              rows.forEach(
                  row ->
                      databases
                          .addObject()
                          .put("database", row.getString(0))
                          .put("database_connections", row.getLong(1)));
              status.putObject("modules");
              status.putObject("platform_info").put("java_version", Runtime.version().toString());
              return Answer.json(status);
            });
  }
}
