package io.tawara.analytics.reports;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One report as a value. The parser, the planner, the compiler and the renderer serve every
/// definition; a further report is a further value in [ReportCatalogue].
///
/// @param path below the API root, with closing slash, for example `reports/openshift/costs/`
/// @param name short name, for example `costs`; unique within the family
/// @param dimensions what can be grouped and filtered by, by name
/// @param labels the label map that tag keys are looked up in
/// @param inherentGroup the dimension that is the innermost level even when nobody asks for it
/// @param figures what its rows consist of
/// @param figuresByProject what they consist of when grouped by project, where that differs
/// @param figuresByCostType what they consist of for each `cost_type`, where there are such
public record ReportDefinition(
    String path,
    String name,
    ProviderFamily family,
    ParameterRules parameters,
    Map<String, Dimension> dimensions,
    Optional<Column> labels,
    Optional<String> inherentGroup,
    ReportFigures figures,
    Optional<ReportFigures> figuresByProject,
    Map<String, ReportFigures> figuresByCostType) {

  /// What the rows of a query consist of.
  public ReportFigures figures(ReportQuery query) {
    ReportFigures chosen =
        query
            .costType()
            .map(figuresByCostType::get)
            .orElse(query.groupedBy("project") ? figuresByProject.orElse(figures) : figures);
    List<ReportFigures.Attribute> more =
        query.groups().stream()
            .flatMap(
                group ->
                    group.key() instanceof Key.Named named
                        ? dimensions.get(named.name()).companion().stream()
                        : Stream.<ReportFigures.Attribute>empty())
            .toList();
    return more.isEmpty() ? chosen : chosen.with(more);
  }

  /// A short name in words, `Ocp Cost`.
  public String title() {
    return Stream.of((family.shortName() + " " + subject()).split(" ", -1))
        .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
        .collect(Collectors.joining(" "));
  }

  /// What it is about in one sentence.
  public String description() {
    return "Get " + family.longName() + " " + subject() + " data.";
  }

  private String subject() {
    return name.equals("costs") ? "cost" : name.replace('_', ' ');
  }

  /// The dimensions that access lists narrow, present in this report.
  public List<String> accessDimensions() {
    return List.of(
            "cluster",
            "node",
            "project",
            "account",
            "org_unit_id",
            "subscription_guid",
            "gcp_project")
        .stream()
        .filter(dimensions::containsKey)
        .toList();
  }
}
