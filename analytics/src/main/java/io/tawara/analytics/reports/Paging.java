package io.tawara.analytics.reports;

/// `limit` and `offset` as applied: limit at most 1000, 0 means everything; offset at least 0.
public record Paging(int limit, int offset) {}
