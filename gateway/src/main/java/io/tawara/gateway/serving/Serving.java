package io.tawara.gateway.serving;

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
  private final KeptAnswers<Key> kept;
  private final AnswerMemory memory;
  private final ConcurrentMap<Key, Promise<Kept>> computing = new ConcurrentHashMap<>();

  /// How much is kept and how much runs.
  ///
  /// @param keptBytes of all kept answers together
  /// @param answers bytes of all answers together that are made or on their way
  /// @param answer bytes of one of them
  /// @param running reads of one tenant at a time
  /// @param waiting reads of one tenant that wait for their turn
  /// @param patience how long they wait
  public record Bounds(
      long keptBytes, long answers, long answer, int running, int waiting, Duration patience) {
    /// What the program takes of the heap without any question, with room to work.
    private static final long BASE = 48L << 20;

    /// Those of the process, of the heap that is left by its base: a third is for what is kept, at
    /// most 48 MiB, since what is kept is in the way of what is computed; half is for what is
    /// computed, half of that for one answer.
    public static final Bounds STANDARD = ofHeap(Runtime.getRuntime().maxMemory());

    private static Bounds ofHeap(long heap) {
      long left = Math.max(heap - BASE, heap / 4);
      return new Bounds(
          Math.min(left / 3, 48L << 20),
          left / 2,
          Math.min(left / 4, 256L << 20),
          4,
          256,
          Duration.ofSeconds(30));
    }
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
    ///
    /// @param memory what the answer takes of it is given back when it is there
    Future<Buffer> ask(TenantFacts facts, AnswerMemory.Share memory);
  }

  Serving(GatewayServices services, TenantFactsReader facts, Bounds bounds) {
    this.facts = facts;
    this.limiter = new Limiter(services.vertx(), bounds);
    this.clock = services.clock();
    this.vertx = services.vertx();
    this.kept = new KeptAnswers<>(bounds.keptBytes(), bounds.keptBytes() * 2 / 3);
    this.memory = new AnswerMemory(bounds.answers(), bounds.answer());
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
              Kept known = kept.get(key);
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
    AnswerMemory.Share share = memory.share();
    Future<Buffer> body;
    try {
      body = facts.of(key.tenant(), key.version()).compose(known -> question.ask(known, share));
    } catch (RuntimeException failure) {
      body = Future.failedFuture(failure);
    }
    body.map(bytes -> new Kept(bytes, key.format().contentType(), memory))
        .onComplete(
            done -> {
              if (done.succeeded()) {
                kept.put(key, done.result());
              }
              computing.remove(key, promise);
              promise.handle(done);
              share.end();
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
      return Future.succeededFuture(answer.unchanged());
    }
    Coding coding =
        answer.compressible()
            ? AcceptEncoding.parse(request.headers("Accept-Encoding")).best(codings)
            : Coding.IDENTITY;
    Future<Answer> form = answer.form(coding, vertx);
    if (!form.isComplete()) {
      // What is kept is weighed again with every form that is added.
      form.onSuccess(_ -> kept.weighAgain(key, answer));
    }
    return here(form).map(answer::leaving);
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
