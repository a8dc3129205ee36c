package io.tawara.analytics.inventory;

import java.util.List;

/// A statement that gives one page of a list and how long the whole list is: at least one row,
/// whose first column is the length; the other columns are null when the page is empty.
///
/// @param sql text with `$1`, `$2` …; every identifier in it comes from a catalogue
/// @param parameters texts, numbers, dates and arrays of texts, in order
public record ListStatement(String sql, List<Object> parameters) {
  public ListStatement {
    parameters = List.copyOf(parameters);
  }

  /// The page of a list.
  ///
  /// @param list a select
  /// @param columns its columns
  /// @param order how the list is ordered; total
  static String page(String list, String columns, String order, int limit, int offset) {
    return """
    with list as (
    %s
    )
    select length.count, page.*
    from (select count(*) as count from list) length
    left join (
      select %s from list order by %s limit %d offset %d) page on true
    order by %s
    """
        .formatted(list, columns, order, limit, offset, order);
  }
}
