package io.tawara.analytics.summary;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.currency.Currencies;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs work of kind [#KIND]: summarises the days of a source month by month, adds a `cost`
/// item for each month of a cluster in the publishing transaction, and notes on the manifest that
/// its summary is complete.
///
/// Body: `{"schema", "provider", "start", "end", "manifest"}`; dates are ISO days, both included
/// and optional; `manifest` is optional.
public final class SummariseHandler implements WorkHandler {
  public static final String KIND = "summarise";
  private static final String COST_KIND = "cost";
  private static final Logger LOG = LoggerFactory.getLogger(SummariseHandler.class);

  private final Database database;
  private final WorkQueue queue;
  private final Clock clock;
  private final SummarySettings settings;
  private final Follower follower;
  private final Map<ProviderType, Summary> summaries = new EnumMap<>(ProviderType.class);
  private final Map<ProviderType, BillCurrencies> currencies = new EnumMap<>(ProviderType.class);

  /// @param follower what else follows every summary
  public SummariseHandler(
      Database database,
      WorkQueue queue,
      Clock clock,
      SummarySettings settings,
      LineItemEngine lines,
      Follower follower) {
    this.database = database;
    this.queue = queue;
    this.clock = clock;
    this.settings = settings;
    this.follower = follower;
    summaries.put(ProviderType.OCP, new OpenShiftSummary(database, clock, settings, lines));
    var registry = Currencies.load();
    for (BillDefinition bill : Bills.ALL) {
      currencies.put(bill.type(), new BillCurrencies(bill, registry));
      summaries.put(bill.type(), new BillSummary(database, lines, settings, bill));
    }
  }

  /// A work item that summarises days of a provider.
  ///
  /// @param start first day, or null
  /// @param end last day, or null
  /// @param manifest the delivery that is complete with this summary, or null
  /// @param requestId for logs, or null
  public static WorkItem item(
      Provider provider, LocalDate start, LocalDate end, Integer manifest, String requestId) {
    return new WorkItem(
        KIND, WorkItem.providerKey(provider.id()), body(provider, start, end, manifest), requestId);
  }

  private static ObjectNode body(
      Provider provider, LocalDate start, LocalDate end, Integer manifest) {
    ObjectNode body =
        JsonNodeFactory.instance
            .objectNode()
            .put("schema", provider.tenant().name())
            .put("provider", provider.id().toString());
    if (start != null) {
      body.put("start", start.toString());
    }
    if (end != null) {
      body.put("end", end.toString());
    }
    if (manifest != null) {
      body.put("manifest", manifest);
    }
    return body;
  }

  @Override
  public void perform(WorkItem item) {
    JsonNode body = item.body();
    UUID id = UUID.fromString(body.path("provider").asText());
    Optional<Provider> found =
        database.transaction(connection -> Providers.findUndeleted(connection, id));
    if (found.isEmpty()) {
      LOG.info("provider {} is gone: nothing to summarise", id);
      return;
    }
    Provider provider = found.get();
    Integer manifest = body.hasNonNull("manifest") ? body.get("manifest").asInt() : null;
    List<SummaryRange> ranges =
        SummaryRange.requested(
            day(body, "start"),
            day(body, "end"),
            LocalDate.now(clock),
            settings.initialIngestMonths());
    OffsetDateTime started = OffsetDateTime.now(clock);
    Summary summary = summary(provider.type());
    // a bill's summary carries its markup already
    boolean costsFollow = provider.type().base() == ProviderType.OCP;
    for (int i = 0; i < ranges.size(); i++) {
      SummaryRange range = ranges.get(i);
      boolean last = i == ranges.size() - 1;
      summary.summarise(
          provider,
          range,
          connection -> {
            if (costsFollow) {
              queue.add(
                  connection,
                  new WorkItem(
                      COST_KIND,
                      item.key(),
                      body(provider, range.start(), range.end(), manifest),
                      item.requestId()));
            }
            BillCurrencies ofBill = currencies.get(provider.type().base());
            if (ofBill != null) {
              ofBill.enable(connection, provider, range, YearMonth.now(clock));
            }
            follower.follow(connection, provider, range, item.requestId());
            Providers.markDataUpdated(connection, id, clock.instant());
            if (last && manifest != null) {
              complete(connection, manifest, started);
            }
          });
    }
  }

  private Summary summary(ProviderType type) {
    Summary found = summaries.get(type.base());
    if (found == null) {
      throw new TawaraException(
          Category.INPUT, "no summary for sources of type " + type.wireName());
    }
    return found;
  }

  private void complete(Connection connection, int manifest, OffsetDateTime started)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.manifest set
              completed_datetime = ?,
              state = state || jsonb_build_object('summary', jsonb_build_object(
                'start', cast(? as text), 'end', cast(? as text),
                'time_taken_seconds', cast(? as double precision)))
            where id = ?
            """)) {
      OffsetDateTime now = OffsetDateTime.now(clock);
      statement.setObject(1, now);
      statement.setString(2, started.toString());
      statement.setString(3, now.toString());
      statement.setDouble(4, java.time.Duration.between(started, now).toMillis() / 1000.0);
      statement.setInt(5, manifest);
      statement.executeUpdate();
    }
  }

  private static LocalDate day(JsonNode body, String field) {
    if (!body.hasNonNull(field)) {
      return null;
    }
    try {
      return LocalDate.parse(body.get(field).asText());
    } catch (DateTimeException wrong) {
      throw new TawaraException(Category.INPUT, field + " is not a day", wrong);
    }
  }
}
