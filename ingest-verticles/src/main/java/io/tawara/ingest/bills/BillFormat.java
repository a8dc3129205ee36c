package io.tawara.ingest.bills;

import io.tawara.catalog.LineItemTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;

/// How a cloud's bill is written, as a value. A column of a table takes the cell of the column of
/// the same name (after [#canonical]), read by the column's type, unless this says otherwise.
///
/// @param provider its spelling in paths and in the registry of tag keys
/// @param rows the table of rows as they come
/// @param daily the table of rows added up to days; empty: rows are of daily grain already, and the
///   table of rows is written in every mode
/// @param canonical normalised name of a header to the name of the column it stands for
/// @param collected columns that are made of many columns of the file
/// @param texts columns whose text is made from a cell by a function
/// @param numbers columns whose number is made from a cell or another number
/// @param usageTime the column that says when something was used
/// @param sliceTime the column by whose beginning a row's day is told; empty: [#usageTime]
/// @param futureLeftOut whether rows after today wait for the delivery of their day
/// @param invoiceMonth the column that says into which month's partition a row goes, `YYYYMM`;
///   empty: the delivery's month
/// @param partitionDay the column that says which partition day a row came in; empty: the month's
///   bill is replaced as a whole
/// @param tags the column of user tags
/// @param tagsEnabled whether new tag keys start enabled
/// @param categories the column of cost categories
/// @param currency columns of which the first with a value says the currency
/// @param required of each set at least one column must be there
/// @param refusals formats that are known and not read
record BillFormat(
    String provider,
    LineItemTable rows,
    Optional<LineItemTable> daily,
    UnaryOperator<String> canonical,
    List<Collected> collected,
    Map<String, Text> texts,
    Map<String, Number> numbers,
    String usageTime,
    Optional<String> sliceTime,
    boolean futureLeftOut,
    Optional<String> invoiceMonth,
    Optional<String> partitionDay,
    String tags,
    boolean tagsEnabled,
    Optional<String> categories,
    List<String> currency,
    List<Set<String>> required,
    List<Refusal> refusals) {

  /// A JSON object of all columns whose name begins so: the rest of the name is the key, blank
  /// values are left out.
  ///
  /// @param prefixes in lower case
  record Collected(String column, List<String> prefixes) {}

  /// A text made from a cell.
  record Text(String from, Cell cell) {}

  /// Makes a text from a cell and tells the keys that it saw.
  @FunctionalInterface
  interface Cell {
    String of(String cell, Consumer<String> keys);
  }

  /// Where a number comes from that is not simply read.
  sealed interface Number {
    /// From the cell of a column.
    record OfCell(String from, ToDoubleFunction<String> number) implements Number {}

    /// From another number of the row.
    record OfNumber(String from, DoubleUnaryOperator number) implements Number {}
  }

  /// A format that is told by these normalised columns and refused for a reason.
  record Refusal(Set<String> columns, String reason) {}

  /// What summaries read.
  LineItemTable summarised() {
    return daily.orElse(rows);
  }

  /// Every table of the format.
  List<LineItemTable> tables() {
    return daily.map(each -> List.of(rows, each)).orElse(List.of(rows));
  }
}
