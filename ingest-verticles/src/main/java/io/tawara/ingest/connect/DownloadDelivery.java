package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.delivery.Manifests;
import io.tawara.core.delivery.Manifests.Step;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Provider;
import io.tawara.core.work.PostponedException;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.ledger.CloudDeliveries;
import io.tawara.ingest.ledger.CloudDeliveries.CloudDelivery;
import io.tawara.ingest.ledger.CloudDeliveries.CloudFile;
import io.tawara.ingest.ledger.Files.State;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches the files of one delivery into the object store, those that are not there yet, and adds
/// their conversion. Body: `provider`, `manifest`, `summarise`.
final class DownloadDelivery implements WorkHandler {
  static final String KIND = "download";
  private static final Logger LOG = LoggerFactory.getLogger(DownloadDelivery.class);
  private static final int MOST_RETAKES = 5;
  private static final int BUFFER = 1 << 16;
  private static final Duration PLACE_WAIT = Duration.ofSeconds(1);

  private final Database database;
  private final WorkQueue work;
  private final ObjectStore objects;
  private final CloudSources sources;
  private final CloudConfig config;
  private final Clock clock;
  private final Semaphore places;

  DownloadDelivery(
      Database database,
      WorkQueue work,
      ObjectStore objects,
      CloudSources sources,
      CloudConfig config,
      Clock clock) {
    this.database = database;
    this.work = work;
    this.objects = objects;
    this.sources = sources;
    this.config = config;
    this.clock = clock;
    this.places = new Semaphore(config.parallelDownloads());
  }

