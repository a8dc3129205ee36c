package io.tawara.analytics.oncloud;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.summary.Follower;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs work of kind [#KIND]: correlates days of a cloud source with the clusters that run on
/// it, and adds a `cost` item for every cluster whose rows changed. As a [Follower] it adds that
/// work for every summary that is published.
///
/// Body: `{"schema", "provider", "start", "end"}`, ISO days, both included.
public final class CorrelateHandler implements WorkHandler, Follower {
  public static final String KIND = "correlate";
  private static final String COST_KIND = "cost";
  private static final Logger LOG = LoggerFactory.getLogger(CorrelateHandler.class);

  private final Database database;
  private final WorkQueue queue;
  private final Correlation correlation;
  private final boolean waitsForCloud;

  /// @param waitsForCloud see [OnCloudSettings]
  public CorrelateHandler(
      Database database, WorkQueue queue, Correlation correlation, boolean waitsForCloud) {
    this.waitsForCloud = waitsForCloud;
    this.database = database;
    this.queue = queue;
    this.correlation = correlation;
  }

  @Override
  public void perform(WorkItem item) {
    JsonNode body = item.body();
    UUID id = UUID.fromString(body.path("provider").asText());
    Optional<Provider> found =
        database.transaction(connection -> Providers.findUndeleted(connection, id));
    if (found.isEmpty()) {
      LOG.info("provider {} is gone: nothing to correlate", id);
      return;
    }
    Provider source = found.get();
    for (SummaryRange range : SummaryRange.months(day(body, "start"), day(body, "end"))) {
      correlation.correlate(
          source,
          range,
          (connection, outcome) -> {
            if (!Clusters.hold(connection, id)) {
              throw new TawaraException(
                  Category.UNAVAILABLE, "source " + id + " is being deleted: not published");
            }
            for (UUID cluster : outcome.discovered()) {
              Clusters.settle(connection, cluster, source.type(), id);
            }
            for (UUID cluster : outcome.lost()) {
              Clusters.unsettle(connection, cluster, id);
            }
            if (!outcome.lost().isEmpty()) {
              for (UUID other : Clusters.clouds(connection, source.tenant())) {
                if (!other.equals(id)) {
                  add(connection, source.tenant(), other, range, item.requestId());
                }
              }
            }
            for (UUID cluster : outcome.clusters()) {
              addCosts(connection, source.tenant(), cluster, range, item.requestId());
            }
          });
    }
  }

  /// Applies a changed markup of a cloud source to what its clusters were given, and adds their
  /// costs.
  public void mark(Provider source, SummaryRange range, String requestId) {
    Set<UUID> clusters = correlation.mark(source, range);
    if (!clusters.isEmpty()) {
      database.run(
          connection -> {
            for (UUID cluster : clusters) {
              addCosts(connection, source.tenant(), cluster, range, requestId);
            }
          });
    }
  }

  private void addCosts(
      Connection connection,
      TenantSchema tenant,
      UUID cluster,
      SummaryRange range,
      String requestId)
      throws SQLException {
    queue.coalesce(
        connection,
        new WorkItem(
            COST_KIND, WorkItem.providerKey(cluster), body(tenant, cluster, range), requestId),
        CorrelateHandler::merge);
  }

  /// A cloud's new rows are correlated; so is the cloud that a cluster runs on, or every cloud
  /// while that is not known.
  @Override
  public void follow(Connection connection, Provider provider, SummaryRange range, String requestId)
      throws SQLException {
    if (provider.type().base() != ProviderType.OCP) {
      if (!Clusters.ofTenant(connection, provider.tenant()).isEmpty()) {
        add(connection, provider.tenant(), provider.id(), range, requestId);
      }
      return;
    }
    Optional<UUID> cloud =
        Clusters.ofTenant(connection, provider.tenant()).stream()
            .filter(cluster -> cluster.id().equals(provider.id()))
            .findFirst()
            .flatMap(Clusters.Cluster::cloud);
    if (cloud.isPresent() && waitsForCloud) {
      return;
    }
    List<UUID> asked =
        cloud.isPresent() ? List.of(cloud.get()) : Clusters.clouds(connection, provider.tenant());
    for (UUID source : asked) {
      add(connection, provider.tenant(), source, range, requestId);
    }
  }

  private void add(
      Connection connection, TenantSchema tenant, UUID source, SummaryRange range, String requestId)
      throws SQLException {
    queue.coalesce(
        connection,
        new WorkItem(KIND, WorkItem.providerKey(source), body(tenant, source, range), requestId),
        CorrelateHandler::merge);
  }

  private static ObjectNode body(TenantSchema tenant, UUID provider, SummaryRange range) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("schema", tenant.name())
        .put("provider", provider.toString())
        .put("start", range.start().toString())
        .put("end", range.end().toString());
  }

  /// The days of both. An item without days is left as it is: it means days that are not known yet.
  private static JsonNode merge(JsonNode waiting, JsonNode added) {
    if (!waiting.hasNonNull("start") || !waiting.hasNonNull("end")) {
      return waiting;
    }
    ObjectNode both = waiting.deepCopy();
    String start = waiting.get("start").asText();
    String end = waiting.get("end").asText();
    if (added.get("start").asText().compareTo(start) < 0) {
      both.put("start", added.get("start").asText());
    }
    if (added.get("end").asText().compareTo(end) > 0) {
      both.put("end", added.get("end").asText());
    }
    return both;
  }

  private static LocalDate day(JsonNode body, String field) {
    try {
      return LocalDate.parse(body.path(field).asText());
    } catch (DateTimeException wrong) {
      throw new TawaraException(Category.INPUT, field + " is not a day", wrong);
    }
  }
}
