package io.tawara.analytics.summary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.analytics.cost.CostPlans;
import io.tawara.analytics.summary.BillDefinition.Part;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.catalog.query.LineItemSelect;
import io.tawara.core.config.Parity;
import io.tawara.core.database.Database;
import io.tawara.core.database.SqlWork;
import io.tawara.core.provider.Provider;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.sql.Dialect;
import io.tawara.sql.Fragment;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the daily summary of a cloud's bill as its [BillDefinition] says, and keeps its markup.
///
/// Days are replaced in one transaction together with rollups, tag values and the tenant's data
/// version. Markup is a function of the stored cost, so a changed cost model and a new summary give
/// the same figures.
public final class BillSummary implements Summary {
  private static final Logger LOG = LoggerFactory.getLogger(BillSummary.class);
  private static final Dialect DIALECT = Dialect.postgreSql();

  private final Database database;
  private final LineItemEngine lines;
  private final BillDefinition bill;
  private final SummarySettings settings;
  private final CostPlans plans = new CostPlans();
  private final RollupWriter rollups;
  private final SqlTemplates tags = SqlTemplates.of("cloud/tags");

  public BillSummary(
      Database database, LineItemEngine lines, SummarySettings settings, BillDefinition bill) {
    this.database = database;
    this.lines = lines;
    this.bill = bill;
    this.settings = settings;
    this.rollups = RollupWriter.bill(bill, lines);
  }

  @Override
  public SummaryRange summarise(Provider provider, SummaryRange asked, SqlWork.Action along) {
    database.runTenant(
        provider.tenant(),
        connection -> {
          for (Part part : bill.parts()) {
            if (part.partitioned()) {
              MonthPartitions.ensure(connection, part.table(), asked.month());
            }
          }
        });
    long begin = System.nanoTime();
    database.run(
        connection -> {
          Database.enter(connection, provider.tenant());
          publish(connection, provider.id(), asked);
          Database.leave(connection);
          along.with(connection);
        });
    LOG.info(
        "summarised {} of provider {} from {} to {} in {} ms",
        provider.tenant(),
        provider.id(),
        asked.start(),
        asked.end(),
        (System.nanoTime() - begin) / 1_000_000);
    return asked;
  }

  private void publish(Connection connection, UUID source, SummaryRange range) throws SQLException {
    PlannerSettings.LINE_ITEMS.apply(connection);
    Map<String, Object> values = parameters(connection, source, range);
    values.put("keys", enabledKeys(connection, values).toString());
    for (Part part : bill.parts()) {
      Map<String, Object> ofPart = part.wholeMonth() ? wholeMonth(values) : values;
      statement("stage_" + part.name()).update(connection, ofPart);
      long rows =
          lines.fill(
              connection, part.staged(), LineItemSelect.of(bill.templates(), part.name()), ofPart);
      statement("clear_" + part.name()).update(connection, ofPart);
      statement("publish_" + part.name()).update(connection, ofPart);
      LOG.debug("{} rows of {}", rows, part.table().name());
    }
    rollups.write(connection, source, range.start(), range.end());
    for (String after : bill.after()) {
      statement(after).update(connection, values);
    }
    updateTags(connection, values);
    DataVersion.raise(connection);
  }

  /// Applies the markup that holds now to stored rows of some days of one month.
  ///
  /// @param wholeMonths whether parts that stand for months get it too
  public void mark(TenantSchema tenant, UUID source, SummaryRange range, boolean wholeMonths) {
    database.runTenant(
        tenant,
        connection -> {
          Map<String, Object> values = parameters(connection, source, range);
          for (Part part : bill.parts()) {
            if (!part.wholeMonth() || wholeMonths) {
              statement("markup_" + part.name()).update(connection, values);
            }
          }
          rollups.write(connection, source, range.start(), range.end());
          DataVersion.raise(connection);
        });
  }

  private Map<String, Object> parameters(Connection connection, UUID source, SummaryRange range)
      throws SQLException {
    Map<String, Object> values = range.parameters(source);
    values.put("provider_type", bill.type().wireName());
    values.put("first_credit", settings.has(Parity.GCP_FIRST_CREDIT));
    values.put("file_month_only", settings.has(Parity.GCP_FILE_MONTH_ONLY));
    values.put(
        "markup", plans.load(connection, source, range.start()).markup().orElse(BigDecimal.ZERO));
    return values;
  }

  private static Map<String, Object> wholeMonth(Map<String, Object> values) {
    var month = new HashMap<>(values);
    month.put("start", values.get("first"));
    month.put("end", ((LocalDate) values.get("next")).minusDays(1));
    return month;
  }

  private ArrayNode enabledKeys(Connection connection, Map<String, Object> values)
      throws SQLException {
    ArrayNode keys = JsonNodeFactory.instance.arrayNode();
    try (var statement = tags.render(DIALECT, "enabled_keys").prepare(connection, values);
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        keys.add(rows.getString(1));
      }
    }
    return keys;
  }

  /// Values are taken before tags are mapped.
  private void updateTags(Connection connection, Map<String, Object> values) throws SQLException {
    for (Part part : bill.parts()) {
      Map<String, Fragment> fragments =
          Map.of(
              "daily", part.table(),
              "tag_account", bill.templates().fragment("tag_account"),
              "tag_account_name", bill.templates().fragment("tag_account_name"),
              "tag_project", bill.templates().fragment("tag_project"),
              "tag_project_name", bill.templates().fragment("tag_project_name"));
      List<String> names =
          part.tagged() ? List.of("add_values", "drop_values", "map") : List.of("map");
      for (String name : names) {
        tags.render(DIALECT, name, fragments).update(connection, values);
      }
    }
  }

  private SqlText statement(String name) {
    return bill.templates().render(DIALECT, name);
  }
}
