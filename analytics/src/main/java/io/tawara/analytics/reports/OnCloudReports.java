package io.tawara.analytics.reports;

import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.Labels;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import io.tawara.analytics.summary.OnCloudRollups;
import io.tawara.analytics.summary.Scope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/// The reports of what clouds bill for OpenShift (reports-api §3.3, params §8.4): the same three
/// for AWS, Azure, GCP and all of them. Their rows are those of one table; the family says which
/// cloud's.
final class OnCloudReports {
  private OnCloudReports() {}

  private static final List<String> CLUSTER_KEYS =
      List.of("cluster", "project", "node", "persistentvolumeclaim", "storageclass");
  private static final List<String> CLUSTER_FILTERS = List.of("infrastructures", "category");
  private static final List<String> AWS_KEYS =
      List.of(
          "account", "az", "instance_type", "region", "service", "storage_type", "product_family");

  /// An amount with its markup.
  private record Amount(String cost, String markup) {}

  private static final Amount UNBLENDED = new Amount("unblended_cost", "markup_cost");

  private static final Map<String, Amount> AMOUNTS =
      Map.of(
          "unblended_cost",
          UNBLENDED,
          "blended_cost",
          new Amount("blended_cost", "markup_cost_blended"),
          "savingsplan_effective_cost",
          new Amount("savingsplan_effective_cost", "markup_cost_savingsplan"),
          "calculated_amortized_cost",
          new Amount("calculated_amortized_cost", "markup_cost_amortized"));

  /// What differs between the clouds.
  ///
  /// @param folder in the path
  /// @param groups keys of the cloud that grouping takes; with and without prefix
  /// @param plainGroups such keys without prefix only
  /// @param filters keys of the cloud that filters take
  /// @param plainFilters such keys without prefix only
  /// @param prefixedClusterFilters keys of clusters that filters take with prefix
  /// @param prefixedOnly keys that grouping takes with prefix only
  /// @param order order keys of the cloud
  /// @param costTypes whether `cost_type` chooses the amount
  /// @param costTypeKnown whether `cost_type` is a parameter
  private record Cloud(
      String folder,
      ProviderFamily family,
      List<Dimension> dimensions,
      List<String> groups,
      List<String> plainGroups,
      List<String> filters,
      List<String> plainFilters,
      List<String> prefixedClusterFilters,
      List<String> prefixedOnly,
      List<OrderKey> order,
      Function<CloudFigures, CloudFigures> costs,
      boolean costTypes,
      boolean costTypeKnown,
      Set<String> costDeltas,
      String storageUnit,
      String computeUnit,
      Scope storage,
      Scope compute) {}

  private static final Cloud AWS =
      new Cloud(
          "aws",
          ProviderFamily.OPENSHIFT_ON_AWS,
          awsDimensions(),
          AWS_KEYS,
          List.of("org_unit_id"),
          AWS_KEYS,
          List.of("org_unit_id"),
          List.of("project", "cluster", "node"),
          List.of(),
          awsOrder(),
          figures -> figures.costs(UNBLENDED.cost(), UNBLENDED.markup()),
          true,
          true,
          Set.of("cost", "cost_total"),
          "GB-Mo",
          "Hrs",
          OnCloudRollups.STORAGE,
          OnCloudRollups.COMPUTE);

  private static final Cloud AZURE =
      new Cloud(
          "azure",
          ProviderFamily.OPENSHIFT_ON_AZURE,
          List.of(
              Dimension.of(
                      "subscription_guid", "usage_account_id", "usage_account_id", "account_name")
                  .showing("subscription_name", "account_name", "usage_account_id"),
              Dimension.of("service_name", "product_code"),
              Dimension.of("resource_location", "region"),
              Dimension.of("instance_type", "instance_type")),
          List.of("subscription_guid", "resource_location", "instance_type", "service_name"),
          List.of(),
          List.of("subscription_guid", "resource_location", "instance_type", "service_name"),
          List.of(),
          List.of("project", "cluster", "node"),
          List.of(),
          List.of(
              needs("subscription_guid"),
              new OrderKey("subscription_name", "subscription_name", List.of("subscription_guid")),
              needs("resource_location"),
              needs("instance_type"),
              needs("service_name")),
          figures -> figures.costs(UNBLENDED.cost(), UNBLENDED.markup()),
          false,
          false,
          Set.of("cost"),
          "GB-Mo",
          "Hrs",
          OnCloudRollups.STORAGE,
          OnCloudRollups.COMPUTE);

