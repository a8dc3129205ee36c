package io.tawara.analytics.summary;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.currency.Currencies;
import io.tawara.core.currency.RateTables;
import io.tawara.core.database.Database;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.embedded.TestServices;
import io.tawara.sql.Identifier;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.YearMonth;
import java.util.Optional;
import java.util.SortedSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class BillCurrenciesTest {
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("billed");
  private static final UUID BILL = new UUID(1, 1);
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final SummaryRange DAYS = new SummaryRange(NOVEMBER.atDay(1), NOVEMBER.atDay(19));

  @Test
  void whatABillIsInIsEnabledWithItsRatesAndNothingElse() {
    try (var database = new Database(TestServices.freshDatabase("billed"))) {
      var tenants = new Tenants(database, Migrations.none());
      tenants.migrateAll();
      tenants.ensure(TENANT);
      database.run(
          connection ->
              execute(
                  connection,
                  """
                  insert into public.market_exchange_rate (currency_code, rate, fetched)
                  select code, rate, now()
                  from (values ('USD', 1), ('MXN', 20), ('PLN', 4)) as market (code, rate)
                  """));
      database.runTenant(TENANT, BillCurrenciesTest::rows);
      SortedSet<String> before = database.tenant(TENANT, RateTables::enabled);
      assertThat(before).contains("USD").doesNotContain("MXN", "PLN");

      enable(database);
      SortedSet<String> after = database.tenant(TENANT, RateTables::enabled);
      after.removeAll(before);
      assertThat(after).containsExactly("MXN");
      assertThat(rates(database))
          .isEqualTo("MXN>USD 0.050000000000000, USD>MXN 20.000000000000000");
      enable(database);
      assertThat(rates(database))
          .isEqualTo("MXN>USD 0.050000000000000, USD>MXN 20.000000000000000");
    }
  }

  private static void enable(Database database) {
    var currencies = new BillCurrencies(Bills.AWS, Currencies.load());
    database.run(connection -> currencies.enable(connection, provider(), DAYS, NOVEMBER));
  }

  /// MXN is billed; PLN by another source and on another day; the last code is no currency.
  private static void rows(Connection connection) throws SQLException {
    MonthPartitions.ensure(connection, new Identifier("aws_daily_summary"), NOVEMBER);
    execute(
        connection,
        """
        insert into aws_daily_summary (source_uuid, usage_start, usage_end, usage_account_id,
          raw_currency, tags)
        select source, day, day, '1', currency, '{}'
        from (values
          (uuid '%1$s', date '2026-11-02', 'MXN'), (uuid '%1$s', date '2026-11-02', 'USD'),
          (uuid '%1$s', date '2026-11-02', null), (uuid '%1$s', date '2026-11-03', 'QQQ'),
          (uuid '%1$s', date '2026-11-20', 'PLN'), (uuid '%2$s', date '2026-11-02', 'PLN'))
          as bill (source, day, currency)
        """
            .formatted(BILL, new UUID(1, 2)));
  }

  private static String rates(Database database) {
    return database.tenant(
        TENANT,
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select string_agg(base_currency || '>' || target_currency || ' '
                        || exchange_rate, ', ' order by base_currency)
                      from monthly_exchange_rate where effective_date = date '2026-11-01'
                        and 'MXN' in (base_currency, target_currency)
                      """)) {
            rows.next();
            return rows.getString(1);
          }
        });
  }

  private static Provider provider() {
    return new Provider(
        BILL,
        "bill",
        ProviderType.AWS,
        TENANT,
        "billed",
        "",
        Optional.empty(),
        true,
        false,
        true,
        Instant.EPOCH,
        Optional.empty(),
        Optional.empty(),
        JsonNodeFactory.instance.objectNode(),
        JsonNodeFactory.instance.objectNode(),
        false);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
