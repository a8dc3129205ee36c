package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.ids.Ids;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.source.SourceStatus;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.sources.PlatformRows.Row;
import io.tawara.ingest.sources.PlatformSources.Details;
import io.tawara.ingest.sources.PlatformSources.Sender;
import io.tawara.ingest.sources.SourceEvent.Type;
import io.tawara.ingest.sources.SourceEvent.Unreadable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs events of Platform Sources, those of one source in order: brings the source's row up to
/// date by asking Platform Sources, then makes, changes or deletes the provider as the stored row
/// wants. The provider, the row's status and the work of telling Platform Sources are one
/// transaction; asking happens outside of transactions. Everything can be performed again: what a
/// crash left undone is in the stored row.
public final class SourceEventHandler implements WorkHandler {
  /// The kind of work. Body: `headers`, `value`, `offset` of the message.
  public static final String KIND = "source-event";

  private static final Logger LOG = LoggerFactory.getLogger(SourceEventHandler.class);

  private final Database database;
  private final Tenants tenants;
  private final WorkQueue work;
  private final PlatformSources platform;
  private final PlatformRows rows;
  private final ProviderBuilder providers;
  private final ProviderCheck check;
  private final Ids ids;

  /// @param check asks clouds whether credentials work
  public SourceEventHandler(
      Database database,
      Tenants tenants,
      WorkQueue work,
      PlatformSources platform,
      Credentials credentials,
      ProviderCheck check,
      Clock clock,
      Ids ids) {
    this.database = database;
    this.tenants = tenants;
    this.work = work;
    this.platform = platform;
    this.rows = new PlatformRows(credentials, clock);
    this.providers = new ProviderBuilder(credentials, work, clock);
    this.check = check;
    this.ids = ids;
  }

  /// Reads the event out of an item's body.
  static SourceEvent read(JsonNode body) throws Unreadable {
    JsonNode headers = body.path("headers");
    String name = headers.path("event_type").asText("");
    Type type = Type.ofName(name).orElseThrow(() -> new Unreadable("no event of ours: " + name));
    return SourceEvent.read(
        type,
        header -> Optional.of(headers.path(header).asText("")).filter(text -> !text.isEmpty()),
        body.path("value").asText(""),
        body.path("offset").asLong());
  }

  @Override
  public void perform(WorkItem item) {
    SourceEvent event;
    try {
      event = read(item.body());
    } catch (Unreadable reason) {
      throw new TawaraException(Category.INPUT, reason.getMessage(), reason);
    }
    var sender =
        new Sender(
            event.identityHeader(), event.accountNumber(), Optional.of(event.organisationId()));
    Optional<Row> known =
        database.transaction(connection -> rows.find(connection, event.sourceId()));
    if (event.type() == Type.APPLICATION_DESTROY) {
      destroyed(event, known, sender, item);
      return;
    }
    Optional<Row> wanted =
        switch (event.type()) {
          case APPLICATION_CREATE -> created(event, known, sender);
          case AUTHENTICATION_CREATE ->
              platform.hasApplication(event.sourceId(), sender)
                  ? authenticated(event, known, sender)
                  : Optional.empty();
          case APPLICATION_UPDATE -> known.flatMap(row -> updated(event, row, sender));
          case AUTHENTICATION_UPDATE ->
              platform.hasApplication(event.sourceId(), sender)
                  ? known.flatMap(row -> reauthenticated(event, row, sender))
                  : Optional.empty();
          case SOURCE_UPDATE -> known.flatMap(row -> renamed(event, row, sender));
          case APPLICATION_PAUSE -> known.flatMap(row -> paused(row, true));
          case APPLICATION_UNPAUSE -> known.flatMap(row -> paused(row, false));
          case APPLICATION_DESTROY -> throw new AssertionError(event.type());
        };
    wanted.ifPresent(row -> database.run(connection -> rows.save(connection, row, event.offset())));
    wanted.or(() -> known).ifPresent(row -> bring(event, row, sender));
  }

  // What an event makes of the row; empty when there is nothing to do