  private static final Cloud GCP =
      new Cloud(
          "gcp",
          ProviderFamily.OPENSHIFT_ON_GCP,
          List.of(
              Dimension.of("account", "usage_account_id"),
              Dimension.of("service", "product_code", "product_code", "service_id"),
              Dimension.of("gcp_project", "project_id", "project_name", "project_id"),
              Dimension.of("region", "region"),
              Dimension.of("instance_type", "instance_type").filterOnly()),
          List.of("account", "region", "service", "instance_type", "gcp_project"),
          List.of(),
          List.of("account", "region", "service", "instance_type", "gcp_project"),
          List.of(),
          List.of("project", "cluster", "node"),
          List.of(),
          List.of(needs("account"), needs("region"), needs("service"), needs("gcp_project")),
          figures -> figures.costsWithCredit(UNBLENDED.cost(), UNBLENDED.markup(), "credit_amount"),
          false,
          false,
          Set.of("cost", "cost_total"),
          "gibibyte month",
          "hour",
          OnCloudRollups.STORAGE,
          OnCloudRollups.COMPUTE);

  /// All clouds: one amount, what is raised onto OpenShift.
  private static final Cloud EVERY =
      new Cloud(
          "all",
          ProviderFamily.OPENSHIFT_ON_ALL,
          Stream.concat(
                  awsDimensions().stream(),
                  Stream.of(Dimension.of("source_type", "source_type").filterOnly()))
              .toList(),
          AWS_KEYS,
          List.of("org_unit_id"),
          Stream.concat(AWS_KEYS.stream(), Stream.of("source_type")).toList(),
          List.of("org_unit_id"),
          List.of("cluster", "node"),
          List.of("source_type"),
          awsOrder(),
          figures -> figures.costs("net_cost", "net_markup_cost"),
          false,
          true,
          Set.of("cost", "cost_total"),
          "GB-Mo",
          "Hrs",
          OnCloudRollups.STORAGE_OF_ALL,
          OnCloudRollups.COMPUTE_OF_ALL);

  static final List<ReportDefinition> ALL =
      Stream.of(AWS, AZURE, GCP, EVERY).flatMap(OnCloudReports::reports).toList();

  private static Stream<ReportDefinition> reports(Cloud cloud) {
    return Stream.of(
        report(
            cloud,
            "costs/",
            "costs",
            cloud.costDeltas(),
            Set.of("usage"),
            Optional.empty(),
            costs -> costs.apply(new CloudFigures()).build(OnCloudRollups.COST, "cost_total")),
        report(
            cloud,
            "storage/",
            "storage",
            Set.of("usage"),
            cloud.costDeltas(),
            Optional.empty(),
            costs ->
                costs.apply(usage(cloud, cloud.storageUnit())).build(cloud.storage(), "usage")),
        report(
            cloud,
            "instance-types/",
            "instance_type",
            Set.of("usage"),
            cloud.costDeltas(),
            Optional.of("instance_type"),
            costs ->
                costs.apply(usage(cloud, cloud.computeUnit())).build(cloud.compute(), "usage")));
  }

  private static CloudFigures usage(Cloud cloud, String unit) {
    var figures = new CloudFigures().usage("usage_amount", "unit", unit, cloud == EVERY);
    return cloud == AZURE || cloud == EVERY
        ? figures.usageAbsentUnder("on-cloud-null-usage")
        : figures;
  }

  private static ReportDefinition report(
      Cloud cloud,
      String path,
      String name,
      Set<String> deltas,
      Set<String> elsewhere,
      Optional<String> inherentGroup,
      Function<Function<CloudFigures, CloudFigures>, ReportFigures> figures) {
    var byCostType = new LinkedHashMap<String, ReportFigures>();
    if (cloud.costTypes()) {
      AMOUNTS.forEach(
          (type, amount) ->
              byCostType.put(
                  type, figures.apply(some -> some.costs(amount.cost(), amount.markup()))));
    }
    return new ReportDefinition(
        "reports/openshift/infrastructures/" + cloud.folder() + "/" + path,
        name,
        cloud.family(),
        rules(cloud, deltas, elsewhere),
        dimensions(cloud),
        Optional.of(new Column("tags")),
        inherentGroup,
        figures.apply(cloud.costs()),
        Optional.empty(),
        Map.copyOf(byCostType));
  }

