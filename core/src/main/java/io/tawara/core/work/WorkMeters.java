package io.tawara.core.work;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/// Counts and times work: `work_seconds` by kind and outcome, and what is known under other names
/// to dashboards that were made for Koku. Which kind counts as what is a value.
public final class WorkMeters {
  /// Koku's names of what a kind of work does; empty where Koku has none.
  ///
  /// @param attempts counted at every start
  /// @param errors counted at every failure that is not a wait
  /// @param retries counted when it will be tried again
  /// @param byProvider whether the names have the label `provider_type`
  private record Names(String attempts, String errors, String retries, boolean byProvider) {}

  private static final Map<String, Names> KINDS =
      Map.of(
          "download",
          new Names(
              "get_report_files_attempts_count", "report_file_download_error_count", "", true),
          "payload",
          new Names("process_report_attempts_count", "process_report_error_count", "", true),
          "convert",
          new Names("process_report_attempts_count", "process_report_error_count", "", true),
          "summarise",
          new Names("report_summary_attempts_count", "", "", true),
          "cost",
          new Names("charge_update_attempts_count", "", "", false),
          "source-event",
          new Names("", "", "sources_provider_op_retry_errors", false));

  private final MeterRegistry meters;
  private final Database database;
  private final Map<UUID, String> types = new ConcurrentHashMap<>();

  public WorkMeters(MeterRegistry meters, Database database) {
    this.meters = meters;
    this.database = database;
    KINDS.values().stream()
        .filter(names -> !names.byProvider())
        .forEach(
            names -> {
              if (!names.attempts().isEmpty()) {
                meters.counter(names.attempts());
              }
              if (!names.retries().isEmpty()) {
                meters.counter(names.retries());
              }
            });
  }

  /// The same handlers, counted.
  public Map<String, WorkHandler> counted(Map<String, WorkHandler> handlers) {
    var counted = new HashMap<String, WorkHandler>();
    handlers.forEach((kind, handler) -> counted.put(kind, item -> perform(handler, item)));
    return counted;
  }

  private void perform(WorkHandler handler, WorkItem item) throws Exception {
    Optional<Names> names = Optional.ofNullable(KINDS.get(item.kind()));
    String type = names.filter(Names::byProvider).map(_ -> providerType(item)).orElse("");
    names.ifPresent(known -> count(known.attempts(), type));
    var sample = Timer.start(meters);
    String outcome = "failed";
    try {
      handler.perform(item);
      outcome = "done";
    } catch (PostponedException waits) {
      outcome = "waits";
      throw waits;
    } catch (TawaraException failure) {
      outcome = failure.retryable() ? "again" : "failed";
      throw failure;
    } finally {
      count(names, outcome, type);
      sample.stop(
          Timer.builder("work")
              .description("durable work by kind and outcome")
              .tag("kind", item.kind())
              .tag("outcome", outcome)
              .register(meters));
    }
  }

  private void count(Optional<Names> names, String outcome, String type) {
    if (names.isPresent() && (outcome.equals("failed") || outcome.equals("again"))) {
      count(names.get().errors(), type);
    }
    if (names.isPresent() && outcome.equals("again")) {
      count(names.get().retries(), type);
    }
  }

  private void count(String name, String type) {
    if (!name.isEmpty()) {
      if (type.isEmpty()) {
        meters.counter(name).increment();
      } else {
        meters.counter(name, "provider_type", type).increment();
      }
    }
  }

  /// A provider's type never changes. A provider that is gone has none.
  private String providerType(WorkItem item) {
    Optional<UUID> id = io.tawara.core.input.Fields.uuid(item.body().path("provider").asText(""));
    if (id.isEmpty()) {
      return "unknown";
    }
    return types.computeIfAbsent(
        id.get(),
        wanted ->
            database.transaction(
                connection ->
                    Providers.find(connection, wanted)
                        .map((Provider provider) -> provider.type().wireName())
                        .orElse("unknown")));
  }
}
