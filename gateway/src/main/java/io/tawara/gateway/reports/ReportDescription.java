package io.tawara.gateway.reports;

import io.tawara.analytics.reports.ParameterRules;
import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.Labels;
import io.tawara.analytics.reports.ReportDefinition;
import io.tawara.gateway.http.Endpoint.QueryParameter;
import java.util.ArrayList;
import java.util.List;

/// The parameters of a report for the OpenAPI document, made of its definition.
final class ReportDescription {
  private static final List<String> DIRECTIONS = List.of("asc", "desc");

  private ReportDescription() {}

  static List<QueryParameter> of(ReportDefinition report) {
    ParameterRules rules = report.parameters();
    var all = new ArrayList<QueryParameter>();
    all.add(new QueryParameter("filter[resolution]", "Width of a bucket.", resolutions(rules)));
    all.add(
        new QueryParameter(
            "filter[time_scope_units]",
            "Unit of the time scope.",
            rules.monthOnly() ? List.of("month") : List.of("day", "month")));
    all.add(
        new QueryParameter(
            "filter[time_scope_value]",
            "Days back from today, or the current month (-1), the one before (-2), and so on.",
            rules.monthOnly()
                ? List.of("-1", "-2", "-3")
                : List.of("-10", "-30", "-90", "-1", "-2", "-3")));
    if (!rules.monthOnly()) {
      all.add(free("start_date", "First day (YYYY-MM-DD), instead of a time scope."));
      all.add(free("end_date", "Last day (YYYY-MM-DD)."));
    }
    keys(
        all,
        "filter",
        "Only what matches: values separated by commas, part of the text.",
        rules.filter());
    keys(all, "exclude", "Without what matches.", rules.exclude());
    keys(all, "group_by", "Groups, `*` for all values.", rules.groupBy());
    if (rules.labels() == Labels.ACCEPTED) {
      for (String name : List.of("filter", "exclude", "group_by")) {
        all.add(
            free(
                name + "[tag:<key>]", "The same by the values of an enabled tag key; `*` is any."));
      }
    }
    rules
        .orderBy()
        .forEach(
            order ->
                all.add(
                    order.name().equals("date")
                        ? free("order_by[date]", "The order of this day, for every day.")
                        : new QueryParameter(
                            "order_by[" + order.name() + "]",
                            order.groups().isEmpty()
                                ? "Order."
                                : "Order; needs the group "
                                    + String.join(" or ", order.groups())
                                    + ".",
                            DIRECTIONS)));
    if (rules.rankingInFilter()) {
      all.add(free("filter[limit]", "So many groups with the most; the others become one row."));
      all.add(free("filter[offset]", "Groups to leave out, without a row of others."));
    }
    switch (rules.delta()) {
      case DeltaRule.Unknown unknown -> {}
      case DeltaRule.Choice choice ->
          all.add(
              new QueryParameter(
                  "delta", "Compare with the period before.", sorted(choice.figures().keySet())));
      case DeltaRule.ChoiceOrPair pair ->
          all.add(
              free(
                  "delta",
                  "Compare with the period before ("
                      + String.join(", ", sorted(pair.figures().keySet()))
                      + "), or two figures, A__B ("
                      + String.join(", ", sorted(pair.comparable()))
                      + ")."));
    }
    if (rules.costType()) {
      all.add(
          new QueryParameter(
              "cost_type",
              "Which cost of the bill.",
              List.of(
                  "unblended_cost",
                  "blended_cost",
                  "calculated_amortized_cost",
                  "savingsplan_effective_cost")));
    }
    if (rules.groupBy().plain().contains("project")) {
      all.add(free("category", "Cost groups whose projects become one row; `*` for all."));
    }
    all.add(free("currency", "Code of the currency of all amounts."));
    all.add(free("limit", "Entries of `data`, 100 when not given, 0 for all."));
    all.add(free("offset", "Entries of `data` to leave out."));
    return all;
  }

  private static List<String> resolutions(ParameterRules rules) {
    return rules.monthOnly() ? List.of("monthly") : List.of("daily", "monthly");
  }

  private static void keys(
      List<QueryParameter> all, String parameter, String description, Keys keys) {
    for (String key : keys.plain()) {
      all.add(
          free(
              parameter + "[" + key + "]",
              description
                  + (keys.prefixed().contains(key)
                      ? " Also with the prefixes `and:`, `or:` and `exact:`."
                      : "")));
    }
  }

  private static QueryParameter free(String name, String description) {
    return new QueryParameter(name, description, List.of());
  }

  private static List<String> sorted(java.util.Collection<String> names) {
    return names.stream().sorted().toList();
  }
}
