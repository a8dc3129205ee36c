package io.tawara.gateway.facts;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.ReadStatement;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.facts.TenantFacts.MonthlyRate;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// Reads the facts of tenants. What was read is used again while the tenant's data version is the
/// same.
public final class TenantFactsReader {
  private static final ReadStatement TENANT = ReadStatement.of("gateway/facts", "tenant");
  private static final ReadStatement INFRASTRUCTURES =
      ReadStatement.of("gateway/facts", "infrastructures");
  private static final int MOST_TENANTS = 10_000;

  private final TenantReads reads;
  private final DataVersions versions;
  private final String defaultCurrency;
  private final DataRetention retention;
  private final boolean marketRates;
  private final Cache<TenantSchema, TenantFacts> known =
      Caffeine.newBuilder().maximumSize(MOST_TENANTS).build();

  /// @param defaultCurrency of organisations that have set none
  /// @param marketRates whether a source of market rates is configured
  public TenantFactsReader(
      TenantReads reads, String defaultCurrency, DataRetention retention, boolean marketRates) {
    this.reads = reads;
    this.versions = new DataVersions(reads);
    this.defaultCurrency = defaultCurrency;
    this.retention = retention;
    this.marketRates = marketRates;
  }

  /// The tenant's data version as it is now.
  public Future<Long> version(TenantSchema tenant) {
    return versions.of(tenant);
  }

  /// The facts as they are now.
  public Future<TenantFacts> of(TenantSchema tenant) {
    return version(tenant).compose(version -> of(tenant, version));
  }

  /// The facts of a version that was just read, or newer ones.
  public Future<TenantFacts> of(TenantSchema tenant, long version) {
    TenantFacts last = known.getIfPresent(tenant);
    return last != null && last.version() == version ? Future.succeededFuture(last) : read(tenant);
  }

  private Future<TenantFacts> read(TenantSchema tenant) {
    Future<RowSet<Row>> settings = TENANT.run(reads, tenant, Map.of());
    Future<RowSet<Row>> clouds = INFRASTRUCTURES.runPublic(reads, Map.of("schema", tenant.name()));
    return Future.all(settings, clouds)
        .map(
            both -> {
              TenantFacts facts = facts(settings.result().iterator().next(), clouds.result());
              known.put(tenant, facts);
              return facts;
            });
  }

  private TenantFacts facts(Row row, RowSet<Row> clouds) {
    Integer months = row.getInteger("retention_months");
    return new TenantFacts(
        row.getLong("version"),
        Optional.ofNullable(row.getString("currency")).orElse(defaultCurrency),
        Optional.ofNullable(row.getString("cost_type")).orElse("unblended_cost"),
        retention.isFixed()
            ? retention.configured()
            : months == null ? DataRetention.STANDARD_MONTHS : months,
        Set.copyOf(strings(row.getJsonArray("currencies"))),
        tagKeys(row.getJsonArray("tag_keys")),
        costCategories(row.getJsonArray("cost_categories")),
        strings(row.getJsonArray("cost_groups")),
        modelCurrencies(row.getJsonArray("model_currencies")),
        rates(row.getJsonArray("rates")),
        marketRates(row.getJsonArray("market_rates")),
        occurring(row.getJsonArray("occurring")),
        marketRates,
        clusters(clouds));
  }

  private static List<String> strings(JsonArray array) {
    return array.stream().map(String.class::cast).toList();
  }

  private static Map<String, Map<String, Boolean>> tagKeys(JsonArray rows) {
    var keys = new HashMap<String, Map<String, Boolean>>();
    for (JsonArray row : arrays(rows)) {
      keys.computeIfAbsent(row.getString(0), _ -> new HashMap<>())
          .put(row.getString(1), row.getBoolean(2));
    }
    return keys;
  }

  private static Map<String, Boolean> costCategories(JsonArray rows) {
    var keys = new HashMap<String, Boolean>();
    for (JsonArray row : arrays(rows)) {
      keys.put(row.getString(0), row.getBoolean(1));
    }
    return keys;
  }

  private static Map<UUID, Map<YearMonth, String>> modelCurrencies(JsonArray rows) {
    var currencies = new HashMap<UUID, Map<YearMonth, String>>();
    for (JsonArray row : arrays(rows)) {
      currencies
          .computeIfAbsent(UUID.fromString(row.getString(0)), _ -> new HashMap<>())
          .put(YearMonth.from(LocalDate.parse(row.getString(1))), row.getString(2));
    }
    return currencies;
  }

  private static List<MonthlyRate> rates(JsonArray rows) {
    return arrays(rows).stream()
        .map(
            row ->
                new MonthlyRate(
                    YearMonth.from(LocalDate.parse(row.getString(0))),
                    row.getString(1),
                    row.getString(2),
                    new BigDecimal(row.getString(3))))
        .toList();
  }

  private static Map<String, BigDecimal> marketRates(JsonArray rows) {
    var rates = new HashMap<String, BigDecimal>();
    for (JsonArray row : arrays(rows)) {
      rates.put(row.getString(0), new BigDecimal(row.getString(1)));
    }
    return rates;
  }

  private static Map<String, Map<String, Set<YearMonth>>> occurring(JsonArray rows) {
    var found = new HashMap<String, Map<String, Set<YearMonth>>>();
    for (JsonArray row : arrays(rows)) {
      found
          .computeIfAbsent(row.getString(0), _ -> new HashMap<>())
          .computeIfAbsent(row.getString(1), _ -> new TreeSet<>())
          .add(YearMonth.from(LocalDate.parse(row.getString(2))));
    }
    return found;
  }

  private static List<JsonArray> arrays(JsonArray rows) {
    return rows.stream().map(JsonArray.class::cast).toList();
  }

  /// Clusters by cloud; local types of a development system count as their cloud.
  private static Map<String, List<String>> clusters(RowSet<Row> rows) {
    var clusters = new HashMap<String, List<String>>();
    for (Row row : rows) {
      String cloud = row.getString(0).replace("-local", "");
      clusters.computeIfAbsent(cloud, _ -> new ArrayList<>()).add(row.getString(1));
    }
    return clusters;
  }
}
