package io.tawara.analytics.summary;

import io.tawara.core.provider.ProviderType;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import java.util.List;
import java.util.Objects;

/// How the bill of one cloud is summarised, as a value: [BillSummary] performs it for every cloud.
///
/// @param type the cloud; its tag keys are the ones that are kept
/// @param templates the resource of all its statements and of the fragments of `cloud/tags`
/// @param parts the tables of rows that are made from line items, in their order
/// @param rollups what is made of them
/// @param after statements on summaries that follow, for example values of cost categories
public record BillDefinition(
    ProviderType type,
    SqlTemplates templates,
    List<Part> parts,
    List<Rollup> rollups,
    List<String> after) {

  public BillDefinition {
    Objects.requireNonNull(type);
    Objects.requireNonNull(templates);
    parts = List.copyOf(parts);
    rollups = List.copyOf(rollups);
    after = List.copyOf(after);
  }

  /// One table of rows. For a part `x` the resource has the select `x`, `stage_x` (makes the
  /// temporary table `staged_x` that the select fills), `clear_x`, `publish_x` (staged rows become
  /// rows, with markup and what the summaries know of accounts) and `markup_x` (a changed markup).
  ///
  /// @param table where rows are published; partitioned by month when it is the daily table
  /// @param partitioned whether the month's partition has to be there
  /// @param wholeMonth whether the rows stand for the month, whatever days are summarised
  /// @param tagged whether tag values are taken from its rows, beside mapping their tags
  public record Part(
      String name, Identifier table, boolean partitioned, boolean wholeMonth, boolean tagged) {
    Identifier staged() {
      return new Identifier("staged_" + name);
    }
  }
}
