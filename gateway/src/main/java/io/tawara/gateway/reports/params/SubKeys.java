package io.tawara.gateway.reports.params;

import io.tawara.gateway.reports.params.Checked.Bad;
import io.tawara.gateway.reports.params.Checked.Good;
import io.tawara.gateway.reports.params.QueryValue.Nested;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;

/// A parameter that takes sub keys in brackets.
///
/// @param known the field of a sub key
/// @param required sub keys that must be there when the parameter is
/// @param dropped sub keys that are taken without a look and forgotten
/// @param together what is wrong with accepted values as a whole, if anything
record SubKeys(
    BiFunction<String, Asked, Optional<Field>> known,
    Set<String> required,
    Predicate<String> dropped,
    Together together)
    implements Field {

  /// A check over all accepted sub keys.
  @FunctionalInterface
  interface Together {
    Optional<Object> problem(Map<String, Object> values, Asked asked);
  }

  static final Together NOTHING = (_, _) -> Optional.empty();

  static SubKeys of(BiFunction<String, Asked, Optional<Field>> known) {
    return new SubKeys(known, Set.of(), _ -> false, NOTHING);
  }

  SubKeys requiring(Set<String> names) {
    return new SubKeys(known, names, dropped, together);
  }

  SubKeys dropping(Predicate<String> names) {
    return new SubKeys(known, required, names, together);
  }

  SubKeys together(Together check) {
    return new SubKeys(known, required, dropped, check);
  }

  @Override
  public Checked check(QueryValue value, Asked asked) {
    if (!(value instanceof Nested(Map<String, QueryValue> entries))) {
      return new Bad(
          Map.of(
              "non_field_errors",
              List.of(
                  "Invalid data. Expected a dictionary, but got %s.".formatted(value.shape()))));
    }
    var values = new LinkedHashMap<String, Object>();
    var problems = new LinkedHashMap<String, Object>();
    var unknown = new LinkedHashMap<String, Object>();
    entries.forEach(
        (name, given) -> {
          if (dropped.test(name)) {
            return;
          }
          Optional<Field> field = known.apply(name, asked);
          if (field.isEmpty()) {
            unknown.put(name, InvalidParameters.UNSUPPORTED);
            return;
          }
          switch (field.get().check(given, asked)) {
            case Good(Object accepted) -> values.put(name, accepted);
            case Bad(Object problem) -> problems.put(name, problem);
          }
        });
    for (String name : required) {
      if (!entries.containsKey(name)) {
        problems.put(name, List.of("This field is required."));
      }
    }
    if (!problems.isEmpty()) {
      return new Bad(problems);
    }
    if (!unknown.isEmpty()) {
      return new Bad(unknown);
    }
    Optional<Object> problem = together.problem(values, asked);
    return problem.isPresent() ? new Bad(problem.get()) : new Good(values);
  }
}
