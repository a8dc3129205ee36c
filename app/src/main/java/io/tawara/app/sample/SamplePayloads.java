package io.tawara.app.sample;

import io.tawara.app.sample.SampleReports.Report;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.zip.GZIPOutputStream;

/// Writes payloads of a sample cluster, each for some days of one month, as an operator with daily
/// reports sends them. Memory is bounded: files are split as operators split them.
public final class SamplePayloads {
  private static final int SPLIT_BYTES = 16 << 20;
  private static final int COMPRESSION = 3;
  private static final int BLOCK = 512;

  private final SampleCluster cluster;
  private final SampleCluster.Inventory inventory;
  private final boolean resourceOptimisation;

  /// A payload that was written.
  ///
  /// @param rows without header lines
  /// @param csvBytes of all files before compression
  public record Written(
      Path file, LocalDate from, LocalDate to, int files, long rows, long csvBytes, long bytes) {}

  /// @param resourceOptimisation whether files for resource optimisation are in
  public SamplePayloads(SampleCluster cluster, boolean resourceOptimisation) {
    this.cluster = cluster;
    this.inventory = cluster.inventory();
    this.resourceOptimisation = resourceOptimisation;
  }

  /// Writes the payloads of a period.
  ///
  /// @param to the last day
  /// @param days in one payload at most
  /// @param told after each payload
  public List<Written> write(
      LocalDate from, LocalDate to, int days, Path directory, Consumer<Written> told)
      throws IOException {
    Files.createDirectories(directory);
    var all = new ArrayList<Written>();
    LocalDate begin = from;
    while (!begin.isAfter(to)) {
      LocalDate monthEnd = begin.withDayOfMonth(begin.lengthOfMonth());
      LocalDate end = earliest(begin.plusDays(days - 1L), monthEnd, to);
      Written written = payload(begin, end, directory);
      told.accept(written);
      all.add(written);
      begin = end.plusDays(1);
    }
    return all;
  }

  private static LocalDate earliest(LocalDate... days) {
    return java.util.Arrays.stream(days).min(LocalDate::compareTo).orElseThrow();
  }

  private Written payload(LocalDate from, LocalDate to, Path directory) throws IOException {
    UUID id =
        SampleIds.uuid(Mix.of(Mix.of(cluster.name()), from.toEpochDay() * 1000 + to.toEpochDay()));
    Path target = directory.resolve("%s.%s..%s.tar.gz".formatted(cluster.name(), from, to));
    Path draft = directory.resolve(target.getFileName() + ".draft");
    List<Report> reports = SampleReports.of(inventory, resourceOptimisation);
    // The manifest comes first and names all files: they are made once to be counted.
    var counted = new Tar(OutputStream.nullOutputStream(), id);
    for (Report report : reports) {
      write(report, from, to, counted);
    }
    Tar tar;
    try (var out =
        new GZIPOutputStream(
            new BufferedOutputStream(Files.newOutputStream(draft), 1 << 16), 1 << 16) {
          {
            def.setLevel(COMPRESSION);
          }
        }) {
      tar = new Tar(out, id);
      tar.entry("manifest.json", manifest(id, from, to, counted));
      for (Report report : reports) {
        write(report, from, to, tar);
      }
      out.write(new byte[2 * BLOCK]);
    }
    Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING);
    return new Written(
        target,
        from,
        to,
        tar.costFiles.size() + tar.rosFiles.size(),
        tar.rows,
        tar.csvBytes,
        Files.size(target));
  }

  private static void write(Report report, LocalDate from, LocalDate to, Tar tar)
      throws IOException {
    var csv = new CsvBytes();
    csv.put(report.header()).put('\n');
    long rows = 0;
    LocalDate month = from.withDayOfMonth(1);
    String period =
        "%s 00:00:00 +0000 UTC,%s 00:00:00 +0000 UTC,".formatted(month, month.plusMonths(1));
    for (LocalDate day = from; !day.isAfter(to); day = day.plusDays(1)) {
      for (int hour = 0; hour < 24; hour++) {
        byte[] interval =
            "%1$s%2$s %3$02d:00:00 +0000 UTC,%2$s %3$02d:59:59 +0000 UTC,"
                .formatted(period, day, hour)
                .getBytes(StandardCharsets.US_ASCII);
        rows += report.rows().write(csv, interval, day, hour);
        if (csv.length() > SPLIT_BYTES) {
          tar.report(report, csv, rows);
          csv.clear();
          csv.put(report.header()).put('\n');
          rows = 0;
        }
      }
    }
    if (rows > 0) {
      tar.report(report, csv, rows);
    }
  }

  private byte[] manifest(UUID id, LocalDate from, LocalDate to, Tar tar) {
    return """
    {
     "uuid": "%s",
     "cluster_id": "%s",
     "version": "4.1.0",
     "operator_version": "4.1.0",
     "date": "%s",
     "files": [%s],
     "resource_optimization_files": [%s],
     "start": "%sT00:00:00+00:00",
     "end": "%sT23:59:59+00:00",
     "certified": true,
     "daily_reports": true,
     "cr_status": {
      "clusterID": "%s",
      "clusterVersion": "stable-4.18",
      "authentication": {"type": "token"},
      "packaging": {"max_reports_to_store": 30, "max_size_MB": 100},
      "upload": {"ingress_path": "/api/ingress/v1/upload", "upload": true},
      "prometheus": {"prometheus_configured": true, "prometheus_connected": true},
      "reports": {"data_collected": true},
      "source": {"create_source": false}
     }
    }
    """
        .formatted(
            id,
            cluster.name(),
            to + "T23:59:59.000000+00:00",
            quoted(tar.costFiles),
            quoted(tar.rosFiles),
            from,
            to,
            cluster.name())
        .getBytes(StandardCharsets.UTF_8);
  }

  private static String quoted(List<String> names) {
    return String.join(", ", names.stream().map(name -> '"' + name + '"').toList());
  }

  /// A tar of plain files whose headers depend on nothing but name and size.
  private static final class Tar {
    private final OutputStream out;
    private final UUID id;
    private final List<String> costFiles = new ArrayList<>();
    private final List<String> rosFiles = new ArrayList<>();
    private long rows;
    private long csvBytes;

    Tar(OutputStream out, UUID id) {
      this.out = out;
      this.id = id;
    }

    void report(Report report, CsvBytes csv, long rowsOfFile) throws IOException {
      List<String> names = report.ros() ? rosFiles : costFiles;
      String kind = report.ros() ? "resource_optimization" : "openshift_usage_report";
      String name = "%s_%s.%d.csv".formatted(id, kind, names.size());
      names.add(name);
      header(name, csv.length());
      csv.writeTo(out);
      pad(csv.length());
      rows += rowsOfFile;
      csvBytes += csv.length();
    }

    void entry(String name, byte[] content) throws IOException {
      header(name, content.length);
      out.write(content);
      pad(content.length);
    }

    private void header(String name, long size) throws IOException {
      byte[] block = new byte[BLOCK];
      put(block, 0, name);
      put(block, 100, "0000644\0");
      put(block, 108, "0000000\0");
      put(block, 116, "0000000\0");
      put(block, 124, "%011o\0".formatted(size));
      put(block, 136, "%011o\0".formatted(0));
      put(block, 148, "        ");
      put(block, 156, "0");
      put(block, 257, "ustar\00000");
      int sum = 0;
      for (byte each : block) {
        sum += each & 0xFF;
      }
      put(block, 148, "%06o\0 ".formatted(sum));
      out.write(block);
    }

    private void pad(long size) throws IOException {
      out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private static void put(byte[] block, int at, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, block, at, bytes.length);
    }
  }
}
