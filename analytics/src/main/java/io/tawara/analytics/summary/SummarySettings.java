package io.tawara.analytics.summary;

import io.tawara.core.config.Parity;
import java.util.Set;

/// What changes summaries and is set by whoever runs Tawara.
///
/// @param parities the defects of Koku that are wanted
/// @param cloudMode whether line items are read by Trino: some defects are of that mode only
/// @param initialIngestMonths how many months before the current one are summarised at most
public record SummarySettings(Set<Parity> parities, boolean cloudMode, int initialIngestMonths) {
  public SummarySettings {
    parities = Set.copyOf(parities);
  }

  boolean has(Parity parity) {
    return parities.contains(parity);
  }

  /// Whether a changed cost model leaves the markup of EC2 instances as it was.
  public boolean staleInstanceMarkup() {
    return has(Parity.EC2_MARKUP_STALE);
  }

  /// Whether the label of virtual machines is dropped while no key is enabled.
  boolean machineLabelNeedsKeys() {
    return cloudMode && has(Parity.VM_LABEL_NEEDS_KEYS);
  }
}
