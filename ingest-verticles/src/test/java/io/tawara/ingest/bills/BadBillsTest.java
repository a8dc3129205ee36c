package io.tawara.ingest.bills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.error.TawaraException;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.embedded.EmbeddedObjectStore;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.LandingStack;
import io.tawara.ingest.LandingStack.Part;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.YearMonth;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Bills that are wrong, come twice, or meet a store that is away: the ledger says why, what stands
/// stays, and nothing is doubled.
class BadBillsTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final String HEADER =
      "identity/TimeInterval,bill/PayerAccountId,lineItem/UsageAccountId,lineItem/UsageStartDate,lineItem/ProductCode,lineItem/CurrencyCode,lineItem/UnblendedCost,lineItem/UsageAmount,resourceTags/user:App\n";
  private static final String SUMS =
      "select usage_start, lineitem_currencycode, sum(lineitem_unblendedcost),"
          + " sum(lineitem_usageamount) from aws_line_items_daily group by 1, 2 order by 1, 2";
  private static final String FILES =
      "select name, state, coalesce(error, '') from public.file order by id";

  @TempDir private Path staging;

  private LandingStack stack;
  private Provider provider;

  @BeforeEach
  void start() {
    stack = new LandingStack(staging, Optional.empty(), TestServices.freshBuckets("bad-bills"));
    provider = stack.provider(ProviderType.AWS_LOCAL);
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  private static String row(int day, int hour, String currency, String cost, String amount) {
    return "2026-11-%1$02dT%2$02d:00:00Z/2026-11-%1$02dT%2$02d:59:59Z,1,2,2026-11-%1$02dT%2$02d:00:00Z,AmazonEC2,%3$s,%4$s,%5$s,shop\n"
        .formatted(day, hour, currency, cost, amount);
  }

  private static Part plain(String name, String content) {
    return new Part(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private static Part zipped(String name, String content) throws Exception {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content.getBytes(StandardCharsets.UTF_8));
    }
    return new Part(name, out.toByteArray());
  }

  private int deliver(String assembly, Part... parts) throws Exception {
    int manifest = stack.deliver(provider, assembly, NOVEMBER, List.of(parts));
    stack.convert(provider, manifest);
    return manifest;
  }

  @Test
  void aDeliveryReplacesTheMonthAndIsNeverDoubled() throws Exception {
    int first = deliver("one", plain("a.csv", HEADER + row(1, 0, "USD", "1.5", "2")));
    stack.convert(provider, first);
    assertThat(stack.tenant(SUMS)).containsExactly("2026-11-01|USD|1.5|2");
    int second =
        deliver(
            "two",
            zipped("a.csv.gz", HEADER + row(2, 0, "USD", "0.25", "1") + row(2, 1, "USD", "1", "1")),
            plain("b.csv", HEADER + row(3, 0, "USD", "4", "1")));
    assertThat(stack.tenant(SUMS)).containsExactly("2026-11-02|USD|1.25|2", "2026-11-03|USD|4|1");
    stack.convert(provider, first);
    assertThat(stack.tenant(SUMS)).hasSize(2);
    assertThat(stack.ledger("select distinct error from public.file where manifest_id = " + first))
        .containsExactly("a newer delivery of the same bill stands");
    stack.convert(provider, second);
    assertThat(stack.tenant(SUMS)).hasSize(2);
    // the day that lost its rows is summarised again
    assertThat(stack.waiting("summarise").getLast().body().path("start").asText())
        .isEqualTo("2026-11-01");
    assertThat(stack.tenant("select key, enabled, provider_type from reporting_enabledtagkeys"))
        .containsExactly("App|t|AWS");
  }

  @Test
  void whatCannotBeReadIsPutAsideAndTheRestCounts() throws Exception {
    Part cut = zipped("cut.csv.gz", HEADER + row(1, 0, "USD", "9", "9").repeat(5_000));
    deliver(
        "bad",
        plain("good.csv", HEADER + row(1, 0, "USD", "1", "1")),
        plain("wrong.csv", "a,b\n1,2\n"),
        plain("short.csv", HEADER + row(2, 0, "USD", "7", "7") + "2026-11-02T00:00:00Z/x,1,2"),
        plain("focus.csv", "BilledCost,ChargePeriodStart\n1,2026-11-01\n"),
        new Part("cut.csv.gz", Arrays.copyOf(cut.content(), cut.content().length / 2)),
        plain("text.csv.gz", "no gzip"),
        plain("latin.csv", HEADER + row(1, 0, "U\u00e9D", "1", "1")),
        plain("quote.csv", HEADER + "\"2026"));
    assertThat(stack.tenant(SUMS).getFirst()).startsWith("2026-11-01|USD|1|1");
    List<String> files = stack.ledger(FILES);
    assertThat(files).anyMatch(file -> file.startsWith("good.csv|done|"));
    assertThat(files).anyMatch(file -> file.startsWith("latin.csv|done|"));
    assertThat(files)
        .anyMatch(
            file ->
                file.startsWith(
                    "wrong.csv|quarantined|missing required columns: bill_payeraccountid"))
        .anyMatch(
            file ->
                file.equals(
                    "short.csv|quarantined|record 3 has 3 fields and the header has 9: the file is"
                        + " cut off or damaged"))
        .anyMatch(file -> file.startsWith("focus.csv|quarantined|a FOCUS export is not read yet"))
        .anyMatch(file -> file.startsWith("cut.csv.gz|quarantined|the file is cut off or damaged"))
        .anyMatch(file -> file.startsWith("text.csv.gz|quarantined|the file is cut off or damaged"))
        .anyMatch(file -> file.startsWith("quote.csv|quarantined|a quoted field"));
  }

  @Test
  void anEarlierBillStandsWhenALaterOneIsDamaged() throws Exception {
    deliver("whole", plain("a.csv", HEADER + row(1, 0, "USD", "1.5", "2")));
    deliver(
        "damaged",
        plain("a.csv", HEADER + row(1, 0, "USD", "5", "5")),
        plain("b.csv", HEADER + "1,2"));
    assertThat(stack.tenant(SUMS)).containsExactly("2026-11-01|USD|1.5|2");
    assertThat(stack.ledger(FILES))
        .anyMatch(file -> file.startsWith("a.csv|skipped|held back"))
        .anyMatch(file -> file.startsWith("b.csv|quarantined|record 2 has 2 fields"));
    assertThat(stack.waiting("summarise")).hasSize(1);
  }

  @Test
  void remarkableRowsAreCounted() throws Exception {
    String strange =
        HEADER.replace("\n", ",lineItem/Invented\n")
            + row(1, 0, "USD", "1", "convertible").replace("\n", ",x\n")
            + row(1, 1, "EUR", "2", "1").replace("\n", ",x\n")
            + row(30, 0, "USD", "8", "1").replace("\n", ",x\n")
            + row(1, 2, "USD", "4", "1")
                .replaceAll("2026-11-01T02", "whenever")
                .replace("\n", ",x\n");
    deliver("strange", plain("a.csv", strange));
    assertThat(stack.tenant(SUMS)).containsExactly("2026-11-01|EUR|2|1", "2026-11-01|USD|1|0");
    assertThat(
            stack.ledger("select key, value from public.file, jsonb_each_text(notes) order by key"))
        .containsExactly(
            "cells that are no number, read as 0|1",
            "columns that are not kept|1",
            "no time of use|1",
            "of a day to come|1",
            "rows in EUR|1",
            "rows in USD|1");
    assertThat(stack.ledger("select rows_read, rows_skipped from public.file"))
        .containsExactly("4|2");
  }

  @Test
  void underscoreNamesAreTheSameColumns() throws Exception {
    String header =
        "identity_time_interval,bill_payer_account_id,line_item_usage_account_id,"
            + "line_item_usage_start_date,line_item_product_code,line_item_currency_code,"
            + "line_item_unblended_cost,line_item_usage_amount,resource_tags_user_app\n";
    deliver("underscores", plain("a.csv", header + row(1, 0, "USD", "1.5", "2")));
    assertThat(stack.tenant(SUMS)).containsExactly("2026-11-01|USD|1.5|2");
    assertThat(stack.tenant("select resourcetags from aws_line_items_daily"))
        .containsExactly("{\"app\": \"shop\"}");
  }

  @Test
  void aConnectionThatIsKilledInTheMiddleLeavesNothingHalfDone() throws Exception {
    deliver("before", plain("a.csv", HEADER + row(1, 0, "USD", "1.5", "2")));
    var large = new StringBuilder(HEADER);
    for (int day = 1; day <= 20; day++) {
      for (int i = 0; i < 4_000; i++) {
        large.append(row(day, 0, "USD", "1", "1").replace("AmazonEC2", "Product" + i));
      }
    }
    int manifest =
        stack.deliver(provider, "large", NOVEMBER, List.of(zipped("a.csv.gz", large.toString())));
    int killed = 0;
    for (String phase : List.of("idle in transaction", "active")) {
      var failure = new java.util.concurrent.atomic.AtomicReference<Exception>();
      Thread converting =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      stack.convert(provider, manifest);
                    } catch (Exception failed) {
                      failure.set(failed);
                    }
                  });
      while (converting.isAlive() && failure.get() == null) {
        String terminated =
            stack
                .ledger(
                    """
                    select count(pg_terminate_backend(pid)) from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid()
                      and state = '%s' and now() - xact_start > interval '20 ms'
                    """
                        .formatted(phase))
                .getFirst();
        if (!terminated.equals("0")) {
          break;
        }
      }
      converting.join();
      if (failure.get() instanceof TawaraException known) {
        killed++;
        assertThat(known.retryable()).as(String.valueOf(known)).isTrue();
        assertThat(stack.tenant(SUMS)).containsExactly("2026-11-01|USD|1.5|2");
      }
    }
    assertThat(killed).isPositive();
    stack.convert(provider, manifest);
    List<String> sums = stack.tenant(SUMS);
    assertThat(sums).hasSize(20).allMatch(day -> day.endsWith("|USD|4000|4000"));
  }

  @Test
  void parquetIsReadAsCsvIs() throws Exception {
    Provider azure = stack.provider(ProviderType.AZURE_LOCAL);
    Path file = staging.resolve("azure.parquet");
    var table = io.tawara.catalog.hive.HiveTables.of(io.tawara.catalog.AzureTables.LINE_ITEMS);
    var out = new io.tawara.catalog.parquet.ParquetRows(table, file);
    for (int day = 1; day <= 3; day++) {
      out.row(table.table().columns().size());
      for (var column : table.table().columns()) {
        byte[] text =
            (switch (column.name()) {
                  case "billingcurrency" -> "USD";
                  case "tags" -> "{\"App\": \"shop, \\\"big\\\"\"}";
                  default -> column.name();
                })
                .getBytes(StandardCharsets.UTF_8);
        switch (column.type()) {
          case TEXT, JSON_TEXT -> out.bytes(text, 0, text.length);
          case DOUBLE -> out.number(day * 0.1);
          case TIMESTAMP -> out.timestamp(1_793_491_200L + (day - 1) * 86_400L);
          case INTEGER, DATE, UUID -> out.nothing();
        }
      }
    }
    out.end();
    int manifest =
        stack.deliver(
            azure,
            "parquet",
            NOVEMBER,
            List.of(
                new Part("part.parquet", java.nio.file.Files.readAllBytes(file)),
                new Part("broken.parquet", new byte[] {1, 2, 3})));
    stack.convert(azure, manifest);
    assertThat(
            stack.tenant(
                "select usage_start, costinbillingcurrency, tags::jsonb ->> 'App', resourceid"
                    + " from azure_line_items order by 1"))
        .containsExactly(
            "2026-11-01|0.1|shop, \"big\"|resourceid",
            "2026-11-02|0.2|shop, \"big\"|resourceid",
            "2026-11-03|0.30000000000000004|shop, \"big\"|resourceid");
    assertThat(stack.ledger(FILES))
        .anyMatch(line -> line.startsWith("broken.parquet|quarantined|the Parquet file cannot be"));
  }

  @Test
  void aStoreThatIsAwayLeavesNothingHalfDone() throws Exception {
    var own = EmbeddedObjectStore.start(staging.resolve("own"), 0, "own", "own-ros");
    int manifest;
    try (var away = new LandingStack(staging, Optional.empty(), own.config())) {
      Provider source = away.provider(ProviderType.AWS_LOCAL);
      manifest =
          away.deliver(
              source,
              "one",
              NOVEMBER,
              List.of(plain("a.csv", HEADER + row(1, 0, "USD", "1.5", "2"))));
      own.close();
      assertThatThrownBy(() -> away.convert(source, manifest))
          .isInstanceOfSatisfying(
              TawaraException.class, failure -> assertThat(failure.retryable()).isTrue());
      assertThat(away.tenant(SUMS)).isEmpty();
      assertThat(away.ledger("select state from public.file")).containsExactly("downloaded");
      int port = java.net.URI.create(own.config().endpoint()).getPort();
      try (var back = EmbeddedObjectStore.start(staging.resolve("own"), port, "own", "own-ros")) {
        assertThat(back.config().endpoint()).isEqualTo(own.config().endpoint());
        away.convert(source, manifest);
      }
      assertThat(away.tenant(SUMS)).containsExactly("2026-11-01|USD|1.5|2");
    }
  }
}
