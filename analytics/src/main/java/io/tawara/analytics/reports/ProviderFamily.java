package io.tawara.analytics.reports;

import java.util.Optional;

/// Where a report's rows come from. Decides which tag keys are valid, which access lists narrow it
/// and which cost blocks it shows.
public enum ProviderFamily {
  OPENSHIFT("ocp", "OpenShift"),
  AWS("aws", "AWS"),
  AZURE("azure", "Azure"),
  GCP("gcp", "GCP"),
  OPENSHIFT_ON_AWS("ocp aws", "OpenShift on AWS"),
  OPENSHIFT_ON_AZURE("ocp azure", "OpenShift on Azure"),
  OPENSHIFT_ON_GCP("ocp gcp", "OpenShift on GCP"),
  OPENSHIFT_ON_ALL("ocp all", "OpenShift on cloud");

  private final String shortName;
  private final String longName;

  ProviderFamily(String shortName, String longName) {
    this.shortName = shortName;
    this.longName = longName;
  }

  /// In lower case, as it begins names of endpoints.
  public String shortName() {
    return shortName;
  }

  /// As sentences name it.
  public String longName() {
    return longName;
  }

  /// Whether rows are of clusters.
  public boolean clusters() {
    return this == OPENSHIFT || onCloud();
  }

  /// The cloud whose rows of the bills of clusters a report is about; every cloud's, or no such
  /// rows, where there is none.
  public Optional<String> sourceType() {
    return switch (this) {
      case OPENSHIFT, AWS, AZURE, GCP, OPENSHIFT_ON_ALL -> Optional.empty();
      case OPENSHIFT_ON_AWS -> Optional.of("AWS");
      case OPENSHIFT_ON_AZURE -> Optional.of("Azure");
      case OPENSHIFT_ON_GCP -> Optional.of("GCP");
    };
  }

  /// Whether the rows are those of OpenShift clusters matched with a cloud bill.
  public boolean onCloud() {
    return switch (this) {
      case OPENSHIFT, AWS, AZURE, GCP -> false;
      case OPENSHIFT_ON_AWS, OPENSHIFT_ON_AZURE, OPENSHIFT_ON_GCP, OPENSHIFT_ON_ALL -> true;
    };
  }
}
