package io.tawara.analytics.inventory;

import io.tawara.analytics.inventory.ResourceDefinition.Alias;
import io.tawara.analytics.inventory.ResourceDefinition.OnCloud;
import io.tawara.analytics.inventory.ResourceDefinition.Value;
import io.tawara.analytics.reports.Column;
import io.tawara.analytics.reports.Dimension;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Every list of resources that exists, and the types that `resource-types/` names.
public final class ResourceCatalogue {
  private ResourceCatalogue() {}

  private static final String ROOT = "resource-types/";
  private static final Dimension CLUSTER = Dimension.of("openshift.cluster", "cluster_id");
  private static final Dimension NODE = Dimension.of("openshift.node", "node");
  private static final Dimension NAMED_CLUSTER =
      Dimension.of("openshift.cluster", "cluster_id", "cluster_id", "cluster_alias");

  private static final Map<String, Column> INSIDE =
      Map.of(
          "cluster_id", new Column("cluster_id"),
          "cluster_alias", new Column("cluster_alias"),
          "namespace", new Column("namespace"),
          "node", new Column("node"));

  static final ResourceDefinition CLUSTERS =
      openShift(
          "openshift-clusters/",
          Optional.of(new Alias("cluster_alias", new Column("cluster_alias"))),
          new Place("ocp_cluster", "cluster_id", List.of(NAMED_CLUSTER)),
          new Place("ocp_cloud_cost_by_account", "cluster_id", List.of(NAMED_CLUSTER)));
  static final ResourceDefinition NODES =
      openShift(
          "openshift-nodes/",
          Optional.empty(),
          new Place("ocp_node", "node", List.of(NODE, CLUSTER)),
          new Place("ocp_cloud_cost_by_node", "node", List.of(NODE, CLUSTER)));
  static final ResourceDefinition PROJECTS =
      openShift(
          "openshift-projects/",
          Optional.empty(),
          new Place(
              "ocp_project",
              "project",
              List.of(Dimension.of("openshift.project", "project"), CLUSTER)),
          new Place(
              "ocp_cloud_cost_by_project",
              "namespace",
              List.of(Dimension.of("openshift.project", "namespace"), CLUSTER)));
  static final ResourceDefinition VIRTUAL_MACHINES =
      inside("openshift-virtual-machines/", "ocp_vm", "vm_name", INSIDE);
  static final ResourceDefinition GPU_VENDORS =
      inside("openshift-gpu-vendors/", "ocp_gpu", "vendor_name", INSIDE);
  static final ResourceDefinition GPU_MODELS =
      inside("openshift-gpu-models/", "ocp_gpu", "model_name", withVendor());
  static final ResourceDefinition COST_MODELS =
      new ResourceDefinition(
          ROOT + "cost-models/",
          new Column("cost_model"),
          new Value(new Column("uuid"), Optional.of(new Column("name"))),
          Optional.empty(),
          Map.of("cost_model", Dimension.of("cost_model", "uuid")),
          false,
          Map.of(),
          Optional.empty(),
          Optional.empty());

  private static final Dimension AWS_ACCOUNT =
      Dimension.of("aws.account", "usage_account_id", "usage_account_id", "account_alias");

