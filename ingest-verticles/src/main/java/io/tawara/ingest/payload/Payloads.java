package io.tawara.ingest.payload;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Manifests;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.ingest.landing.Landing;
import io.tawara.ingest.landing.Landings;
import io.tawara.ingest.ledger.Deliveries;
import io.tawara.ingest.ledger.Files;
import io.tawara.ingest.ledger.Files.Kind;
import io.tawara.ingest.ledger.Files.State;
import io.tawara.ingest.ledger.Uploads;
import io.tawara.ingest.ledger.Uploads.Upload;
import io.tawara.ingest.openshift.PayloadManifest;
import io.tawara.ingest.retention.Retention;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs work of kind [#KIND]: reads one payload of an operator into the tenant's tables, in one
/// transaction with its ledger rows, the work that follows and the messages about it.
///
/// Body: `{"request", "provider", "manifest"}`.
public final class Payloads implements WorkHandler {
  public static final String KIND = "payload";
  static final int HIGHEST_RATIO = 400;
  private static final int MOST_GROUPS = 150_000;
  private static final int DAYS_AHEAD = 31;
  private static final Logger LOG = LoggerFactory.getLogger(Payloads.class);

  private final Database database;
  private final PayloadStore store;
  private final IngestConfig config;
  private final Landings landings;
  private final Retention retention;
  private final ResourceOptimization resourceOptimization;
  private final Replies replies;
  private final Clock clock;

  public Payloads(
      Database database,
      PayloadStore store,
      IngestConfig config,
      Landings landings,
      Retention retention,
      ResourceOptimization resourceOptimization,
      Replies replies,
      Clock clock) {
    this.database = database;
    this.store = store;
    this.config = config;
    this.landings = landings;
    this.retention = retention;
    this.resourceOptimization = resourceOptimization;
    this.replies = replies;
    this.clock = clock;
  }

  /// The work item of a payload.
  public static WorkItem item(String requestId, UUID provider, int manifest) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("request", requestId)
            .put("provider", provider.toString())
            .put("manifest", manifest);
    return new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId);
  }

  @Override
  public void perform(WorkItem item) {
    JsonNode body = item.body();
    String request = body.path("request").asText();
    UUID id = UUID.fromString(body.path("provider").asText());
    int manifestId = body.path("manifest").asInt();
    Upload upload =
        database
            .transaction(connection -> Uploads.find(connection, request))
            .orElseThrow(
                () -> new TawaraException(Category.INTERNAL, "no upload of request " + request));
    if (upload.state() != Uploads.State.RECEIVED) {
      LOG.info("payload of request {} was dealt with before", request);
      return;
    }
    Optional<Provider> provider =
        database.transaction(connection -> Providers.findUndeleted(connection, id));
    if (provider.isEmpty()) {
      end(upload, Uploads.State.DROPPED, "the source was deleted", true);
      return;
    }
    try (var staged = store.fetch(upload.objectKey())) {
      PayloadManifest manifest =
          new ManifestReader(config.maxExpandedBytes(), config.maxEntries()).read(staged.file());
      load(upload, provider.get(), manifestId, manifest, staged.file(), item);
    } catch (TawaraException failure) {
      if (failure.category() != Category.NOT_FOUND) {
        throw failure;
      }
      end(upload, Uploads.State.REJECTED, "the payload is no longer in the object store", false);
    }
  }

  private void end(Upload upload, Uploads.State state, String reason, boolean success) {
    LOG.warn("payload of request {} {}: {}", upload.requestId(), state, reason);
    database.run(
        connection -> {
          Uploads.finish(connection, upload.requestId(), state, reason);
          replies.validation(connection, upload.requestId(), success);
        });
  }

  private void load(
      Upload upload,
      Provider provider,
      int manifestId,
      PayloadManifest manifest,
      java.nio.file.Path payload,
      WorkItem item) {
    LocalDate earliest = retention.firstKept(provider.tenant()).atDay(1);
    LocalDate latest = LocalDate.now(clock).plusDays(DAYS_AHEAD);
    landings.prepare(provider, months(manifest.hoursPerDay().keySet(), earliest, latest));
    long began = System.nanoTime();
    var forwarding = resourceOptimization.begin(upload, provider, manifest, manifestId);
    PayloadLoad.Result result =
        database.transaction(
            connection -> {
              Instant now = clock.instant();
              Manifests.started(connection, manifestId, Manifests.Step.PROCESSING, now);
              Landing landing = landings.begin(connection, provider, manifestId);
              var load =
                  new PayloadLoad(
                      payload,
                      store,
                      landings,
                      landing,
                      connection,
                      provider,
                      manifest,
                      new Files.Arrival(
                          manifestId,
                          provider.id(),
                          upload.organisationId(),
                          upload.requestId(),
                          upload.objectKey()),
                      new PayloadLoad.Bounds(
                          config.maxExpandedBytes(),
                          config.maxEntries(),
                          HIGHEST_RATIO,
                          MOST_GROUPS,
                          earliest,
                          latest),
                      forwarding);
              PayloadLoad.Result loaded = load.run();
              ended(connection, landing, upload, provider, manifestId, manifest, loaded, item);
              forwarding.announce(connection);
              return loaded;
            });
    LOG.info(
        "payload of {}: {} files read, {} known before, {} put aside, in {} ms{}",
        provider.name(),
        result.processed(),
        result.duplicates(),
        result.quarantined(),
        (System.nanoTime() - began) / 1_000_000,
        result.problem().isEmpty() ? "" : "; broke off: " + result.problem());
  }

  private static Collection<YearMonth> months(
      Collection<LocalDate> days, LocalDate earliest, LocalDate latest) {
    var months = new TreeSet<YearMonth>();
    for (LocalDate day : days) {
      if (!day.isBefore(earliest) && !day.isAfter(latest)) {
        months.add(YearMonth.from(day));
      }
    }
    return months;
  }

  private void ended(
      Connection connection,
      Landing landing,
      Upload upload,
      Provider provider,
      int manifestId,
      PayloadManifest manifest,
      PayloadLoad.Result result,
      WorkItem item)
      throws SQLException {
    Instant now = clock.instant();
    Manifests.ended(connection, manifestId, Manifests.Step.PROCESSING, true, now);
    if (result.processed() > 0) {
      Providers.markSetupComplete(connection, provider.id());
      Providers.markDataUpdated(connection, provider.id(), now);
    }
    boolean complete =
        Files.states(connection, manifestId, Kind.COST).values().stream()
            .noneMatch(state -> state == State.EXPECTED);
    Optional<LocalDate[]> days = Optional.empty();
    if (complete) {
      days = daysToSummarise(connection, manifestId, manifest);
      Deliveries.days(connection, manifestId, days, now);
      if (days.isEmpty()) {
        LOG.info("delivery {} of {}: nothing to summarise", manifestId, provider.name());
      }
    }
    landing.end(days, item.requestId());
    boolean success = result.problem().isEmpty();
    Uploads.finish(
        connection, upload.requestId(), Uploads.State.DONE, success ? null : result.problem());
    replies.validation(connection, upload.requestId(), success);
  }

  /// The days that the delivery says it covers, and whatever else its files held; none when it
  /// changed nothing.
  private static Optional<LocalDate[]> daysToSummarise(
      Connection connection, int manifestId, PayloadManifest manifest) throws SQLException {
    Optional<LocalDate[]> written = Deliveries.written(connection, manifestId);
    if (written.isEmpty()
        || manifest.withoutData()
        || manifest.start().isEmpty()
        || manifest.end().isEmpty()) {
      return written;
    }
    LocalDate first = day(manifest.start().get());
    LocalDate last = day(manifest.end().get());
    if (last.isBefore(first)) {
      return written;
    }
    return Optional.of(
        new LocalDate[] {
          first.isBefore(written.get()[0]) ? first : written.get()[0],
          last.isAfter(written.get()[1]) ? last : written.get()[1]
        });
  }

  private static LocalDate day(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC).toLocalDate();
  }
}
