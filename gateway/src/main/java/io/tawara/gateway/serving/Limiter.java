package io.tawara.gateway.serving;

import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.http.HttpError;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/// Lets a bounded number of reads of each tenant run at a time. A bounded number more wait in turn,
/// a bounded time; whoever finds no place, or waits too long, is told to come back (503 with
/// `Retry-After`). One tenant's questions therefore never take the place of another's.
final class Limiter {
  private static final int RETRY_SECONDS = 5;

  private final Vertx vertx;
  private final Serving.Bounds bounds;
  private final Map<TenantSchema, Lane> lanes = new HashMap<>();

  private static final class Lane {
    private int running;
    private final Deque<Promise<Void>> waiting = new ArrayDeque<>();
  }

  Limiter(Vertx vertx, Serving.Bounds bounds) {
    this.vertx = vertx;
    this.bounds = bounds;
  }

  <T> Future<T> run(TenantSchema tenant, Supplier<Future<T>> work) {
    return enter(tenant)
        .compose(
            _ -> {
              Future<T> result;
              try {
                result = work.get();
              } catch (RuntimeException failure) {
                result = Future.failedFuture(failure);
              }
              return result.onComplete(_ -> leave(tenant));
            });
  }

  private Future<Void> enter(TenantSchema tenant) {
    Promise<Void> turn = Promise.promise();
    synchronized (lanes) {
      Lane lane = lanes.computeIfAbsent(tenant, _ -> new Lane());
      if (lane.running < bounds.running()) {
        lane.running++;
        return Future.succeededFuture();
      }
      if (lane.waiting.size() >= bounds.waiting()) {
        return Future.failedFuture(busy());
      }
      lane.waiting.add(turn);
    }
    long timer =
        vertx.setTimer(
            bounds.patience().toMillis(),
            _ -> {
              boolean stillWaiting;
              synchronized (lanes) {
                Lane lane = lanes.get(tenant);
                stillWaiting = lane != null && lane.waiting.remove(turn);
              }
              if (stillWaiting) {
                turn.fail(busy());
              }
            });
    return Serving.here(turn.future()).onComplete(_ -> vertx.cancelTimer(timer));
  }

  private void leave(TenantSchema tenant) {
    Promise<Void> next;
    synchronized (lanes) {
      Lane lane = lanes.get(tenant);
      next = lane.waiting.poll();
      if (next == null && --lane.running == 0) {
        lanes.remove(tenant);
      }
    }
    if (next != null) {
      next.complete();
    }
  }

  private static HttpError busy() {
    return HttpError.busy("Too many questions of this organisation at once.", RETRY_SECONDS);
  }
}
