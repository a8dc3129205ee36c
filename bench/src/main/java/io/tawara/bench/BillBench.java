package io.tawara.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.app.client.Api;
import io.tawara.app.client.Sender;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/// A month of a Cost and Usage Report from the folder that it lies in to reports, through a real
/// process: fetched, converted, summarised, with everything embedded.
///
/// Arguments: rows (of which a file has at most a million), and modes, `cloud` or `onprem`. Prints
/// what the log of the program says about the steps; ends with an error when the report does not
/// show the generated cost.
public final class BillBench {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ROWS_OF_A_FILE = 1_000_000;
  private static final String PLACE = "bench/20261001-20261101/";
  private static final String ASSEMBLY = "0f0f0f0f-0000-4000-8000-000000000001";
  private static final String HEAP = System.getProperty("bench.heap", "512m");

  private BillBench() {}

  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    long rows = Long.parseLong(arguments[0]);
    Path directory = Files.createTempDirectory("tawara-bill-bench");
    Path bucket = Files.createDirectories(directory.resolve("bucket"));
    BigDecimal cost = write(rows, bucket);
    System.out.printf("%,d rows, %s USD%n", rows, cost.toPlainString());
    System.out.println("| mode | seen until reports | rows | CPU and peak RSS of the process |");
    System.out.println("|---|---|---|---|");
    for (int i = 1; i < arguments.length; i++) {
      run(arguments[i], rows, bucket, cost, directory.resolve(arguments[i]));
    }
  }

  private static void run(String mode, long rows, Path bucket, BigDecimal cost, Path directory)
      throws Exception {
    var environment = new HashMap<String, String>();
    environment.put("TAWARA_MODE", mode);
    environment.put("DEVELOPMENT", "True");
    if (mode.equals("onprem")) {
      environment.put("ONPREM_PROVIDERS", "OCP,AWS");
    }
    try (var program = ProgramProcess.start(directory, HEAP, "2026-11-20T12:00:00Z", environment)) {
      Api api = program.api();
      String identity = Sender.administrator("1234567", "10001").header();
      program.awaitIdle();
      double before = program.processorSeconds();
      long begin = System.nanoTime();
      ObjectNode source =
          JSON.createObjectNode().put("name", "bench").put("source_type", "AWS-local");
      source
          .putObject("authentication")
          .putObject("credentials")
          .put("role_arn", "arn:aws:iam::111122223333:role/CostManagement");
      source.putObject("billing_source").putObject("data_source").put("bucket", bucket.toString());
      Api.Answer made = api.send("POST", "sources/", identity, source);
      if (made.status() != 201) {
        throw Api.refused("source", made);
      }
      program.awaitIdle();
      double seconds = (System.nanoTime() - begin) / 1e9;
      System.out.printf(
          "| %s | %.1f s | %,.0f rows/s | %.1f s, %d MB |%n",
          mode,
          seconds,
          rows / seconds,
          program.processorSeconds() - before,
          program.peakBytes() >> 20);
      BigDecimal seen =
          api.get(
                  "reports/aws/costs/?filter[time_scope_units]=month"
                      + "&filter[time_scope_value]=-2&filter[resolution]=monthly",
                  identity)
              .at("/meta/total/cost/total/value")
              .decimalValue();
      // bills are floating point until days are added up
      if (seen.subtract(cost).abs().compareTo(cost.movePointLeft(9)) > 0) {
        throw new IllegalStateException("the report shows " + seen + ", generated was " + cost);
      }
      try (var log = Files.lines(directory.resolve("tawara.log"))) {
        log.filter(line -> line.contains(" ms")).forEach(System.out::println);
      }
    }
  }

  /// The report in files of a million rows, each with a header, and its manifest.
  private static BigDecimal write(long rows, Path bucket) throws IOException {
    Path folder = Files.createDirectories(bucket.resolve(PLACE + ASSEMBLY));
    ObjectNode manifest =
        JSON.createObjectNode()
            .put("assemblyId", ASSEMBLY)
            .put("account", "111122223333")
            .put("charset", "UTF-8")
            .put("compression", "GZIP")
            .put("contentType", "text/csv")
            .put("reportId", "1".repeat(64))
            .put("reportName", "bench")
            .put("bucket", bucket.toString());
    manifest
        .putObject("billingPeriod")
        .put("start", "20261001T000000.000Z")
        .put("end", "20261101T000000.000Z");
    ArrayNode keys = manifest.putArray("reportKeys");
    try (var report = new GeneratedReport(rows);
        InputStream in = new BufferedInputStream(report, 1 << 16)) {
      byte[] header = line(in);
      for (long at = 0; at < rows; at += ROWS_OF_A_FILE) {
        String name = "bench-%05d.csv.gz".formatted(keys.size() + 1);
        keys.add("/" + PLACE + ASSEMBLY + "/" + name);
        try (var out = gzip(folder.resolve(name))) {
          out.write(header);
          copyLines(in, out, Math.min(ROWS_OF_A_FILE, rows - at));
        }
      }
      for (Path place : new Path[] {folder, folder.getParent()}) {
        JSON.writeValue(place.resolve("bench-Manifest.json").toFile(), manifest);
      }
      return report.cost();
    }
  }

  private static byte[] line(InputStream in) throws IOException {
    var line = new java.io.ByteArrayOutputStream();
    int each;
    do {
      each = in.read();
      line.write(each);
    } while (each != '\n');
    return line.toByteArray();
  }

  private static void copyLines(InputStream in, OutputStream out, long lines) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long left = lines;
    while (left > 0) {
      in.mark(buffer.length);
      int read = in.read(buffer);
      int used = 0;
      while (used < read && left > 0) {
        if (buffer[used++] == '\n') {
          left--;
        }
      }
      out.write(buffer, 0, used);
      if (used < read) {
        in.reset();
        in.skipNBytes(used);
      }
    }
  }

  private static OutputStream gzip(Path file) throws IOException {
    return new GZIPOutputStream(Files.newOutputStream(file), 1 << 16) {
      {
        def.setLevel(Deflater.BEST_SPEED);
      }
    };
  }
}
