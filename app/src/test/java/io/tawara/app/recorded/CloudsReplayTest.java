package io.tawara.app.recorded;

import java.util.List;
import java.util.Map;

/// The recordings of three clouds and three clusters on them, made in Koku's cloud mode, in on-prem
/// mode with all types of sources: PostgreSQL alone.
class CloudsReplayTest extends RecordedPlan {
  CloudsReplayTest() {
    super(
        "cloud",
        List.of("known-differences-clouds.tsv", "known-differences-clouds-onprem.tsv"),
        Map.of("ONPREM_PROVIDERS", "OCP,AWS,Azure,GCP", "DEVELOPMENT", "True"));
  }
}
