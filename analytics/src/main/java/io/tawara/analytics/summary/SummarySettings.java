package io.tawara.analytics.summary;

/// What changes summaries and is set by whoever runs Tawara.
///
/// @param labelChangeDoubles the parity of that name: usage on a node or in a namespace whose kept
///   labels changed during a day counts once per label set; right is once
/// @param initialIngestMonths how many months before the current one are summarised at most
public record SummarySettings(boolean labelChangeDoubles, int initialIngestMonths) {}
