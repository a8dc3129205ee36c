package io.tawara.ingest.landing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.time.LocalDate;
import java.util.Optional;
import java.util.UUID;

/// Performs work of kind [#KIND]: makes a provider's changed partitions visible to Trino, then asks
/// for the summary. May be repeated: it writes what the catalogue of files says.
///
/// Body: `{"schema", "provider", "summary": {"start", "end", "manifest"}}`, the summary optional.
public final class Publication implements WorkHandler {
  public static final String KIND = "publish-line-items";

  private final Database database;
  private final WorkQueue queue;
  private final ParquetLandings landings;

  public Publication(Database database, WorkQueue queue, ParquetLandings landings) {
    this.database = database;
    this.queue = queue;
    this.landings = landings;
  }

  /// The summary that is wanted after it.
  record Summary(LocalDate start, LocalDate end, int manifest) {}

  static WorkItem item(
      TenantSchema tenant, UUID provider, Optional<Summary> summary, String requestId) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("schema", tenant.name())
            .put("provider", provider.toString());
    summary.ifPresent(
        wanted ->
            body.putObject("summary")
                .put("start", wanted.start().toString())
                .put("end", wanted.end().toString())
                .put("manifest", wanted.manifest()));
    return new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId);
  }

  @Override
  public void perform(WorkItem item) {
    var tenant = new TenantSchema(item.body().path("schema").asText());
    UUID provider = UUID.fromString(item.body().path("provider").asText());
    landings.publish(tenant, provider);
    JsonNode summary = item.body().path("summary");
    if (summary.isObject()) {
      var days =
          new LocalDate[] {
            LocalDate.parse(summary.path("start").asText()),
            LocalDate.parse(summary.path("end").asText())
          };
      database.run(
          connection ->
              SummaryRequests.add(
                  connection,
                  queue,
                  tenant,
                  provider,
                  summary.path("manifest").asInt(),
                  days,
                  item.requestId()));
    }
  }
}
