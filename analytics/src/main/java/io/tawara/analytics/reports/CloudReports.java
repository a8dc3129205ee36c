package io.tawara.analytics.reports;

import io.tawara.analytics.reports.ParameterRules.DeltaRule;
import io.tawara.analytics.reports.ParameterRules.Keys;
import io.tawara.analytics.reports.ParameterRules.Labels;
import io.tawara.analytics.reports.ParameterRules.OrderKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the reports of one cloud have in common.
///
/// @param root path below the API root
/// @param dimensions what every report can be grouped or filtered by
record CloudReports(String root, ProviderFamily family, List<Dimension> dimensions) {

  ReportDefinition report(
      String path,
      String name,
      ParameterRules rules,
      Optional<String> inherentGroup,
      ReportFigures figures) {
    var byName = new LinkedHashMap<String, Dimension>();
    dimensions.forEach(dimension -> byName.put(dimension.name(), dimension));
    return new ReportDefinition(
        root + path,
        name,
        family,
        rules,
        java.util.Collections.unmodifiableMap(byName),
        Optional.of(new Column("tags")),
        inherentGroup,
        figures,
        Optional.empty(),
        Map.of());
  }

  /// Rules of a report without cost types and categories.
  ///
  /// @param order order keys beside those of every report
  static ParameterRules rules(Keys groups, Keys filters, List<OrderKey> order, DeltaRule delta) {
    var all = new ArrayList<OrderKey>();
    all.add(new OrderKey("delta", "delta", List.of()));
    all.add(new OrderKey("infrastructure", "infra_total", List.of()));
    all.add(new OrderKey("supplementary", "sup_total", List.of()));
    all.add(new OrderKey("cost", "cost_total", List.of()));
    all.addAll(order);
    return new ParameterRules(
        groups,
        filters,
        filters,
        all,
        delta,
        Labels.ACCEPTED,
        false,
        List.of(),
        true,
        true,
        false,
        false);
  }

  static OrderKey needs(String group) {
    return new OrderKey(group, group, List.of(group));
  }
}
