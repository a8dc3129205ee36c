package io.tawara.analytics.reports;

import java.util.OptionalInt;

/// `filter[limit]` and `filter[offset]`: how many ranked groups are shown. A limit of 0 does not
/// rank.
///
/// @param offset present: a page of ranked groups without *Others*; a query may have an offset
///   only, then the limit is 0 and only the paging metadata change
public record Ranking(int limit, OptionalInt offset) {
  public boolean active() {
    return limit > 0;
  }
}
