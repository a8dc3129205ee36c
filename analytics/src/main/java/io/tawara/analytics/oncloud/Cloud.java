package io.tawara.analytics.oncloud;

import io.tawara.catalog.query.LineItemSelect;
import io.tawara.core.provider.ProviderType;
import io.tawara.sql.Fragment;
import io.tawara.sql.SqlTemplates;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What is different about a cloud for the correlation with OpenShift
/// (`docs/design/openshift-on-cloud.md`).
///
/// @param type AWS, Azure or GCP
/// @param lines the resource with the templates `scan`, `candidates` and `disks`
/// @param rule how resources are told
/// @param machineById machines are known by their resource id, else by the node's name
/// @param showsMachineId rows show the resource id that OpenShift knows, else the cloud's
/// @param volumesOnMachine volumes on a machine count in the division of its usage, without cost
/// @param nothingUnusedShows there is a row for the unused part of a disk even if it is nothing
/// @param unusedKeepsPlace the unused part of a disk keeps node and labels of its volumes
/// @param claimsShareDisk claims that are greater than their disk share it; else the unused part is
///   negative
/// @param diskUnit unit of shared disks, empty: that of the bill
/// @param net which cost is raised onto OpenShift
record Cloud(
    ProviderType type,
    SqlTemplates lines,
    ResourceRule rule,
    boolean machineById,
    boolean showsMachineId,
    boolean volumesOnMachine,
    boolean nothingUnusedShows,
    boolean unusedKeepsPlace,
    boolean claimsShareDisk,
    Optional<String> diskUnit,
    Net net) {

  /// Which cost is raised onto OpenShift.
  enum Net {
    AMORTIZED("net_amortized", "net_markup_amortized"),
    UNBLENDED("net_unblended", "net_markup_unblended"),
    CREDITED("net_credited", "net_markup_unblended");

    private final String cost;
    private final String markup;

    Net(String cost, String markup) {
      this.cost = cost;
      this.markup = markup;
    }
  }

  static final Cloud AWS =
      new Cloud(
          ProviderType.AWS,
          SqlTemplates.of("oncloud/aws"),
          ResourceRule::aws,
          true,
          false,
          true,
          false,
          false,
          false,
          Optional.empty(),
          Net.AMORTIZED);

  static final Cloud AZURE =
      new Cloud(
          ProviderType.AZURE,
          SqlTemplates.of("oncloud/azure"),
          ResourceRule::azure,
          false,
          false,
          false,
          true,
          false,
          false,
          Optional.of("GB-Mo"),
          Net.UNBLENDED);

  static final Cloud GCP =
      new Cloud(
          ProviderType.GCP,
          SqlTemplates.of("oncloud/gcp"),
          ResourceRule::gcp,
          false,
          true,
          false,
          true,
          true,
          true,
          Optional.empty(),
          Net.CREDITED);

  /// The cloud of a provider type; local types are of their cloud.
  static Optional<Cloud> of(ProviderType type) {
    return Stream.of(AWS, AZURE, GCP).filter(cloud -> cloud.type == type.base()).findFirst();
  }

  LineItemSelect scan() {
    return LineItemSelect.of(lines, "scan");
  }

  LineItemSelect candidates(boolean byResource) {
    return new LineItemSelect(
        lines,
        "candidates",
        Map.of("chosen_by", lines.fragment(byResource ? "by_resource" : "by_tags")));
  }

  /// Templates of this cloud that the common ones are completed with.
  Map<String, Fragment> fragments(SqlTemplates common) {
    return Map.of(
        "disks", lines.fragment("disks"),
        "tiers",
            lines.names().contains("tiers") ? lines.fragment("tiers") : lines.fragment("disks"),
        "net", common.fragment(net.cost),
        "net_markup", common.fragment(net.markup));
  }

  /// Parameters that say what is different, beside the run's.
  Map<String, Object> parameters(OnCloudSettings settings) {
    var values = new HashMap<String, Object>();
    values.put("type", type.wireName());
    values.put("machine_by_id", machineById);
    values.put("shows_machine_id", showsMachineId);
    values.put("volumes_on_machine", volumesOnMachine);
    values.put("nothing_unused_shows", nothingUnusedShows);
    values.put("unused_keeps_place", unusedKeepsPlace);
    values.put("claims_share_disk", claimsShareDisk);
    values.put("disk_unit", diskUnit.orElse(null));
    values.put("raw_hours", settings.rawHours() ? 1 : 0);
    values.put("all_credits", settings.firstCredit() ? 0 : 1);
    boolean nine = settings.nineDecimals();
    values.put("bill_digits", nine && type == ProviderType.GCP ? 9 : 15);
    values.put("usage_digits", nine && type == ProviderType.AZURE ? 9 : 15);
    values.put("unblended_digits", nine && type == ProviderType.AZURE ? 9 : 15);
    values.put("amortized_digits", nine ? 9 : 15);
    values.put("credit_digits", nine ? 9 : 15);
    return values;
  }
}
