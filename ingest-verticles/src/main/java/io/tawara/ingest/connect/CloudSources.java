package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.work.WorkQueue;
import io.tawara.ingest.sources.SourceAvailability;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What polling and downloading share: finding a source with its connector, and telling how it is.
final class CloudSources {
  private static final Logger LOG = LoggerFactory.getLogger(CloudSources.class);

  private final Database database;
  private final WorkQueue work;
  private final Credentials credentials;
  private final Connectors connectors;
  private final boolean platformSources;
  private final Clock clock;

  CloudSources(
      Database database,
      WorkQueue work,
      Credentials credentials,
      Connectors connectors,
      boolean platformSources,
      Clock clock) {
    this.database = database;
    this.work = work;
    this.credentials = credentials;
    this.connectors = connectors;
    this.platformSources = platformSources;
    this.clock = clock;
  }

  /// The provider, unless it is gone, going, or no cloud.
  Optional<Provider> find(UUID id) {
    return database
        .transaction(connection -> Providers.findUndeleted(connection, id))
        .filter(provider -> provider.type() != ProviderType.OCP);
  }

  /// Its connector; the caller closes it.
  Connector open(Provider provider) {
    ObjectNode secret =
        database
            .transaction(connection -> credentials.ofProvider(connection, provider.id()))
            .orElseThrow(
                () ->
                    new CloudException(
                        Problem.CREDENTIALS, "the source has no credentials any more"));
    return connectors.open(provider.id(), provider.type(), provider.dataSource(), secret);
  }

  /// Whether the provider still is there; it stays until the transaction ends.
  static boolean lock(Connection connection, UUID provider) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select 1 from public.api_provider where uuid = ? and not deleting for key share")) {
      statement.setObject(1, provider);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// Whether work about a delivery is waiting already.
  static boolean waits(Connection connection, String kind, String key, int manifest)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select 1 from public.work
            where key = ? and kind = ? and state in ('queued', 'running')
              and body ->> 'manifest' = ?
            limit 1
            """)) {
      statement.setString(1, key);
      statement.setString(2, kind);
      statement.setString(3, Integer.toString(manifest));
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// Notes that the cloud answered everything.
  void well(Provider provider) {
    database.run(
        connection -> {
          Polls.succeeded(connection, provider.id(), clock.instant());
          SourceAvailability.available(connection, work, provider.id(), platformSources);
        });
  }

  /// Notes that a cloud that was away is there again. Other problems stay until it is asked next.
  void recovered(Connection connection, Provider provider) throws SQLException {
    if (Polls.recovered(connection, provider.id())) {
      SourceAvailability.available(connection, work, provider.id(), platformSources);
    }
  }

  /// Notes what is wrong, for people and for the next try.
  void unwell(Provider provider, CloudException problem) {
    LOG.warn(
        "source {} ({}) has a problem: {}: {}",
        provider.name(),
        provider.id(),
        problem.problem().key(),
        problem.getMessage());
    database.run(
        connection -> {
          Polls.failed(connection, provider.id(), problem, clock.instant());
          SourceAvailability.unavailable(
              connection, work, provider.id(), problem.getMessage(), platformSources);
        });
  }
}
