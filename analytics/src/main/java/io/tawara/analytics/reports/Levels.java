package io.tawara.analytics.reports;

import java.util.ArrayList;
import java.util.List;

/// The levels that an answer nests: what was asked, then the report's own.
public final class Levels {
  private Levels() {}

  /// Outermost first. The report's inherent group is left out where a query both groups and ranks
  /// (params §5.2).
  public static List<Key> of(ReportQuery query) {
    var levels = new ArrayList<Key>();
    query.groups().forEach(group -> levels.add(group.key()));
    query
        .report()
        .inherentGroup()
        .map(Key.Named::new)
        .filter(key -> !levels.contains(key))
        .filter(key -> query.groups().isEmpty() || !query.ranked())
        .ifPresent(levels::add);
    return List.copyOf(levels);
  }
}
