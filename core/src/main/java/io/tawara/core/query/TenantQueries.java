package io.tawara.core.query;

import io.tawara.core.tenancy.TenantSchema;
import java.util.List;

/// Queries on a tenant's line items that people write themselves.
@FunctionalInterface
public interface TenantQueries {
  /// Prepares a query; nothing runs yet.
  ///
  /// @throws io.tawara.core.error.TawaraException of category `INPUT` for what is not SQL, of
  ///   `FORBIDDEN` for what is not a query of this tenant's tables alone
  Running prepare(TenantSchema tenant, String sql);

  /// One query that can be ended from outside while it runs.
  interface Running {
    /// Runs it to its end.
    ///
    /// @throws io.tawara.core.error.TawaraException of category `INPUT` when the query is wrong, of
    ///   `LIMIT` when a bound is passed, of `UNAVAILABLE` when the engine is away or it was ended
    Answer run();

    /// Ends it: nobody waits for the answer any more.
    void end();
  }

  /// An answer: column names, and rows of JSON's kinds of values (text, number, boolean, null).
  record Answer(List<String> columns, List<List<Object>> rows) {}
}
