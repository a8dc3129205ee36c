package io.tawara.ingest.bills;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tawara.catalog.AwsTables;
import io.tawara.catalog.LineItemTable;
import io.tawara.core.provider.ProviderType;
import io.tawara.ingest.landing.LineItemWriter;
import io.tawara.ingest.landing.Slice;
import java.io.ByteArrayInputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/// Whatever a bill holds and however little memory there is: the rows as they came are those of the
/// file, and the days add up to the same money.
class BillReaderPropertiesTest {
  private static final UUID SOURCE = new UUID(5, 5);

  /// A row of the report.
  record Row(int day, int hour, String product, String tag, String team, BigDecimal cost) {
    String key() {
      return day + "|" + product + "|" + tags();
    }

    String tags() {
      var members = new ArrayList<String>();
      if (!tag.isEmpty()) {
        members.add("\"App\": \"" + escaped(tag) + '"');
      }
      if (!team.isEmpty()) {
        members.add("\"team\": \"" + escaped(team) + '"');
      }
      return "{" + String.join(", ", members) + "}";
    }

    private static String escaped(String text) {
      return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }

    String csv() {
      return "2026-11-%1$02dT%2$02d:00:00Z/x,1,2,2026-11-%1$02dT%2$02d:00:00Z,%3$s,USD,%4$s,%5$s,%6$s\n"
          .formatted(day, hour, product, cost.toPlainString(), quoted(tag), quoted(team));
    }

    private static String quoted(String text) {
      return '"' + text.replace("\"", "\"\"") + '"';
    }
  }

  @Provide
  Arbitrary<List<Row>> rows() {
    Arbitrary<String> texts =
        Arbitraries.of("", "shop", "a,b", "say \"hi\"", "back\\slash", "zwei\u00e4", "{}", "0:1");
    return Combinators.combine(
            Arbitraries.integers().between(1, 20),
            Arbitraries.integers().between(0, 23),
            Arbitraries.of("AmazonEC2", "AmazonS3", "AmazonRDS"),
            texts,
            texts,
            Arbitraries.bigDecimals()
                .between(new BigDecimal("-100"), new BigDecimal("100"))
                .ofScale(6))
        .as(Row::new)
        .list()
        .ofMaxSize(400);
  }

  @Property(tries = 60)
  void moneyAndRowsAreKept(@ForAll("rows") List<Row> rows) throws Exception {
    // the tags' columns are not in the order of their names
    var csv =
        new StringBuilder(
            "identity/TimeInterval,bill/PayerAccountId,lineItem/UsageAccountId,"
                + "lineItem/UsageStartDate,lineItem/ProductCode,lineItem/CurrencyCode,"
                + "lineItem/UnblendedCost,resourceTags/user:App,resourceTags/user:team\n");
    rows.forEach(row -> csv.append(row.csv()));
    var collected = new Collected();
    BillReader.Outcome outcome =
        BillReader.of(
                ProviderType.AWS,
                new BillReader.Delivery(
                    SOURCE, 7, 0, YearMonth.of(2026, 11), LocalDate.of(2026, 11, 30)),
                collected,
                5)
            .read(new ByteArrayInputStream(csv.toString().getBytes(StandardCharsets.UTF_8)));
    assertThat(outcome.rowsRead()).isEqualTo(rows.size());
    assertThat(outcome.rowsSkipped()).isZero();
    assertThat(collected.open).isZero();
    assertThat(collected.rows.get(AwsTables.RAW.name())).isEqualTo(rows.size());
    var expected = new TreeMap<String, BigDecimal>();
    rows.forEach(row -> expected.merge(row.key(), row.cost(), BigDecimal::add));
    for (LineItemTable table : AwsTables.ALL) {
      Map<String, Double> sums = collected.sums.get(table.name());
      assertThat(sums.keySet()).as(table.name()).isEqualTo(expected.keySet());
      expected.forEach(
          (key, sum) ->
              assertThat(sums.get(key)).as(key).isCloseTo(sum.doubleValue(), within(1e-9)));
    }
    assertThat(outcome.tagKeys())
        .isEqualTo(
            rows.stream()
                .flatMap(
                    row ->
                        java.util.stream.Stream.of(
                                row.tag().isEmpty() ? null : "App",
                                row.team().isEmpty() ? null : "team")
                            .filter(java.util.Objects::nonNull))
                .collect(java.util.stream.Collectors.toSet()));
  }

  /// Adds up what is written, per table.
  private static final class Collected implements BillReader.Target {
    private final Map<String, Map<String, Double>> sums = new HashMap<>();
    private final Map<String, Integer> rows = new HashMap<>();
    private int open;

    Collected() {
      AwsTables.ALL.forEach(
          table -> {
            sums.put(table.name(), new TreeMap<>());
            rows.put(table.name(), 0);
          });
    }

    @Override
    public boolean keepsRaw() {
      return true;
    }

    @Override
    public void begin(Slice slice) {
      assertThat(slice).isEqualTo(new Slice("2026", "11", ""));
    }

    @Override
    public void day(LocalDate day) {}

    @Override
    public LineItemWriter open(LineItemTable table, Slice slice) {
      open++;
      return new Writer(table);
    }

    private final class Writer implements LineItemWriter {
      private final LineItemTable table;
      private final Map<String, Object> values = new HashMap<>();
      private int at;

      Writer(LineItemTable table) {
        this.table = table;
      }

      private void put(Object value) {
        values.put(table.columns().get(at++).name(), value);
      }

      private void flush() {
        if (at == 0) {
          return;
        }
        assertThat(at).isEqualTo(table.columns().size());
        String key =
            LocalDate.ofEpochDay((Integer) values.get("usage_start")).getDayOfMonth()
                + "|"
                + values.get("lineitem_productcode")
                + "|"
                + values.get("resourcetags");
        sums.get(table.name())
            .merge(key, (Double) values.get("lineitem_unblendedcost"), Double::sum);
        rows.merge(table.name(), 1, Integer::sum);
        assertThat(values.get("source")).isEqualTo(SOURCE);
        assertThat(values.get("month")).isEqualTo("11");
      }

      @Override
      public void row(int columns) {
        flush();
        at = 0;
      }

      @Override
      public void nothing() {
        put(null);
      }

      @Override
      public void bytes(byte[] value, int from, int length) {
        put(new String(value, from, length, StandardCharsets.UTF_8));
      }

      @Override
      public void number(double value) {
        put(value);
      }

      @Override
      public void integer(int value) {
        put(value);
      }

      @Override
      public void date(int day) {
        put(day);
      }

      @Override
      public void timestamp(long second) {
        put(second);
      }

      @Override
      public void uuid(UUID value) {
        put(value);
      }

      @Override
      public long size() {
        return 0;
      }

      @Override
      public void end() {
        flush();
        at = 0;
      }

      @Override
      public void close() {
        open--;
      }
    }
  }
}
