package io.tawara.core.work;

/// How much work there is.
///
/// @param queued not started, including what waits for another try
/// @param running being performed
/// @param failed given up, waiting for a person
public record WorkCounts(long queued, long running, long failed) {}
