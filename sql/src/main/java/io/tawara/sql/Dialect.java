package io.tawara.sql;

import io.tawara.core.tenancy.TenantSchema;
import java.util.List;

/// How an engine writes what PostgreSQL and Trino write differently. Templates call these as
/// macros, `@name(argument, …)`; everything else in a template is SQL that both understand. Labels
/// are a JSON object in PostgreSQL and a map in Trino.
public sealed interface Dialect permits PostgreSqlDialect, TrinoDialect {

  /// The macros that templates may call.
  enum Macro {
    /// `@lines(table)`: a line-item table.
    LINES(1),
    /// `@rows(:values, column type, …)`: a relation of the objects in a JSON array that is bound as
    /// text; types are `text`, `bigint` and `date`. The way of facts of the summaries into a select
    /// on line items.
    ROWS(-1),
    /// `@lines_of(alias)`: whether a line-item row belongs to the source, year and month of the run
    /// (parameters `source`, `year`, `month`: the partition of the row).
    LINES_OF(1),
    /// `@bill_lines_of(alias)`: the same for line items of a cloud's bill: rows whose usage lies in
    /// another month than their bill are not of the run.
    BILL_LINES_OF(1),
    /// `@used_lines_of(alias)`: the same by the day of use alone, whichever month's bill it is on.
    USED_LINES_OF(1),
    /// `@member(text, key)`: a member of a JSON object text as text; null when it is absent or no
    /// scalar. The key is a literal name.
    MEMBER(2),
    /// `@number_text(text)`: whether a text is digits, with or without a fraction.
    NUMBER_TEXT(1),
    /// `@day_lines_of(alias)`: whether a line-item row of a cloud belongs to the source and days of
    /// the run, whatever bill it came with.
    DAY_LINES_OF(1),
    /// `@matches(text, pattern)`: whether a regular expression (quoted literal) is found in a text.
    MATCHES(2),
    /// `@scalar(text, key)`: the text, number or truth value under a key of a JSON object text;
    /// null when there is none or it is an object or a list. The key is a literal name.
    SCALAR(2),
    /// `@labels(text)`: the labels in a JSON object text; null stays null.
    LABELS(1),
    /// `@no_labels()`: an empty label set.
    NO_LABELS(0),
    /// `@null_labels()`: an unknown label set.
    NULL_LABELS(0),
    /// `@only(labels, :keys)`: the labels whose key is in the list, which is bound as a JSON array
    /// of texts; never null.
    ONLY(2),
    /// `@merge(left, right)`: both label sets, the right one wins on equal keys.
    MERGE(2),
    /// `@label(labels, key)`: the value of one label, null when absent; the key is a literal name.
    LABEL(2),
    /// `@label_text(labels)`: a text that is equal for equal label sets.
    LABEL_TEXT(1),
    /// `@stored_labels(labels)`: the value for a JSON column of a summary table.
    STORED_LABELS(1),
    /// `@days_in_month(date)`: the number of days of the date's month.
    DAYS_IN_MONTH(1),
    /// `@decimal(double)`: a double as it is stored in a decimal column of scale 15, rounded half
    /// away from zero, by the engine's own rule for doubles.
    DECIMAL(1),
    /// `@decimal_of(double, digits, scale)`: the same with other digits and scale.
    DECIMAL_OF(3),
    /// `@billed(double)`: an amount of a bill as an exact decimal of scale 15: the shortest text of
    /// the double, rounded half away from zero. The same on both engines, and so are sums of it.
    BILLED(1);

    private final int arguments;

    Macro(int arguments) {
      this.arguments = arguments;
    }

    /// Whether the macro takes so many arguments.
    boolean takes(int given) {
      return arguments < 0 ? given > 1 : given == arguments;
    }

    String call() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /// The text of a macro call whose arguments are already expanded.
  String expand(Macro macro, List<String> arguments);

  /// PostgreSQL, on-prem mode; tables are found by the tenant's search path.
  static Dialect postgreSql() {
    return new PostgreSqlDialect();
  }

  /// Trino, cloud mode.
  ///
  /// @param lineItems catalog of the line items (Hive)
  static Dialect trino(Identifier lineItems, TenantSchema tenant) {
    return new TrinoDialect(lineItems, tenant);
  }
}
