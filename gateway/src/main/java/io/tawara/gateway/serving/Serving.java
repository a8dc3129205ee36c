package io.tawara.gateway.serving;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.facts.TenantFactsReader;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Request;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.pgclient.PgException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/// Answers questions about a tenant's data: reports, tags, resource types. What was answered is
/// kept as bytes under the tenant's data version, the caller's access and the question; identical
/// questions that come meanwhile share one computation; reads run within bounds per tenant.
public final class Serving {
  private static final String QUERY_CANCELED = "57014";
  private static final int RETRY_SECONDS = 30;

  private final TenantFactsReader facts;
  private final Limiter limiter;
  private final Clock clock;
  private final Vertx vertx;
  private final List<Coding> codings = Coding.available();
  private final Cache<Key, Kept> kept;
  private final long largestKept;
  private final ConcurrentMap<Key, Promise<Kept>> computing = new ConcurrentHashMap<>();

  /// How much is kept and how much runs.
  ///
  /// @param keptBytes of all kept answers together
  /// @param running reads of one tenant at a time
  /// @param waiting reads of one tenant that wait for their turn
  /// @param patience how long they wait
  public record Bounds(long keptBytes, int running, int waiting, Duration patience) {
    /// Kept is a sixth of the heap, at most 48 MiB: what is kept is in the way of what is computed.
    public static final Bounds STANDARD =
        new Bounds(
            Math.min(Runtime.getRuntime().maxMemory() / 6, 48L << 20),
            4,
            256,
            Duration.ofSeconds(30));
  }

  /// What is asked by whom about which state of the data.
  private record Key(
      TenantSchema tenant,
      long version,
      LocalDate today,
      String path,
      String query,
      Format format,
      Access access) {}

  /// Computes an answer's body.
  @FunctionalInterface
  public interface Question {
    /// A failed future, or an exception, is answered as usual and not kept.
    Future<Buffer> ask(TenantFacts facts);
  }

  Serving(GatewayServices services, TenantFactsReader facts, Bounds bounds) {
    this.facts = facts;
    this.limiter = new Limiter(services.vertx(), bounds);
    this.clock = services.clock();
    this.vertx = services.vertx();
    this.largestKept = bounds.keptBytes() / 3;
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(bounds.keptBytes())
            .weigher((Key _, Kept answer) -> answer.weight())
            .build();
  }

  /// The current day.
  LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /// Runs a read when it is the tenant's turn.
  ///
  /// @return fails with 503 when too many wait
  <T> Future<T> read(TenantSchema tenant, Supplier<Future<T>> read) {
    return limiter.run(tenant, read);
  }

  /// Answers a request whose answer depends on nothing but the tenant's data, its settings, the
  /// caller's access, the day, the URL and the format.
  Future<Answer> answer(Request request, Question question) {
    TenantSchema tenant = request.caller().tenant();
    return facts
        .version(tenant)
        .compose(
            version -> {
              var key =
                  new Key(
                      tenant,
                      version,
                      today(),
                      request.path(),
                      request.query().raw(),
                      request.format(),
                      request.caller().access());
              Kept known = kept.getIfPresent(key);
              return known != null
                  ? answer(request, key, known)
                  : compute(key, question).compose(made -> answer(request, key, made));
            });
  }

  private Future<Kept> compute(Key key, Question question) {
    Promise<Kept> promise = Promise.promise();
    Promise<Kept> running = computing.putIfAbsent(key, promise);
    if (running != null) {
      return here(running.future());
    }
    Future<Buffer> body;
    try {
      body = facts.of(key.tenant(), key.version()).compose(question::ask);
    } catch (RuntimeException failure) {
      body = Future.failedFuture(failure);
    }
    body.map(Kept::new)
        .onComplete(
            done -> {
              if (done.succeeded() && done.result().weight() <= largestKept) {
                kept.put(key, done.result());
              }
              computing.remove(key, promise);
              promise.handle(done);
            });
    return promise.future().recover(Serving::tooLong);
  }

  private static <T> Future<T> tooLong(Throwable failure) {
    return Future.failedFuture(
        failure instanceof PgException answer && QUERY_CANCELED.equals(answer.getSqlState())
            ? HttpError.busy("The question took too long to answer.", RETRY_SECONDS)
            : failure);
  }

  private Future<Answer> answer(Request request, Key key, Kept answer) {
    if (request.header("If-None-Match").filter(answer::isKnown).isPresent()) {
      return Future.succeededFuture(named(Answer.empty(304), answer));
    }
    Coding coding =
        answer.compressible()
            ? AcceptEncoding.parse(request.headers("Accept-Encoding")).best(codings)
            : Coding.IDENTITY;
    if (coding == Coding.IDENTITY) {
      return Future.succeededFuture(whole(request, answer, answer.plain()));
    }
    Future<Buffer> form = answer.form(coding, vertx);
    if (!form.isComplete()) {
      // What is kept is weighed again with every form that is added.
      form.onSuccess(_ -> kept.asMap().replace(key, answer, answer));
    }
    return here(form)
        .map(body -> whole(request, answer, body).with("Content-Encoding", coding.token()));
  }

  private static Answer whole(Request request, Kept answer, Buffer body) {
    return named(Answer.bytes(200, request.format().contentType(), body), answer);
  }

  private static Answer named(Answer answer, Kept kept) {
    return answer
        .with("ETag", kept.tag())
        .with("Vary", "X_RH_IDENTITY, Accept, Accept-Encoding, origin");
  }

  /// The same future, completed on the context that asks.
  static <T> Future<T> here(Future<T> future) {
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