  private static Map<String, Dimension> dimensions(Cloud cloud) {
    var all = new LinkedHashMap<String, Dimension>();
    Stream.concat(
            Stream.of(
                Dimension.of("cluster", "cluster_id", "cluster_alias", "cluster_id"),
                Dimension.of("project", "namespace"),
                Dimension.of("node", "node"),
                Dimension.of("persistentvolumeclaim", "persistentvolumeclaim").filterOnly(),
                Dimension.of("storageclass", "storageclass").filterOnly(),
                Dimension.of("category", "cost_category_id")
                    .filterOnly()
                    .matching(Dimension.Matching.COST_GROUP_NAME)),
            cloud.dimensions().stream())
        .forEach(dimension -> all.put(dimension.name(), dimension));
    return java.util.Collections.unmodifiableMap(all);
  }

  private static List<Dimension> awsDimensions() {
    return List.of(
        Dimension.of("account", "usage_account_id", "account_alias", "usage_account_id")
            .showing("account_alias", "account_alias", "usage_account_id"),
        Dimension.of("service", "product_code"),
        Dimension.of("region", "region"),
        Dimension.of("az", "availability_zone").filterOnly(),
        Dimension.of("product_family", "product_family"),
        Dimension.of("instance_type", "instance_type").filterOnly());
  }

  private static List<OrderKey> awsOrder() {
    return List.of(
        new OrderKey("usage", "usage", List.of()),
        needs("account"),
        new OrderKey("account_alias", "account_alias", List.of("account")),
        needs("region"),
        needs("service"),
        needs("product_family"));
  }

  private static ParameterRules rules(Cloud cloud, Set<String> deltas, Set<String> elsewhere) {
    Set<String> plainGroups = union(CLUSTER_KEYS, cloud.groups(), cloud.plainGroups());
    Set<String> prefixedGroups =
        union(List.of("project", "cluster", "node"), cloud.groups(), cloud.prefixedOnly());
    Set<String> plainFilters =
        union(CLUSTER_KEYS, CLUSTER_FILTERS, cloud.filters(), cloud.plainFilters());
    Keys filters = new Keys(plainFilters, union(cloud.prefixedClusterFilters(), cloud.filters()));
    var order = new ArrayList<OrderKey>();
    order.add(new OrderKey("delta", "delta", List.of()));
    order.add(new OrderKey("infrastructure", "infra_total", List.of()));
    order.add(new OrderKey("supplementary", "sup_total", List.of()));
    order.add(new OrderKey("cost", "cost_total", List.of()));
    order.addAll(List.of(needs("cluster"), needs("project"), needs("node")));
    order.addAll(cloud.order());
    order.add(new OrderKey("date", "date", List.of()));
    order.add(new OrderKey("distributed_cost", "cost_total_distributed", List.of()));
    order.add(needs("persistentvolumeclaim"));
    order.add(new OrderKey("storage_class", "storage_class", List.of()));
    var figures = new LinkedHashMap<String, String>();
    deltas.forEach(delta -> figures.put(delta, delta.equals("usage") ? "usage" : "cost_total"));
    return new ParameterRules(
        new Keys(plainGroups, prefixedGroups),
        filters,
        filters,
        order,
        new DeltaRule.Choice(figures, elsewhere),
        Labels.ACCEPTED,
        false,
        List.of(),
        true,
        true,
        cloud.costTypeKnown(),
        cloud.costTypeKnown());
  }

  @SafeVarargs
  private static Set<String> union(List<String>... lists) {
    var all = new LinkedHashSet<String>();
    for (List<String> list : lists) {
      all.addAll(list);
    }
    return all;
  }

  private static OrderKey needs(String group) {
    return new OrderKey(group, group, List.of(group));
  }
}
