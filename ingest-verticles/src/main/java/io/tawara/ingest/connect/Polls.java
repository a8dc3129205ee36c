package io.tawara.ingest.connect;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.UUID;

/// How asking clouds went (`public.provider_poll`). All methods work in the caller's transaction on
/// public tables.
final class Polls {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final Duration LATER = Duration.ofHours(1);
  private static final Duration LONGEST_SOON = Duration.ofHours(1);
  private static final Duration LONGEST_LATER = Duration.ofDays(1);

  private Polls() {}

  static void succeeded(Connection connection, UUID provider, Instant now) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.provider_poll (provider_uuid, attempted, succeeded)
            select uuid, ?, ? from public.api_provider where uuid = ?
            on conflict (provider_uuid) do update set
              attempted = excluded.attempted, succeeded = excluded.succeeded, failures = 0,
              next_try = null, problem = null, message = null
            """)) {
      statement.setObject(1, utc(now));
      statement.setObject(2, utc(now));
      statement.setObject(3, provider);
      statement.executeUpdate();
    }
  }

  /// Notes a problem; the next try waits longer each time.
  static void failed(Connection connection, UUID provider, CloudException problem, Instant now)
      throws SQLException {
    int failures;
    try (var statement =
        connection.prepareStatement(
            """
            insert into public.provider_poll
              (provider_uuid, attempted, failures, problem, message)
            select uuid, ?, 1, ?, ? from public.api_provider where uuid = ?
            on conflict (provider_uuid) do update set
              attempted = excluded.attempted, failures = provider_poll.failures + 1,
              problem = excluded.problem, message = excluded.message
            returning failures
            """)) {
      statement.setObject(1, utc(now));
      statement.setString(2, problem.problem().key());
      statement.setString(3, problem.getMessage());
      statement.setObject(4, provider);
      try (var rows = statement.executeQuery()) {
        if (!rows.next()) {
          return;
        }
        failures = rows.getInt(1);
      }
    }
    try (var statement =
        connection.prepareStatement(
            "update public.provider_poll set next_try = ? where provider_uuid = ?")) {
      statement.setObject(1, utc(now.plus(wait(problem.problem(), failures))));
      statement.setObject(2, provider);
      statement.executeUpdate();
    }
  }

  /// Notes that what could only be waited for is over.
  ///
  /// @return whether that was the problem
  static boolean recovered(Connection connection, UUID provider) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.provider_poll
            set failures = 0, next_try = null, problem = null, message = null
            where provider_uuid = ? and problem = any (?)
            """)) {
      statement.setObject(1, provider);
      statement.setArray(
          2,
          connection.createArrayOf(
              "text",
              new String[] {
                Problem.UNREACHABLE.key(), Problem.THROTTLED.key(), Problem.EXPIRED.key()
              }));
      return statement.executeUpdate() == 1;
    }
  }

  /// How long a source waits after so many failures in a row.
  static Duration wait(Problem problem, int failures) {
    Duration first = problem.waitingHelps() ? SOON : LATER;
    Duration longest = problem.waitingHelps() ? LONGEST_SOON : LONGEST_LATER;
    Duration wait = first.multipliedBy(1L << Math.min(failures - 1, 10));
    return wait.compareTo(longest) > 0 ? longest : wait;
  }

  static OffsetDateTime utc(Instant instant) {
    return OffsetDateTime.ofInstant(instant, ZoneOffset.UTC);
  }
}
