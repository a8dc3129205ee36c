package io.tawara.analytics.reports;

import java.time.LocalDate;
import java.util.Optional;

/// The one effective order of a query (params §5.4).
///
/// @param key what is ordered by: a figure (after renaming: `cost_total`, `infra_total`,
///   `sup_total`, `cost_total_distributed`, `usage`, `delta`, …), a group key or a tag; empty when
///   only a date was given
/// @param likeOn the day whose order is applied to every bucket
public record Ordering(Optional<Key> key, boolean ascending, Optional<LocalDate> likeOn) {}
