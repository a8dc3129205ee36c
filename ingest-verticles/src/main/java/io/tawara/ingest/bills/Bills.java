package io.tawara.ingest.bills;

import io.tawara.catalog.LineItemTable;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.Conversion;
import io.tawara.core.delivery.IngressReports;
import io.tawara.core.delivery.Manifests;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.ingest.csv.ReadAhead;
import io.tawara.ingest.days.TagKeys;
import io.tawara.ingest.landing.Landing;
import io.tawara.ingest.landing.Landings;
import io.tawara.ingest.landing.LineItemWriter;
import io.tawara.ingest.landing.Scope;
import io.tawara.ingest.landing.Slice;
import io.tawara.ingest.ledger.CloudDeliveries;
import io.tawara.ingest.ledger.CloudDeliveries.CloudDelivery;
import io.tawara.ingest.ledger.CloudDeliveries.CloudFile;
import io.tawara.ingest.ledger.Deliveries;
import io.tawara.ingest.ledger.Files;
import io.tawara.ingest.ledger.Files.Kind;
import io.tawara.ingest.ledger.Files.State;
import io.tawara.ingest.retention.Retention;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs work of kind [Conversion#KIND]: makes the files of a cloud's delivery line items, in
/// one transaction with the ledger and the work that follows. What an older delivery of the same
/// bill wrote is replaced as a whole; a delivery with a file that cannot be read replaces nothing.
public final class Bills implements WorkHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Bills.class);
  private static final int MOST_GROUPS = 150_000;

  private final Database database;
  private final ObjectStore objects;
  private final Landings landings;
  private final Retention retention;
  private final Path staging;
  private final int tagLimit;
  private final Clock clock;

  /// @param staging folder for files while they are read
  /// @param tagLimit how many tag keys of a tenant start enabled; 0 or less: any number
  /// @param clock the business clock
  public Bills(
      Database database,
      ObjectStore objects,
      Landings landings,
      Retention retention,
      Path staging,
      int tagLimit,
      Clock clock) {
    this.database = database;
    this.objects = objects;
    this.landings = landings;
    this.retention = retention;
    this.staging = staging;
    this.tagLimit = tagLimit;
    this.clock = clock;
  }

  @Override
  public void perform(WorkItem item) {
    Conversion wanted = Conversion.of(item.body());
    Optional<Provider> provider =
        database.transaction(connection -> Providers.findUndeleted(connection, wanted.provider()));
    Optional<CloudDelivery> delivery =
        database.transaction(connection -> CloudDeliveries.find(connection, wanted.manifest()));
    if (provider.isEmpty() || delivery.isEmpty()) {
      LOG.info("delivery {} is gone: nothing to convert", wanted.manifest());
      return;
    }
    BillFormat format = BillFormats.of(provider.get().type());
    YearMonth month = delivery.get().month();
    landings.prepare(provider.get(), List.of(month.minusMonths(1), month, month.plusMonths(1)));
    long began = System.nanoTime();
    String result =
        database.transaction(
            connection ->
                new Converting(
                        connection, provider.get(), delivery.get(), format, wanted.summarise())
                    .run(item.requestId()));
    LOG.info(
        "delivery {} of {} for {}: {}, in {} ms",
        wanted.manifest(),
        provider.get().name(),
        month,
        result,
        (System.nanoTime() - began) / 1_000_000);
  }

  /// One delivery in its transaction.
  private final class Converting implements BillReader.Target {
    private final Connection connection;
    private final Provider provider;
    private final CloudDelivery delivery;
    private final BillFormat format;
    private final boolean summarise;
    private final Landing landing;
    private final Map<CloudFile, Files.Outcome> outcomes = new LinkedHashMap<>();
    private final Set<Scope> begun = new HashSet<>();
    private final Set<Scope> begunInFile = new HashSet<>();
    private final Set<String> tagKeys = new TreeSet<>();
    private final Set<String> categories = new TreeSet<>();
    private final Set<YearMonth> months = new HashSet<>();
    private LocalDate firstDay;
    private LocalDate lastDay;
    private boolean replaced;

    Converting(
        Connection connection,
        Provider provider,
        CloudDelivery delivery,
        BillFormat format,
        boolean summarise) {
      this.connection = connection;
      this.provider = provider;
      this.delivery = delivery;
      this.format = format;
      this.summarise = summarise;
      this.landing = landings.begin(connection, provider, delivery.manifest());
      months.addAll(
          List.of(
              delivery.month().minusMonths(1), delivery.month(), delivery.month().plusMonths(1)));
    }

    String run(String requestId) throws SQLException {
      Manifests.started(
          connection, delivery.manifest(), Manifests.Step.PROCESSING, clock.instant());
      if (delivery.month().isBefore(retention.firstKept(provider.tenant()))) {
        return leaveOut("the month is older than what is kept");
      }
      if (newerStands()) {
        return leaveOut("a newer delivery of the same bill stands");
      }
      Savepoint clean = connection.setSavepoint();
      int number = 0;
      boolean broken = false;
      for (CloudFile file : delivery.files()) {
        if (file.state() == State.EXPECTED || file.objectKey().isEmpty()) {
          throw new TawaraException(
              Category.INPUT, file.name() + " was not fetched: nothing is converted");
        }
        broken |= !file(file, number++);
      }
      boolean stands = broken && standsAlready();
      if (stands) {
        connection.rollback(clean);
        begun.clear();
        outcomes.replaceAll(
            (file, outcome) ->
                outcome.state() == State.QUARANTINED
                    ? outcome
                    : Files.Outcome.failed(
                        State.SKIPPED,
                        "held back: another file of the delivery cannot be read, and an earlier"
                            + " delivery of the bill stands",
                        null));
        firstDay = null;
        lastDay = null;
        tagKeys.clear();
        categories.clear();
      }
      return finish(requestId, broken);
    }

    /// Reads one file behind a savepoint; false when it cannot be read.
    private boolean file(CloudFile file, int number) throws SQLException {
      Database.leave(connection);
      Savepoint before = connection.setSavepoint();
      begunInFile.clear();
      String error;
      long[] raw = new long[1];
      try (InputStream stored = new Counting(objects.open(file.objectKey().orElseThrow()), raw);
          InputStream content = new ReadAhead(Unpacked.of(stored, file.name(), staging))) {
        var reader =
            new BillReader(
                format,
                new BillReader.Delivery(
                    provider.id(),
                    delivery.manifest(),
                    number,
                    delivery.month(),
                    LocalDate.now(clock)),
                this,
                MOST_GROUPS);
        BillReader.Outcome outcome = reader.read(content);
        Database.leave(connection);
        connection.releaseSavepoint(before);
        done(file, outcome);
        return true;
      } catch (TawaraException failure) {
        if (failure.retryable() || failure.category() == Category.INTERNAL) {
          throw failure;
        }
        error = failure.getMessage();
      } catch (IOException failure) {
        // an end that comes too soon is the file's only when all of it was read
        boolean ofTheFile =
            failure instanceof java.util.zip.ZipException
                || failure instanceof java.io.EOFException
                    && (file.bytes() < 0 || raw[0] >= file.bytes());
        if (!ofTheFile) {
          throw new TawaraException(
              Category.UNAVAILABLE, "object store: reading " + file.name(), failure);
        }
        error = "the file is cut off or damaged: " + failure.getMessage();
      } catch (SQLException failure) {
        if (Database.asTawara(failure).category() != Category.INPUT) {
          throw failure;
        }
        error = "its values cannot be stored: " + failure.getMessage();
      }
      connection.rollback(before);
      begun.removeAll(begunInFile);
      LOG.warn("{} of delivery {} is put aside: {}", file.name(), delivery.manifest(), error);
      outcomes.put(
          file, Files.Outcome.failed(State.QUARANTINED, error, file.objectKey().orElseThrow()));
      return false;
    }

    private void done(CloudFile file, BillReader.Outcome outcome) {
      var notes = new java.util.TreeMap<>(outcome.notes());
      notes.putAll(outcome.skipped());
      outcomes.put(
          file,
          new Files.Outcome(
              State.DONE,
              format.summarised().reportType(),
              file.etag(),
              file.bytes(),
              outcome.rowsRead(),
              outcome.rowsWritten(),
              outcome.rowsSkipped(),
              notes,
              null,
              null));
      tagKeys.addAll(outcome.tagKeys());
      categories.addAll(outcome.categories());
      if (outcome.firstDay() != null) {
        firstDay =
            firstDay == null || outcome.firstDay().isBefore(firstDay)
                ? outcome.firstDay()
                : firstDay;
        lastDay =
            lastDay == null || outcome.lastDay().isAfter(lastDay) ? outcome.lastDay() : lastDay;
      }
    }

    private String finish(String requestId, boolean broken) throws SQLException {
      Instant now = clock.instant();
      Database.leave(connection);
      for (Scope scope : begun) {
        String kind = kind(scope);
        Deliveries.decide(
            connection, provider.id(), kind, day(scope), delivery.manifest(), 0, "written");
        replaced |=
            Deliveries.replaceOthers(
                    connection, provider.id(), kind, day(scope), delivery.manifest())
                > 0;
      }
      ledger(requestId);
      Optional<LocalDate[]> days = days();
      Deliveries.days(connection, delivery.manifest(), days, now);
      Manifests.ended(connection, delivery.manifest(), Manifests.Step.PROCESSING, !broken, now);
      if (days.isPresent()) {
        Providers.markSetupComplete(connection, provider.id());
        Providers.markDataUpdated(connection, provider.id(), now);
      }
      if (broken) {
        IngressReports.refused(connection, delivery.manifest(), refusal());
      } else {
        IngressReports.completed(connection, delivery.manifest(), now);
      }
      Database.enter(connection, provider.tenant());
      if (format.tagsEnabled()) {
        TagKeys.enabled(connection, format.provider(), tagKeys, tagLimit);
      } else {
        TagKeys.disabled(connection, format.provider(), tagKeys);
      }
      TagKeys.categories(connection, categories);
      Database.leave(connection);
      landing.end(summarise ? days : Optional.empty(), requestId);
      long rows = outcomes.values().stream().mapToLong(Files.Outcome::rowsRead).sum();
      long aside = outcomes.values().stream().filter(o -> o.state() == State.QUARANTINED).count();
      return "%d files, %d rows read, %d files put aside".formatted(outcomes.size(), rows, aside);
    }

    private String refusal() {
      return "Unable to process file(s): "
          + String.join(
              "; ",
              outcomes.entrySet().stream()
                  .filter(each -> each.getValue().state() == State.QUARANTINED)
                  .map(each -> each.getKey().name() + ": " + each.getValue().error())
                  .toList());
    }

    private void ledger(String requestId) throws SQLException {
      for (Map.Entry<CloudFile, Files.Outcome> each : outcomes.entrySet()) {
        Files.finish(
            connection,
            new Files.Arrival(
                delivery.manifest(),
                provider.id(),
                provider.organisationId(),
                requestId,
                each.getKey().origin()),
            Kind.COST,
            each.getKey().name(),
            each.getValue());
      }
    }

    /// The days of use that were written; with what was replaced, the bill's month as well, because
    /// days may have lost rows.
    private Optional<LocalDate[]> days() {
      if (firstDay == null) {
        return Optional.empty();
      }
      LocalDate first = firstDay;
      LocalDate last = lastDay;
      if (replaced) {
        LocalDate begin = delivery.month().atDay(1);
        LocalDate end = delivery.month().atEndOfMonth();
        LocalDate today = LocalDate.now(clock);
        first = begin.isBefore(first) ? begin : first;
        end = end.isAfter(today) ? today : end;
        last = end.isAfter(last) ? end : last;
      }
      return Optional.of(new LocalDate[] {first, last});
    }

    private String leaveOut(String reason) throws SQLException {
      for (CloudFile file : delivery.files()) {
        outcomes.put(file, Files.Outcome.failed(State.SKIPPED, reason, null));
      }
      ledger(null);
      Deliveries.days(connection, delivery.manifest(), Optional.empty(), clock.instant());
      Manifests.ended(
          connection, delivery.manifest(), Manifests.Step.PROCESSING, true, clock.instant());
      return reason;
    }

    private boolean newerStands() throws SQLException {
      Scope scope =
          format.partitionDay().isEmpty()
              ? new Scope.Bill(delivery.month())
              : delivery.partitionDay().map(Scope.PartitionDay::new).orElse(null);
      return scope != null
          && Deliveries.newerWrote(
              connection, provider.id(), kind(scope), day(scope), delivery.manifest());
    }

    /// Whether anything that this delivery would replace is there.
    private boolean standsAlready() throws SQLException {
      Database.leave(connection);
      List<Scope> scopes = new ArrayList<>(begun);
      if (format.partitionDay().isEmpty()) {
        scopes.add(new Scope.Bill(delivery.month()));
      }
      for (Scope scope : scopes) {
        if (Deliveries.wrote(connection, provider.id(), kind(scope), day(scope))) {
          return true;
        }
      }
      return false;
    }

    private static String kind(Scope scope) {
      return switch (scope) {
        case Scope.Bill bill -> "bill";
        case Scope.PartitionDay day -> "partition";
        case Scope.Day day -> throw new IllegalArgumentException("bills have no such scope");
      };
    }

    private static LocalDate day(Scope scope) {
      return switch (scope) {
        case Scope.Bill bill -> bill.month().atDay(1);
        case Scope.PartitionDay day -> day.day();
        case Scope.Day day -> day.day();
      };
    }

    @Override
    public boolean keepsRaw() {
      return landings.keepsRaw();
    }

    @Override
    public void begin(Slice slice) throws SQLException {
      Scope scope =
          format.partitionDay().isPresent()
              ? new Scope.PartitionDay(LocalDate.parse(slice.name()))
              : new Scope.Bill(delivery.month());
      if (begun.add(scope)) {
        begunInFile.add(scope);
        List<LineItemTable> tables =
            landings.keepsRaw() ? format.tables() : List.of(format.summarised());
        for (LineItemTable table : tables) {
          landing.remove(table, scope);
        }
      }
    }

    @Override
    public LineItemWriter open(LineItemTable table, Slice slice) throws SQLException, IOException {
      return landing.open(table, slice);
    }

    @Override
    public void day(LocalDate day) {
      if (months.add(YearMonth.from(day))) {
        landings.prepare(provider, List.of(YearMonth.from(day)));
      }
    }
  }
}
