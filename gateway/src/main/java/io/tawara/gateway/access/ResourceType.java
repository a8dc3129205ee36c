package io.tawara.gateway.access;

import java.util.Optional;
import java.util.stream.Stream;

/// What access is given on. The name is the one of the role service.
public enum ResourceType {
  AWS_ACCOUNT("aws.account"),
  AWS_ORGANIZATIONAL_UNIT("aws.organizational_unit"),
  GCP_ACCOUNT("gcp.account"),
  GCP_PROJECT("gcp.project"),
  AZURE_SUBSCRIPTION_GUID("azure.subscription_guid"),
  OPENSHIFT_CLUSTER("openshift.cluster"),
  OPENSHIFT_NODE("openshift.node"),
  OPENSHIFT_PROJECT("openshift.project"),
  COST_MODEL("cost_model"),
  SETTINGS("settings"),
  SOURCES("sources");

  private final String wireName;

  ResourceType(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  /// Whether access to it can be given for writing; all others are only read.
  public boolean isWritable() {
    return switch (this) {
      case COST_MODEL, SETTINGS, SOURCES -> true;
      case AWS_ACCOUNT,
          AWS_ORGANIZATIONAL_UNIT,
          GCP_ACCOUNT,
          GCP_PROJECT,
          AZURE_SUBSCRIPTION_GUID,
          OPENSHIFT_CLUSTER,
          OPENSHIFT_NODE,
          OPENSHIFT_PROJECT ->
          false;
    };
  }

  /// The type of a name, the former name of cost models included.
  public static Optional<ResourceType> ofName(String name) {
    String current = name.equals("rate") ? COST_MODEL.wireName : name;
    return Stream.of(values()).filter(type -> type.wireName.equals(current)).findFirst();
  }
}
