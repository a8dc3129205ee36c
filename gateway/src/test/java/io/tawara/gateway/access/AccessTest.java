package io.tawara.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.gateway.http.Json;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AccessTest {
  @Test
  void noDefinitionsMeanEverything() {
    Access access = access("[{\"permission\": \"cost-management:openshift.cluster:read\"}]");
    assertThat(access.read(ResourceType.OPENSHIFT_CLUSTER).everything()).isTrue();
    assertThat(access.read(ResourceType.AWS_ACCOUNT).isEmpty()).isTrue();
  }

  @Test
  void writingGrantsReading() {
    Access access = access("[{\"permission\": \"cost-management:cost_model:write\"}]");
    assertThat(access.read(ResourceType.COST_MODEL).everything()).isTrue();
    assertThat(access.write(ResourceType.COST_MODEL).everything()).isTrue();
    assertThat(access.write(ResourceType.SETTINGS).isEmpty()).isTrue();
  }

  @Test
  void starsCoverTypesAndOperations() {
    Access all = access("[{\"permission\": \"cost-management:*:*\"}]");
    for (ResourceType type : ResourceType.values()) {
      assertThat(all.read(type).everything()).as(type.wireName()).isTrue();
      assertThat(all.write(type).everything()).as(type.wireName()).isEqualTo(type.isWritable());
    }
    Access reading = access("[{\"permission\": \"cost-management:*:read\"}]");
    assertThat(reading.write(ResourceType.SETTINGS).isEmpty()).isTrue();
    assertThat(reading.read(ResourceType.SETTINGS).everything()).isTrue();
  }

  @Test
  void theOldNameOfCostModelsWorks() {
    Access access = access("[{\"permission\": \"cost-management:rate:read\"}]");
    assertThat(access.read(ResourceType.COST_MODEL).everything()).isTrue();
  }

  @Test
  void nodesAndProjectsAreInherited() {
    Access cluster =
        access(
            """
            [{"permission": "cost-management:openshift.cluster:read", "resourceDefinitions":
              [{"attributeFilter": {"operation": "in", "value": ["a", "b"]}}]}]
            """);
    assertThat(cluster.read(ResourceType.OPENSHIFT_CLUSTER).values()).containsExactly("a", "b");
    assertThat(cluster.read(ResourceType.OPENSHIFT_NODE).everything()).isTrue();
    assertThat(cluster.read(ResourceType.OPENSHIFT_PROJECT).everything()).isTrue();
    Access node =
        access(
            """
            [{"permission": "cost-management:openshift.node:read", "resourceDefinitions":
              [{"attributeFilter": {"operation": "equal", "value": "n"}}]}]
            """);
    assertThat(node.read(ResourceType.OPENSHIFT_CLUSTER).isEmpty()).isTrue();
    assertThat(node.read(ResourceType.OPENSHIFT_NODE).values()).containsExactly("n");
    assertThat(node.read(ResourceType.OPENSHIFT_PROJECT).everything()).isTrue();
  }

  @Test
  void listsAreAddedUpAndAStarWins() {
    Access access =
        access(
            """
            [{"permission": "cost-management:aws.account:read", "resourceDefinitions":
              [{"attributeFilter": {"operation": "in", "value": "3, 1"}}]},
             {"permission": "cost-management:aws.account:read", "resourceDefinitions":
              [{"attributeFilter": {"operation": "equal", "value": "2"}}]},
             {"permission": "cost-management:gcp.account:read", "resourceDefinitions":
              [{"attributeFilter": {"operation": "in", "value": ["x", "*"]}}]}]
            """);
    assertThat(access.read(ResourceType.AWS_ACCOUNT).values()).containsExactly("3", "1", "2");
    assertThat(access.read(ResourceType.GCP_ACCOUNT).everything()).isTrue();
  }

  @Test
  void malformedEntriesGiveNothing() {
    Access access =
        access(
            """
            [{}, {"permission": 7}, {"permission": "cost-management"}, {"permission": "a:b:c"},
             {"permission": "cost-management:nosuch:read"},
             {"permission": "cost-management:settings:nosuch"},
             {"permission": "inventory:*:*"},
             {"permission": "cost-management:settings:read", "resourceDefinitions":
               [{"attributeFilter": {"operation": "like", "value": "*"}}]},
             {"permission": "cost-management:aws.account:read", "resourceDefinitions": [{}]}]
            """);
    assertThat(access.isEmpty()).isTrue();
  }

  private static Access access(String entries) {
    var list = new ArrayList<JsonNode>();
    Json.stored(entries).forEach(list::add);
    return Access.ofEntries(List.copyOf(list));
  }
}
