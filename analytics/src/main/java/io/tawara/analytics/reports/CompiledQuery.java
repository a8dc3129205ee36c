package io.tawara.analytics.reports;

import java.util.List;

/// A statement, its parameters and where the columns of its rows are.
///
/// Rows come in three kinds ([Row]): one total first, then one row per cluster (and bucket, where
/// the report has capacities of clusters), then the rows of the report by bucket, for CSV latest
/// first. Rows of a bucket are in no order.
///
/// @param sql text with `$1`, `$2` …; every identifier in it comes from the catalogue
/// @param parameters texts, numbers, dates and arrays of texts, in order
/// @param plan which tables answer and why
public record CompiledQuery(String sql, List<Object> parameters, Layout layout, Plan plan) {
  public CompiledQuery {
    parameters = List.copyOf(parameters);
  }

  /// The kinds of rows, the first column.
  public enum Row {
    TOTAL,
    CLUSTER,
    GROUP
  }

  /// Where columns are. The fixed ones come first, see the constants.
  ///
  /// @param groups number of group columns
  /// @param attributes names of the attribute columns
  /// @param aggregates the aggregate columns
  public record Layout(int groups, List<String> attributes, List<Aggregate> aggregates) {
    /// [Row] as number.
    public static final int KIND = 0;

    /// First day of the bucket.
    public static final int BUCKET = 1;

    /// Rank of the group; in the total: number of ranked groups.
    public static final int RANK = 2;

    /// Number of groups behind an *Others* row, null elsewhere; in the total: number of cells.
    public static final int TAIL = 3;

    /// Cluster rows: id.
    public static final int CLUSTER = 4;

    /// Cluster rows: alias or id.
    public static final int ALIAS = 5;

    /// Group rows: ids of their clusters.
    public static final int CLUSTERS = 6;

    /// Group rows: sources.
    public static final int SOURCES = 7;

    /// Capacity: of the cluster, of the node, or in all.
    public static final int CAPACITY = 8;

    /// Count of the capacity likewise.
    public static final int COUNT = 9;

    /// *Others*: sum of the efficiencies behind it.
    public static final int EFFICIENCY = 10;

    /// *Others*: sum of the wasted cost behind it.
    public static final int WASTED = 11;

    /// Value of the delta's figure in the period before.
    public static final int PREVIOUS = 12;

    /// CSV: greatest bill currency.
    public static final int CURRENCY = 13;

    /// CSV: greatest exchange rate.
    public static final int RATE = 14;

    public static final int FIXED = 15;

    public int group(int level) {
      return FIXED + level;
    }

    public int attribute(int index) {
      return FIXED + groups + index;
    }

    public int aggregate(int index) {
      return FIXED + groups + attributes.size() + index;
    }

    public int width() {
      return FIXED + groups + attributes.size() + aggregates.size();
    }

    /// The index of an aggregate.
    public int indexOf(String aggregate) {
      for (int i = 0; i < aggregates.size(); i++) {
        if (aggregates.get(i).name().equals(aggregate)) {
          return i;
        }
      }
      throw new IllegalArgumentException("no aggregate " + aggregate);
    }
  }
}
