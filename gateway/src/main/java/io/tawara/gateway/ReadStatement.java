package io.tawara.gateway;

import io.tawara.core.tenancy.TenantSchema;
import io.tawara.sql.Dialect;
import io.tawara.sql.Fragment;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A statement of a template resource in the form in which the event loop's client takes it: `$1`
/// instead of names. Made once, run often.
public final class ReadStatement {
  private final String sql;
  private final List<String> parameters;

  private ReadStatement(SqlText text) {
    var numbered = new StringBuilder();
    int count = 0;
    for (char character : text.text().toCharArray()) {
      if (character == '?') {
        count++;
        numbered.append('$').append(count);
      } else {
        numbered.append(character);
      }
    }
    if (count != text.parameters().size()) {
      throw new IllegalArgumentException("a question mark that is no parameter: " + text.text());
    }
    this.sql = numbered.toString();
    this.parameters = text.parameters();
  }

  /// A template of `sql/<resource>.sql`.
  public static ReadStatement of(String resource, String name) {
    return of(resource, name, Map.of());
  }

  /// A template with fragments.
  public static ReadStatement of(String resource, String name, Map<String, Fragment> fragments) {
    return new ReadStatement(
        SqlTemplates.of(resource).render(Dialect.postgreSql(), name, fragments));
  }

  /// Runs it behind a tenant's walls.
  ///
  /// @param values one for every parameter name; a value may be null
  public Future<RowSet<Row>> run(TenantReads reads, TenantSchema tenant, Map<String, ?> values) {
    return reads.query(tenant, sql, tuple(values));
  }

  /// Runs it on public tables.
  public Future<RowSet<Row>> runPublic(TenantReads reads, Map<String, ?> values) {
    return reads.publicQuery(sql, tuple(values));
  }

  private Tuple tuple(Map<String, ?> values) {
    var bound = new ArrayList<Object>(parameters.size());
    for (String name : parameters) {
      if (!values.containsKey(name)) {
        throw new IllegalArgumentException("parameter " + name + " has no value");
      }
      bound.add(values.get(name));
    }
    return Tuple.wrap(bound);
  }
}
