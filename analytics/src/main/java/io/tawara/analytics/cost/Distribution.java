package io.tawara.analytics.cost;

import java.util.Set;

/// How a cluster's overhead is spread over its projects.
///
/// @param byMemory weights are effective memory hours, else effective core-hours; also decides what
///   node and cluster rates are spread by
/// @param kinds the kinds of overhead that are distributed
public record Distribution(boolean byMemory, Set<Kind> kinds) {

  /// A kind of overhead; the label is the rate type of its rows.
  public enum Kind {
    PLATFORM("platform_distributed", "platform_cost", false),
    WORKER("worker_distributed", "worker_cost", false),
    STORAGE("unattributed_storage", "storage_unattributed", true),
    NETWORK("unattributed_network", "network_unattributed", true),
    GPU("gpu_distributed", "gpu_unallocated", false);

    private final String label;
    private final String setting;
    private final boolean unlessRefused;

    Kind(String label, String setting, boolean unlessRefused) {
      this.label = label;
      this.setting = setting;
      this.unlessRefused = unlessRefused;
    }

    /// `cost_model_rate_type` of the rows.
    public String label() {
      return label;
    }

    /// The member of a model's `distribution_info` that switches it.
    String setting() {
      return setting;
    }

    /// Whether it is on where nothing is said, also without a model.
    boolean unlessRefused() {
      return unlessRefused;
    }
  }

  public Distribution {
    kinds = Set.copyOf(kinds);
  }

  /// What holds without a cost model: storage and network, by cpu.
  public static Distribution withoutModel() {
    return new Distribution(false, Set.of(Kind.STORAGE, Kind.NETWORK));
  }
}
