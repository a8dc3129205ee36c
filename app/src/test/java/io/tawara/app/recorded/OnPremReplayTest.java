package io.tawara.app.recorded;

import java.util.List;
import java.util.Map;

/// The on-prem recordings, through five states, errors, settings and roles.
class OnPremReplayTest extends RecordedPlan {
  OnPremReplayTest() {
    super("onprem", List.of("known-differences.tsv"), Map.of());
  }
}
