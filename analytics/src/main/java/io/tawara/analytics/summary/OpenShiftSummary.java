package io.tawara.analytics.summary;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.catalog.query.LineItemSelect;
import io.tawara.core.config.Parity;
import io.tawara.core.database.Database;
import io.tawara.core.database.SqlWork;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.sql.Dialect;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the daily summary of an OpenShift source from its line items (`summaries` §7). Days are
/// replaced in one transaction together with lists, tag values, rollups and the tenant's data
/// version; readers see the old or the new state.
public final class OpenShiftSummary implements Summary {
  private static final Logger LOG = LoggerFactory.getLogger(OpenShiftSummary.class);
  private static final Identifier TABLE = new Identifier(Rollups.DAILY.table());

  /// What is selected from line items before daily rows are made.
  private static final List<String> PARTS = List.of("pods", "volumes", "capacities");

  private static final String VIRTUAL_MACHINE_KEY = "vm_kubevirt_io_name";

  private final Database database;
  private final Clock clock;
  private final SummarySettings settings;
  private final RollupWriter rollups;
  private final LineItemEngine lines;
  private final SqlTemplates daily;
  private final SqlTemplates lists;
  private final SqlTemplates publish;
  private final SqlTemplates tags;
  private final SqlTemplates machines;
  private final Dialect dialect = Dialect.postgreSql();

  public OpenShiftSummary(
      Database database, Clock clock, SummarySettings settings, LineItemEngine lines) {
    this.database = database;
    this.clock = clock;
    this.settings = settings;
    this.lines = lines;
    this.rollups = RollupWriter.openShift(lines);
    this.lists = SqlTemplates.of("openshift/lists");
    this.publish = SqlTemplates.of("openshift/publish");
    this.tags = SqlTemplates.of("openshift/tags");
    this.machines = SqlTemplates.of("openshift/virtual_machines");
    this.daily = SqlTemplates.of("openshift/daily_summary");
  }

  /// The range that is replaced goes from its first day with pod usage on.
  @Override
  public SummaryRange summarise(Provider provider, SummaryRange asked, SqlWork.Action along) {
    database.runTenant(
        provider.tenant(), connection -> MonthPartitions.ensure(connection, TABLE, asked.month()));
    long begin = System.nanoTime();
    SummaryRange done =
        database.transaction(
            connection -> {
              Database.enter(connection, provider.tenant());
              SummaryRange range = publish(connection, provider, asked);
              Database.leave(connection);
              along.with(connection);
              return range;
            });
    LOG.info(
        "summarised {} of provider {} from {} to {} in {} ms",
        provider.tenant(),
        provider.id(),
        done.start(),
        done.end(),
        (System.nanoTime() - begin) / 1_000_000);
    return done;
  }

  private SummaryRange publish(Connection connection, Provider provider, SummaryRange asked)
      throws SQLException {
    PlannerSettings.LINE_ITEMS.apply(connection);
    String cluster =
        provider
            .clusterId()
            .orElseThrow(
                () ->
                    new TawaraException(
                        Category.INPUT, "provider " + provider.id() + " has no cluster id"));
    Map<String, Object> values = asked.parameters(provider.id());
    values.put("cluster", cluster);
    values.put("alias", provider.name());
    SummaryRange range = asked.from(firstDay(connection, values, asked.start()));
    values.put("start", range.start());
    values.put("now", OffsetDateTime.now(clock));
    values.put("keys", keptKeys(connection).toString());
    values.put("label_sets", settings.has(Parity.LABEL_CHANGE_DOUBLES) ? Integer.MAX_VALUE : 1);

    publish.render(dialect, "cluster").update(connection, values);
    values.put("report_period", reportPeriod(connection, values));
    updateLists(connection, values);
    publish.render(dialect, "clear").update(connection, values);
    for (String part : PARTS) {
      daily.render(dialect, "stage_" + part).update(connection, values);
      lines.fill(
          connection, new Identifier("staged_" + part), LineItemSelect.of(daily, part), values);
    }
    long rows = daily.render(dialect, "publish").update(connection, values);
    tags.render(dialect, "add_values").update(connection, values);
    tags.render(dialect, "drop_disabled_values").update(connection, values);
    tags.render(dialect, "map").update(connection, values);
    updateVirtualMachines(connection, values);
    rollups.write(connection, provider.id(), range.start(), range.end(), RollupWriter.Rows.USAGE);
    DataVersion.raise(connection);
    LOG.debug("{} daily rows", rows);
    return range;
  }

  private LocalDate firstDay(Connection connection, Map<String, Object> values, LocalDate otherwise)
      throws SQLException {
    Object day =
        lines
            .rows(connection, LineItemSelect.of(lists, "first_day"), values)
            .getFirst()
            .get("first_day");
    return day == null ? otherwise : LocalDate.parse(day.toString());
  }

  /// Label keys that are kept in the summary: the enabled ones and that of virtual machines.
  private ArrayNode keptKeys(Connection connection) throws SQLException {
    ArrayNode keys = JsonNodeFactory.instance.arrayNode();
    try (PreparedStatement statement =
            tags.render(dialect, "enabled_keys").prepare(connection, Map.of());
        var rows = statement.executeQuery()) {
      while (rows.next()) {
        if (!rows.getString(1).equals(VIRTUAL_MACHINE_KEY)) {
          keys.add(rows.getString(1));
        }
      }
    }
    return settings.machineLabelNeedsKeys() && keys.isEmpty()
        ? keys
        : keys.add(VIRTUAL_MACHINE_KEY);
  }

  private long reportPeriod(Connection connection, Map<String, Object> values) throws SQLException {
    try (PreparedStatement statement =
            publish.render(dialect, "report_period").prepare(connection, values);
        var rows = statement.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void updateLists(Connection connection, Map<String, Object> values) throws SQLException {
    copy(connection, lists, "nodes", publish.render(dialect, "node"), values);
    copy(connection, lists, "claims", publish.render(dialect, "claim"), values);
    copy(connection, lists, "projects", publish.render(dialect, "project"), values);
  }

  /// What is known about machines is of the whole month, whatever days are summarised.
  private void updateVirtualMachines(Connection connection, Map<String, Object> values)
      throws SQLException {
    var month = new HashMap<>(values);
    month.put("start", values.get("first"));
    month.put("end", ((LocalDate) values.get("next")).minusDays(1));
    machines.render(dialect, "forget").update(connection, month);
    machines.render(dialect, "forget_claims").update(connection, month);
    copy(connection, machines, "reported", machines.render(dialect, "machine"), month);
    copy(connection, machines, "claims", machines.render(dialect, "claim"), month);
    machines.render(dialect, "machines_of_pods").update(connection, month);
  }

  /// Writes what a select on line items found with an upsert; columns of its result are parameters
  /// of the upsert.
  private void copy(
      Connection connection,
      SqlTemplates templates,
      String select,
      SqlText upsert,
      Map<String, Object> values)
      throws SQLException {
    var found = new ArrayList<Map<String, Object>>();
    for (Map<String, Object> row :
        lines.rows(connection, LineItemSelect.of(templates, select), values)) {
      var all = new HashMap<>(values);
      all.putAll(row);
      found.add(all);
    }
    upsert.updateAll(connection, found);
  }
}
