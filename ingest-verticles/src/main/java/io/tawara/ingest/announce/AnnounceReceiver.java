package io.tawara.ingest.announce;

import io.tawara.core.config.IngestConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Manifests;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.ledger.Deliveries;
import io.tawara.ingest.ledger.Files;
import io.tawara.ingest.ledger.Files.Kind;
import io.tawara.ingest.ledger.Uploads;
import io.tawara.ingest.ledger.Uploads.State;
import io.tawara.ingest.ledger.Uploads.Upload;
import io.tawara.ingest.openshift.PayloadManifest;
import io.tawara.ingest.payload.ManifestReader;
import io.tawara.ingest.payload.PayloadStore;
import io.tawara.ingest.payload.PayloadStore.Staged;
import io.tawara.ingest.payload.Payloads;
import io.tawara.ingest.payload.Replies;
import io.tawara.ingest.retention.Retention;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes over one announced payload: finds out whose it is and queues its work, or says why not.
/// Everything is one transaction; a message that comes twice changes nothing.
public final class AnnounceReceiver {
  private static final Logger LOG = LoggerFactory.getLogger(AnnounceReceiver.class);

  private final Database database;
  private final WorkQueue queue;
  private final PayloadStore store;
  private final PayloadDownload download;
  private final ManifestReader manifests;
  private final Retention retention;
  private final Replies replies;
  private final Clock clock;

  public AnnounceReceiver(
      Database database,
      WorkQueue queue,
      PayloadStore store,
      io.tawara.core.config.ObjectStoreConfig objects,
      IngestConfig config,
      Retention retention,
      Replies replies,
      Clock clock) {
    this.database = database;
    this.queue = queue;
    this.store = store;
    this.download = new PayloadDownload(store, objects, config);
    this.manifests = new ManifestReader(config.maxExpandedBytes(), config.maxEntries());
    this.retention = retention;
    this.replies = replies;
    this.clock = clock;
  }

  /// Deals with one message. A retryable error means: the same message again, later.
  ///
  /// @param message the value of the Kafka record
  public void receive(byte[] message) {
    Announcement announcement = Announcement.parse(message);
    Optional<Upload> known =
        database.transaction(connection -> Uploads.find(connection, announcement.requestId()));
    if (known.isPresent() && known.get().state() != State.ACCEPTED) {
      LOG.info("request {} was announced before", announcement.requestId());
      return;
    }
    Upload upload = known.orElseGet(() -> unknown(announcement));
    if (upload.organisationId().isEmpty()) {
      reject(upload, 0, "the announcement names no organisation");
      return;
    }
    try (Staged staged = fetch(upload, announcement)) {
      receive(upload, staged);
    } catch (TawaraException failure) {
      if (failure.retryable() || failure.category() == Category.INTERNAL) {
        throw failure;
      }
      reject(upload, 0, failure.getMessage());
    }
  }

  private static Upload unknown(Announcement announcement) {
    return new Upload(
        announcement.requestId(),
        announcement.organisationId().orElse(""),
        announcement.account().orElse(null),
        null,
        announcement.identity().orElse(null),
        State.ACCEPTED,
        null);
  }

  private Staged fetch(Upload upload, Announcement announcement) {
    if (upload.objectKey() != null) {
      return store.fetch(upload.objectKey());
    }
    return download.fetch(
        announcement
            .url()
            .orElseThrow(
                () -> new TawaraException(Category.INPUT, "the announcement has no address")));
  }

  private void receive(Upload upload, Staged staged) {
    PayloadManifest manifest;
    try {
      manifest = manifests.read(staged.file());
    } catch (TawaraException failure) {
      if (failure.retryable()) {
        throw failure;
      }
      quarantine(upload, staged, failure.getMessage());
      return;
    }
    Optional<Provider> provider =
        database.transaction(
            connection ->
                Providers.findCluster(connection, upload.organisationId(), manifest.clusterId()));
    if (provider.isEmpty()) {
      LOG.warn("received unexpected OpenShift report from cluster {}", manifest.clusterId());
      finish(upload, staged.bytes(), State.DROPPED, "the cluster is not known", true);
      return;
    }
    if (retention.expired(provider.get().tenant(), end(manifest))) {
      LOG.warn("report of cluster {} is older than what is kept", manifest.clusterId());
      finish(upload, staged.bytes(), State.DROPPED, "older than what is kept", true);
      return;
    }
    take(upload, staged, provider.get(), manifest);
  }

  private static LocalDate end(PayloadManifest manifest) {
    return manifest
        .end()
        .filter(end -> !manifest.withoutData())
        .map(end -> end.atOffset(ZoneOffset.UTC).toLocalDate())
        .orElseGet(() -> YearMonth.from(manifest.date().atOffset(ZoneOffset.UTC)).atEndOfMonth());
  }

  private void take(Upload upload, Staged staged, Provider provider, PayloadManifest manifest) {
    String key =
        upload.objectKey() == null
            ? store.archive(provider.tenant().name(), upload.requestId(), staged.file())
            : upload.objectKey();
    Instant now = clock.instant();
    database.run(
        connection -> {
          int manifestId = Deliveries.ensure(connection, provider, manifest, now);
          Manifests.started(connection, manifestId, Manifests.Step.DOWNLOAD, now);
          Manifests.ended(connection, manifestId, Manifests.Step.DOWNLOAD, true, clock.instant());
          var arrival =
              new Files.Arrival(
                  manifestId, provider.id(), upload.organisationId(), upload.requestId(), key);
          Files.expect(connection, arrival, Kind.COST, manifest.files());
          Uploads.take(connection, upload.at(key), staged.bytes(), State.RECEIVED, null);
          queue.add(connection, Payloads.item(upload.requestId(), provider.id(), manifestId));
        });
    LOG.info(
        "request {}: {} bytes of cluster {}, delivery {}",
        upload.requestId(),
        staged.bytes(),
        manifest.clusterId(),
        manifest.uuid());
  }

  private void quarantine(Upload upload, Staged staged, String reason) {
    LOG.warn("request {}: payload is put aside: {}", upload.requestId(), reason);
    String key =
        store.quarantine(
            upload.organisationId(), upload.requestId(), "payload.tar.gz", staged.file(), reason);
    database.run(
        connection -> {
          Uploads.take(connection, upload, staged.bytes(), State.REJECTED, reason);
          ledger(connection, upload, reason, key);
          replies.validation(connection, upload.requestId(), false);
        });
  }

  private void reject(Upload upload, long bytes, String reason) {
    LOG.warn("request {} is rejected: {}", upload.requestId(), reason);
    database.run(
        connection -> {
          Uploads.take(connection, upload, bytes, State.REJECTED, reason);
          ledger(connection, upload, reason, null);
          replies.validation(connection, upload.requestId(), false);
        });
  }

  private static void ledger(
      java.sql.Connection connection, Upload upload, String reason, String key)
      throws java.sql.SQLException {
    Files.finish(
        connection,
        new Files.Arrival(
            null, null, upload.organisationId(), upload.requestId(), upload.objectKey()),
        Kind.PAYLOAD,
        "payload " + upload.requestId(),
        Files.Outcome.failed(Files.State.QUARANTINED, reason, key));
  }

  private void finish(Upload upload, long bytes, State state, String reason, boolean success) {
    database.run(
        connection -> {
          Uploads.take(connection, upload, bytes, state, reason);
          replies.validation(connection, upload.requestId(), success);
        });
  }
}
