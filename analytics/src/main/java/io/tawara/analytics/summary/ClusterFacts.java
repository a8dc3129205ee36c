package io.tawara.analytics.summary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.sql.Dialect;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;

/// What selects on OpenShift line items are told of the summaries, as values that can be bound.
final class ClusterFacts {
  private final SqlText cluster;
  private final SqlText costGroups;

  ClusterFacts() {
    SqlTemplates publish = SqlTemplates.of("openshift/publish");
    this.cluster = publish.render(Dialect.postgreSql(), "cluster_of");
    this.costGroups = publish.render(Dialect.postgreSql(), "cost_groups");
  }

  /// Patterns of namespaces and the cost groups that they stand for.
  String costGroups(Connection connection) throws SQLException {
    return json(connection, costGroups, Map.of());
  }

  /// Puts the cluster's id and alias; false when the source was never summarised.
  boolean cluster(Connection connection, Map<String, Object> values) throws SQLException {
    try (var statement = cluster.prepare(connection, values);
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        return false;
      }
      values.put("cluster", rows.getString("cluster"));
      values.put("alias", rows.getString("alias"));
      return true;
    }
  }

  private static String json(Connection connection, SqlText query, Map<String, ?> values)
      throws SQLException {
    ArrayNode array = JsonNodeFactory.instance.arrayNode();
    try (var statement = query.prepare(connection, values);
        var rows = statement.executeQuery()) {
      var columns = rows.getMetaData();
      while (rows.next()) {
        var object = array.addObject();
        for (int i = 1; i <= columns.getColumnCount(); i++) {
          switch (rows.getObject(i)) {
            case Long number -> object.put(columns.getColumnLabel(i), number);
            case null -> object.putNull(columns.getColumnLabel(i));
            case Object other -> object.put(columns.getColumnLabel(i), other.toString());
          }
        }
      }
    }
    return array.toString();
  }
}
