package io.tawara.analytics.summary;

import io.tawara.core.database.SqlWork;
import io.tawara.core.provider.Provider;

/// Makes the daily summary of one type of provider.
interface Summary {
  /// Summarises days of one month and publishes them.
  ///
  /// @param along work on public tables that belongs to the publication (the next work item, the
  ///   manifest): runs in the same transaction, after the tenant's walls were left
  /// @return the days that were replaced
  SummaryRange summarise(Provider provider, SummaryRange asked, SqlWork.Action along);
}
