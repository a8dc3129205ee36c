package io.tawara.analytics.oncloud;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.analytics.oncloud.NameSearch.Hit;
import io.tawara.analytics.oncloud.Names.Owner;
import io.tawara.analytics.oncloud.ResourceRule.Link;
import io.tawara.analytics.oncloud.ResourceRule.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Names in texts: as the plain search of every name finds them.
final class NameSearchTest {
  private static final UUID SHOP = new UUID(0, 1);
  private static final UUID BANK = new UUID(0, 2);

  @Provide
  Arbitrary<String> words() {
    // few letters, so that names overlap, contain and repeat each other
    return Arbitraries.strings().withChars('a', 'b', '-').ofMaxLength(6);
  }

  @Property
  void allIsWhatContainsFinds(
      @ForAll List<@net.jqwik.api.From("words") String> names,
      @ForAll List<@net.jqwik.api.From("words") String> parts) {
    String text = String.join("", parts);
    Set<String> found = search(names).all(text).stream().map(Hit::name).collect(Collectors.toSet());
    assertThat(found)
        .isEqualTo(
            names.stream()
                .filter(name -> !name.isEmpty() && text.contains(name))
                .collect(Collectors.toSet()));
  }

  @Property
  void longestIsTheLongestOfThem(
      @ForAll List<@net.jqwik.api.From("words") String> names,
      @ForAll List<@net.jqwik.api.From("words") String> parts) {
    String text = String.join("", parts);
    int length = names.stream().filter(text::contains).mapToInt(String::length).max().orElse(0);
    List<Hit<String>> longest = search(names).longest(text);
    assertThat(longest.stream().map(Hit::name).collect(Collectors.toSet()))
        .isEqualTo(
            names.stream()
                .filter(name -> !name.isEmpty() && name.length() == length && text.contains(name))
                .collect(Collectors.toSet()));
    for (Hit<String> hit : longest) {
      if (text.endsWith(hit.name())) {
        assertThat(longest).anyMatch(other -> other.name().equals(hit.name()) && other.atEnd());
      }
    }
  }

  private static NameSearch<String> search(List<String> names) {
    var meanings = new LinkedHashMap<String, List<String>>();
    names.forEach(name -> meanings.put(name, List.of(name)));
    return new NameSearch<>(meanings);
  }

  @Example
  void awsResourcesEndWithWhatTheyAre() {
    Names names =
        new Names.Builder(true).node(SHOP, "n1", "i-1").volume(SHOP, "pvc-1", "vol-1").build();
    assertThat(ResourceRule.aws("arn:aws:ec2:instance/i-1", names).links())
        .containsExactly(new Link(Role.MACHINE, new Owner(SHOP, "i-1")));
    assertThat(ResourceRule.aws("vol-1", names).links())
        .containsExactly(new Link(Role.DISK, new Owner(SHOP, "pvc-1")));
    assertThat(ResourceRule.aws("i-1/snapshot", names).belongs()).isFalse();
    assertThat(ResourceRule.aws("I-1", names).belongs()).isFalse();
    assertThat(ResourceRule.aws("pvc-1", names)).isEqualTo(new ResourceRule.Match(true, List.of()));
  }

  @Example
  void azureMachinesAreNamedInAnyCase() {
    Names names =
        new Names.Builder(false)
            .node(SHOP, "node-1", "x")
            .node(BANK, "node-1", "y")
            .volume(SHOP, "pvc-1", "")
            .build();
    String compute = "/subscriptions/node-1/resourceGroups/g/providers/Microsoft.Compute/";
    assertThat(ResourceRule.azure(compute + "virtualMachines/NODE-1", names).links())
        .containsExactlyInAnyOrder(
            new Link(Role.MACHINE, new Owner(SHOP, "node-1")),
            new Link(Role.MACHINE, new Owner(BANK, "node-1")));
    assertThat(ResourceRule.azure(compute + "disks/node-1_OsDisk", names).links()).hasSize(2);
    assertThat(
            ResourceRule.azure(compute + "disks/kubernetes-pvc-1", names).links().stream()
                .map(Link::role))
        .containsExactly(Role.VOLUME, Role.DISK);
    assertThat(ResourceRule.azure("/subscriptions/x", names).belongs()).isFalse();
  }

  @Example
  void aVolumeOfGcpIsNoMachine() {
    Names names =
        new Names.Builder(false)
            .node(SHOP, "node-1", "x")
            .volume(SHOP, "pvc-1", "handle-1")
            .build();
    assertThat(
            ResourceRule.gcp("node-1-pvc-1|//compute/disk/handle-1", names).links().stream()
                .map(Link::role))
        .containsExactly(Role.DISK, Role.VOLUME);
    assertThat(ResourceRule.gcp("instances/node-1|", names).links())
        .containsExactly(new Link(Role.MACHINE, new Owner(SHOP, "node-1")));
  }

  @Example
  void tagsAreComparedAsWhatTheyMean() {
    Names names =
        new Names.Builder(true).cluster("id", "alias").project("a").node(SHOP, "n1", "i").build();
    var matcher =
        new Correlation.TagMatcher(
            names,
            Set.of(new Correlation.TagMatcher.Pair("env", "prod")),
            Map.of("environment", "env"));
    assertThat(matcher.matches("{\"env\": \"prod\"}")).isTrue();
    assertThat(matcher.matches("{\"environment\": \"prod\"}")).isTrue();
    assertThat(matcher.matches("{\"env\": \"prod,dev\"}")).isFalse();
    assertThat(matcher.matches("{\"Env\": \"prod\"}")).isFalse();
    assertThat(matcher.matches("{\"openshift_cluster\": \"alias\"}")).isTrue();
    assertThat(matcher.matches("{\"openshift_node\": \"n1\"}")).isTrue();
    assertThat(matcher.matches("{\"openshift_project\": \"b\"}")).isFalse();
    assertThat(matcher.matches("{}")).isFalse();
  }
}