  private Optional<Row> created(SourceEvent event, Optional<Row> known, Sender sender) {
    if (known.filter(Row::tombstone).isPresent()) {
      database.run(connection -> rows.delete(connection, event.sourceId()));
      return Optional.empty();
    }
    Row row = known.orElseGet(() -> PlatformRows.fresh(event));
    return detailed(event, row, sender)
        .map(
            found ->
                found.type().isEmpty()
                    ? found
                    : found.type().get() == ProviderType.OCP ? found : withBilling(found, sender));
  }

  private Optional<Row> authenticated(SourceEvent event, Optional<Row> known, Sender sender) {
    if (known.filter(Row::tombstone).isPresent()) {
      database.run(connection -> rows.delete(connection, event.sourceId()));
      return Optional.empty();
    }
    Row row = known.orElseGet(() -> PlatformRows.fresh(event));
    Optional<Row> found = row.type().isPresent() ? Optional.of(row) : detailed(event, row, sender);
    return found.map(
        each -> each.type().isEmpty() ? each : withCredentials(each, sender, Optional.empty()));
  }

  private Optional<Row> updated(SourceEvent event, Row row, Sender sender) {
    if (row.tombstone() || row.type().isEmpty() || row.type().get() == ProviderType.OCP) {
      return Optional.empty();
    }
    Row after = withBilling(row, sender);
    if (row.type().get().base() == ProviderType.AZURE) {
      after = withCredentials(after, sender, Optional.empty());
    }
    return ifChanged(row, after);
  }

  private Optional<Row> reauthenticated(SourceEvent event, Row row, Sender sender) {
    if (row.tombstone() || row.type().isEmpty()) {
      return Optional.empty();
    }
    Row after = withCredentials(row, sender, Optional.empty());
    if (row.type().get().base() == ProviderType.AZURE) {
      after = withBilling(after, sender);
    }
    return ifChanged(row, after);
  }

  private Optional<Row> renamed(SourceEvent event, Row row, Sender sender) {
    return row.tombstone()
        ? Optional.empty()
        : detailed(event, row, sender).flatMap(after -> ifChanged(row, after));
  }

  private static Optional<Row> paused(Row row, boolean wanted) {
    return row.tombstone() || row.paused() == wanted
        ? Optional.empty()
        : Optional.of(row.withPaused(wanted));
  }

  private static Optional<Row> ifChanged(Row before, Row after) {
    return before.equals(after) ? Optional.empty() : Optional.of(after.changed());
  }

  /// Name, id and type, and for OpenShift the cluster; empty when the source does not exist.
  private Optional<Row> detailed(SourceEvent event, Row row, Sender sender) {
    Optional<Details> details = platform.details(event.sourceId(), sender);
    if (details.isEmpty()) {
      LOG.info("source {} does not exist any more", event.sourceId());
      return Optional.empty();
    }
    Details found = details.get();
    if (found.type().isEmpty()) {
      LOG.warn("source {} has a type that is not ours", event.sourceId());
      return Optional.of(row);
    }
    Optional<UUID> uuid = found.uid().flatMap(io.tawara.core.input.Fields::uuid);
    Row detailed =
        row.withDetails(
            found.name(),
            uuid.isPresent() || row.uuid().isPresent() ? uuid : Optional.of(ids.next()),
            found.type(),
            event.identityHeader());
    return Optional.of(
        found.type().get() == ProviderType.OCP
            ? withCredentials(detailed, sender, found.reference())
            : detailed);
  }

  /// What Platform Sources does not have is told to people and is no reason to try again; what it
  /// cannot say now is.
  private Row withCredentials(Row row, Sender sender, Optional<String> reference) {
    try {
      Optional<String> cluster =
          row.type().orElseThrow() == ProviderType.OCP && reference.isEmpty()
              ? platform.details(row.id(), sender).flatMap(Details::reference)
              : reference;
      return row.withCredentials(
          platform.credentials(row.id(), row.type().orElseThrow(), cluster, sender));
    } catch (TawaraException missing) {
      return told(row, missing, sender);
    }
  }

