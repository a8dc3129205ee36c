package io.tawara.analytics.cost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.analytics.cost.Distribution.Kind;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.sql.Dialect;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Reads what a source is charged by from its cost model and the price list in force
/// (`cost-models.md` §8.3). Works on a connection behind the tenant's walls.
public final class CostPlans {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SqlText model;
  private final SqlText rates;

  public CostPlans() {
    SqlTemplates templates = SqlTemplates.of("cost/plan");
    this.model = templates.render(Dialect.postgreSql(), "model");
    this.rates = templates.render(Dialect.postgreSql(), "rates");
  }

  /// The plan of a source.
  ///
  /// @param day decides which price list is in force
  public CostPlan load(Connection connection, UUID source, LocalDate day) throws SQLException {
    try (var statement = model.prepare(connection, Map.of("source", source));
        var rows = statement.executeQuery()) {
      if (!rows.next()) {
        return CostPlan.withoutModel();
      }
      return new CostPlan(
          rates(connection, rows.getObject("uuid", UUID.class), day),
          distribution(json(rows.getString("distribution"))),
          Optional.ofNullable(rows.getString("markup"))
              .map(percent -> new BigDecimal(percent).movePointLeft(2)));
    }
  }

  private Rates rates(Connection connection, UUID ofModel, LocalDate day) throws SQLException {
    var builder = new Rates.Builder();
    try (var statement = rates.prepare(connection, Map.of("model", ofModel, "day", day));
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        add(builder, rows);
      }
    }
    return builder.build();
  }

  private static void add(Rates.Builder builder, ResultSet row) throws SQLException {
    String name = row.getString("metric");
    Metric metric = Metric.of(name).orElseThrow(() -> stored("metric", name));
    String type = row.getString("cost_type");
    CostType costType = CostType.of(type).orElseThrow(() -> stored("cost type", type));
    String key = row.getString("tag_key");
    if (key.isEmpty()) {
      BigDecimal rate = row.getBigDecimal("default_rate");
      builder.tiered(
          row.getString("custom_name"), metric, costType, rate == null ? BigDecimal.ZERO : rate);
      return;
    }
    for (JsonNode value : json(row.getString("tag_values"))) {
      String rate = value.path("value").asText("");
      builder.tag(
          new Rates.Identity(row.getString("custom_name"), metric, costType, key),
          value.path("tag_value").asText(),
          rate.isEmpty() ? BigDecimal.ZERO : new BigDecimal(rate),
          value.path("default").asBoolean());
    }
  }

  static Distribution distribution(JsonNode info) {
    var kinds = EnumSet.noneOf(Kind.class);
    for (Kind kind : Kind.values()) {
      if (info.path(kind.setting()).asBoolean(kind.unlessRefused())) {
        kinds.add(kind);
      }
    }
    return new Distribution(info.path("distribution_type").asText().equals("memory"), kinds);
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "stored JSON of a cost model", broken);
    }
  }

  private static TawaraException stored(String what, String value) {
    return new TawaraException(
        Category.INTERNAL, "a stored rate has the unknown " + what + " " + value);
  }
}
