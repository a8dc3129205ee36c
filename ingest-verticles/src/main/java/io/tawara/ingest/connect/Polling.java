package io.tawara.ingest.connect;

import io.tawara.core.config.CloudConfig;
import io.tawara.core.database.Database;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.work.WorkQueue;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which sources are asked when (`sources-and-ingestion-4` §8.2). A source of which
/// anything is waiting or running is busy and left alone.
final class Polling {
  private static final Logger LOG = LoggerFactory.getLogger(Polling.class);

  private final Database database;
  private final WorkQueue work;
  private final CloudConfig config;
  private final Clock clock;

  Polling(Database database, WorkQueue work, CloudConfig config, Clock clock) {
    this.database = database;
    this.work = work;
    this.config = config;
    this.clock = clock;
  }

  /// Adds work for a part of the sources that are due, those that waited longest first.
  void due() {
    List<UUID> chosen =
        database.transaction(
            connection -> {
              try (var statement =
                  connection.prepareStatement(
                      """
                      with candidate as (
                        select p.uuid, p.polling_timestamp, p.created_timestamp
                        from public.api_provider p
                        where p.active and not p.paused and not p.deleting and p.type = any (?))
                      select uuid from candidate
                      where (polling_timestamp is null or polling_timestamp <= ?)
                        and not exists (select 1 from public.provider_poll b
                                        where b.provider_uuid = uuid and b.next_try > ?)
                        and not exists (select 1 from public.work w
                                        where w.key = 'provider:' || uuid
                                          and w.state in ('queued', 'running'))
                      order by polling_timestamp nulls first, created_timestamp, uuid
                      limit greatest(1, (select ceil(count(*)::numeric / ?) from candidate)::int)
                      """)) {
                var now = Polls.utc(clock.instant());
                statement.setArray(1, clouds(connection));
                statement.setObject(2, now.minus(config.pollingTimer()));
                statement.setObject(3, now);
                statement.setInt(4, Math.max(1, config.pollingCount()));
                return add(connection, statement, PollRequest.Reason.SCHEDULED);
              }
            });
    LOG.debug("{} sources are asked", chosen.size());
  }

  /// Adds work for sources that had a problem and waited long enough.
  void again() {
    database.transaction(
        connection -> {
          try (var statement =
              connection.prepareStatement(
                  """
                  select p.uuid from public.api_provider p
                  join public.provider_poll b on b.provider_uuid = p.uuid
                  where p.active and not p.paused and not p.deleting and p.type = any (?)
                    and b.failures > 0 and b.next_try <= ?
                    and not exists (select 1 from public.work w
                                    where w.key = 'provider:' || p.uuid
                                      and w.state in ('queued', 'running'))
                  order by b.next_try, p.uuid limit 100
                  """)) {
            statement.setArray(1, clouds(connection));
            statement.setObject(2, Polls.utc(clock.instant()));
            return add(connection, statement, PollRequest.Reason.RETRY);
          }
        });
  }

  private static java.sql.Array clouds(Connection connection) throws SQLException {
    return connection.createArrayOf(
        "text",
        Stream.of(ProviderType.values())
            .filter(type -> type != ProviderType.OCP)
            .map(ProviderType::wireName)
            .toArray());
  }

  private List<UUID> add(Connection connection, PreparedStatement select, PollRequest.Reason reason)
      throws SQLException {
    var found = new ArrayList<UUID>();
    try (var rows = select.executeQuery()) {
      while (rows.next()) {
        found.add(rows.getObject(1, UUID.class));
      }
    }
    for (UUID provider : found) {
      work.add(connection, PollRequest.of(provider, reason).item(null));
    }
    return found;
  }
}
