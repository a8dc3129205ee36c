package io.tawara.catalog;

import static io.tawara.catalog.Column.Presence.DERIVED;
import static io.tawara.catalog.Column.Role.PLACE;

import io.tawara.catalog.Column.Presence;
import io.tawara.catalog.Column.Role;
import java.util.ArrayList;
import java.util.List;

/// Collects the columns of one line-item table of a cloud's bill. Every such table ends with
/// `row_uuid` (identifies the row within its source), `usage_start` (the UTC day of use, by which
/// PostgreSQL partitions), `source` (provider), `year` and `month` of the bill (text, the month
/// with two digits) and `manifestid`, the delivery that the row came with.
final class BillTable {
  private final String name;
  private final List<Column> columns = new ArrayList<>();

  BillTable(String name) {
    this.name = name;
  }

  BillTable text(Role role, Presence presence, String... names) {
    return all(LogicalType.TEXT, role, presence, names);
  }

  BillTable number(Role role, Presence presence, String... names) {
    return all(LogicalType.DOUBLE, role, presence, names);
  }

  BillTable time(Role role, Presence presence, String... names) {
    return all(LogicalType.TIMESTAMP, role, presence, names);
  }

  BillTable json(Role role, Presence presence, String... names) {
    return all(LogicalType.JSON_TEXT, role, presence, names);
  }

  private BillTable all(LogicalType type, Role role, Presence presence, String... names) {
    for (String each : names) {
      columns.add(new Column(each, type, role, presence));
    }
    return this;
  }

  LineItemTable build() {
    columns.add(new Column("row_uuid", LogicalType.UUID, PLACE, DERIVED));
    columns.add(new Column("usage_start", LogicalType.DATE, PLACE, DERIVED));
    columns.add(new Column("source", LogicalType.UUID, PLACE, DERIVED));
    columns.add(new Column("year", LogicalType.TEXT, PLACE, DERIVED));
    columns.add(new Column("month", LogicalType.TEXT, PLACE, DERIVED));
    columns.add(new Column("manifestid", LogicalType.INTEGER, PLACE, DERIVED));
    return new LineItemTable("line_items", name, "usage_start", columns);
  }
}
