package io.tawara.analytics.cost;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.analytics.cost.Distribution.Kind;
import io.tawara.analytics.cost.Metric.Step;
import io.tawara.analytics.cost.Rates.Identity;
import io.tawara.analytics.cost.Rates.TagRate;
import io.tawara.analytics.cost.Rates.TieredRate;
import io.tawara.analytics.oncloud.RaisedCosts;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.catalog.query.LineItemSelect;
import io.tawara.sql.Dialect;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Replaces the cost rows of some days of a source by what its rates, markup and distribution make
/// of the usage rows (`cost-models.md` §8). A handful of set-based statements, the rates joined as
/// values; the caller ends the transaction. The same usage and plan give the same rows however
/// often it runs.
public final class CostEngine {
  private static final Logger LOG = LoggerFactory.getLogger(CostEngine.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final MathContext AMORTISED = new MathContext(28, RoundingMode.HALF_EVEN);
  private static final Map<Metric, String> MONTHLY_COLUMNS =
      new EnumMap<>(
          Map.of(
              Metric.NODE_MONTH, "node_month",
              Metric.NODE_CORE_MONTH, "node_core_month",
              Metric.CLUSTER_MONTH, "cluster_month"));
  private static final Map<Metric, String> USAGE_COLUMNS =
      new EnumMap<>(
          Map.of(
              Metric.CPU_USAGE, "cpu_usage",
              Metric.CPU_REQUEST, "cpu_request",
              Metric.CPU_EFFECTIVE, "cpu_effective",
              Metric.MEMORY_USAGE, "memory_usage",
              Metric.MEMORY_REQUEST, "memory_request",
              Metric.MEMORY_EFFECTIVE, "memory_effective",
              Metric.STORAGE_USAGE, "storage_usage",
              Metric.STORAGE_REQUEST, "storage_request"));

  /// What tiered rates are charged for, in the order in which the breakdown keeps the amounts.
  private static final List<Metric> AMOUNTS =
      List.of(
          Metric.CPU_USAGE,
          Metric.CPU_REQUEST,
          Metric.CPU_EFFECTIVE,
          Metric.MEMORY_USAGE,
          Metric.MEMORY_REQUEST,
          Metric.MEMORY_EFFECTIVE,
          Metric.STORAGE_USAGE,
          Metric.STORAGE_REQUEST,
          Metric.NODE_CORE_HOUR,
          Metric.CLUSTER_HOUR,
          Metric.NODE_MONTH,
          Metric.NODE_CORE_MONTH,
          Metric.CLUSTER_MONTH);

  /// What Koku does otherwise and can be asked for.
  ///
  /// @param largestGpuShare of free GPU capacity a namespace gets its largest share on a node, not
  ///   the sum of its shares
  /// @param unreceivedOverhead overhead that nothing can receive is taken away all the same
  /// @param mixedCurrencies overhead in the currencies of a bill and of the model is added up as it
  ///   is
  public record Parities(
      boolean largestGpuShare, boolean unreceivedOverhead, boolean mixedCurrencies) {
    public static Parities none() {
      return new Parities(false, false, false);
    }

    public static Parities all() {
      return new Parities(true, true, true);
    }
  }

  /// What a calculation changed beside the cost rows of its days.
  ///
  /// @param wholeMonth the whole month's free GPU capacity was distributed again
  /// @param usageRows rows without a rate type too: raised from a cloud, or marked up otherwise
  public record Changed(boolean wholeMonth, boolean usageRows) {}

  private final LineItemEngine lines;
  private final SqlTemplates inputs = SqlTemplates.of("cost/inputs");
  private final Parities parities;
  private final RaisedCosts raised = new RaisedCosts();
  private final Map<String, SqlText> statements;

  public CostEngine(LineItemEngine lines, Parities parities) {
    this.lines = lines;
    this.parities = parities;
    SqlTemplates templates = SqlTemplates.of("cost/engine");
    this.statements =
        List.of(
                "tables",
                "clear",
                "label_sets",
                "analyse_label_sets",
                "base",
                "analyse_base",
                "analyse_tags",
                "markup",
                "tiered",
                "tags",
                "tag_charges",
                "tag_usage",
                "tag_node",
                "pvc",
                "tag_pvc",
                "vm",
                "vm_core",
                "project",
                "gpu",
                "places",
                "analyse_places",
                "distribution",
                "clear_parts",
                "parts",
                "names",
                "clear_compositions",
                "compositions",
                "clear_gpu_compositions",
                "gpu_compositions",
                "clear_gpu_distribution",
                "gpu_distribution",
                "drop")
            .stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    name -> name, name -> templates.render(Dialect.postgreSql(), name)));
  }

  /// Calculates the days of a run.
  ///
  /// @param connection behind the tenant's walls, in a transaction
  /// @param wholeMonth whether free GPU capacity of the whole month can be distributed, that is,
  ///   whether the month is over
  public Changed calculate(Connection connection, CostRun run, CostPlan plan, boolean wholeMonth)
      throws SQLException {
    return new Calculation(connection, run, plan).calculate(wholeMonth);
  }

  /// Distributes the free GPU capacity of a month once more, without touching anything else.
  public void distributeGpu(Connection connection, CostRun run, CostPlan plan) throws SQLException {
    var calculation = new Calculation(connection, run, plan);
    calculation.execute("tables", Map.of());
    calculation.fill("cost_gpu");
    calculation.distributeGpu();
    calculation.execute("drop", Map.of());
  }

  /// One run over one connection.
  private final class Calculation {
    private final Connection connection;
    private final CostRun run;
    private final CostPlan plan;
    private final Rates rates;
    private final Map<String, Object> common = new HashMap<>();

    Calculation(Connection connection, CostRun run, CostPlan plan) {
      this.connection = connection;
      this.run = run;
      this.plan = plan;
      this.rates = plan.rates();
      YearMonth month = run.month();
      common.put("source", run.source());
      common.put("period", run.period());
      common.put("cluster", run.clusterId());
      common.put("alias", run.clusterAlias());
      common.put("start", run.start());
      common.put("end", run.end());
      common.put("month_start", month.atDay(1));
      common.put("month_end", month.atEndOfMonth());
      common.put("days", month.lengthOfMonth());
      common.put("by_memory", plan.distribution().byMemory());
      common.put("markup", plan.markup().orElse(BigDecimal.ZERO));
      common.put("largest", parities.largestGpuShare());
      common.put("unreceived", parities.unreceivedOverhead());
      common.put("mixed", parities.mixedCurrencies());
    }

    Changed calculate(boolean wholeMonth) throws SQLException {
      execute("tables", Map.of());
      execute("clear", Map.of());
      long usage = raised.replace(connection, common) + execute("markup", Map.of());
      execute("label_sets", Map.of());
      execute("analyse_label_sets", Map.of());
      execute("base", Map.of());
      execute("analyse_base", Map.of());
      tiered();
      tags();
      machines();
      project();
      gpu();
      execute("places", Map.of());
      execute("analyse_places", Map.of());
      distribute();
      breakDown();
      boolean redistributed = false;
      if (wholeMonth) {
        if (!rates.metrics().contains(Metric.GPU_MONTH)
            && plan.distribution().kinds().contains(Kind.GPU)) {
          fill("cost_gpu");
        }
        redistributed = distributeGpu() > 0;
      }
      execute("drop", Map.of());
      return new Changed(redistributed, usage != 0);
    }

    private void tiered() throws SQLException {
      ArrayNode tiered = tieredRates();
      if (!tiered.isEmpty()) {
        execute("tiered", Map.of("rates", tiered.toString()));
      }
      ArrayNode claims = JSON.createArrayNode();
      rates.monthly(Metric.PVC_MONTH).forEach(rate -> replaceable(claims.addObject(), rate));
      if (!claims.isEmpty()) {
        execute("pvc", Map.of("rates", claims.toString()));
      }
    }

    /// One object of rates per cost type.
    private ArrayNode tieredRates() {
      ArrayNode result = JSON.createArrayNode();
      boolean byMemory = plan.distribution().byMemory();
      for (CostType type : CostType.values()) {
        ObjectNode node = JSON.createObjectNode();
        USAGE_COLUMNS.forEach(
            (metric, column) -> rates.sum(metric, type).ifPresent(rate -> node.put(column, rate)));
        BigDecimal core =
            rates
                .sum(Metric.NODE_CORE_HOUR, type)
                .orElse(BigDecimal.ZERO)
                .add(rates.sum(Metric.CLUSTER_CORE_HOUR, type).orElse(BigDecimal.ZERO));
        if (core.signum() != 0) {
          node.put(byMemory ? "core_by_memory" : "core_by_cpu", core);
        }
        rates
            .sum(Metric.CLUSTER_HOUR, type)
            .ifPresent(rate -> node.put(byMemory ? "cluster_by_memory" : "cluster_by_cpu", rate));
        MONTHLY_COLUMNS.forEach((metric, column) -> monthly(node, metric, type, column));
        if (!node.isEmpty()) {
          result.add(node.put("cost_type", type.label()));
        }
      }
      return result;
    }

    private void monthly(ObjectNode node, Metric metric, CostType type, String column) {
      rates.monthly(metric).stream()
          .filter(rate -> rate.costType() == type)
          .map(rate -> perDay(metric, rate.rate()))
          .reduce(BigDecimal::add)
          .ifPresent(
              rate -> {
                ArrayNode replaced = node.put(column, rate).putArray(column + "_replaced");
                rates.tagKeys(metric, type).forEach(replaced::add);
              });
    }

    /// A tiered rate that gives way where the labels have a key with a tag rate of the same metric
    /// and cost type.
    private ObjectNode replaceable(ObjectNode node, TieredRate rate) {
      ArrayNode replaced = node.putArray("replaced");
      rates.tagKeys(rate.metric(), rate.costType()).forEach(replaced::add);
      return tiered(node, rate);
    }

    private ObjectNode tiered(ObjectNode node, TieredRate rate) {
      return node.put("rate_id", rate.identity().id())
          .put("cost_type", rate.costType().label())
          .put("rate", perDay(rate.metric(), rate.rate()));
    }

    /// What every rate cost, by day, namespace and node, and what distributed overhead consisted
    /// of.
    private void breakDown() throws SQLException {
      ArrayNode usage = JSON.createArrayNode();
      ArrayNode replaceable = JSON.createArrayNode();
      for (TieredRate rate : rates.tiered()) {
        int amount = amount(rate.metric());
        boolean monthly = MONTHLY_COLUMNS.containsKey(rate.metric());
        if (amount == 0 || monthly && !rates.monthly(rate.metric()).contains(rate)) {
          continue;
        }
        boolean gives = monthly && !rates.tagKeys(rate.metric(), rate.costType()).isEmpty();
        (gives ? replaceable(replaceable.addObject(), rate) : tiered(usage.addObject(), rate))
            .put("amount", amount);
      }
      boolean byHour = rates.metrics().contains(Metric.CLUSTER_HOUR);
      execute("clear_parts", Map.of());
      execute(
          "parts",
          Map.of(
              "rates", usage.toString(),
              "replaceable", replaceable.toString(),
              "monthly", amount(Metric.NODE_MONTH),
              "by_hour", byHour));
      execute("names", Map.of("names", names().toString()));
      execute("clear_compositions", Map.of());
      execute("compositions", Map.of("kinds", kinds().toString()));
    }

    /// The number of the amount that a rate is charged for, 0 when it is charged by a step of its
    /// own. Both rates per core and hour charge the same amount.
    private static int amount(Metric metric) {
      return 1
          + AMOUNTS.indexOf(metric == Metric.CLUSTER_CORE_HOUR ? Metric.NODE_CORE_HOUR : metric);
    }

    private ArrayNode names() {
      var identities = new TreeMap<Long, Identity>();
      rates.tiered().forEach(rate -> identities.put(rate.identity().id(), rate.identity()));
      rates.tags().forEach(rate -> identities.put(rate.identity().id(), rate.identity()));
      ArrayNode names = JSON.createArrayNode();
      identities.forEach(
          (id, identity) ->
              names
                  .addObject()
                  .put("id", id)
                  .put("name", identity.name())
                  .put("metric", identity.metric().wire())
                  .put("cost_type", identity.costType().label())
                  .put("tag_key", identity.tagKey()));
      return names;
    }

    private void tags() throws SQLException {
      ArrayNode labelled = JSON.createArrayNode();
      for (TagRate rate : rates.tags()) {
        switch (rate.metric().step()) {
          case USAGE, CORE_HOUR, NODE, PVC, VM, VM_CORE ->
              tag(labelled.addObject(), rate)
                  .put("metric", rate.metric().wire())
                  .put("field", onVolumes(rate.metric()) ? "volume" : "pod");
          case CLUSTER, CLUSTER_HOUR -> {} // a tag rate of a cluster charges nothing
          case PROJECT, GPU -> {} // they have labels of their own
        }
      }
      execute("tags", Map.of("rates", labelled.toString()));
      execute("analyse_tags", Map.of());
      Set<Metric> metrics =
          rates.tags().stream().map(TagRate::metric).collect(Collectors.toUnmodifiableSet());
      execute("tag_charges", Map.of());
      if (metrics.stream().anyMatch(metric -> metric.step() == Step.USAGE)) {
        execute("tag_usage", Map.of());
      }
      if (metrics.contains(Metric.NODE_MONTH)
          || metrics.contains(Metric.NODE_CORE_MONTH)
          || metrics.contains(Metric.NODE_CORE_HOUR)) {
        execute("tag_node", Map.of());
      }
      if (metrics.contains(Metric.PVC_MONTH)) {
        execute("tag_pvc", Map.of());
      }
    }

    private static boolean onVolumes(Metric metric) {
      return metric.target() == Metric.Target.VOLUME;
    }

    private ObjectNode tag(ObjectNode node, TagRate rate) {
      return node.put("rate_id", rate.identity().id())
          .put("cost_type", rate.costType().label())
          .put("tag_key", rate.key())
          .put("tag_value", rate.value().orElse(null))
          .put("rate", perDay(rate.metric(), rate.rate()));
    }

    private void machines() throws SQLException {
      Set<Metric> metrics = rates.metrics();
      if (metrics.stream().noneMatch(m -> m.step() == Step.VM || m.step() == Step.VM_CORE)) {
        return;
      }
      fill("cost_vm");
      if (metrics.contains(Metric.VM_HOUR) || metrics.contains(Metric.VM_MONTH)) {
        execute("vm", Map.of("rates", machineRates(Metric.VM_MONTH, Metric.VM_HOUR)));
      }
      if (metrics.contains(Metric.VM_CORE_HOUR) || metrics.contains(Metric.VM_CORE_MONTH)) {
        execute(
            "vm_core", Map.of("rates", machineRates(Metric.VM_CORE_MONTH, Metric.VM_CORE_HOUR)));
      }
    }

    private String machineRates(Metric monthly, Metric hourly) {
      ArrayNode result = JSON.createArrayNode();
      rates
          .monthly(monthly)
          .forEach(rate -> tiered(result.addObject(), rate).put("metric", monthly.wire()));
      rates.tiered().stream()
          .filter(rate -> rate.metric() == hourly)
          .forEach(rate -> tiered(result.addObject(), rate).put("metric", hourly.wire()));
      return result.toString();
    }

    private void project() throws SQLException {
      ArrayNode result = JSON.createArrayNode();
      rates.tags(Set.of(Metric.PROJECT_MONTH)).forEach(rate -> tag(result.addObject(), rate));
      if (!result.isEmpty()) {
        fill("cost_namespace_label");
        execute("project", Map.of("rates", result.toString()));
      }
    }

    private void gpu() throws SQLException {
      ArrayNode result = JSON.createArrayNode();
      for (TagRate rate : rates.tags(Set.of(Metric.GPU_MONTH))) {
        result
            .addObject()
            .put("rate_id", rate.identity().id())
            .put("cost_type", rate.costType().label())
            .put("vendor", rate.key())
            .put("model", rate.value().orElse(null))
            .put("rate", rate.rate());
      }
      if (!result.isEmpty()) {
        fill("cost_gpu");
        fill("cost_node_label");
        execute("gpu", Map.of("rates", result.toString()));
      }
    }

    private void distribute() throws SQLException {
      ArrayNode kinds = kinds();
      if (!kinds.isEmpty()) {
        execute("distribution", Map.of("kinds", kinds.toString()));
      }
    }

    private ArrayNode kinds() {
      ArrayNode kinds = JSON.createArrayNode();
      for (Kind kind : Kind.values()) {
        if (kind != Kind.GPU && plan.distribution().kinds().contains(kind)) {
          kinds.add(kind.label());
        }
      }
      return kinds;
    }

    /// Returns the number of rows that were taken away and added.
    long distributeGpu() throws SQLException {
      long changed = execute("clear_gpu_distribution", Map.of());
      execute("clear_gpu_compositions", Map.of());
      if (!plan.distribution().kinds().contains(Kind.GPU)) {
        return changed;
      }
      changed += execute("gpu_distribution", Map.of());
      execute("gpu_compositions", Map.of());
      return changed;
    }

    /// Line items are read for the whole month: free GPU capacity is distributed over the month,
    /// and a machine's place is that of its last hour in the month.
    void fill(String table) throws SQLException {
      var parameters = new HashMap<>(common);
      LocalDate first = run.month().atDay(1);
      parameters.put("start", first);
      parameters.put("end", run.month().atEndOfMonth());
      parameters.put("year", "%04d".formatted(first.getYear()));
      parameters.put("month", "%02d".formatted(first.getMonthValue()));
      lines.fill(connection, new Identifier(table), LineItemSelect.of(inputs, table), parameters);
    }

    private BigDecimal perDay(Metric metric, BigDecimal rate) {
      return metric.amortised()
          ? rate.divide(BigDecimal.valueOf(run.month().lengthOfMonth()), AMORTISED)
          : rate;
    }

    /// Returns the number of rows that changed.
    long execute(String name, Map<String, ?> more) throws SQLException {
      var parameters = new HashMap<>(common);
      parameters.putAll(more);
      long begin = System.nanoTime();
      long rows = statements.get(name).update(connection, parameters);
      LOG.debug("{}: {} rows in {} ms", name, rows, (System.nanoTime() - begin) / 1_000_000);
      return rows;
    }
  }
}
