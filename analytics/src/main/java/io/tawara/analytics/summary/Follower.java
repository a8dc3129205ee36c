package io.tawara.analytics.summary;

import io.tawara.core.provider.Provider;
import java.sql.Connection;
import java.sql.SQLException;

/// What follows the publication of a summary.
@FunctionalInterface
public interface Follower {
  /// Adds work in the publishing transaction, on public tables.
  ///
  /// @param provider whose days were summarised
  /// @param requestId for logs, or null
  void follow(Connection connection, Provider provider, SummaryRange range, String requestId)
      throws SQLException;
}
