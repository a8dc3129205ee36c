package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.Column;
import io.tawara.analytics.reports.Dimension;
import io.tawara.analytics.reports.Dimension.Matching;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ProviderFamily;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Every list of tags that exists.
public final class TagCatalogue {
  private TagCatalogue() {}

  static final TagInventory OPENSHIFT_TAGS =
      new TagInventory(
          "OCP",
          new Column("ocp_tag_value"),
          Optional.empty(),
          new TagInventory.Month.In(
              new Column("ocp_report_period"),
              new Column("report_period_id"),
              new Column("report_period_start")),
          Optional.of(new Column("data_source")),
          Map.of(
              "project",
              Dimension.of("project", "namespace"),
              "cluster",
              Dimension.of("cluster", "cluster_id", "cluster_alias", "cluster_id"),
              "node",
              Dimension.of("node", "node"),
              "category",
              Dimension.of("category", "namespace")
                  .filterOnly()
                  .matching(Matching.COST_GROUP_OF_NAMESPACE)));

  static final TagInventory AWS_TAGS =
      cloud(
          "AWS",
          Dimension.of("account", "account", "account_name", "account"),
          Dimension.ignored("org_unit_id"));
  static final TagInventory AZURE_TAGS =
      cloud("Azure", Dimension.of("subscription_guid", "account", "account", "account_name"));
  static final TagInventory GCP_TAGS =
      cloud(
          "GCP",
          Dimension.of("account", "account"),
          Dimension.of("gcp_project", "project", "project_name", "project"));

  /// A filter by organisational unit is accepted and has no effect.
  public static final TagDefinition AWS =
      new TagDefinition(
          "tags/aws/",
          ProviderFamily.AWS,
          List.of("account"),
          Keys.of("account", "org_unit_id"),
          false,
          true,
          List.of(AWS_TAGS));

  /// The parameters of the list of AWS's organisational units.
  public static final TagDefinition ORGANIZATIONS =
      new TagDefinition(
          "organizations/aws/",
          ProviderFamily.AWS,
          List.of("org_unit_id", "account"),
          Keys.of("org_unit_id"),
          false,
          false,
          List.of());

  public static final TagDefinition AZURE =
      new TagDefinition(
          "tags/azure/",
          ProviderFamily.AZURE,
          List.of("subscription_guid"),
          Keys.of("subscription_guid"),
          false,
          true,
          List.of(AZURE_TAGS));
  public static final TagDefinition GCP =
      new TagDefinition(
          "tags/gcp/",
          ProviderFamily.GCP,
          List.of("account", "gcp_project"),
          Keys.of("account", "gcp_project"),
          false,
          true,
          List.of(GCP_TAGS));

  public static final TagDefinition OPENSHIFT =
      new TagDefinition(
          "tags/openshift/",
          ProviderFamily.OPENSHIFT,
          List.of("cluster", "node", "project"),
          Keys.of("project", "cluster", "category"),
          true,
          true,
          List.of(OPENSHIFT_TAGS));

  public static final TagDefinition OPENSHIFT_ON_ALL =
      new TagDefinition(
          "tags/openshift/infrastructures/all/",
          ProviderFamily.OPENSHIFT_ON_ALL,
          List.of("cluster", "node", "project"),
          Keys.of("project", "cluster", "category", "account", "subscription_guid")
              .andPrefixed("org_unit_id")
              .andPlain("org_unit_id"),
          true,
          false,
          List.of(onCloud("AWS"), onCloud("Azure")));

  public static final TagDefinition OPENSHIFT_ON_AWS =
      onCloud(
          "aws",
          ProviderFamily.OPENSHIFT_ON_AWS,
          List.of("account"),
          Keys.of("project", "cluster", "category", "account", "org_unit_id"),
          "AWS");
  public static final TagDefinition OPENSHIFT_ON_AZURE =
      onCloud(
          "azure",
          ProviderFamily.OPENSHIFT_ON_AZURE,
          List.of("subscription_guid"),
          Keys.of("project", "cluster", "category", "subscription_guid"),
          "Azure");
  public static final TagDefinition OPENSHIFT_ON_GCP =
      onCloud(
          "gcp",
          ProviderFamily.OPENSHIFT_ON_GCP,
          List.of("account", "gcp_project"),
          Keys.of("project", "cluster", "category", "account", "gcp_project"),
          "GCP");

  public static final List<TagDefinition> ALL =
      List.of(
          OPENSHIFT,
          OPENSHIFT_ON_ALL,
          OPENSHIFT_ON_AWS,
          OPENSHIFT_ON_AZURE,
          OPENSHIFT_ON_GCP,
          AWS,
          AZURE,
          GCP);

  private static TagDefinition onCloud(
      String folder, ProviderFamily family, List<String> access, Keys filter, String type) {
    return new TagDefinition(
        "tags/openshift/infrastructures/" + folder + "/",
        family,
        Stream.concat(Stream.of("cluster", "node", "project"), access.stream()).toList(),
        filter,
        true,
        true,
        List.of(onCloud(type)));
  }

  /// Values on what a cloud bills for OpenShift, of keys that are enabled for the cloud.
  private static TagInventory onCloud(String providerType) {
    return new TagInventory(
        providerType,
        new Column("ocp_cloud_tag_value"),
        Optional.of(new Column("source_type")),
        new TagInventory.Month.Of(new Column("month")),
        Optional.empty(),
        Stream.of(
                Dimension.of("project", "namespace"),
                Dimension.of("cluster", "cluster_id", "cluster_alias", "cluster_id"),
                Dimension.of("node", "node"),
                Dimension.of("category", "namespace")
                    .filterOnly()
                    .matching(Matching.COST_GROUP_OF_NAMESPACE),
                Dimension.of("account", "account", "account_name", "account"),
                Dimension.of("subscription_guid", "account", "account", "account_name"),
                Dimension.of("gcp_project", "project", "project_name", "project"),
                Dimension.ignored("org_unit_id"))
            .collect(Collectors.toUnmodifiableMap(Dimension::name, dimension -> dimension)));
  }

  private static TagInventory cloud(String providerType, Dimension... dimensions) {
    return new TagInventory(
        providerType,
        new Column("cloud_tag_value"),
        Optional.of(new Column("provider_type")),
        new TagInventory.Month.Of(new Column("month")),
        Optional.empty(),
        Stream.of(dimensions)
            .collect(Collectors.toUnmodifiableMap(Dimension::name, dimension -> dimension)));
  }
}
