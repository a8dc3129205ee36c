package io.tawara.analytics.inventory;

import io.tawara.analytics.reports.AccessRestriction;
import io.tawara.analytics.reports.Condition;
import io.tawara.analytics.reports.TimeRange;
import java.util.List;
import java.util.Optional;

/// A validated question to a list of tags.
///
/// @param key the one key whose values are asked for; empty: all keys with their values
/// @param time widened to whole billing months
/// @param filters conditions on dimensions
/// @param excludes conditions that rows do not meet
/// @param keys texts that a key contains one of, or the name of a parent; empty: any key
/// @param values texts that a value of [#key] contains one of; empty: any value
/// @param kind which tags, where they are told apart
/// @param enabled whether enabled or disabled keys are listed
/// @param limit of entries, or of values of [#key]
public record TagQuery(
    TagDefinition list,
    Optional<String> key,
    TimeRange time,
    List<Condition> filters,
    List<Condition> excludes,
    List<String> keys,
    List<String> values,
    Optional<Kind> kind,
    boolean enabled,
    AccessRestriction access,
    int limit,
    int offset) {

  /// Whose tags are listed.
  public enum Kind {
    POD,
    STORAGE,
    /// Both, each with its own entry.
    EACH
  }

  public TagQuery {
    filters = List.copyOf(filters);
    excludes = List.copyOf(excludes);
    keys = List.copyOf(keys);
    values = List.copyOf(values);
  }
}