  private Row withBilling(Row row, Sender sender) {
    try {
      ObjectNode billing = platform.billingSource(row.id(), row.type().orElseThrow(), sender);
      return billing.isEmpty() ? row : row.withBilling(billing);
    } catch (TawaraException missing) {
      return told(row, missing, sender);
    }
  }

  private Row told(Row row, TawaraException missing, Sender sender) {
    if (missing.category() != Category.INPUT) {
      throw missing;
    }
    LOG.warn("source {}: {}", row.id(), missing.getMessage());
    work.add(push(row.id(), sender, SourceStatus.unavailable(missing.getMessage())));
    return row;
  }

  // What the row makes of the provider

  private void bring(SourceEvent event, Row row, Sender sender) {
    boolean existing = row.provider().isPresent();
    if (existing ? !row.pendingUpdate() : !row.ready()) {
      return;
    }
    try {
      row.draft().check();
      check.check(row.draft());
      ProviderBuilder.Owner owner = owner(event, row);
      tenants.ensure(owner.tenant());
      database.run(
          connection -> {
            UUID id = row.provider().or(row::uuid).orElseThrow();
            if (existing) {
              providers.update(connection, id, row.draft(), owner);
            } else {
              create(connection, id, row, owner);
            }
            conclude(connection, event, row.withProvider(id), sender, SourceStatus.available());
          });
    } catch (InvalidInputException refused) {
      LOG.warn("source {} is refused: {}", row.id(), refused.getMessage());
      database.run(
          connection ->
              conclude(connection, event, row, sender, SourceStatus.unavailable(refused)));
    }
  }

  private void create(Connection connection, UUID id, Row row, ProviderBuilder.Owner owner)
      throws SQLException {
    Optional<Provider> existing = Providers.find(connection, id);
    if (existing.isEmpty()) {
      providers.create(connection, id, row.draft(), owner);
    } else if (!existing.get().organisationId().equals(row.organisationId())) {
      throw new InvalidInputException(
          "source.provider", "Something went wrong creating your source, please try again.");
    }
  }

  /// The end of the item is in the same transaction: performed again, it would bury a source that
  /// it has just removed.
  private void destroyed(SourceEvent event, Optional<Row> known, Sender sender, WorkItem item) {
    if (known.filter(Row::tombstone).isPresent()) {
      return;
    }
    boolean exists = platform.details(event.sourceId(), sender).isPresent();
    database.run(
        connection -> {
          Optional<Row> row = rows.find(connection, event.sourceId());
          if (row.isPresent()) {
            remove(connection, row.get(), item.requestId());
            work.add(connection, push(event.sourceId(), sender, SourceStatus.available()));
          } else if (exists) {
            rows.bury(connection, event);
          }
          work.finish(connection, item);
        });
  }

  private void remove(Connection connection, Row row, String requestId) throws SQLException {
    if (row.provider().isPresent()) {
      providers.delete(
          connection,
          row.provider().get(),
          TenantSchema.ofOrganisation(row.organisationId()),
          requestId);
    }
    rows.delete(connection, row.id());
  }

  private static ProviderBuilder.Owner owner(SourceEvent event, Row row) {
    return new ProviderBuilder.Owner(
        row.organisationId(),
        TenantSchema.ofOrganisation(row.organisationId()),
        row.accountId(),
        event.username());
  }

  // Status

  /// Stores the row with its status, and has it told when it is another one than before.
  private void conclude(
      Connection connection, SourceEvent event, Row row, Sender sender, ObjectNode status)
      throws SQLException {
    rows.save(connection, row.withStatus(status), event.offset());
    if (!row.status().equals(status)) {
      work.add(connection, push(row.id(), sender, status));
    }
  }

  /// The push is work of its own: a service that is away does not hold the source up.
  private static WorkItem push(int source, Sender sender, ObjectNode status) {
    return SourceStatus.push(
        source, sender.identityHeader(), sender.accountNumber(), sender.organisationId(), status);
  }
}
