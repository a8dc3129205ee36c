package io.tawara.gateway.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.MDC;

/// Runs blocking work (JDBC, object store) on virtual threads, a bounded number at a time. The
/// future completes on the caller's event loop.
public final class Blocking implements AutoCloseable {
  private static final int AT_ONCE = 200;

  private final Vertx vertx;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore permits = new Semaphore(AT_ONCE);

  public Blocking(Vertx vertx) {
    this.vertx = vertx;
  }

  /// Runs work of a request; its id is on every log line of the work.
  public <T> Future<T> call(Request request, Callable<T> work) {
    return call(request.requestId(), work);
  }

  /// Runs work.
  ///
  /// @param requestId for logs; may be null
  public <T> Future<T> call(String requestId, Callable<T> work) {
    Context context = vertx.getOrCreateContext();
    Promise<T> promise = Promise.promise();
    threads.execute(() -> perform(requestId, work, context, promise));
    return promise.future();
  }

  // Every failure belongs to whoever waits for the future.
  @SuppressWarnings("PMD.AvoidCatchingThrowable")
  private <T> void perform(
      String requestId, Callable<T> work, Context context, Promise<T> promise) {
    MDC.put("request_id", requestId);
    try {
      permits.acquire();
      T result;
      try {
        result = work.call();
      } finally {
        permits.release();
      }
      context.runOnContext(unused -> promise.complete(result));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      context.runOnContext(unused -> promise.fail(interrupted));
    } catch (Throwable failure) {
      context.runOnContext(unused -> promise.fail(failure));
    } finally {
      MDC.remove("request_id");
    }
  }

  /// Waits a little for what is running, then stops.
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(10, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
