package io.tawara.ingest.payload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.landing.Landing;
import io.tawara.ingest.landing.Landings;
import io.tawara.ingest.ledger.Deliveries;
import io.tawara.ingest.ledger.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deliveries of operators whose manifest names files that do not arrive. What did arrive is
/// summarised after some patience, and the ledger says which files are missing; should they arrive
/// later, they are read like others.
///
/// Body: `{"provider"}`.
public final class OverdueDeliveries implements WorkHandler {
  public static final String KIND = "overdue-delivery";
  private static final Logger LOG = LoggerFactory.getLogger(OverdueDeliveries.class);

  private final Database database;
  private final WorkQueue queue;
  private final Landings landings;
  private final Duration patience;
  private final Clock clock;

  /// @param patience after the last file of a delivery
  /// @param clock the business clock
  public OverdueDeliveries(
      Database database, WorkQueue queue, Landings landings, Duration patience, Clock clock) {
    this.database = database;
    this.queue = queue;
    this.landings = landings;
    this.patience = patience;
    this.clock = clock;
  }

  /// Asks for the work of what is overdue. The work of a provider runs in order, so payloads that
  /// wait are read before.
  public void find() {
    database.run(
        connection -> {
          for (UUID provider : Deliveries.overdue(connection, patience).keySet()) {
            var body = JsonNodeFactory.instance.objectNode().put("provider", provider.toString());
            var item =
                new WorkItem(KIND, WorkItem.providerKey(provider), body, "overdue-" + provider);
            queue.coalesce(connection, item, (waiting, wanted) -> wanted);
          }
        });
  }

  @Override
  public void perform(WorkItem item) {
    UUID id = UUID.fromString(item.body().path("provider").asText());
    Optional<Provider> provider =
        database.transaction(connection -> Providers.findUndeleted(connection, id));
    if (provider.isEmpty()) {
      return;
    }
    database.run(
        connection -> {
          List<Integer> overdue =
              Deliveries.overdue(connection, patience).getOrDefault(id, List.of());
          for (int manifest : overdue) {
            end(connection, provider.get(), manifest, item.requestId());
          }
        });
  }

  private void end(Connection connection, Provider provider, int manifest, String requestId)
      throws SQLException {
    List<String> missing =
        Files.missing(connection, manifest, "in no payload, although the manifest names it");
    LOG.warn("delivery {} of {} lacks {}", manifest, provider.name(), missing);
    Landing landing = landings.begin(connection, provider, manifest);
    Optional<LocalDate[]> days = Deliveries.written(connection, manifest);
    Deliveries.days(connection, manifest, days, clock.instant());
    landing.end(days, requestId);
  }
}
