package io.tawara.analytics.oncloud;

import static io.tawara.analytics.oncloud.OnCloudFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.catalog.AzureTables;
import io.tawara.catalog.GcpTables;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/// For any usage and any bill: what projects, unattributed and unallocated rows of clusters carry
/// is what the cloud billed for the resources that matched, to the last digit.
final class ConservationTest {
  private static final List<String> NODES = List.of("node-1", "node-10", "n", "worker-0");
  private static final List<String> PROJECTS = List.of("a", "b", "openshift-x", "c");

  private static OnCloudFixture fixture;
  private static List<Provider> clusters;
  private static Map<ProviderType, Provider> clouds;

  @BeforeContainer
  static void start() {
    fixture = new OnCloudFixture("conservation");
    clusters =
        List.of(
            fixture.source("left", ProviderType.OCP), fixture.source("right", ProviderType.OCP));
    clouds =
        Map.of(
            ProviderType.AWS, fixture.source("aws", ProviderType.AWS),
            ProviderType.AZURE, fixture.source("azure", ProviderType.AZURE),
            ProviderType.GCP, fixture.source("gcp", ProviderType.GCP));
  }

  @AfterContainer
  static void stop() {
    fixture.close();
  }

  @Property(tries = 25, shrinking = ShrinkingMode.OFF)
  void whatIsBilledIsCarried(@ForAll long seed) {
    for (ProviderType type : List.of(ProviderType.AWS, ProviderType.AZURE, ProviderType.GCP)) {
      fixture.empty();
      var world = new World(new Random(seed), type);
      world.make();
      fixture.correlate(clouds.get(type));
      String[] carried =
          fixture
              .texts(
                  "select coalesce(sum(net_cost), 0), coalesce(sum(unblended_cost), 0) from"
                      + " ocp_cloud_daily_summary")
              .getFirst()
              .split("[|]", -1);
      assertThat(new BigDecimal(carried[0]))
          .as("net, %s, seed %d", type, seed)
          .isEqualByComparingTo(world.net);
      assertThat(new BigDecimal(carried[1]))
          .as("unblended, %s, seed %d", type, seed)
          .isEqualByComparingTo(world.unblended);
    }
  }

  @Example
  void oneThirdOfNearlyNothing() {
    whatIsBilledIsCarried(3);
  }

  private static final class World {
    private final Random random;
    private final ProviderType type;
    private BigDecimal net = BigDecimal.ZERO;
    private BigDecimal unblended = BigDecimal.ZERO;

    World(Random random, ProviderType type) {
      this.random = random;
      this.type = type;
    }

    void make() {
      fixture.enableKey("app", "OCP", type.wireName());
      for (Provider cluster : clusters) {
        int nodes = random.nextInt(3);
        for (int n = 0; n < nodes; n++) {
          node(
              cluster,
              NODES.get(n) + (cluster == clusters.get(0) ? "" : random.nextBoolean() ? "" : "-r"));
        }
      }
      for (int i = 0; i < 3; i++) {
        bill("unrelated-" + i, "{\"app\": \"nobody\"}", amount(), false, Map.of());
      }
    }

    private void node(Provider cluster, String node) {
      double capacity = random.nextInt(20) == 0 ? 0 : 1 + random.nextInt(96);
      double free = capacity;
      int pods = 1 + random.nextInt(4);
      for (int p = 0; p < pods; p++) {
        double used = Math.round(random.nextDouble() * capacity * 500_000) / 1e6;
        free -= used;
        fixture.pod(
            cluster,
            DAY,
            PROJECTS.get(p),
            node,
            random.nextBoolean() ? "{\"app\": \"web\"}" : "{}",
            decimal(used),
            decimal(capacity));
      }
      fixture.pod(cluster, DAY, "Worker unallocated", node, null, decimal(free), decimal(capacity));
      for (int i = 0; i < 1 + random.nextInt(3); i++) {
        bill(resource(node), "{}", amount(), true, Map.of());
      }
      if (random.nextBoolean()) {
        network(node);
      }
      if (random.nextBoolean()) {
        disk(cluster, node);
      }
      if (random.nextBoolean()) {
        bill("tagged", "{\"openshift_node\": \"" + node + "\"}", amount(), true, Map.of());
      }
    }

    private String resource(String node) {
      return switch (type) {
        case AWS -> "i-" + node;
        case AZURE ->
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/" + node;
        default -> "projects/p/instances/" + node;
      };
    }

