package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.query.TenantQueries;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/// Queries on a tenant's line items that people write themselves; only cloud mode has Trino.
final class TrinoEndpoints {
  private final GatewayServices services;

  TrinoEndpoints(GatewayServices services) {
    this.services = services;
  }

  List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("trino/query/")
            .described(
                "Query line items",
                "Runs one statement that only reads, on the tables of one tenant, with bounds on"
                    + " time, rows and bytes.")
            .formats(Format.JSON, Format.CSV)
            .post(this::query));
  }

  private Future<Answer> query(Request request) {
    return request
        .jsonObject()
        .compose(
            body -> {
              TenantQueries trino =
                  services
                      .queries()
                      .orElseThrow(
                          () ->
                              HttpError.of(
                                  501,
                                  "There is no Trino in this mode: use PostgreSQL.",
                                  "detail"));
              String sql = text(body, "query");
              var tenant = new TenantSchema(text(body, "schema"));
              TenantQueries.Running running = prepared(trino, tenant, sql);
              // who leaves does not keep the cluster busy
              request.raw().response().closeHandler(gone -> end(running));
              return services.blocking().call(request, () -> answer(request, run(running)));
            });
  }

  private static TenantQueries.Running prepared(
      TenantQueries trino, TenantSchema tenant, String sql) {
    try {
      return trino.prepare(tenant, sql);
    } catch (TawaraException refused) {
      throw HttpError.of(400, refused.getMessage(), "Error");
    }
  }

  /// A bound that is passed is the query's fault, not the size of the request.
  private static TenantQueries.Answer run(TenantQueries.Running running) {
    try {
      return running.run();
    } catch (TawaraException failure) {
      if (failure.category() == Category.LIMIT) {
        throw HttpError.of(400, failure.getMessage(), "Error");
      }
      throw failure;
    }
  }

  private void end(TenantQueries.Running running) {
    services
        .blocking()
        .call(
            (String) null,
            () -> {
              running.end();
              return null;
            })
        .onFailure(ignored -> {});
  }

  private static String text(ObjectNode body, String field) {
    if (!body.path(field).isTextual() || body.path(field).textValue().isBlank()) {
      throw HttpError.of(400, "Must provide a " + field + " key to run.", "Error");
    }
    return body.path(field).textValue();
  }

  private static Answer answer(Request request, TenantQueries.Answer found) {
    if (request.format() == Format.CSV) {
      var out = new StringBuilder();
      line(out, found.columns());
      found.rows().forEach(row -> line(out, row));
      return Answer.bytes(200, Format.CSV.contentType(), Buffer.buffer(out.toString()));
    }
    ArrayNode rows = Json.array();
    for (List<Object> row : found.rows()) {
      ObjectNode object = rows.addObject();
      for (int i = 0; i < row.size(); i++) {
        object.putPOJO(found.columns().get(i), row.get(i));
      }
    }
    return Answer.json(rows);
  }

  private static void line(StringBuilder out, List<?> cells) {
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i) == null ? "" : cells.get(i).toString();
      boolean quoted =
          cell.indexOf(',') >= 0
              || cell.indexOf('"') >= 0
              || cell.indexOf('\n') >= 0
              || cell.indexOf('\r') >= 0;
      out.append(i == 0 ? "" : ",").append(quoted ? '"' + cell.replace("\"", "\"\"") + '"' : cell);
    }
    out.append("\r\n");
  }
}