  static final ResourceDefinition AWS_ACCOUNTS =
      cloud(
          "aws-accounts/",
          "aws_cost_by_account",
          "usage_account_id",
          Optional.of(new Alias("account_alias", new Column("account_alias"))),
          onCloud("account", "usage_account_id", "AWS"),
          AWS_ACCOUNT);
  static final ResourceDefinition AWS_REGIONS =
      cloud(
          "aws-regions/",
          "aws_cost_by_region",
          "region",
          Optional.empty(),
          onCloud("region", "region", "AWS"),
          AWS_ACCOUNT);
  static final ResourceDefinition AWS_SERVICES =
      cloud(
          "aws-services/",
          "aws_cost_by_service",
          "product_code",
          Optional.empty(),
          onCloud("service", "product_code", "AWS"),
          AWS_ACCOUNT);
  static final ResourceDefinition AWS_UNITS =
      cloud(
          "aws-organizational-units/",
          "aws_organizational_unit",
          "org_unit_id",
          Optional.empty(),
          Dimension.of("aws.organizational_unit", "org_unit_id"));
  static final ResourceDefinition AWS_INSTANCES =
      cloud(
          "aws-ec2-compute-instances/",
          "aws_ec2_compute",
          "resource_id",
          Optional.of(new Alias("instance_name", new Column("instance_name"))),
          AWS_ACCOUNT);
  static final ResourceDefinition AWS_OPERATING_SYSTEMS =
      cloud(
          "aws-ec2-compute-os/",
          "aws_ec2_compute",
          "operating_system",
          Optional.empty(),
          AWS_ACCOUNT);

  private static final Dimension AZURE_SUBSCRIPTION =
      Dimension.of(
          "azure.subscription_guid", "subscription_guid", "subscription_guid", "subscription_name");

  static final ResourceDefinition AZURE_SUBSCRIPTIONS =
      cloud(
          "azure-subscription-guids/",
          "azure_cost_by_account",
          "subscription_guid",
          Optional.of(new Alias("account_alias", new Column("subscription_name"))),
          onCloud("account", "usage_account_id", "Azure"),
          AZURE_SUBSCRIPTION);
  static final ResourceDefinition AZURE_REGIONS =
      cloud(
          "azure-regions/",
          "azure_cost_by_location",
          "resource_location",
          Optional.empty(),
          onCloud("region", "region", "Azure"),
          AZURE_SUBSCRIPTION);
  static final ResourceDefinition AZURE_SERVICES =
      cloud(
          "azure-services/",
          "azure_cost_by_service",
          "service_name",
          Optional.empty(),
          onCloud("service", "product_code", "Azure"),
          AZURE_SUBSCRIPTION);

  private static final Dimension GCP_ACCOUNT = Dimension.of("gcp.account", "account_id");
  private static final Dimension GCP_PROJECT =
      Dimension.of("gcp.project", "project_id", "project_id", "project_name");

  private static final Optional<OnCloud> GCP_PROJECTS_OF_CLUSTERS =
      Optional.of(
          new OnCloud(new Column("ocp_cloud_daily_summary"), new Column("project_id"), "GCP"));
  static final ResourceDefinition GCP_ACCOUNTS =
      gcp("gcp-accounts/", "account_id", onCloud("account", "usage_account_id", "GCP"));
  static final ResourceDefinition GCP_PROJECTS =
      gcp("gcp-projects/", "project_id", GCP_PROJECTS_OF_CLUSTERS);
  static final ResourceDefinition GCP_PROJECTS_AGAIN =
      gcp("gcp-gcp-projects/", "project_id", GCP_PROJECTS_OF_CLUSTERS);
  static final ResourceDefinition GCP_REGIONS =
      gcp("gcp-regions/", "region", onCloud("region", "region", "GCP"));
  static final ResourceDefinition GCP_SERVICES =
      gcp("gcp-services/", "service_alias", onCloud("service", "product_code", "GCP"));

  public static final List<ResourceDefinition> ALL =
      List.of(
          CLUSTERS,
          NODES,
          PROJECTS,
          VIRTUAL_MACHINES,
          GPU_VENDORS,
          GPU_MODELS,
          COST_MODELS,
          AWS_ACCOUNTS,
          AWS_REGIONS,
          AWS_SERVICES,
          AWS_UNITS,
          AWS_INSTANCES,
          AWS_OPERATING_SYSTEMS,
          AZURE_SUBSCRIPTIONS,
          AZURE_REGIONS,
          AZURE_SERVICES,
          GCP_ACCOUNTS,
          GCP_PROJECTS,
          GCP_PROJECTS_AGAIN,
          GCP_REGIONS,
          GCP_SERVICES);

