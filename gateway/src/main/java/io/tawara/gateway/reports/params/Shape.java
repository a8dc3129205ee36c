package io.tawara.gateway.reports.params;

import io.tawara.gateway.reports.params.Checked.Bad;
import io.tawara.gateway.reports.params.Checked.Good;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parameters that an endpoint takes and the rules between them: stages 2 and 3 of validation
/// (params §2).
///
/// @param fields by parameter name
/// @param rules in the order in which they are asked; the first that objects ends the request
record Shape(Map<String, Field> fields, List<Rule> rules) {

  /// What was given: accepted values by parameter, beside the query they came from.
  record Given(Field.Asked asked, Map<String, Object> values) {
    /// The accepted sub keys of a parameter, empty when it was not given.
    @SuppressWarnings("unchecked")
    Map<String, Object> map(String name) {
      return (Map<String, Object>) values.getOrDefault(name, Map.of());
    }

    boolean has(String name) {
      return values.containsKey(name);
    }

    /// The accepted value of a parameter without sub keys.
    <T> Optional<T> value(String name, Class<T> type) {
      return Optional.ofNullable(values.get(name)).map(type::cast);
    }

    /// The accepted value of a sub key.
    <T> Optional<T> value(String name, String sub, Class<T> type) {
      return Optional.ofNullable(map(name).get(sub)).map(type::cast);
    }
  }

  /// A rule between parameters.
  @FunctionalInterface
  interface Rule {
    /// The body of the refusal, empty when there is nothing to object to.
    Optional<Map<String, Object>> objection(Given given);
  }

  /// Checks a query.
  ///
  /// @throws InvalidParameters when a field or a rule refuses it; all fields that refuse are named
  ///   together, of the rules only the first
  Given check(QueryString query, ParameterContext context) {
    var asked = new Field.Asked(query, context);
    var values = new LinkedHashMap<String, Object>();
    var problems = new LinkedHashMap<String, Object>();
    query
        .parameters()
        .forEach(
            (name, value) -> {
              Field field = fields.get(name);
              if (field != null) {
                switch (field.check(value, asked)) {
                  case Good(Object accepted) -> values.put(name, accepted);
                  case Bad(Object problem) -> problems.put(name, problem);
                }
              }
            });
    if (!problems.isEmpty()) {
      throw new InvalidParameters(problems);
    }
    var given = new Given(asked, values);
    for (Rule rule : rules) {
      rule.objection(given)
          .ifPresent(
              body -> {
                throw new InvalidParameters(body);
              });
    }
    return given;
  }
}
