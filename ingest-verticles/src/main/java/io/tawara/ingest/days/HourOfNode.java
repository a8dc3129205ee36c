package io.tawara.ingest.days;

import java.time.Instant;

/// Capacity of one node in one hour.
public record HourOfNode(Instant hour, String node, double coreSeconds, double byteSeconds) {}
