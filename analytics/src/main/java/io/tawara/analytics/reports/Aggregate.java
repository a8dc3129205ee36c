package io.tawara.analytics.reports;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// A figure that SQL computes for a set of rows. Everything else in an answer is arithmetic over
/// these ([Figure]).
public sealed interface Aggregate {
  /// The figure's name inside the report.
  String name();

  /// The columns that it reads.
  Set<Column> columns();

  /// What the statement gives for it.
  default Kind kind() {
    return switch (this) {
      case Sum sum -> Kind.NUMBER;
      case RowCount count -> Kind.NUMBER;
      case GreatestNumber greatest -> Kind.NUMBER;
      case DistinctCount count -> Kind.NUMBER;
      case DistinctSum sum -> Kind.NUMBER;
      case TextList list -> Kind.TEXTS;
      case LabelSets sets -> Kind.TEXTS;
      case Volumes volumes -> Kind.TEXTS;
      case GreatestText greatest -> Kind.TEXT;
    };
  }

  /// The type of an aggregate's value.
  enum Kind {
    NUMBER,
    TEXT,
    TEXTS
  }

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
  /// @param otherwise what counts of a row where the columns are 0
  record Sum(
      String name,
      List<Column> terms,
      List<String> rateTypes,
      Money money,
      Optional<Column> otherwise)
      implements Aggregate {
    Sum(String name, List<Column> terms, List<String> rateTypes, Money money) {
      this(name, terms, rateTypes, money, Optional.empty());
    }

    @Override
    public Set<Column> columns() {
      var all = new LinkedHashSet<>(terms);
      otherwise.ifPresent(all::add);
      all.addAll(rateTypeColumn(rateTypes));
      return all;
    }
  }

  /// How many rows of these rate types there are.
  record RowCount(String name, List<String> rateTypes) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return rateTypeColumn(rateTypes);
    }
  }

  /// The greatest value of a number column.
  record GreatestNumber(String name, Column column) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.of(column);
    }
  }

  /// The sorted distinct values of a text column.
  record TextList(String name, Column column) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.of(column);
    }
  }

  /// The greatest of the rows' first present column.
  ///
  /// @param least the least of them instead
  record GreatestText(String name, List<Column> firstPresent, boolean least) implements Aggregate {
    GreatestText(String name, List<Column> firstPresent) {
      this(name, firstPresent, false);
    }

    @Override
    public Set<Column> columns() {
      return Set.copyOf(firstPresent);
    }
  }

  /// What tells things apart (GPUs, machines): the values of columns together. A row that lacks one
  /// of them is about no thing.
  ///
  /// @param parity a name of `KOKU_PARITY` under which the rows of either kind of rate
  ///   (infrastructure, supplementary) are about different things, and all others about none
  record Identity(List<Column> columns, Optional<String> parity) {
    static Identity of(String... columns) {
      return new Identity(Stream.of(columns).map(Column::new).toList(), Optional.empty());
    }

    Identity doubledUnder(String name) {
      return new Identity(columns, Optional.of(name));
    }
  }

  /// How many different things there are.
  record DistinctCount(String name, Identity identity) implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.copyOf(identity.columns());
    }
  }

  /// Σ over different things of the greatest value that the column has for each.
  record DistinctSum(String name, Identity identity, Column value) implements Aggregate {
    @Override
    public Set<Column> columns() {
      var all = new LinkedHashSet<>(identity.columns());
      all.add(value);
      return all;
    }
  }

  /// The distinct label sets of rows without a volume, as JSON texts.
  ///
  /// @param volume the column of volumes, where the table has one
  /// @param parity a name of `KOKU_PARITY` under which only rows of either kind of rate show some
  record LabelSets(String name, Column labels, Optional<Column> volume, Optional<String> parity)
      implements Aggregate {
    @Override
    public Set<Column> columns() {
      var all = new LinkedHashSet<Column>();
      all.add(labels);
      volume.ifPresent(all::add);
      return all;
    }
  }

  /// The volumes with their greatest usage and capacity, as JSON texts
  /// `{"pvc_name","storage_class","usage","capacity"}`.
  record Volumes(String name, Column volume, Column storageClass, Column usage, Column capacity)
      implements Aggregate {
    @Override
    public Set<Column> columns() {
      return Set.of(volume, storageClass, usage, capacity);
    }
  }

  private static Set<Column> rateTypeColumn(List<String> rateTypes) {
    return rateTypes.isEmpty() ? Set.of() : Set.of(new Column("cost_model_rate_type"));
  }
}
