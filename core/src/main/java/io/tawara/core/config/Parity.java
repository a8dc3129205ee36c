package io.tawara.core.config;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The defects of Koku that change figures. Tawara is right by default; `KOKU_PARITY` switches
/// Koku's figures back on, one by one or all, so that both can run side by side.
public enum Parity {
  /// Static rates change the unit but not the amount.
  STATIC_RATE_RELABEL,
  /// GPU distribution gives a namespace its largest share on a node, not the sum of its shares.
  GPU_LARGEST_SHARE,
  /// Overhead that nothing can receive is taken away all the same.
  UNRECEIVED_OVERHEAD,
  /// Organisational units whose accounts sit deeper are dropped.
  ORG_UNIT_DIRECT_ONLY,
  /// GCP rows of another invoice month than the file's are never summarised.
  GCP_FILE_MONTH_ONLY,
  /// `1 Hour` stays unconverted for OpenShift on Azure.
  OCP_AZURE_RAW_HOURS,
  /// What projects carry of a cloud's bill is rounded at nine decimals per row (amortised cost of
  /// AWS, cost of Azure, credits of GCP).
  ON_CLOUD_NINE_DECIMALS,
  /// Cost raised onto OpenShift keeps the markup of the cloud as it was when it was raised.
  RAISED_MARKUP_STALE,
  /// New usage or labels of a cluster are shared with its cloud's bill only when the cloud is
  /// summarised the next time.
  ON_CLOUD_WAITS,
  /// Usage counts once per label set when labels of node or namespace change within a day.
  LABEL_CHANGE_DOUBLES,
  /// Usage that no row of OpenShift on Azure or on all clouds has is null, and first in order.
  ON_CLOUD_NULL_USAGE,
  /// In cloud mode the label of virtual machines is dropped while no OpenShift key is enabled, so
  /// that their report is empty.
  VM_LABEL_NEEDS_KEYS,
  /// VM reports add the stored request once per rate type.
  VM_REQUEST_DOUBLES,
  /// Only the first credit of a GCP row counts.
  GCP_FIRST_CREDIT,
  /// Network reports with a cluster, infrastructure or tag filter count the cost of all rows.
  NETWORK_FILTER_ALL_ROWS,
  /// The previous period of a delta ignores exclusions.
  DELTA_IGNORES_EXCLUDE,
  /// The EC2 summary stays as it was after a change of the cost model.
  EC2_MARKUP_STALE,
  /// Forecasts use the markup of the unblended cost for every cost type.
  FORECAST_UNBLENDED_MARKUP,
  /// Which rows count as storage of OpenShift on clouds depends on the keys asked for.
  ON_ALL_STORAGE_BY_TABLE,
  /// `exclude[or:…]` and `exclude[…]` are joined before they are negated.
  OR_AND_PLAIN_EXCLUDE;

  /// The name in `KOKU_PARITY`.
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Finds a parity by its name.
  public static Optional<Parity> ofName(String name) {
    return Stream.of(values()).filter(each -> each.wireName().equalsIgnoreCase(name)).findFirst();
  }
}
