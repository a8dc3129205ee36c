package io.tawara.analytics.cost;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.analytics.oncloud.CorrelateHandler;
import io.tawara.analytics.summary.BillDefinition;
import io.tawara.analytics.summary.BillSummary;
import io.tawara.analytics.summary.Bills;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.analytics.summary.SummarySettings;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkHandler;
import io.tawara.core.work.WorkItem;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs work of kind [#KIND]: calculates the costs of a source, month by month: rates and
/// distribution of a cluster, the markup of a bill.
///
/// Body: `{"schema", "provider", "start", "end"}`; dates are ISO days, both included and optional:
/// without them from the first of the current month until today.
public final class CostHandler implements WorkHandler {
  public static final String KIND = "cost";
  private static final Logger LOG = LoggerFactory.getLogger(CostHandler.class);

  private final Database database;
  private final Clock clock;
  private final OpenShiftCosts openShift;
  private final SummarySettings settings;
  private final CorrelateHandler onCloud;
  private final Map<ProviderType, BillSummary> bills = new EnumMap<>(ProviderType.class);

  public CostHandler(
      Database database,
      Clock clock,
      OpenShiftCosts openShift,
      SummarySettings settings,
      LineItemEngine lines,
      CorrelateHandler onCloud) {
    this.database = database;
    this.clock = clock;
    this.openShift = openShift;
    this.settings = settings;
    this.onCloud = onCloud;
    for (BillDefinition bill : Bills.ALL) {
      bills.put(bill.type(), new BillSummary(database, lines, settings, bill));
    }
  }

  @Override
  public void perform(WorkItem item) {
    JsonNode body = item.body();
    UUID id = UUID.fromString(body.path("provider").asText());
    Optional<Provider> found =
        database.transaction(connection -> Providers.findUndeleted(connection, id));
    if (found.isEmpty()) {
      LOG.info("provider {} is gone: no costs", id);
      return;
    }
    Provider provider = found.get();
    LocalDate today = LocalDate.now(clock);
    LocalDate start = day(body, "start").orElse(today.withDayOfMonth(1));
    for (SummaryRange range : SummaryRange.months(start, day(body, "end").orElse(today))) {
      switch (provider.type().base()) {
        case OCP -> openShift.calculate(provider.tenant(), id, range);
        case AWS, AZURE, GCP, AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> {
          bill(provider.type()).mark(provider.tenant(), id, range, !settings.staleInstanceMarkup());
          onCloud.mark(provider, range, item.requestId());
        }
      }
    }
  }

  private BillSummary bill(ProviderType type) {
    BillSummary found = bills.get(type.base());
    if (found == null) {
      throw new TawaraException(Category.INPUT, "no costs for sources of type " + type.wireName());
    }
    return found;
  }

  private static Optional<LocalDate> day(JsonNode body, String field) {
    if (!body.hasNonNull(field)) {
      return Optional.empty();
    }
    try {
      return Optional.of(LocalDate.parse(body.get(field).asText()));
    } catch (DateTimeException wrong) {
      throw new TawaraException(Category.INPUT, field + " is not a day", wrong);
    }
  }
}
