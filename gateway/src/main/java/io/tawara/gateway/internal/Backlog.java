package io.tawara.gateway.internal;

import io.micrometer.core.instrument.Gauge;
import io.tawara.gateway.GatewayServices;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// How much waits, by the names of Koku's queues: for people, and as gauges (`ocp_backlog`).
public final class Backlog {
  /// The queues that Koku's operators may name. Tawara has one; the names are only checked.
  static final List<String> QUEUES =
      List.of(
          "celery",
          "download",
          "download_xl",
          "download_penalty",
          "ocp",
          "ocp_xl",
          "ocp_penalty",
          "priority",
          "priority_xl",
          "priority_penalty",
          "cost_model",
          "cost_model_xl",
          "cost_model_penalty",
          "summary",
          "summary_xl",
          "summary_penalty");

  /// Gauges are at most this old.
  private static final Duration FRESH = Duration.ofMinutes(1);

  private static final String BY_QUEUE =
      """
      select queue, count(*) from
        (select case when kind like '%summar%' then 'summary'
                     when kind like '%cost%' then 'cost_model'
                     when kind like '%delete%' then 'priority'
                     when kind like '%payload%' then 'ocp'
                     when kind like '%poll%' or kind like '%download%' then 'download'
                     else 'celery' end as queue
         from public.work where state in ('queued', 'running')
         union all select 'ocp' from public.upload where state = 'accepted') waiting
      group by queue
      """;

  private final GatewayServices services;
  private final Map<String, AtomicLong> gauges = new HashMap<>();
  private long read;
  private boolean everRead;

  public Backlog(GatewayServices services) {
    this.services = services;
    for (String queue : QUEUES) {
      var length = new AtomicLong();
      gauges.put(queue, length);
      Gauge.builder((queue.equals("celery") ? "default" : queue) + "_backlog", length::get)
          .description("work that waits or runs, by the name of Koku's queue")
          .register(services.meters());
    }
  }

  /// Work of each queue that has any.
  Future<Map<String, Long>> lengths() {
    return services
        .reads()
        .publicQuery(BY_QUEUE, Tuple.tuple())
        .map(
            rows -> {
              var lengths = new HashMap<String, Long>();
              rows.forEach(row -> lengths.put(row.getString(0), row.getLong(1)));
              return lengths;
            });
  }

  /// Brings the gauges up to date when they are old. A database that is away leaves them as they
  /// are: figures of the process are wanted then most.
  public Future<Void> refresh() {
    synchronized (this) {
      long now = System.nanoTime();
      if (everRead && now - read < FRESH.toNanos()) {
        return Future.succeededFuture();
      }
      everRead = true;
      read = now;
    }
    return lengths()
        .<Void>map(
            lengths -> {
              gauges.forEach((queue, gauge) -> gauge.set(lengths.getOrDefault(queue, 0L)));
              return null;
            })
        .otherwiseEmpty();
  }
}
