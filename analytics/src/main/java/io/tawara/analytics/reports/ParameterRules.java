package io.tawara.analytics.reports;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which parameters a report takes (params §3, §8). Names only: what they mean for rows stands in
/// the report's dimensions and figures.
///
/// @param orderBy in declared order; `cost`, `infrastructure`, `supplementary`, `delta` included
/// @param labels what happens to tag sub keys
/// @param monthOnly the time scope is a month and the dates are unknown parameters (virtual
///   machines, EC2)
/// @param requiredFilters filters without which the request is refused
/// @param rankingInFilter whether `filter[limit]` and `filter[offset]` exist
/// @param rankingNeedsGroup whether they need a `group_by` (object rule 9)
public record ParameterRules(
    Keys groupBy,
    Keys filter,
    Keys exclude,
    List<OrderKey> orderBy,
    DeltaRule delta,
    Labels labels,
    boolean monthOnly,
    List<String> requiredFilters,
    boolean rankingInFilter,
    boolean rankingNeedsGroup,
    boolean costType,
    boolean costCategories) {

  /// Sub keys of a map parameter.
  ///
  /// @param plain accepted as they are
  /// @param prefixed accepted with `and:`, `or:`, `exact:`
  public record Keys(Set<String> plain, Set<String> prefixed) {
    public Keys {
      plain = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(plain));
      prefixed = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(prefixed));
    }

    /// Sub keys that all take prefixes too.
    public static Keys of(String... names) {
      var set = new LinkedHashSet<>(List.of(names));
      return new Keys(set, set);
    }

    /// The parameter takes no sub key at all.
    public static Keys none() {
      return new Keys(Set.of(), Set.of());
    }

    /// With further sub keys that are accepted without prefix only.
    public Keys andPlain(String... names) {
      var more = new LinkedHashSet<>(plain);
      more.addAll(List.of(names));
      return new Keys(more, prefixed);
    }

    /// With further sub keys that are accepted with prefix only.
    public Keys andPrefixed(String... names) {
      var more = new LinkedHashSet<>(prefixed);
      more.addAll(List.of(names));
      return new Keys(plain, more);
    }
  }

  /// A sub key of `order_by`.
  ///
  /// @param echo the key's name in the echo and in [Ordering]
  /// @param groups groups of which one is needed; empty: none is
  public record OrderKey(String name, String echo, List<String> groups) {}

  /// What `delta` takes.
  public sealed interface DeltaRule {
    /// `delta` is an unknown parameter.
    record Unknown() implements DeltaRule {}

    /// A choice of values, each naming a figure.
    ///
    /// @param elsewhere values that other reports of the family take; refused in another form
    record Choice(Map<String, String> figures, Set<String> elsewhere) implements DeltaRule {
      public Choice(Map<String, String> figures) {
        this(figures, Set.of());
      }
    }

    /// A choice, or two of the comparable figures joined by `__`.
    record ChoiceOrPair(Map<String, String> figures, Set<String> comparable) implements DeltaRule {}
  }

  /// What happens to tag sub keys.
  public enum Labels {
    ACCEPTED,
    /// They pass validation and are dropped.
    DROPPED
  }

  /// The rule of an order key.
  public Optional<OrderKey> order(String name) {
    return orderBy.stream().filter(key -> key.name().equals(name)).findFirst();
  }
}