    private void network(String node) {
      Map<String, Object> more =
          switch (type) {
            case AWS ->
                Map.of(
                    "product_productfamily", "Data Transfer",
                    "lineitem_usagetype", "DataTransfer-Out-Bytes");
            case AZURE ->
                Map.of(
                    "servicename", "Virtual Network",
                    "consumedservice", "Microsoft.Compute",
                    "additionalinfo", "{\"DataTransferDirection\": \"DataTrOut\"}");
            default -> Map.of("sku_description", "Network Data Transfer In");
          };
      bill(resource(node), "{}", amount(), true, more);
    }

    /// A disk with a claim in one or two projects, smaller or greater than the disk.
    private void disk(Provider cluster, String node) {
      String volume = "pvc-" + cluster.name() + "-" + node;
      int size = List.of(4, 8, 16).get(random.nextInt(3));
      int claims = 1 + random.nextInt(2);
      String claimed = Integer.toString(1 + random.nextInt(20));
      for (int i = 0; i < claims; i++) {
        fixture.claim(
            cluster,
            DAY,
            PROJECTS.get(i),
            node,
            random.nextInt(5) == 0 ? "" : "claim",
            volume,
            type == ProviderType.AZURE ? "" : "h-" + volume,
            "{}",
            claimed);
      }
      double rate = 0.1;
      switch (type) {
        case AWS ->
            bill(
                "arn:h-" + volume,
                "{}",
                amount(),
                true,
                Map.of(
                    "product_productfamily",
                    "Storage",
                    "largest_unblendedcost",
                    size * rate / (24 * 31),
                    "lineitem_unblendedrate",
                    rate));
        case AZURE ->
            bill(
                "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/disks/" + volume,
                "{}",
                amount(),
                true,
                Map.of(
                    "servicename",
                    "Storage",
                    "metername",
                    "P" + Map.of(4, 1, 8, 2, 16, 3).get(size) + " LRS Disk"));
        default ->
            bill(
                "disk-h-" + volume,
                "{}",
                amount(),
                true,
                Map.of(
                    "resource_global_name",
                    "//compute/disk/h-" + volume,
                    "sku_description",
                    "Storage PD Capacity",
                    "largest_usage_amount",
                    size * 1073741824.0 * 3600));
      }
    }

    private double amount() {
      return switch (random.nextInt(5)) {
        case 0 -> random.nextInt(100) / 3.0;
        case 1 -> random.nextInt(1000) / 1e9;
        case 2 -> -random.nextDouble();
        default -> random.nextInt(100_000) / 1e4;
      };
    }

    private void bill(
        String resource, String tags, double cost, boolean carried, Map<String, Object> more) {
      var values = new LinkedHashMap<String, Object>();
      double credit = type == ProviderType.GCP ? -random.nextInt(100) / 7.0 : 0;
      switch (type) {
        case AWS -> {
          values.putAll(
              Map.of(
                  "lineitem_resourceid", resource,
                  "lineitem_productcode", "AmazonEC2",
                  "lineitem_lineitemtype", "Usage",
                  "resourcetags", tags,
                  "lineitem_unblendedcost", cost));
          values.putAll(more);
          fixture.bill(io.tawara.catalog.AwsTables.DAILY, clouds.get(type), DAY, values);
        }
        case AZURE -> {
          values.putAll(
              Map.of("resourceid", resource, "tags", tags, "costinbillingcurrency", cost));
          values.putAll(more);
          fixture.bill(AzureTables.LINE_ITEMS, clouds.get(type), DAY, values);
        }
        default -> {
          values.putAll(
              Map.of(
                  "resource_name", resource,
                  "labels", tags,
                  "cost", cost,
                  "all_credits_amount", credit,
                  "service_description", "Compute Engine"));
          values.putAll(more);
          fixture.bill(GcpTables.DAILY, clouds.get(type), DAY, values);
        }
      }
      if (carried) {
        unblended = unblended.add(billed(cost));
        net = net.add(billed(cost)).add(billed(credit));
      }
    }

    private static BigDecimal billed(double amount) {
      return new BigDecimal(Double.toString(amount)).setScale(15, RoundingMode.HALF_UP);
    }

    private static String decimal(double value) {
      return new BigDecimal(Double.toString(value)).toPlainString();
    }
  }
}
