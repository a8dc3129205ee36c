package io.tawara.catalog.query;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads a whole result.
final class Rows {
  private Rows() {}

  static List<Map<String, Object>> all(ResultSet found) throws SQLException {
    var columns = found.getMetaData();
    var rows = new ArrayList<Map<String, Object>>();
    while (found.next()) {
      var row = new LinkedHashMap<String, Object>();
      for (int i = 1; i <= columns.getColumnCount(); i++) {
        row.put(columns.getColumnLabel(i), found.getObject(i));
      }
      rows.add(row);
    }
    return rows;
  }
}
