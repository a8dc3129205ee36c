package io.tawara.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/// What a caller may read and write (see `docs/design/gateway.md`).
public final class Access {
  /// Everything, without asking the role service.
  public static final Access EVERYTHING = everything();

  /// Nothing.
  public static final Access NOTHING = new Access(Map.of(), Map.of());

  private final Map<ResourceType, Allowed> read;
  private final Map<ResourceType, Allowed> write;
  private final int hash;

  private Access(Map<ResourceType, Allowed> read, Map<ResourceType, Allowed> write) {
    this.read = Map.copyOf(read);
    this.write = Map.copyOf(write);
    this.hash = 31 * this.read.hashCode() + this.write.hashCode();
  }

  /// Two callers who may do the same have equal access; answers are shared by it.
  @Override
  public boolean equals(Object other) {
    return this == other
        || other instanceof Access access
            && hash == access.hash
            && read.equals(access.read)
            && write.equals(access.write);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  public Allowed read(ResourceType type) {
    return read.getOrDefault(type, Allowed.NOTHING);
  }

  public Allowed write(ResourceType type) {
    return write.getOrDefault(type, Allowed.NOTHING);
  }

  /// Whether one of these types can be read at least in part.
  public boolean readsAny(ResourceType... types) {
    return Stream.of(types).anyMatch(type -> !read(type).isEmpty());
  }

  /// Whether there is no permission at all.
  public boolean isEmpty() {
    return read.values().stream().allMatch(Allowed::isEmpty)
        && write.values().stream().allMatch(Allowed::isEmpty);
  }

  private static Access everything() {
    var all = new EnumMap<ResourceType, Allowed>(ResourceType.class);
    for (ResourceType type : ResourceType.values()) {
      all.put(type, Allowed.EVERYTHING);
    }
    return new Access(all, all);
  }

  /// Reads the entries of the role service: `write` grants `read`, `*` as operation is the highest
  /// of the type, `*` as type is every type, no resource definitions mean every resource. An empty
  /// list of nodes is filled from clusters, one of projects from nodes. Malformed entries give
  /// nothing.
  public static Access ofEntries(List<JsonNode> entries) {
    var read = new EnumMap<ResourceType, Set<String>>(ResourceType.class);
    var write = new EnumMap<ResourceType, Set<String>>(ResourceType.class);
    for (JsonNode entry : entries) {
      String[] parts = entry.path("permission").asText("").split(":", -1);
      if (parts.length != 3 || !parts[0].equals("cost-management")) {
        continue;
      }
      List<String> resources = resources(entry.path("resourceDefinitions"));
      List<ResourceType> types =
          parts[1].equals("*")
              ? List.of(ResourceType.values())
              : ResourceType.ofName(parts[1]).stream().toList();
      for (ResourceType type : types) {
        boolean writes = parts[2].equals("write") || parts[2].equals("*");
        boolean reads = writes || parts[2].equals("read");
        writes = writes && type.isWritable();
        if (writes) {
          write.computeIfAbsent(type, unused -> new LinkedHashSet<>()).addAll(resources);
        }
        if (reads) {
          read.computeIfAbsent(type, unused -> new LinkedHashSet<>()).addAll(resources);
        }
      }
    }
    var reading = new EnumMap<ResourceType, Allowed>(ResourceType.class);
    read.forEach((type, values) -> reading.put(type, Allowed.of(values)));
    inherit(reading, ResourceType.OPENSHIFT_CLUSTER, ResourceType.OPENSHIFT_NODE);
    inherit(reading, ResourceType.OPENSHIFT_NODE, ResourceType.OPENSHIFT_PROJECT);
    var writing = new EnumMap<ResourceType, Allowed>(ResourceType.class);
    write.forEach((type, values) -> writing.put(type, Allowed.of(values)));
    return new Access(reading, writing);
  }

  private static void inherit(
      Map<ResourceType, Allowed> read, ResourceType parent, ResourceType child) {
    boolean parentReads = !read.getOrDefault(parent, Allowed.NOTHING).isEmpty();
    if (parentReads && read.getOrDefault(child, Allowed.NOTHING).isEmpty()) {
      read.put(child, Allowed.EVERYTHING);
    }
  }

  private static List<String> resources(JsonNode definitions) {
    if (!definitions.isArray() || definitions.isEmpty()) {
      return List.of("*");
    }
    var found = new ArrayList<String>();
    for (JsonNode definition : definitions) {
      JsonNode filter = definition.path("attributeFilter");
      JsonNode value = filter.path("value");
      switch (filter.path("operation").asText("")) {
        case "equal" -> {
          if (value.isValueNode() && !value.isNull()) {
            found.add(value.asText());
          }
        }
        case "in" -> {
          if (value.isArray()) {
            value.forEach(each -> found.add(each.asText()));
          } else if (value.isTextual()) {
            Stream.of(value.asText().split(",", -1)).map(String::strip).forEach(found::add);
          }
        }
        default -> {} // an unknown operation gives nothing
      }
    }
    found.removeIf(String::isEmpty);
    return found;
  }
}
