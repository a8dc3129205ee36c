package io.tawara.analytics.reports;

/// Where a report's rows come from. Decides which tag keys are valid, which access lists narrow it
/// and which cost blocks it shows.
public enum ProviderFamily {
  OPENSHIFT,
  AWS,
  AZURE,
  GCP,
  OPENSHIFT_ON_AWS,
  OPENSHIFT_ON_AZURE,
  OPENSHIFT_ON_GCP,
  OPENSHIFT_ON_ALL;

  /// Whether the rows are those of OpenShift clusters matched with a cloud bill.
  public boolean onCloud() {
    return switch (this) {
      case OPENSHIFT, AWS, AZURE, GCP -> false;
      case OPENSHIFT_ON_AWS, OPENSHIFT_ON_AZURE, OPENSHIFT_ON_GCP, OPENSHIFT_ON_ALL -> true;
    };
  }
}
