package io.tawara.gateway.reports;

import io.vertx.sqlclient.Row;

/// A row of a bucket between its arrival and its place in the answer.
///
/// @param row the row, or what of it is still asked for once its bytes are there
/// @param key what it is ordered by
/// @param bytes the row as it is written, empty when it is written from the row
@SuppressWarnings("ArrayRecordComponent") // compared by identity, never shared
record Line(Row row, Object key, byte[] bytes) {}