  /// A type that access can be given on.
  ///
  /// @param path of the list below the API root, empty for a type that has none
  public record ListedType(String name, Optional<String> path) {
    /// The list, where there is one in this catalogue.
    public Optional<ResourceDefinition> list() {
      return path.flatMap(
          wanted -> ALL.stream().filter(list -> list.path().equals(wanted)).findFirst());
    }
  }

  /// What `resource-types/` names, in its order.
  public static final List<ListedType> TYPES =
      List.of(
          type("aws.account", "aws-accounts/"),
          type("aws.organizational_unit", "aws-organizational-units/"),
          type("azure.subscription_guid", "azure-subscription-guids/"),
          type("openshift.cluster", "openshift-clusters/"),
          type("openshift.node", "openshift-nodes/"),
          type("openshift.project", "openshift-projects/"),
          type("gcp.account", "gcp-accounts/"),
          type("gcp.project", "gcp-projects/"),
          type("cost_model", "cost-models/"),
          new ListedType("settings", Optional.empty()));

  private static ListedType type(String name, String path) {
    return new ListedType(name, Optional.of(ROOT + path));
  }

  /// Where resources stand.
  private record Place(String table, String value, List<Dimension> access) {}

  /// Resources of OpenShift: all of them, and those that clouds bill for.
  private static ResourceDefinition openShift(
      String path, Optional<Alias> alias, Place all, Place billed) {
    return openShift(
        path, alias, all, Optional.of(openShift(path, alias, billed, Optional.empty())));
  }

  private static ResourceDefinition openShift(
      String path, Optional<Alias> alias, Place place, Optional<ResourceDefinition> billed) {
    return new ResourceDefinition(
        ROOT + path,
        new Column(place.table),
        Value.of(place.value),
        alias,
        byName(place.access.toArray(Dimension[]::new)),
        true,
        Map.of(),
        billed,
        Optional.empty());
  }

  private static ResourceDefinition cloud(
      String path, String table, String value, Optional<Alias> alias, Dimension... access) {
    return cloud(path, table, value, alias, Optional.empty(), access);
  }

  private static ResourceDefinition cloud(
      String path,
      String table,
      String value,
      Optional<Alias> alias,
      Optional<OnCloud> onCloud,
      Dimension... access) {
    return new ResourceDefinition(
        ROOT + path,
        new Column(table),
        Value.of(value),
        alias,
        byName(access),
        true,
        Map.of(),
        Optional.empty(),
        onCloud);
  }

  private static Optional<OnCloud> onCloud(String table, String column, String type) {
    return Optional.of(
        new OnCloud(new Column("ocp_cloud_cost_by_" + table), new Column(column), type));
  }

  private static ResourceDefinition gcp(String path, String value, Optional<OnCloud> onCloud) {
    return cloud(path, "gcp_topology", value, Optional.empty(), onCloud, GCP_ACCOUNT, GCP_PROJECT);
  }

  /// What runs in projects of clusters.
  private static ResourceDefinition inside(
      String path, String table, String value, Map<String, Column> filters) {
    return new ResourceDefinition(
        ROOT + path,
        new Column(table),
        Value.of(value),
        Optional.empty(),
        byName(Dimension.of("openshift.project", "namespace"), NAMED_CLUSTER),
        true,
        filters,
        Optional.empty(),
        Optional.empty());
  }

  private static Map<String, Dimension> byName(Dimension... dimensions) {
    var all = new LinkedHashMap<String, Dimension>();
    for (Dimension dimension : dimensions) {
      all.put(dimension.name(), dimension);
    }
    return all;
  }

  private static Map<String, Column> withVendor() {
    var filters = new LinkedHashMap<>(INSIDE);
    filters.put("vendor_name", new Column("vendor_name"));
    return filters;
  }
}