  static WorkItem item(UUID provider, int manifest, boolean summarise, String requestId) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("provider", provider.toString())
            .put("manifest", manifest)
            .put("summarise", summarise);
    return new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId);
  }

  @Override
  public void perform(WorkItem item) {
    UUID id = UUID.fromString(item.body().path("provider").asText());
    int manifest = item.body().path("manifest").asInt();
    Optional<Provider> provider = sources.find(id);
    Optional<CloudDelivery> delivery =
        database.transaction(connection -> CloudDeliveries.find(connection, manifest));
    if (provider.isEmpty() || delivery.isEmpty()) {
      LOG.info("delivery {} of source {} is gone", manifest, id);
      return;
    }
    if (!places.tryAcquire()) {
      throw new PostponedException("all downloads are taken", PLACE_WAIT);
    }
    try {
      fetch(provider.get(), delivery.get(), item);
    } finally {
      places.release();
    }
  }

  private void fetch(Provider provider, CloudDelivery delivery, WorkItem item) {
    List<CloudFile> missing =
        delivery.files().stream().filter(file -> file.state() == State.EXPECTED).toList();
    database.run(c -> Manifests.started(c, delivery.manifest(), Step.DOWNLOAD, clock.instant()));
    try (Connector connector = sources.open(provider)) {
      long began = System.nanoTime();
      long bytes = 0;
      for (CloudFile file : missing) {
        bytes += fetch(connector, provider, delivery, file, item);
      }
      LOG.info(
          "delivery {} of {}: {} files fetched, {} bytes, in {} ms",
          delivery.assemblyId(),
          provider.name(),
          missing.size(),
          bytes,
          (System.nanoTime() - began) / 1_000_000);
    } catch (CloudException problem) {
      failed(provider, delivery, problem, item);
      return;
    } catch (TawaraException failure) {
      database.run(
          c -> Manifests.ended(c, delivery.manifest(), Step.DOWNLOAD, false, clock.instant()));
      throw failure;
    }
    fetched(provider, delivery, item);
  }

  /// Everything is there.
  private void fetched(Provider provider, CloudDelivery delivery, WorkItem item) {
    boolean summarise = item.body().path("summarise").asBoolean(true);
    database.run(
        connection -> {
          if (!CloudSources.lock(connection, provider.id())) {
            return;
          }
          Instant now = clock.instant();
          Manifests.ended(connection, delivery.manifest(), Step.DOWNLOAD, true, now);
          sources.recovered(connection, provider);
          boolean unread =
              CloudDeliveries.find(connection, delivery.manifest()).orElseThrow().files().stream()
                  .anyMatch(file -> file.state() == State.DOWNLOADED);
          if (unread
              && !CloudSources.waits(
                  connection, Conversion.KIND, item.key(), delivery.manifest())) {
            var conversion =
                new Conversion(provider.id(), provider.tenant(), delivery.manifest(), summarise);
            work.add(connection, conversion.item(item.requestId()));
          }
        });
  }

  /// A file that changed makes the manifest be taken again; what waiting helps is waited for; the
  /// rest is told.
  private void failed(
      Provider provider, CloudDelivery delivery, CloudException problem, WorkItem item) {
    Optional<CloudException> told =
        database.transaction(
            connection -> {
              Manifests.ended(
                  connection, delivery.manifest(), Step.DOWNLOAD, false, clock.instant());
              if (problem.problem() != Problem.CHANGED) {
                return Optional.of(problem);
              }
              int retakes = CloudDeliveries.retake(connection, delivery.manifest());
              if (retakes > MOST_RETAKES) {
                return Optional.of(problem);
              }
              LOG.info(
                  "delivery {} of {} is taken again ({}): {}",
                  delivery.assemblyId(),
                  provider.name(),
                  retakes,
                  problem.getMessage());
              var again =
                  PollRequest.of(provider.id(), PollRequest.Reason.CHANGED)
                      .in(delivery.month())
                      .posted(delivery.ingressReport())
                      .summarising(item.body().path("summarise").asBoolean(true));
              work.add(connection, again.item(item.requestId()));
              return Optional.empty();
            });
    if (told.isPresent()) {
      sources.unwell(provider, told.get());
      if (problem.retryable() && problem.problem() != Problem.CHANGED) {
        throw problem;
      }
    }
  }

  /// Copies one file. Returns how many bytes are stored.
  private long fetch(
      Connector connector,
      Provider provider,
      CloudDelivery delivery,
      CloudFile file,
      WorkItem item) {
    String key = key(provider, delivery, file);
    var remote =
        new RemoteFile(file.name(), file.origin(), file.etag(), file.bytes(), Instant.EPOCH);
    try (var output = new ObjectOutput(objects, key, config.maxFileBytes());
        var input = new ResumingInput(connector, remote)) {
      if (file.origin().toLowerCase(Locale.ROOT).endsWith(".zip")) {
        unzip(input, output, file);
      } else {
        copy(input, output);
      }
      output.complete();
      database.run(
          c -> CloudDeliveries.fetched(c, file.id(), key, output.bytes(), item.requestId()));
      return output.bytes();
    } catch (IOException failure) {
      throw noted(
          file, new CloudException(Problem.UNREACHABLE, file.origin() + ": " + failure, failure));
    } catch (CloudException problem) {
      throw noted(file, problem);
    } catch (TawaraException failure) {
      throw failure.category() == Category.LIMIT
          ? noted(file, new CloudException(Problem.TOO_LARGE, failure.getMessage(), failure))
          : failure;
    }
  }

  private CloudException noted(CloudFile file, CloudException problem) {
    database.run(
        c ->
            CloudDeliveries.notFetched(
                c, file.id(), problem.problem().key() + ": " + problem.getMessage()));
    return problem;
  }

  private static void copy(InputStream input, OutputStream output) throws IOException {
    byte[] buffer = new byte[BUFFER];
    int read;
    while ((read = input.read(buffer, 0, BUFFER)) >= 0) {
      output.write(buffer, 0, read);
    }
  }

  /// Makes of an archive with one CSV file a compressed file.
  private void unzip(InputStream input, OutputStream output, CloudFile file) throws IOException {
    try (var zip = new ZipInputStream(input);
        var gzip =
            new GZIPOutputStream(output, BUFFER) {
              {
                def.setLevel(Deflater.BEST_SPEED);
              }
            }) {
      boolean found = false;
      ZipEntry entry;
      while ((entry = zip.getNextEntry()) != null) {
        if (entry.isDirectory() || !entry.getName().toLowerCase(Locale.ROOT).endsWith(".csv")) {
          continue;
        }
        if (found) {
          throw new CloudException(
              Problem.UNSUPPORTED, file.origin() + " holds more than one CSV file");
        }
        found = true;
        expand(zip, gzip, file);
      }
      if (!found) {
        throw new CloudException(Problem.UNREADABLE, file.origin() + " holds no CSV file");
      }
      gzip.finish();
    } catch (ZipException broken) {
      throw new CloudException(
          Problem.UNREADABLE,
          file.origin() + " is not a ZIP archive: " + broken.getMessage(),
          broken);
    }
  }

  private void expand(InputStream zip, OutputStream gzip, CloudFile file) throws IOException {
    byte[] buffer = new byte[BUFFER];
    long expanded = 0;
    int read;
    while ((read = zip.read(buffer)) >= 0) {
      expanded += read;
      if (expanded > config.maxFileBytes()) {
        throw new CloudException(
            Problem.TOO_LARGE,
            file.origin() + " is larger than " + config.maxFileBytes() + " bytes when unpacked");
      }
      gzip.write(buffer, 0, read);
    }
  }

  private static String key(Provider provider, CloudDelivery delivery, CloudFile file) {
    return "data/originals/%s/%s/source=%s/year=%04d/month=%02d/%d/%d-%s"
        .formatted(
            provider.tenant().pathAccount(),
            provider.type().base().wireName(),
            provider.id(),
            delivery.month().getYear(),
            delivery.month().getMonthValue(),
            delivery.manifest(),
            file.id(),
            file.name().replaceAll("[^A-Za-z0-9._-]", "_"));
  }
}
