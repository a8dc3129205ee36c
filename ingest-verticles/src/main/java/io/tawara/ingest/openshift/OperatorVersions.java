package io.tawara.ingest.openshift;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;

/// The release names of operator builds, which report only their commit.
final class OperatorVersions {
  private static final Map<String, String> NAMES = load();

  private OperatorVersions() {}

  /// The release of a commit, or the text itself.
  static String name(String version) {
    return NAMES.getOrDefault(version, version);
  }

  private static Map<String, String> load() {
    try (var in = OperatorVersions.class.getResourceAsStream("operator-versions.txt");
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      return lines
          .lines()
          .filter(line -> !line.startsWith("#"))
          .map(line -> line.split(" ", 2))
          .collect(Collectors.toUnmodifiableMap(words -> words[0], words -> words[1]));
    } catch (IOException failure) {
      throw new TawaraException(Category.INTERNAL, "operator-versions.txt is missing", failure);
    }
  }
}
