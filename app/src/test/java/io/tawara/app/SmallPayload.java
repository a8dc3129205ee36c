package io.tawara.app;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/// A delivery of an operator: one pod on one node for whole days. Its figures are known: each pod
/// uses half a core and asks for one.
final class SmallPayload {
  /// Core-hours that are used on a day.
  static final BigDecimal CORE_HOURS = BigDecimal.valueOf(12);

  private static final int HOURS = 24;

  private SmallPayload() {}

  /// A delivery of one day.
  static byte[] of(String cluster, LocalDate day) {
    return archive(files(cluster, day));
  }

  /// The files of a delivery of one day: pods, nodes, and the manifest that names them.
  static Map<String, byte[]> files(String cluster, LocalDate day) {
    String id = UUID.randomUUID().toString();
    var files = new LinkedHashMap<String, byte[]>();
    String name = id + "_openshift_usage_report.";
    files.put(name + "0.csv", bytes(pods(day)));
    files.put(name + "1.csv", bytes(nodes(day)));
    files.put(
        "manifest.json",
        bytes(
            """
            {"uuid": "%s", "cluster_id": "%s", "version": "4.1.0", "operator_version": "4.1.0",
             "date": "%sT23:59:59.000000+00:00", "files": ["%s0.csv", "%s1.csv"],
             "start": "%sT00:00:00+00:00", "end": "%sT23:59:59+00:00",
             "certified": true, "daily_reports": true}
            """
                .formatted(id, cluster, day, name, name, day, day)));
    return files;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String pods(LocalDate day) {
    var csv =
        new StringBuilder(
            "report_period_start,report_period_end,interval_start,interval_end,pod,namespace,node,"
                + "resource_id,pod_usage_cpu_core_seconds,pod_request_cpu_core_seconds,"
                + "pod_limit_cpu_core_seconds,pod_usage_memory_byte_seconds,"
                + "pod_request_memory_byte_seconds,pod_limit_memory_byte_seconds,"
                + "node_capacity_cpu_cores,node_capacity_cpu_core_seconds,"
                + "node_capacity_memory_bytes,node_capacity_memory_byte_seconds,pod_labels\n");
    for (int hour = 0; hour < HOURS; hour++) {
      csv.append(times(day, hour))
          .append(
              ",web-0,shop,node-1,i-1,1800,3600,3600,3865470566400,3865470566400,3865470566400,"
                  + "4,14400,17179869184,61847529062400,label_app:web\n");
    }
    return csv.toString();
  }

  private static String nodes(LocalDate day) {
    var csv =
        new StringBuilder(
            "report_period_start,report_period_end,interval_start,interval_end,node,node_labels\n");
    for (int hour = 0; hour < HOURS; hour++) {
      csv.append(times(day, hour)).append(",node-1,label_zone:a\n");
    }
    return csv.toString();
  }

  private static String times(LocalDate day, int hour) {
    LocalDate month = day.withDayOfMonth(1);
    return "%s 00:00:00 +0000 UTC,%s 00:00:00 +0000 UTC,%s %02d:00:00 +0000 UTC,%s %02d:59:59 +0000 UTC"
        .formatted(month, month.plusMonths(1), day, hour, day, hour);
  }

  /// A payload of these files.
  static byte[] archive(Map<String, byte[]> files) {
    try {
      return archive(
          tar -> {
            for (var file : files.entrySet()) {
              add(tar, file.getKey(), file.getValue());
            }
          });
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  /// What is written to an archive.
  interface Content {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  /// A payload of whatever is written.
  static byte[] archive(Content content) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      content.write(tar);
    }
    return bytes.toByteArray();
  }

  /// Writes a file, whatever its name is.
  static void add(TarArchiveOutputStream tar, String name, byte[] content) throws IOException {
    var entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }
}
