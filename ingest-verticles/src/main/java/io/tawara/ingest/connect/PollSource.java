package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.delivery.Manifests;
import io.tawara.core.delivery.Manifests.Step;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.organization.OrganizationCrawl;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.ledger.CloudDeliveries;
import io.tawara.ingest.ledger.CloudDeliveries.CloudFile;
import io.tawara.ingest.ledger.CloudDeliveries.NewDelivery;
import io.tawara.ingest.ledger.CloudDeliveries.NewFile;
import io.tawara.ingest.ledger.CloudDeliveries.Recorded;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks a cloud what it has, notes it on the ledger, and adds the downloads. Body: see
/// [PollRequest].
final class PollSource implements WorkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(PollSource.class);
  private static final int LATE_PARTITIONS_DAYS = 10;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Database database;
  private final WorkQueue work;
  private final CloudSources sources;
  private final CloudConfig config;
  private final Clock clock;

  PollSource(
      Database database, WorkQueue work, CloudSources sources, CloudConfig config, Clock clock) {
    this.database = database;
    this.work = work;
    this.sources = sources;
    this.config = config;
    this.clock = clock;
  }

  @Override
  public void perform(WorkItem item) {
    PollRequest request = PollRequest.of(item.body());
    if (request.reason() == PollRequest.Reason.SAVED && !config.autoIngest()) {
      return;
    }
    Optional<Provider> provider = sources.find(request.provider());
    if (provider.isEmpty()) {
      LOG.info("source {} is gone", request.provider());
      return;
    }
    database.run(c -> Providers.markPolled(c, request.provider(), clock.instant()));
    boolean posted = request.ingressReport().isPresent();
    if (!posted && provider.get().dataSource().path("storage_only").asBoolean(false)) {
      return;
    }
    Optional<CloudException> problem;
    try (Connector connector = sources.open(provider.get())) {
      problem =
          posted
              ? posted(connector, provider.get(), request, item)
              : months(connector, provider.get(), request, item);
    } catch (CloudException failure) {
      problem = Optional.of(failure);
    }
    if (problem.isPresent()) {
      sources.unwell(provider.get(), problem.get());
    } else {
      sources.well(provider.get());
    }
    if (provider.get().type() == ProviderType.AWS && request.reason() == PollRequest.Reason.SAVED) {
      work.add(OrganizationCrawl.item(provider.get().id(), item.requestId()));
    }
  }

  /// Asks for each month; the first problem is told when the others were asked too.
  private Optional<CloudException> months(
      Connector connector, Provider provider, PollRequest request, WorkItem item) {
    var known = database.transaction(c -> CloudDeliveries.partitions(c, provider.id()));
    Optional<CloudException> first = Optional.empty();
    for (YearMonth month : request.month().map(List::of).orElseGet(() -> wanted(provider))) {
      try {
        var wanted = new Connector.Wanted(month, from(provider, request, month), known);
        for (Delivery delivery : connector.deliveries(wanted)) {
          Optional<CloudException> incomplete = record(provider, delivery, request, item);
          first = first.or(() -> incomplete);
        }
      } catch (CloudException problem) {
        LOG.warn("source {}, {}: {}", provider.id(), month, problem.getMessage());
        first = first.or(() -> Optional.of(problem));
      }
    }
    return first;
  }

  /// The months to ask for, the current one first.
  private List<YearMonth> wanted(Provider provider) {
    YearMonth current = YearMonth.from(today());
    int count = initial(provider) ? Math.max(1, config.initialMonths()) : 2;
    var months = new ArrayList<YearMonth>();
    for (int back = 0; back < count; back++) {
      months.add(current.minusMonths(back));
    }
    return months;
  }

  private LocalDate from(Provider provider, PollRequest request, YearMonth month) {
    LocalDate late = today().minusDays(LATE_PARTITIONS_DAYS);
    boolean all = initial(provider) || request.month().isPresent();
    return all || late.isBefore(month.atDay(1)) ? month.atDay(1) : late;
  }

  private boolean initial(Provider provider) {
    return !provider.setupComplete() || config.initialOverride();
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  private record Posted(YearMonth month, List<String> keys) {}

  private Optional<CloudException> posted(
      Connector connector, Provider provider, PollRequest request, WorkItem item) {
    UUID report = request.ingressReport().orElseThrow();
    Optional<Posted> posted = database.transaction(connection -> find(connection, report));
    if (posted.isEmpty()) {
      return Optional.empty();
    }
    YearMonth month = posted.get().month();
    var files = new ArrayList<RemoteFile>();
    for (String key : posted.get().keys()) {
      RemoteFile file = connector.posted(month, key);
      boolean taken = files.stream().anyMatch(other -> other.name().equals(file.name()));
      files.add(
          taken
              ? new RemoteFile(
                  files.size() + "-" + file.name(),
                  file.location(),
                  file.etag(),
                  file.bytes(),
                  file.modified())
              : file);
    }
    String assembly =
        provider.type().base() == ProviderType.GCP
            ? month.atDay(1) + "|" + report
            : report.toString();
    var delivery = new Delivery(assembly, month, clock.instant(), Optional.empty(), false, files);
    return record(provider, delivery, request, item);
  }

  private static Optional<Posted> find(Connection connection, UUID report) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select bill_year, bill_month, reports_list::text from public.ingress_report
            where uuid = ?
            """)) {
      statement.setObject(1, report);
      try (var rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        var month =
            YearMonth.of(Integer.parseInt(rows.getString(1)), Integer.parseInt(rows.getString(2)));
        var keys = new ArrayList<String>();
        JSON.readTree(rows.getString(3)).forEach(key -> keys.add(key.asText()));
        return Optional.of(new Posted(month, keys));
      } catch (com.fasterxml.jackson.core.JsonProcessingException broken) {
        throw new IllegalStateException("stored list of reports is not JSON", broken);
      }
    }
  }

  /// Notes a delivery with its files, and adds the work that is missing for it.
  private Optional<CloudException> record(
      Provider provider, Delivery delivery, PollRequest request, WorkItem item) {
    List<RemoteFile> absent = delivery.absent();
    database.run(
        connection -> {
          if (!CloudSources.lock(connection, provider.id())) {
            return;
          }
          Instant now = clock.instant();
          Recorded recorded =
              CloudDeliveries.record(
                  connection,
                  provider,
                  new NewDelivery(
                      delivery.assemblyId(),
                      delivery.month(),
                      delivery.exported(),
                      initial(provider) || request.ingressReport().isPresent(),
                      delivery.partitionDay(),
                      request.ingressReport()),
                  delivery.files().stream().map(PollSource::asNew).toList(),
                  now);
          if (!absent.isEmpty()) {
            incomplete(connection, recorded.manifest(), absent, now);
            return;
          }
          if (delivery.replacesMonth()) {
            CloudDeliveries.supersede(
                connection, provider, delivery.month(), recorded.manifest(), now);
          }
          add(connection, provider, recorded, request, item);
        });
    return absent.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new CloudException(
                Problem.INCOMPLETE,
                "%d of %d files of delivery %s are not there (yet), the first is %s"
                    .formatted(
                        absent.size(),
                        delivery.files().size(),
                        delivery.assemblyId(),
                        absent.getFirst().location())));
  }

  private static NewFile asNew(RemoteFile file) {
    return new NewFile(file.name(), file.location(), file.etag(), file.bytes(), file.modified());
  }

  private static void incomplete(
      Connection connection, int manifest, List<RemoteFile> absent, Instant now)
      throws SQLException {
    Manifests.started(connection, manifest, Step.DOWNLOAD, now);
    Manifests.ended(connection, manifest, Step.DOWNLOAD, false, now);
    for (CloudFile file : CloudDeliveries.find(connection, manifest).orElseThrow().files()) {
      if (absent.stream().anyMatch(missing -> missing.name().equals(file.name()))) {
        CloudDeliveries.notFetched(
            connection, file.id(), "the manifest names it and it is not there");
      }
    }
  }

  private void add(
      Connection connection,
      Provider provider,
      Recorded recorded,
      PollRequest request,
      WorkItem item)
      throws SQLException {
    String key = WorkItem.providerKey(provider.id());
    if (recorded.toFetch() > 0) {
      if (!CloudSources.waits(connection, DownloadDelivery.KIND, key, recorded.manifest())) {
        work.add(
            connection,
            DownloadDelivery.item(
                provider.id(), recorded.manifest(), request.summarise(), item.requestId()));
      }
    } else if (recorded.unread() > 0
        && !CloudSources.waits(connection, Conversion.KIND, key, recorded.manifest())) {
      var conversion =
          new Conversion(
              provider.id(), provider.tenant(), recorded.manifest(), request.summarise());
      work.add(connection, conversion.item(item.requestId()));
    }
  }
}
