package io.tawara.analytics.oncloud;

import io.tawara.analytics.oncloud.NameSearch.Hit;
import io.tawara.analytics.oncloud.Names.Owner;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// How a cloud's resources tell whose they are (`summaries` §9.1, §10.1, §11.1 and the kinds).
@FunctionalInterface
interface ResourceRule {
  /// What a resource is to a cluster.
  enum Role {
    /// A machine: its usage is shared by projects.
    MACHINE,
    /// A volume, of whatever size.
    VOLUME,
    /// A volume, if the size of the disk is known.
    DISK;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  record Link(Role role, Owner owner) {}

  /// @param belongs whether the resource belongs to one of the clusters; if so it is not asked for
  ///   its tags
  /// @param links what it is, possibly nothing
  record Match(boolean belongs, List<Link> links) {
    private static final Match NOTHING = new Match(false, List.of());
  }

  /// @param resource as the scan names it
  Match match(String resource, Names names);

  /// AWS: the resource id ends with the id of a machine, a volume or a handle; contains a machine's
  /// id or a handle.
  static Match aws(String resource, Names names) {
    List<Hit<Owner>> machines = names.machines().longest(resource);
    List<Hit<Owner>> handles = names.handles().longest(resource);
    boolean belongs =
        machines.stream().anyMatch(Hit::atEnd)
            || handles.stream().anyMatch(Hit::atEnd)
            || names.volumes().all(resource).stream().anyMatch(Hit::atEnd);
    if (!belongs) {
      return Match.NOTHING;
    }
    var links = new ArrayList<Link>();
    add(links, Role.DISK, handles);
    if (links.isEmpty()) {
      add(links, Role.MACHINE, machines);
    }
    return new Match(true, links);
  }

  /// Azure: the full id contains a node, a volume or a handle; its last element, in any case, is
  /// the node (or its system disk), contains the volume, or is the handle.
  static Match azure(String resource, Names names) {
    if (names.nodes().all(resource).isEmpty()
        && names.volumes().all(resource).isEmpty()
        && names.handles().all(resource).isEmpty()) {
      return Match.NOTHING;
    }
    String[] elements = resource.split("/", -1);
    String name = elements.length > 8 ? elements[8] : "";
    var links = new ArrayList<Link>();
    List<Hit<Owner>> volumes = names.volumes().longest(name);
    add(links, Role.VOLUME, volumes);
    add(links, Role.DISK, volumes);
    if (volumes.isEmpty()) {
      names.handle(name).forEach(owner -> links.add(new Link(Role.DISK, owner)));
    }
    if (links.isEmpty()) {
      String machine = name.toLowerCase(Locale.ROOT).replace("_osdisk", "");
      names.machine(machine).forEach(owner -> links.add(new Link(Role.MACHINE, owner)));
    }
    return new Match(true, links);
  }

  /// GCP: name and global name, joined by `|`. The name contains a node, a volume or a handle, or
  /// the global name contains a handle.
  static Match gcp(String resource, Names names) {
    int bar = resource.indexOf('|');
    String name = bar < 0 ? resource : resource.substring(0, bar);
    List<Hit<Owner>> machines = names.machines().longest(name);
    List<Hit<Owner>> volumes = names.volumes().longest(name);
    List<Hit<Owner>> handles = names.handles().longest(resource);
    if (machines.isEmpty() && volumes.isEmpty() && handles.isEmpty()) {
      return Match.NOTHING;
    }
    var links = new ArrayList<Link>();
    add(links, Role.DISK, handles);
    add(links, Role.VOLUME, volumes);
    if (links.isEmpty()) {
      add(links, Role.MACHINE, machines);
    }
    return new Match(true, links);
  }

  private static void add(List<Link> links, Role role, List<Hit<Owner>> hits) {
    for (Hit<Owner> hit : hits) {
      for (Owner owner : hit.meanings()) {
        Link link = new Link(role, owner);
        if (!links.contains(link)) {
          links.add(link);
        }
      }
    }
  }
}
