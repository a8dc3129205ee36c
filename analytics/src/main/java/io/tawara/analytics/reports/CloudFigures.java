package io.tawara.analytics.reports;

import io.tawara.analytics.reports.Aggregate.Money;
import io.tawara.analytics.reports.ReportFigures.Shape;
import io.tawara.analytics.reports.Section.Member;
import io.tawara.analytics.summary.Scope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// Collects what the rows of a cloud's report consist of (reports-api §3.3). Infrastructure and
/// cost are the same, nothing is usage, nothing is supplementary.
final class CloudFigures {
  private final List<Aggregate> aggregates = new ArrayList<>();
  private final Map<String, Figure> figures = new LinkedHashMap<>();
  private final List<Section> sections = new ArrayList<>();

  /// A quantity whose unit is that of the rows.
  ///
  /// @param unit what stands for it where rows have none
  CloudFigures usage(String column, String unitColumn, String unit) {
    return usage(column, unitColumn, unit, false);
  }

  /// @param least of several units the least is shown
  CloudFigures usage(String column, String unitColumn, String unit, boolean least) {
    aggregates.add(new Aggregate.Sum("usage", List.of(new Column(column)), List.of(), Money.NONE));
    aggregates.add(
        new Aggregate.GreatestText("usage_unit", List.of(new Column(unitColumn)), least));
    figures.put("usage", Figure.of("usage", "usage"));
    sections.add(new Section.Quantity("usage", "usage", unit, Optional.of("usage_unit")));
    return this;
  }

  /// What no row uses is null under a name of `KOKU_PARITY`.
  CloudFigures usageAbsentUnder(String parity) {
    figures.computeIfPresent("usage", (_, usage) -> usage.absentUnder(parity));
    return this;
  }

  /// The cost blocks.
  ///
  /// @param raw the billed amount
  /// @param markup its markup
  CloudFigures costs(String raw, String markup) {
    return costs(sum("raw", raw), sum("markup", markup), Optional.empty());
  }

  /// The cost blocks of reports in which another amount counts where the asked one is 0.
  CloudFigures costsOrElse(String raw, String markup, String otherRaw, String otherMarkup) {
    return costs(
        new Aggregate.Sum(
            "raw",
            List.of(new Column(raw)),
            List.of(),
            Money.BILL,
            Optional.of(new Column(otherRaw))),
        new Aggregate.Sum(
            "markup",
            List.of(new Column(markup)),
            List.of(),
            Money.BILL,
            Optional.of(new Column(otherMarkup))),
        Optional.empty());
  }

  /// The cost blocks of bills that carry credits, mostly negative.
  CloudFigures costsWithCredit(String raw, String markup, String credit) {
    return costs(sum("raw", raw), sum("markup", markup), Optional.of(sum("credit", credit)));
  }

  private CloudFigures costs(
      Aggregate.Sum raw, Aggregate.Sum markup, Optional<Aggregate.Sum> credit) {
    aggregates.add(raw);
    aggregates.add(markup);
    credit.ifPresent(aggregates::add);
    List<String> all =
        Stream.concat(Stream.of("raw", "markup"), credit.stream().map(Aggregate.Sum::name))
            .toList();
    for (String block : List.of("infra", "cost")) {
      all.forEach(part -> figures.put(block + "_" + part, Figure.of(block + "_" + part, part)));
      figures.put(block + "_usage", Figure.of(block + "_usage"));
      figures.put(block + "_total", Figure.of(block + "_total", all));
    }
    Stream.concat(all.stream(), Stream.of("usage", "total"))
        .map(part -> "sup_" + part)
        .forEach(figure -> figures.put(figure, Figure.of(figure)));
    for (var block :
        Map.of("infrastructure", "infra", "supplementary", "sup", "cost", "cost").entrySet()) {
      List<Member> members =
          Stream.of(
                  Stream.of("raw", "markup"),
                  credit.stream().map(Aggregate.Sum::name),
                  Stream.of("usage", "total"))
              .flatMap(parts -> parts)
              .map(part -> new Member(part, block.getValue() + "_" + part))
              .toList();
      sections.add(new Section.Cost(block.getKey(), members, members));
    }
    return this;
  }

  /// A text of the row: the greatest first present of columns.
  CloudFigures text(String member, String... columns) {
    aggregates.add(greatest(member, columns));
    sections.add(new Section.Text(member, member));
    return this;
  }

  /// A whole number of the row.
  CloudFigures whole(String member, String column) {
    aggregates.add(new Aggregate.GreatestNumber(member, new Column(column)));
    sections.add(new Section.WholeNumber(member, member));
    return this;
  }

  /// The label sets of the row.
  CloudFigures tags(String column) {
    aggregates.add(
        new Aggregate.LabelSets("tags", new Column(column), Optional.empty(), Optional.empty()));
    sections.add(new Section.MergedLabels("tags", false));
    return this;
  }

  ReportFigures build(Scope scope, String order) {
    return build(scope, order, Shape.BUCKETS);
  }

  ReportFigures build(Scope scope, String order, Shape shape) {
    return new ReportFigures(
        scope,
        shape == Shape.RESOURCES,
        List.copyOf(aggregates),
        Map.copyOf(figures),
        List.copyOf(sections),
        Optional.empty(),
        List.of(),
        order,
        false,
        shape);
  }

  private static Aggregate.Sum sum(String name, String column) {
    return new Aggregate.Sum(name, List.of(new Column(column)), List.of(), Money.BILL);
  }

  private static Aggregate greatest(String name, String... columns) {
    return new Aggregate.GreatestText(name, Arrays.stream(columns).map(Column::new).toList());
  }
}
