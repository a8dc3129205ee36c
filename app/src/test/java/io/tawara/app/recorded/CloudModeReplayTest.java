package io.tawara.app.recorded;

import java.util.List;
import java.util.Map;

/// The recordings of three clouds and three clusters on them in cloud mode: line items as Parquet
/// in a real object store, registered in a real Hive Metastore, summarised by a real Trino.
class CloudModeReplayTest extends RecordedPlan {
  CloudModeReplayTest() {
    super(
        "cloud",
        List.of("known-differences-clouds.tsv"),
        Map.of("TAWARA_MODE", "cloud", "DEVELOPMENT", "True"));
  }
}
