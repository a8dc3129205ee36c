package io.tawara.gateway.facts;

import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.TenantReads;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.HashMap;
import java.util.Map;

/// The data versions of tenants, as they are when asked. Requests share reads, but only such as
/// begin after the request came: nobody gets a version that was read before his question.
final class DataVersions {
  private final TenantReads reads;
  private final Map<TenantSchema, Reading> running = new HashMap<>();

  /// A read that is on its way, and those who came too late for it.
  private static final class Reading {
    private Promise<Long> next;
  }

  DataVersions(TenantReads reads) {
    this.reads = reads;
  }

  Future<Long> of(TenantSchema tenant) {
    synchronized (running) {
      Reading reading = running.get(tenant);
      if (reading != null) {
        if (reading.next == null) {
          reading.next = Promise.promise();
        }
        return here(reading.next.future());
      }
      running.put(tenant, new Reading());
    }
    Promise<Long> asked = Promise.promise();
    read(tenant, asked);
    return here(asked.future());
  }

  private void read(TenantSchema tenant, Promise<Long> asked) {
    reads
        .dataVersion(tenant)
        .onComplete(
            done -> {
              Promise<Long> next;
              synchronized (running) {
                next = running.get(tenant).next;
                if (next == null) {
                  running.remove(tenant);
                } else {
                  running.put(tenant, new Reading());
                }
              }
              if (next != null) {
                read(tenant, next);
              }
              asked.handle(done);
            });
  }

  /// The same future, completed on the context that asks.
  private static <T> Future<T> here(Future<T> future) {
    Context context = Vertx.currentContext();
    if (context == null) {
      return future;
    }
    Promise<T> promise = Promise.promise();
    future.onComplete(
        done -> {
          if (Vertx.currentContext() == context) {
            promise.handle(done);
          } else {
            context.runOnContext(_ -> promise.handle(done));
          }
        });
    return promise.future();
  }
}
