package io.tawara.gateway.reports.params;

/// The parameters by which a list is paged: `limit` and `offset` for dates, the sub keys of
/// `filter` for ranked groups (reports-api §6).
public enum PagingNames {
  DATES("limit", "offset"),
  RANKS("filter[limit]", "filter[offset]");

  private final String limit;
  private final String offset;

  PagingNames(String limit, String offset) {
    this.limit = limit;
    this.offset = offset;
  }

  public String limit() {
    return limit;
  }

  public String offset() {
    return offset;
  }

  static PagingNames of(boolean ranked) {
    return ranked ? RANKS : DATES;
  }
}
