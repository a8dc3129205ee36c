package io.tawara.catalog.query;

import io.tawara.sql.Dialect;
import io.tawara.sql.Fragment;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.util.Map;
import java.util.Objects;

/// A select on line items: a template that both engines understand. It reads line items and bound
/// values only.
///
/// @param templates the resource that holds it
/// @param name of the template; the columns that its result fills are the template `<name>_columns`
///   of the same resource, or all columns of the table when there is none
/// @param fragments what the template's `$names` stand for, beside its resource's own templates
public record LineItemSelect(SqlTemplates templates, String name, Map<String, Fragment> fragments) {
  public LineItemSelect {
    Objects.requireNonNull(templates);
    Objects.requireNonNull(name);
    fragments = Map.copyOf(fragments);
  }

  /// A select without fragments from outside.
  public static LineItemSelect of(SqlTemplates templates, String name) {
    return new LineItemSelect(templates, name, Map.of());
  }

  SqlText render(Dialect dialect) {
    return templates.render(dialect, name, fragments);
  }
}
