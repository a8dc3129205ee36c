package io.tawara.core.organization;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Bringing the organisation of a source up to date, and what follows from it.
public final class OrganizationCrawl {
  /// Kind of the work that asks AWS. Body: `provider`.
  public static final String KIND = "crawl-organization";

  private OrganizationCrawl() {}

  /// A tree on the day on which it was seen.
  public record Seen(LocalDate day, OrganizationTree tree) {}

  public static WorkItem item(UUID provider, String requestId) {
    var body = JsonNodeFactory.instance.objectNode().put("provider", provider.toString());
    return new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId);
  }

  /// Stores trees in their order; months that hold data of the source and end after the first
  /// change are summarised again. Works in the caller's transaction, outside of the tenant's walls.
  ///
  /// @param earliest since when the first tree of a source counts; empty: since it was seen
  public static void store(
      Connection connection,
      WorkQueue work,
      Provider provider,
      List<Seen> seen,
      Optional<LocalDate> earliest,
      String requestId)
      throws SQLException {
    Optional<LocalDate> first = Optional.empty();
    Database.enter(connection, provider.tenant());
    for (Seen each : seen) {
      LocalDate since = earliest.orElse(each.day());
      if (Organizations.store(connection, provider.id(), each.tree(), each.day(), since)) {
        LocalDate from = since.isBefore(each.day()) ? since : each.day();
        first = first.filter(day -> day.isBefore(from)).or(() -> Optional.of(from));
      }
    }
    Database.leave(connection);
    if (first.isPresent()) {
      for (YearMonth month : months(connection, provider.id(), YearMonth.from(first.get()))) {
        var body =
            JsonNodeFactory.instance
                .objectNode()
                .put("schema", provider.tenant().name())
                .put("provider", provider.id().toString())
                .put("start", month.atDay(1).toString())
                .put("end", month.atEndOfMonth().toString());
        work.add(
            connection,
            new WorkItem("summarise", WorkItem.providerKey(provider.id()), body, requestId));
      }
    }
  }

  /// Months of the source that were converted.
  private static List<YearMonth> months(Connection connection, UUID provider, YearMonth from)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select distinct m.billing_period_start_datetime from public.manifest m
            where m.provider_uuid = ? and m.billing_period_start_datetime >= ?
              and exists (select 1 from public.file f
                          where f.manifest_id = m.id and f.state = 'done')
            order by 1
            """)) {
      select.setObject(1, provider);
      select.setObject(2, from.atDay(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      var found = new ArrayList<YearMonth>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              YearMonth.from(
                  rows.getObject(1, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC)));
        }
      }
      return found;
    }
  }
}
