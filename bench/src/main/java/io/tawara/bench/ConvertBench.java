package io.tawara.bench;

import com.sun.management.OperatingSystemMXBean;
import io.tawara.catalog.AwsTables;
import io.tawara.catalog.Column;
import io.tawara.catalog.LineItemTable;
import io.tawara.catalog.hive.HiveTables;
import io.tawara.catalog.parquet.ParquetRows;
import io.tawara.core.provider.ProviderType;
import io.tawara.ingest.bills.BillReader;
import io.tawara.ingest.csv.CsvScanner;
import io.tawara.ingest.csv.Decimals;
import io.tawara.ingest.landing.LineItemWriter;
import io.tawara.ingest.landing.ParquetLineItems;
import io.tawara.ingest.landing.Slice;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.YearMonth;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/// How fast a Cost and Usage Report becomes Parquet (rows as they came and days), beside the bare
/// limit of our own libraries and beside DuckDB (one thread) on the same file in the same run. Ours
/// and the bare limit encode Parquet in a second thread.
///
/// Arguments: `rows [folder]`, or `stream gigabytes` for the memory of a report that is made on the
/// fly. Sums are compared; the run fails when they differ.
public final class ConvertBench {
  private static final UUID SOURCE = new UUID(1, 1);

  private ConvertBench() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("stream")) {
      stream((long) (Double.parseDouble(arguments[1]) * (1L << 30)));
      return;
    }
    long rows = Long.parseLong(arguments[0]);
    Path folder =
        arguments.length > 1 ? Path.of(arguments[1]) : Files.createTempDirectory("convert-bench");
    Path report = folder.resolve("report.csv");
    try (var generated = new GeneratedReport(rows)) {
      Files.copy(generated, report, StandardCopyOption.REPLACE_EXISTING);
    }
    double megabytes = Files.size(report) / 1e6;
    System.out.printf(Locale.ROOT, "%d rows, %.0f MB of CSV%n", rows, megabytes);
    warmUp(folder);
    print("parse only", rows, megabytes, time(() -> parse(report)));
    Taken bare = time(() -> bare(report, folder.resolve("bare.parquet")));
    print("bare: parse and write", rows, megabytes, bare);
    var ours = new Converted(folder);
    Taken converted = time(() -> ours.run(Files.newInputStream(report)));
    print("convert: rows and days", rows, megabytes, converted);
    Taken duckRows = time(() -> duck(rawSql(report, folder.resolve("duck.parquet")), 1));
    print("DuckDB: rows", rows, megabytes, duckRows);
    double[] sum = new double[1];
    Taken duckDays =
        time(() -> sum[0] = duck(dailySql(report, folder.resolve("duck-daily.parquet")), 1));
    print("DuckDB: days", rows, megabytes, duckDays);
    System.out.printf(
        Locale.ROOT,
        "speed of convert to bare limit: %.2f; to DuckDB (rows and days): %.2f, per core %.2f%n",
        bare.wall() / converted.wall(),
        (duckRows.wall() + duckDays.wall()) / converted.wall(),
        (duckRows.processor() + duckDays.processor()) / converted.processor());
    double expected = duckSum(folder.resolve("duck-daily.parquet"));
    double found = duckSum(ours.daily);
    System.out.printf(Locale.ROOT, "sum of cost: %.6f, DuckDB %.6f%n", found, expected);
    if (Math.abs(expected - found) > 1e-6 * Math.abs(expected)) {
      throw new IllegalStateException("the sums differ");
    }
  }

  private static void warmUp(Path folder) throws Exception {
    for (int i = 0; i < 3; i++) {
      Path small = folder.resolve("small.csv");
      try (var generated = new GeneratedReport(30_000)) {
        Files.copy(generated, small, StandardCopyOption.REPLACE_EXISTING);
      }
      bare(small, folder.resolve("bare.parquet"));
      new Converted(folder).run(Files.newInputStream(small));
    }
  }

  private interface Step {
    void run() throws Exception;
  }

  /// @param wall seconds
  /// @param processor seconds of all threads of this process
  private record Taken(double wall, double processor) {}

  private static Taken time(Step step) throws Exception {
    System.gc();
    long processor = processorTime();
    long begin = System.nanoTime();
    step.run();
    return new Taken((System.nanoTime() - begin) / 1e9, (processorTime() - processor) / 1e9);
  }

  private static long processorTime() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static void print(String what, long rows, double megabytes, Taken taken) {
    System.out.printf(
        Locale.ROOT,
        "%-24s %7.2f s %9.0f rows/s %7.0f MB/s, %.2f s of processors%n",
        what,
        taken.wall(),
        rows / taken.wall(),
        megabytes / taken.wall(),
        taken.processor());
  }

  private static void parse(Path report) throws IOException {
    try (InputStream in = Files.newInputStream(report)) {
      var scanner = new CsvScanner(in, 1 << 18, 1 << 20);
      long fields = 0;
      while (scanner.next()) {
        fields += scanner.fields();
      }
      if (fields == 0) {
        throw new IllegalStateException("nothing was read");
      }
    }
  }

  /// Scans, and hands the bytes of every column that is kept to Parquet; nothing is looked up,
  /// cleaned or added up.
  private static void bare(Path report, Path file) throws IOException {
    Files.deleteIfExists(file);
    try (InputStream in = Files.newInputStream(report)) {
      var scanner = new CsvScanner(in, 1 << 18, 1 << 20);
      scanner.next();
      Map<String, Integer> fields = new HashMap<>();
      for (int i = 0; i < scanner.fields(); i++) {
        String name =
            new String(
                scanner.data(),
                scanner.start(i),
                scanner.end(i) - scanner.start(i),
                StandardCharsets.UTF_8);
        fields.put(name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]+", "_"), i);
      }
      LineItemTable table = AwsTables.RAW;
      Column[] columns = table.columns().toArray(Column[]::new);
      int[] positions = new int[columns.length];
      for (int i = 0; i < columns.length; i++) {
        positions[i] = fields.getOrDefault(columns[i].name(), -1);
      }
      var out = new ParquetRows(HiveTables.of(table), file);
      while (scanner.next()) {
        out.row(columns.length);
        for (int i = 0; i < columns.length; i++) {
          int field = positions[i];
          if (field < 0) {
            out.nothing();
            continue;
          }
          int from = scanner.start(field);
          int to = scanner.end(field);
          switch (columns[i].type()) {
            case TEXT, JSON_TEXT -> out.bytes(scanner.data(), from, to - from);
            case DOUBLE -> out.number(Decimals.parse(scanner.data(), from, to));
            case TIMESTAMP -> out.timestamp(to - from);
            case INTEGER, DATE, UUID -> out.nothing();
          }
        }
      }
      out.end();
    }
  }

  /// The converter of the program, with files in a folder instead of the object store.
  private static final class Converted implements BillReader.Target {
    private final Path folder;
    private final Path daily;
    private int files;

    Converted(Path folder) throws IOException {
      this.folder = folder;
      daily = Files.createDirectories(folder.resolve("daily"));
      try (var old = Files.list(daily)) {
        for (Path file : old.toList()) {
          Files.delete(file);
        }
      }
    }

    void run(InputStream report) throws IOException, SQLException {
      try (report) {
        BillReader.Outcome outcome =
            BillReader.of(
                    ProviderType.AWS,
                    new BillReader.Delivery(
                        SOURCE, 1, 0, YearMonth.of(2026, 10), LocalDate.of(2026, 11, 20)),
                    this,
                    150_000)
                .read(report);
        if (outcome.rowsSkipped() > 0) {
          throw new IllegalStateException("rows were left out: " + outcome.skipped());
        }
      }
    }

    @Override
    public boolean keepsRaw() {
      return true;
    }

    @Override
    public void begin(Slice slice) {}

    @Override
    public void day(LocalDate day) {}

    @Override
    public LineItemWriter open(LineItemTable table, Slice slice) throws IOException {
      boolean days = table.equals(AwsTables.DAILY);
      Path file = folder.resolve("converting-" + files + ".parquet");
      Path kept = (days ? daily : folder).resolve((days ? "daily-" : "rows-") + files++);
      Files.deleteIfExists(file);
      return new ParquetLineItems(
          new ParquetRows(HiveTables.of(table), file, 16L << 20),
          file,
          rows -> Files.move(file, kept, StandardCopyOption.REPLACE_EXISTING));
    }
  }

  private static String read(Path report) {
    return "read_csv('%s', header = true, all_varchar = true, parallel = false)".formatted(report);
  }

  private static List<String> reportColumns() {
    try (var generated = new GeneratedReport(1)) {
      String header =
          new String(generated.readNBytes(1 << 13), StandardCharsets.UTF_8)
              .lines()
              .findFirst()
              .orElseThrow();
      return List.of(header.split(","));
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String rawSql(Path report, Path file) {
    String columns =
        reportColumns().stream()
            .filter(name -> !name.contains("blank") && !name.contains("LineItemId"))
            .map(name -> number(name) ? "try_cast(\"%s\" as double)".formatted(name) : quoted(name))
            .collect(Collectors.joining(", "));
    return "copy (select %s from %s) to '%s' (format parquet, compression zstd)"
        .formatted(columns, read(report), file);
  }

  private static boolean number(String name) {
    return name.matches(".*(Amount|Cost|Rate|Factor)$");
  }

  private static String quoted(String name) {
    return '"' + name + '"';
  }

  private static String dailySql(Path report, Path file) {
    List<String> groups =
        List.of(
            "lineItem/ResourceId",
            "bill/PayerAccountId",
            "lineItem/UsageAccountId",
            "lineItem/LegalEntity",
            "lineItem/LineItemDescription",
            "bill/BillingEntity",
            "lineItem/ProductCode",
            "lineItem/AvailabilityZone",
            "lineItem/LineItemType",
            "lineItem/UsageType",
            "lineItem/Operation",
            "product/productFamily",
            "product/instanceType",
            "product/region",
            "pricing/unit",
            "resourceTags/user:App",
            "resourceTags/user:Environment",
            "resourceTags/user:Team",
            "costCategory/Unit");
    String keys = groups.stream().map(ConvertBench::quoted).collect(Collectors.joining(", "));
    return """
    copy (select left("lineItem/UsageStartDate", 10) as day, %1$s,
      sum(try_cast("lineItem/UsageAmount" as double)),
      sum(try_cast("lineItem/UnblendedCost" as double)) as lineitem_unblendedcost,
      sum(try_cast("lineItem/BlendedCost" as double)),
      max(try_cast("lineItem/UnblendedRate" as double))
      from %2$s group by day, %1$s)
    to '%3$s' (format parquet, compression zstd)
    """
        .formatted(keys, read(report), file);
  }

  private static double duck(String sql, int threads) throws SQLException {
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement()) {
      statement.execute("set threads = " + threads);
      statement.execute(sql);
      return 0;
    }
  }

  private static double duckSum(Path files) throws SQLException {
    String path = Files.isDirectory(files) ? files + "/*" : files.toString();
    try (var connection = DriverManager.getConnection("jdbc:duckdb:");
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "select sum(lineitem_unblendedcost) from read_parquet('%s')".formatted(path))) {
      rows.next();
      return rows.getDouble(1);
    }
  }

  /// The memory of a large report, gzipped or not makes no difference to it.
  private static void stream(long bytes) throws Exception {
    Path folder = Files.createTempDirectory("convert-bench");
    long rows = bytes / 560;
    Taken taken = time(() -> new Converted(folder).run(new GeneratedReport(rows)));
    long heap = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      heap += pool.getPeakUsage().getUsed();
    }
    print("convert, made on the fly", rows, bytes / 1e6, taken);
    System.out.printf(
        Locale.ROOT,
        "peak of heap and other pools %d MB, peak resident %s%n",
        heap >> 20,
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("VmHWM"))
            .findFirst()
            .orElse("unknown"));
    try (var files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
