package io.tawara.ingest.connect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.YearMonth;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Parts of AWS Cost and Usage Reports.
final class CurFiles {
  private CurFiles() {}

  static String manifest(String assembly, YearMonth month, List<String> keys) {
    return """
    {"assemblyId": "%s", "billingPeriod": {"start": "%s01T000000.000Z"},
     "compression": "GZIP", "reportKeys": [%s]}
    """
        .formatted(
            assembly,
            month.toString().replace("-", ""),
            keys.stream().map(key -> "\"" + key + "\"").collect(Collectors.joining(", ")));
  }

  static byte[] gzip(String text) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(bytes)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  static byte[] zip(String name, String text) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new ZipOutputStream(bytes)) {
      out.putNextEntry(new ZipEntry(name));
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }
}
