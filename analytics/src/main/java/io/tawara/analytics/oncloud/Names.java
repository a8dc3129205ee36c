package io.tawara.analytics.oncloud;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// The names by which resources of some clusters are known in a bill.
final class Names {
  /// What a name stands for.
  ///
  /// @param cluster provider of the cluster
  /// @param name the machine, or the persistent volume
  record Owner(UUID cluster, String name) {}

  private final NameSearch<Owner> machines;
  private final NameSearch<Owner> nodes;
  private final NameSearch<Owner> volumes;
  private final NameSearch<Owner> handles;
  private final Map<String, List<Owner>> machinesInAnyCase = new HashMap<>();
  private final Map<String, List<Owner>> handlesInAnyCase = new HashMap<>();
  private final Set<String> clusters;
  private final Set<String> projects;
  private final Set<String> nodeNames;

  private Names(Builder builder) {
    this.machines = new NameSearch<>(lists(builder.machines));
    this.nodes = new NameSearch<>(lists(builder.nodes));
    this.volumes = new NameSearch<>(lists(builder.volumes));
    this.handles = new NameSearch<>(lists(builder.handles));
    inAnyCase(builder.machines, machinesInAnyCase);
    inAnyCase(builder.handles, handlesInAnyCase);
    this.clusters = Set.copyOf(builder.clusters);
    this.projects = Set.copyOf(builder.projects);
    this.nodeNames = Set.copyOf(builder.nodes.keySet());
  }

  private static Map<String, List<Owner>> lists(Map<String, Set<Owner>> sets) {
    var lists = new LinkedHashMap<String, List<Owner>>();
    sets.forEach((name, owners) -> lists.put(name, List.copyOf(owners)));
    return lists;
  }

  private static void inAnyCase(Map<String, Set<Owner>> sets, Map<String, List<Owner>> result) {
    sets.forEach(
        (name, owners) ->
            result
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                .addAll(owners));
  }

  /// Machines: by resource id or by name, as the cloud knows them.
  NameSearch<Owner> machines() {
    return machines;
  }

  NameSearch<Owner> nodes() {
    return nodes;
  }

  NameSearch<Owner> volumes() {
    return volumes;
  }

  NameSearch<Owner> handles() {
    return handles;
  }

  List<Owner> machine(String name) {
    return machinesInAnyCase.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  List<Owner> handle(String name) {
    return handlesInAnyCase.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }

  /// Whether a tag names something of the clusters by one of the `openshift_` keys.
  boolean named(String key, String value) {
    return switch (key) {
      case "openshift_cluster" -> clusters.contains(value);
      case "openshift_project" -> projects.contains(value);
      case "openshift_node" -> nodeNames.contains(value);
      default -> false;
    };
  }

  /// Collects names.
  static final class Builder {
    private final boolean machineById;
    private final Map<String, Set<Owner>> machines = new LinkedHashMap<>();
    private final Map<String, Set<Owner>> nodes = new LinkedHashMap<>();
    private final Map<String, Set<Owner>> volumes = new LinkedHashMap<>();
    private final Map<String, Set<Owner>> handles = new LinkedHashMap<>();
    private final Set<String> clusters = new HashSet<>();
    private final Set<String> projects = new HashSet<>();

    /// @param machineById whether the bill knows machines by their resource id, else by their name
    Builder(boolean machineById) {
      this.machineById = machineById;
    }

    Builder cluster(String id, String alias) {
      clusters.add(id);
      if (alias != null) {
        clusters.add(alias);
      }
      return this;
    }

    Builder project(String name) {
      if (name != null) {
        projects.add(name);
      }
      return this;
    }

    Builder node(UUID cluster, String node, String resourceId) {
      put(nodes, node, new Owner(cluster, node));
      String machine = machineById ? resourceId : node;
      put(machines, machine, new Owner(cluster, machine));
      return this;
    }

    Builder volume(UUID cluster, String volume, String handle) {
      if (volume != null && !volume.isEmpty()) {
        put(volumes, volume, new Owner(cluster, volume));
        put(handles, handle, new Owner(cluster, volume));
      }
      return this;
    }

    private static void put(Map<String, Set<Owner>> names, String name, Owner owner) {
      if (name != null && !name.isEmpty()) {
        names.computeIfAbsent(name, key -> new HashSet<>()).add(owner);
      }
    }

    Names build() {
      return new Names(this);
    }
  }
}
