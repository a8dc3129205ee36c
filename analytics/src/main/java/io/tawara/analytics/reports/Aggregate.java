package io.tawara.analytics.reports;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// A figure that SQL computes for a set of rows. Everything else in an answer is arithmetic over
/// these ([Figure]).
public sealed interface Aggregate {
  /// The figure's name inside the statement.
  String name();

  /// The columns that it reads.
  Set<Column> columns();

  /// Which exchange rate an amount is multiplied with.
  enum Money {
    /// Not an amount.
    NONE,
    /// From the currency of the source's cost model.
    MODEL,
    /// From the row's bill currency.
    BILL
  }

  /// Σ over rows of the sum of the columns, null as 0.
  ///
  /// @param rateTypes only rows of these rate types; empty: all rows
  record Sum(String name, List<Column> terms, List<String> rateTypes, Money money)
      implements Aggregate {
    @Override
    public Set<Column> columns() {
      var all = new LinkedHashSet<>(terms);
      if (!rateTypes.isEmpty()) {
        all.add(new Column("cost_model_rate_type"));
      }
      if (money == Money.BILL) {
        all.add(new Column("raw_currency"));
      }
      return all;
    }
  }

  /// The sorted distinct values of a text column.
  record TextList(String name, Column column) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.of(column);
    }
  }

  /// The greatest value of a text column.
  record GreatestText(String name, List<Column> firstPresent) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.copyOf(firstPresent);
    }
  }

  /// How many different things there are.
  record DistinctCount(String name, Column identity) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.of(identity);
    }
  }

  /// Σ over different things of the greatest value that the column has for each.
  record DistinctSum(String name, Column identity, Column value) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.of(identity, value);
    }
  }
}
