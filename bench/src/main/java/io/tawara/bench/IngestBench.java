package io.tawara.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.app.client.Api;
import io.tawara.app.client.ClusterSources;
import io.tawara.app.client.Sender;
import io.tawara.app.sample.SampleCluster;
import io.tawara.app.sample.SamplePayloads;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.embedded.EmbeddedServices;
import io.tawara.embedded.EmbeddedServices.Service;
import io.tawara.ingest.csv.CsvScanner;
import io.tawara.ingest.payload.TarReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.postgresql.PGConnection;

/// Payloads of 1, 10, 100 (or other) MB from upload to summaries through a real process that has
/// taken one small payload of another cluster before, beside what its parts take alone in the same
/// run: gunzip and CSV parsing, COPY of the same rows, the summary.
///
/// Arguments: sizes in MB. Prints one line of a table per size; ends with an error when rows are
/// missing or line items and summaries do not agree.
public final class IngestBench {
  private static final String ORGANISATION = "1234567";
  private static final int LONGEST_RECORD = 1 << 20;
  private static final String NOW = "2026-11-25T12:00:00Z";
  private static final String HEAP = System.getProperty("bench.heap", "256m");

  private IngestBench() {}

  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    List<Integer> sizes = new ArrayList<>();
    for (String argument : arguments.length == 0 ? new String[] {"1", "10", "100"} : arguments) {
      sizes.add(Integer.valueOf(argument));
    }
    Path directory = Files.createTempDirectory("tawara-ingest-bench");
    System.out.println(
        "| compressed | CSV | rows | upload → summaries | of CSV | CPU of the process | peak RSS |"
            + " gunzip + parse | COPY | summary | whole ÷ slowest part |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|---|");
    try (var services =
        EmbeddedServices.start(
            new EmbeddedServices.Settings(
                directory.resolve("services"),
                EnumSet.of(Service.DATABASE, Service.KAFKA, Service.OBJECT_STORE),
                true,
                false,
                "cost",
                "ros"))) {
      for (int size : sizes) {
        run(size, directory.resolve(Integer.toString(size)), services);
      }
    }
  }

  private static SamplePayloads.Written payload(String cluster, int megabytes, Path directory)
      throws IOException {
    // A worker node with 12 pods gives about 22 kB of compressed payload per day.
    int days = megabytes < 4 ? 5 : 20;
    int nodes = Math.max(6, (int) (megabytes * 1e6 / (days * 16e3)));
    int pods = 12;
    if (nodes > 1000) {
      pods = pods * nodes / 1000;
      nodes = 1000;
    }
    return new SamplePayloads(new SampleCluster(cluster, nodes, pods), false)
        .write(
            LocalDate.parse("2026-11-01"),
            LocalDate.parse("2026-11-01").plusDays(days - 1),
            31,
            directory,
            each -> {})
        .getFirst();
  }

  private static void run(int megabytes, Path directory, EmbeddedServices services)
      throws Exception {
    SamplePayloads.Written payload = payload("bench-" + megabytes, megabytes, directory);
    SamplePayloads.Written first = payload("first", 1, directory.resolve("first"));
    DatabaseConfig database = services.database().freshDatabase("bench_" + megabytes);
    try (var program = ProgramProcess.start(directory, HEAP, NOW, settings(services, database))) {
      Api api = program.api();
      String identity = Sender.administrator(ORGANISATION, "10001").header();
      new ClusterSources(api, identity).create("first", "first");
      api.upload(first.file(), identity, sent -> {});
      program.awaitIdle();
      String source = new ClusterSources(api, identity).create("bench", "bench-" + megabytes);
      program.awaitIdle();
      double before = program.processorSeconds();
      long begin = System.nanoTime();
      String request = api.upload(payload.file(), identity, sent -> {});
      program.awaitIdle();
      double whole = (System.nanoTime() - begin) / 1e9;
      double processor = program.processorSeconds() - before;
      long peak = program.peakBytes();
      verify(api, request, payload);
      double parse = parse(payload.file());
      double copy = copy(database);
      begin = System.nanoTime();
      api.internal(
          "report_data/?provider_uuid=%s&schema=org%s&start_date=%s&end_date=%s"
              .formatted(source, ORGANISATION, payload.from(), payload.to()));
      program.awaitIdle();
      double summary = (System.nanoTime() - begin) / 1e9;
      double csv = payload.csvBytes() / 1e6;
      System.out.printf(
          "| %.1f MB | %.0f MB | %,d | %.2f s | %.1f MB/s, %,.0f rows/s | %.2f s, %.1f MB/s per"
              + " core | %d MB | %.2f s | %.2f s | %.2f s | %.1f |%n",
          payload.bytes() / 1e6,
          csv,
          payload.rows(),
          whole,
          csv / whole,
          payload.rows() / whole,
          processor,
          csv / processor,
          peak >> 20,
          parse,
          copy,
          summary,
          whole / Math.max(parse, Math.max(copy, summary)));
    }
  }

  private static Map<String, String> settings(EmbeddedServices services, DatabaseConfig database) {
    var objects = services.objectStore().config();
    String[] kafka = services.kafka().config().bootstrapServers().split(":", -1);
    return Map.ofEntries(
        Map.entry("DATABASE_HOST", database.host()),
        Map.entry("DATABASE_PORT", Integer.toString(database.port())),
        Map.entry("DATABASE_NAME", database.name()),
        Map.entry("DATABASE_USER", database.user()),
        Map.entry("DATABASE_PASSWORD", database.password()),
        Map.entry("TAWARA_CREDENTIAL_KEYS", "k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        Map.entry("INSIGHTS_KAFKA_HOST", kafka[0]),
        Map.entry("INSIGHTS_KAFKA_PORT", kafka[1]),
        Map.entry("S3_ENDPOINT", objects.endpoint()),
        Map.entry("S3_ACCESS_KEY", objects.accessKey()),
        Map.entry("S3_SECRET", objects.secretKey()),
        Map.entry("REQUESTED_BUCKET", objects.bucket()),
        Map.entry("REQUESTED_ROS_BUCKET", objects.rosBucket()));
  }

  private static void verify(Api api, String request, SamplePayloads.Written payload) {
    long read = 0;
    for (JsonNode file : api.internal("ledger/?limit=1000&request_id=" + request).path("data")) {
      read += file.path("rows_read").asLong() - file.path("rows_skipped").asLong();
    }
    if (read != payload.rows()) {
      throw new IllegalStateException("%d of %d rows".formatted(read, payload.rows()));
    }
    for (JsonNode finding : api.internal("doctor/").path("data")) {
      if (finding.path("what").asText().equals("Unreconciled days")
          && !finding.path("state").asText().equals("green")) {
        throw new IllegalStateException(finding.toString());
      }
    }
  }

  /// Gunzip and CSV parsing alone.
  private static double parse(Path payload) throws IOException {
    long begin = System.nanoTime();
    long fields = 0;
    try (var in =
        new GZIPInputStream(
            new BufferedInputStream(Files.newInputStream(payload), 1 << 16), 1 << 16)) {
      var tar = new TarReader(in, 100_000);
      for (var entry = tar.next(); entry.isPresent(); entry = tar.next()) {
        if (entry.get().name().endsWith(".csv")) {
          var csv = new CsvScanner(tar.content(), 1 << 16, LONGEST_RECORD);
          while (csv.next()) {
            fields += csv.fields();
          }
        }
      }
    }
    if (fields == 0) {
      throw new IllegalStateException("nothing was parsed");
    }
    return (System.nanoTime() - begin) / 1e9;
  }

  /// COPY of the same line items into tables of the same form, alone.
  private static double copy(DatabaseConfig database) throws SQLException, IOException {
    try (Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.execute(
          "set role \"org%s\"; set search_path to \"org%s\"".formatted(ORGANISATION, ORGANISATION));
      List<String> tables = new ArrayList<>();
      try (var rows =
          statement.executeQuery(
              "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
                  + " where n.nspname = current_schema and c.relkind in ('r', 'p') and not"
                  + " c.relispartition and c.relname like 'openshift%line_items_daily'")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      var copies = connection.unwrap(PGConnection.class).getCopyAPI();
      double seconds = 0;
      for (String table : tables) {
        var rows = new ByteArrayOutputStream();
        copies.copyOut("copy (select * from " + table + ") to stdout (format binary)", rows);
        statement.execute("create table bench_copy (like " + table + " including all)");
        long begin = System.nanoTime();
        copies.copyIn(
            "copy bench_copy from stdin (format binary)",
            new ByteArrayInputStream(rows.toByteArray()));
        seconds += (System.nanoTime() - begin) / 1e9;
        statement.execute("drop table bench_copy");
      }
      return seconds;
    }
  }
}
