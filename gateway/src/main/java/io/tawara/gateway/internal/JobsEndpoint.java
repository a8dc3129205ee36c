package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;

/// `jobs/`: everything between an accepted upload or write and its last effect.
final class JobsEndpoint {
  /// Uploads that were accepted and not received yet, and messages that were not sent yet, will
  /// become work: they count as queued. One statement, so that nothing is missed that moves from
  /// one table to another meanwhile.
  private static final String COUNT =
      """
      select (select count(*) from public.work where state = 'queued')
               + (select count(*) from public.upload where state = 'accepted')
               + (select count(*) from public.outbox),
             (select count(*) from public.work where state = 'running'),
             (select count(*) from public.work where state = 'failed')
      """;

  private JobsEndpoint() {}

  static Endpoint.Builder endpoint(GatewayServices services) {
    return InternalEndpoints.internal("jobs/")
        .described("Jobs", "How much work is waiting, being done and given up.")
        .get(
            request ->
                services
                    .reads()
                    .publicQuery(COUNT, Tuple.tuple())
                    .map(rows -> Answer.json(counts(rows.iterator().next()))));
  }

  private static ObjectNode counts(Row row) {
    return Json.object()
        .put("queued", row.getLong(0))
        .put("running", row.getLong(1))
        .put("failed", row.getLong(2));
  }
}
