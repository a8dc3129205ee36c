package io.tawara.analytics.oncloud;

/// What Koku does otherwise about clusters on clouds and can be asked for.
///
/// @param nineDecimals amortised cost of AWS, cost of Azure and credits of GCP are rounded at nine
///   decimals per daily row, cost and usage of GCP per bill row; right: fifteen, so that rows add
///   up to the bill
/// @param rawHours the unit `1 Hour` stays as it is on Azure, so that there are no instance types
/// @param firstCredit of a GCP row only the first credit counts
/// @param staleMarkup a changed cost model of a cloud leaves the cost that was raised onto
///   OpenShift as it was until the next correlation
/// @param waitsForCloud new usage or labels of a cluster that is known to run on a cloud are shared
///   only when the cloud is summarised the next time
public record OnCloudSettings(
    boolean nineDecimals,
    boolean rawHours,
    boolean firstCredit,
    boolean staleMarkup,
    boolean waitsForCloud) {
  public static OnCloudSettings right() {
    return new OnCloudSettings(false, false, false, false, false);
  }

  public static OnCloudSettings asKoku() {
    return new OnCloudSettings(true, true, true, true, true);
  }
}
