package io.tawara.core.source;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The known releases of the metrics operator. Payloads name the commit of the build; people want
/// the version.
public final class OperatorReleases {
  private static final Pattern VERSION = Pattern.compile("v?(\\d{1,9})\\.(\\d{1,9})\\.(\\d{1,9})");
  private static final int[] VM_CPU_CORES = {4, 0, 0};

  private final Map<String, String> names;
  private final int[] newest;

  private OperatorReleases(Map<String, String> names, int[] newest) {
    this.names = Map.copyOf(names);
    this.newest = newest;
  }

  /// Reads the table that comes with Tawara.
  public static OperatorReleases load() {
    try (var in = OperatorReleases.class.getResourceAsStream("operator-releases.txt")) {
      var names = new HashMap<String, String>();
      int[] newest = {0, 0, 0};
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n", -1)) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] parts = line.split(" ", -1);
        names.put(
            parts[0],
            parts[2].equals("certified")
                ? "costmanagement-metrics-operator:" + parts[1]
                : "koku-metrics-operator:v" + parts[1]);
        int[] version = numbers(parts[1]).orElseThrow();
        newest = Arrays.compare(version, newest) > 0 ? version : newest;
      }
      return new OperatorReleases(names, newest);
    } catch (IOException failure) {
      throw new TawaraException(Category.INTERNAL, "operator releases cannot be read", failure);
    }
  }

  /// The name of a build's release; an unknown build is named as it is.
  public String name(String version) {
    return names.getOrDefault(version, version);
  }

  /// Whether there is a newer release than this one; false when it has no readable version.
  public boolean updateAvailable(String name) {
    return numbers(version(name)).map(numbers -> Arrays.compare(numbers, newest) < 0).orElse(false);
  }

  /// Whether the operator sends what cost models for cores of virtual machines need.
  public boolean supportsVmCores(String name) {
    return numbers(version(name))
        .map(numbers -> Arrays.compare(numbers, VM_CPU_CORES) >= 0)
        .orElse(false);
  }

  private static String version(String name) {
    return name.substring(name.lastIndexOf(':') + 1);
  }

  private static Optional<int[]> numbers(String version) {
    var matcher = VERSION.matcher(version);
    return matcher.matches()
        ? Optional.of(
            new int[] {
              Integer.parseInt(matcher.group(1)),
              Integer.parseInt(matcher.group(2)),
              Integer.parseInt(matcher.group(3))
            })
        : Optional.empty();
  }
}
