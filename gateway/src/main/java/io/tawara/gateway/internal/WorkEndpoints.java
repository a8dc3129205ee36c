package io.tawara.gateway.internal;

import static io.tawara.gateway.internal.Listing.time;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.internal.Listing.Filter;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Durable work as operators see it: counts, by Koku's queues too, items, driving failed ones again
/// and discarding them.
final class WorkEndpoints {
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

  private static final Listing ITEMS =
      new Listing(
          """
          'id', w.id, 'kind', w.kind, 'key', w.key, 'body', w.body, 'state', w.state,
          'tries', w.tries, 'due', %s, 'created', %s, 'started', %s, 'error', w.error,
          'request_id', w.request_id
          """
              .formatted(time("w.due"), time("w.created"), time("w.started")),
          "from public.work w",
          "w.id",
          List.of(
              Filter.text("state", "w.state"),
              Filter.text("kind", "w.kind"),
              Filter.text("key", "w.key")));

  private final GatewayServices services;
  private final Backlog backlog;

  WorkEndpoints(GatewayServices services, Backlog backlog) {
    this.services = services;
    this.backlog = backlog;
  }

  List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("jobs/")
            .described("Jobs", "How much work is waiting, being done and given up.")
            .get(request -> counts()),
        InternalEndpoints.internal("jobs/items/")
            .described("Job items", "The work itself.")
            .get(request -> ITEMS.answer(services.reads(), request)),
        InternalEndpoints.internal("jobs/items/{id}/")
            .described("Job item", "Drives a failed item again (POST) or discards it (DELETE).")
            .post(request -> onFailed(request, "again"))
            .delete(request -> onFailed(request, "discard")),
        InternalEndpoints.internal("celery_queue_lengths/")
            .described("Queue lengths", "Work by the names of Koku's queues.")
            .get(request -> backlog.lengths().map(lengths -> Answer.json(lengthsOf(lengths)))),
        InternalEndpoints.internal("celery_queue_tasks/")
            .described("Queue tasks", "The waiting work of Koku's queues.")
            .get(this::queueTasks),
        InternalEndpoints.internal("running_celery_tasks/")
            .described("Running tasks", "The work that is being done.")
            .get(request -> running()));
  }

  private Future<Answer> counts() {
    return services
        .reads()
        .publicQuery(COUNT, Tuple.tuple())
        .map(
            rows -> {
              Row row = rows.iterator().next();
              return Answer.json(
                  Json.object()
                      .put("queued", row.getLong(0))
                      .put("running", row.getLong(1))
                      .put("failed", row.getLong(2)));
            });
  }

  private static ObjectNode lengthsOf(Map<String, Long> lengths) {
    ObjectNode body = Json.object();
    Backlog.QUEUES.forEach(queue -> body.put(queue, lengths.getOrDefault(queue, 0L)));
    return body;
  }

  private Future<Answer> queueTasks(Request request) {
    Optional<String> queue = request.query().last("queue");
    if (queue.isPresent() && !Backlog.QUEUES.contains(queue.get())) {
      throw RecalculationEndpoints.bad("Must provide a valid queue to search.");
    }
    String sql =
        "select id, kind, body::text from public.work where state = 'queued' order by id limit"
            + " 1000";
    return services
        .reads()
        .publicQuery(sql, Tuple.tuple())
        .map(
            rows -> {
              ArrayNode tasks = Json.array();
              rows.forEach(
                  row -> {
                    ObjectNode task = Json.object().put("name", row.getString(1));
                    task.put("id", Long.toString(row.getLong(0))).set("args", Json.array());
                    task.set("kwargs", Json.stored(row.getString(2)));
                    tasks.add(task);
                  });
              ObjectNode queues = Json.object();
              queues.set(queue.orElse("celery"), tasks);
              return Answer.json(Json.object().set("queued_tasks", queues));
            });
  }

  private Future<Answer> running() {
    return services
        .reads()
        .publicQuery(
            "select id from public.work where state = 'running' order by id", Tuple.tuple())
        .map(
            rows -> {
              ArrayNode ids = Json.array();
              rows.forEach(row -> ids.add(Long.toString(row.getLong(0))));
              return Answer.json(Json.object().set("active_tasks", ids));
            });
  }

  /// A failed item is driven again at the end of its key's line, or goes.
  private Future<Answer> onFailed(Request request, String action) {
    String text = request.pathParameter("id");
    boolean number =
        !text.isEmpty() && text.length() < 18 && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number) {
      throw HttpError.notFound();
    }
    long id = Long.parseLong(text);
    return services
        .blocking()
        .call(
            request,
            () ->
                services
                    .database()
                    .transaction(
                        connection ->
                            action.equals("again")
                                ? services.work().again(connection, id)
                                : services.work().discard(connection, id)))
        .map(
            done -> {
              if (!done) {
                throw HttpError.notFound();
              }
              return Answer.empty(204);
            });
  }
}
