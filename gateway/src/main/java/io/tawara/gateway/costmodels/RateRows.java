package io.tawara.gateway.costmodels;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.Metric;
import io.tawara.core.ids.Ids;
import io.tawara.gateway.http.Json;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The rows behind the rates of a price list, which the engine reads (`cost-models.md` §3).
final class RateRows {
  private static final int NAME_LENGTH = 50;

  private RateRows() {}

  /// Makes the rows of a price list equal to its rates. A rate that names an existing row keeps it,
  /// every other one gets a new row, rows that no rate names go.
  ///
  /// @param rates as [RateRules] stores them
  /// @return the rates, each with the id and the name of its row
  static List<ObjectNode> write(
      Connection connection, UUID priceList, List<ObjectNode> rates, Ids ids, Instant now)
      throws SQLException {
    Map<String, UUID> existing = existing(connection, priceList);
    Set<String> taken = new HashSet<>(existing.keySet());
    rates.forEach(rate -> taken.add(rate.path("custom_name").asText("")));
    var named = new ArrayList<ObjectNode>();
    for (ObjectNode rate : rates) {
      ObjectNode copy = rate.deepCopy();
      String name = rate.path("custom_name").asText("");
      if (name.isEmpty()) {
        name = freeName(rate, taken);
        taken.add(name);
      }
      UUID known = existing.get(name);
      copy.put("custom_name", name);
      copy.put("rate_id", (known == null ? ids.next() : known).toString());
      named.add(copy);
    }
    delete(connection, priceList);
    insert(connection, priceList, named, now);
    return named;
  }

  private static Map<String, UUID> existing(Connection connection, UUID priceList)
      throws SQLException {
    var found = new HashMap<String, UUID>();
    try (var statement =
        connection.prepareStatement(
            "select custom_name, uuid from cost_model_rate where price_list_id = ?")) {
      statement.setObject(1, priceList);
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.put(rows.getString(1), rows.getObject(2, UUID.class));
        }
      }
    }
    return found;
  }

  /// `<metric>-<cost type>[-<tag key>]`, with a number behind when that is taken.
  private static String freeName(ObjectNode rate, Set<String> taken) {
    String tagKey = rate.path("tag_rates").path("tag_key").asText("");
    String base =
        rate.path("metric").path("name").asText()
            + "-"
            + rate.path("cost_type").asText()
            + (tagKey.isEmpty() ? "" : "-" + tagKey);
    String name = cut(base, NAME_LENGTH);
    for (int number = 2; taken.contains(name); number++) {
      String suffix = "-" + number;
      name = cut(base, NAME_LENGTH - suffix.length()) + suffix;
    }
    return name;
  }

  private static String cut(String text, int codePoints) {
    return text.codePointCount(0, text.length()) <= codePoints
        ? text
        : text.substring(0, text.offsetByCodePoints(0, codePoints));
  }

  private static void delete(Connection connection, UUID priceList) throws SQLException {
    try (var statement =
        connection.prepareStatement("delete from cost_model_rate where price_list_id = ?")) {
      statement.setObject(1, priceList);
      statement.executeUpdate();
    }
  }

  private static void insert(
      Connection connection, UUID priceList, List<ObjectNode> rates, Instant now)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            insert into cost_model_rate (
              uuid, price_list_id, position, custom_name, description, metric, metric_type,
              cost_type, default_rate, tag_key, tag_values, created_timestamp, updated_timestamp)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?)
            """)) {
      var time = OffsetDateTime.ofInstant(now, ZoneOffset.UTC);
      int position = 0;
      for (ObjectNode rate : rates) {
        String metric = rate.path("metric").path("name").asText();
        statement.setObject(1, UUID.fromString(rate.path("rate_id").asText()));
        statement.setObject(2, priceList);
        statement.setInt(3, position++);
        statement.setString(4, rate.path("custom_name").asText());
        statement.setString(5, rate.path("description").asText(""));
        statement.setString(6, metric);
        statement.setString(
            7, Metric.of(metric).map(known -> known.group().type()).orElse("other"));
        statement.setString(8, rate.path("cost_type").asText());
        statement.setBigDecimal(9, firstTier(rate).orElse(null));
        statement.setString(10, rate.path("tag_rates").path("tag_key").asText(""));
        statement.setString(
            11,
            rate.path("tag_rates").has("tag_values")
                ? Json.text(rate.path("tag_rates").get("tag_values"))
                : "[]");
        statement.setObject(12, time);
        statement.setObject(13, time);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static Optional<BigDecimal> firstTier(ObjectNode rate) {
    String value = rate.path("tiered_rates").path(0).path("value").asText("");
    return value.isEmpty() ? Optional.empty() : Optional.of(new BigDecimal(value));
  }
}
