package io.tawara.gateway.access;

import static io.tawara.gateway.access.ResourceType.AWS_ACCOUNT;
import static io.tawara.gateway.access.ResourceType.AWS_ORGANIZATIONAL_UNIT;
import static io.tawara.gateway.access.ResourceType.AZURE_SUBSCRIPTION_GUID;
import static io.tawara.gateway.access.ResourceType.GCP_ACCOUNT;
import static io.tawara.gateway.access.ResourceType.GCP_PROJECT;
import static io.tawara.gateway.access.ResourceType.OPENSHIFT_CLUSTER;
import static io.tawara.gateway.access.ResourceType.OPENSHIFT_NODE;
import static io.tawara.gateway.access.ResourceType.OPENSHIFT_PROJECT;

import io.tawara.analytics.reports.ProviderFamily;

/// Who may use an endpoint at all. Which rows the answer then holds is the endpoint's affair.
@FunctionalInterface
public interface Permission {
  Permission ANY = (access, write) -> true;
  Permission OPENSHIFT = read(OPENSHIFT_CLUSTER);
  Permission NODE = read(OPENSHIFT_NODE, OPENSHIFT_CLUSTER);
  Permission PROJECT = read(OPENSHIFT_PROJECT, OPENSHIFT_CLUSTER);
  Permission AWS_ACCOUNTS = read(AWS_ACCOUNT);
  Permission AWS_UNITS = read(AWS_ORGANIZATIONAL_UNIT);
  Permission AWS = read(AWS_ACCOUNT, AWS_ORGANIZATIONAL_UNIT);
  Permission AZURE = read(AZURE_SUBSCRIPTION_GUID);
  Permission GCP = read(GCP_ACCOUNT);
  Permission GCP_PROJECTS = read(GCP_ACCOUNT, GCP_PROJECT);
  Permission ALL =
      read(
          AWS_ACCOUNT,
          AWS_ORGANIZATIONAL_UNIT,
          AZURE_SUBSCRIPTION_GUID,
          OPENSHIFT_CLUSTER,
          OPENSHIFT_PROJECT,
          OPENSHIFT_NODE,
          GCP_ACCOUNT);
  Permission COST_MODELS = readWrite(ResourceType.COST_MODEL);
  Permission SETTINGS = readWrite(ResourceType.SETTINGS);
  Permission SOURCES = readWriteAll(ResourceType.SOURCES);

  /// Whoever may see some of a family's figures.
  static Permission of(ProviderFamily family) {
    return switch (family) {
      case OPENSHIFT -> OPENSHIFT;
      case AWS -> AWS;
      case AZURE -> AZURE;
      case GCP -> GCP;
      case OPENSHIFT_ON_AWS -> AWS_ACCOUNTS.and(OPENSHIFT);
      case OPENSHIFT_ON_AZURE -> AZURE.and(OPENSHIFT);
      case OPENSHIFT_ON_GCP -> GCP.and(OPENSHIFT);
      case OPENSHIFT_ON_ALL -> ALL;
    };
  }

  /// @param write whether the method changes something
  boolean allows(Access access, boolean write);

  /// Both.
  default Permission and(Permission other) {
    return (access, write) -> allows(access, write) && other.allows(access, write);
  }

  /// Whoever reads at least one resource of one of these types.
  static Permission read(ResourceType... types) {
    return (access, write) -> access.readsAny(types);
  }

  /// Whoever reads some resource of the type; writing needs all of them.
  static Permission readWrite(ResourceType type) {
    return (access, write) ->
        write ? access.write(type).everything() : !access.read(type).isEmpty();
  }

  /// Whoever reads, or writes, all resources of the type.
  static Permission readWriteAll(ResourceType type) {
    return (access, write) -> (write ? access.write(type) : access.read(type)).everything();
  }
}
