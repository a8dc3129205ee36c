package io.tawara.gateway.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.Resolution;
import io.tawara.analytics.reports.TimeRange;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.settings.DataRetention;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.facts.TenantFacts;
import io.tawara.gateway.facts.TenantFactsReader;
import io.tawara.gateway.http.Json;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Exchange rates from their source to what reports convert with, on a real database and a real
/// HTTP source.
class CurrencyTest {
  private static final AtomicReference<String> ANSWER = new AtomicReference<>();
  private static final AtomicInteger FAILURES = new AtomicInteger();
  private static HttpServer market;
  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws IOException {
    market = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    market.createContext(
        "/latest",
        exchange -> {
          byte[] body = ANSWER.get().getBytes(StandardCharsets.UTF_8);
          boolean fail = FAILURES.getAndUpdate(left -> Math.max(0, left - 1)) > 0;
          exchange.sendResponseHeaders(fail ? 503 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    market.start();
    fixture =
        new GatewayFixture(
            "currency",
            options ->
                options.withCurrency(
                    URI.create("http://127.0.0.1:" + market.getAddress().getPort() + "/latest")));
  }

  @AfterAll
  static void stop() {
    fixture.close();
    market.stop(0);
  }

  private static JsonNode internal(String path, int status) {
    HttpResponse<String> answer = fixture.internal("/api/cost-management/v1/" + path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    return Json.stored(answer.body());
  }

  private static JsonNode fetched(String rates) {
    ANSWER.set("{\"rates\": " + rates + "}");
    return internal("update_exchange_rates/", 200).get("updated_exchange_rates");
  }

  private static void ensure(String organisation) {
    fixture.tenants.ensure(GatewayFixture.tenant(organisation));
  }

  private static JsonNode monthly(String organisation, String more) {
    return internal("monthly_exchange_rates/?schema=org" + organisation + more, 200);
  }

  @Test
  void marketRatesReachEveryOrganisationBackToItsFirstMonth() {
    ensure("1");
    JsonNode rates =
        fetched(
            "{\"USD\": 1, \"eur\": 0.8, \"GBP\": 0.5, \"XXQ\": 3, \"CHF\": -1, \"SEK\": \"x\"}");
    assertThat(rates).hasToString("{\"EUR\":0.8,\"GBP\":0.5,\"USD\":1}");
    JsonNode months = monthly("1", "&base_currency=eur&target_currency=GBP");
    assertThat(months.get("count").asInt()).isEqualTo(4);
    assertThat(months.at("/rates/0/effective_date").asText()).isEqualTo("2026-08-01");
    assertThat(months.at("/rates/3/exchange_rate").asDouble()).isEqualTo(0.625);
    assertThat(months.at("/rates/3/rate_type").asText()).isEqualTo("dynamic");
    JsonNode matrix = Json.stored(fixture.get("exchange-rates/", GatewayFixture.admin("1")).body());
    assertThat(matrix.at("/GBP/USD").asDouble()).isEqualTo(2.0);

    fetched("{\"USD\": 1, \"EUR\": 0.9}");
    assertThat(monthly("1", "&base_currency=USD&target_currency=EUR&start_date=2026-10-01"))
        .asString()
        .contains("0.8,", "\"2026-10-01\"", "0.9,", "\"2026-11-01\"");
  }

  @Test
  void aRateSetByHandWinsUntilItGoes() {
    ensure("2");
    fetched("{\"USD\": 1, \"EUR\": 0.8}");
    String admin = GatewayFixture.admin("2");
    HttpResponse<String> made =
        fixture.send(
            "POST",
            "settings/currency/static-rates/",
            admin,
            """
            {"base_currency": "USD", "target_currency": "EUR", "exchange_rate": 0.75,
             "start_date": "2026-11-01", "end_date": "2026-12-31"}
            """,
            Map.of());
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    fetched("{\"USD\": 1, \"EUR\": 0.9}");
    String pair = "&base_currency=USD&target_currency=EUR&start_date=2026-11-01";
    assertThat(monthly("2", pair)).asString().contains("0.75", "static");
    String id = Json.stored(made.body()).get("uuid").asText();
    fixture.send("DELETE", "settings/currency/static-rates/" + id + "/", admin, null, Map.of());
    assertThat(monthly("2", pair)).asString().contains("0.9", "dynamic");
  }

  @Test
  void aSourceThatFailsIsAskedAgainAndOneThatLiesIsRefused() {
    FAILURES.set(3);
    assertThat(fetched("{\"USD\": 1, \"EUR\": 0.8}")).isNotEmpty();
    ANSWER.set("{\"rates\": {\"USD\": ");
    assertThat(internal("update_exchange_rates/", 400).toString()).contains("not JSON");
    ANSWER.set("{\"rates\": {}}");
    assertThat(internal("update_exchange_rates/", 400).toString()).contains("no usable rates");
    ANSWER.set("{\"rates\": {\"USD\": 1, \"x\": \"" + "x".repeat(1 << 20) + "\"}}");
    assertThat(internal("update_exchange_rates/", 413).toString()).contains("1048576 bytes");
  }

  @Test
  void parametersOfMonthlyRatesAreChecked() {
    assertThat(internal("monthly_exchange_rates/", 400).toString())
        .isEqualTo(
            "{\"errors\":[{\"detail\":\"This parameter is required.\",\"source\":\"schema\","
                + "\"status\":400}]}");
    assertThat(internal("monthly_exchange_rates/?schema=zz", 400).toString())
        .contains("Schema 'zz' does not exist.");
    ensure("3");
    assertThat(
            internal("monthly_exchange_rates/?schema=org3&start_date=2026-13-01", 400).toString())
        .contains("\"start_date\"", "Invalid date format. Use YYYY-MM-DD.");
  }

  @Test
  void everyAmountOfARangeNeedsARate() throws Exception {
    ensure("4");
    UUID source = UUID.randomUUID();
    fixture.database.runTenant(
        GatewayFixture.tenant("4"),
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(
                """
                insert into monthly_exchange_rate values ('2026-10-01', 'USD', 'EUR', 0.8, 'static');
                insert into ocp_report_period (source_uuid, cluster_id, report_period_start,
                  report_period_end, cost_currency)
                values ('%1$s', 'c', '2026-10-01', '2026-11-01', 'USD'),
                  ('%1$s', 'c', '2026-11-01', '2026-12-01', 'USD');
                insert into ocp_cost_by_cluster (usage_start, usage_end, source_uuid, cluster_id,
                  cost_model_rate_type, cost_model_cpu_cost, infrastructure_raw_cost, raw_currency)
                values ('2026-10-05', '2026-10-05', '%1$s', 'c', 'Infrastructure', 3, null, null),
                  ('2026-11-05', '2026-11-05', '%1$s', 'c', 'Infrastructure', 3, null, null),
                  ('2026-11-05', '2026-11-05', '%1$s', 'c', null, null, 3, 'SEK'),
                  ('2026-10-05', '2026-10-05', '%1$s', 'c', null, null, 0, 'NOK')
                """
                    .formatted(source));
          }
        });
    TenantFacts facts =
        new TenantFactsReader(fixture.services.reads(), "USD", new DataRetention(4), false)
            .of(GatewayFixture.tenant("4"))
            .await();
    var rates = facts.exchangeRates(ProviderFamily.OPENSHIFT, "EUR", false);
    rates.require(range("2026-10-01", "2026-10-31"));
    assertThatThrownBy(() -> rates.require(range("2026-10-01", "2026-11-20")))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("currency")
        .extracting(failure -> ((InvalidInputException) failure).errors().getFirst().detail())
        .isEqualTo(
            "No exchange rate available for SEK -> EUR for 2026-11-01 to 2026-11-01."
                + " Exchange rate missing for USD -> EUR for months: 2026-11."
                + " Ask your administrator to configure static exchange rates or enable dynamic"
                + " exchange rates.");
    facts
        .exchangeRates(ProviderFamily.OPENSHIFT, "EUR", true)
        .require(range("2026-10-01", "2026-11-20"));
    assertThat(facts.exchangeRates(ProviderFamily.OPENSHIFT, "USD", false).rates()).isEmpty();
    assertThat(rates.rates().getFirst().factor()).isEqualByComparingTo(new BigDecimal("0.8"));
  }

  private static TimeRange range(String start, String end) {
    return TimeRange.of(LocalDate.parse(start), LocalDate.parse(end), Resolution.DAILY);
  }
}
