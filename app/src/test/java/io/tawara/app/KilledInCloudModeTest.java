package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tawara.embedded.TestServices;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the real process in cloud mode, at every stage of a payload: while it is converted
/// to Parquet, while Trino summarises it and while costs are calculated. After each restart on the
/// same services the line items and the figures are those of a run that nobody disturbed: nothing
/// is lost, no row is doubled.
class KilledInCloudModeTest {
  private static final String UNDISTURBED = "7000003";
  private static final String KILLED = "7000004";

  private static final Pattern NUMBER =
      Pattern.compile(" : (-?\\d+(?:\\.\\d+)?(?:[eE][-+]?\\d+)?)");

  @TempDir private Path directory;

  @Test
  void killedWhileConvertingAndSummarisingTheRowsAreThoseOfAnUndisturbedRun() throws Exception {
    List<Path> payloads =
        SampleRun.payloads(directory.resolve("payloads"), SampleRun.STAGES.size());
    TestServices.Cloud cloud = TestServices.cloud();
    var settings = new HashMap<>(ServiceSettings.of(cloud));
    settings.put("TAWARA_ROLES", "gateway,listener,worker");
    try (var process =
        new TawaraProcess(
            TestServices.freshDatabase("killed_cloud"),
            TestServices.kafka(),
            cloud.objects(),
            settings)) {
      process.start();
      Map<String, String> undisturbed;
      try (var run = new SampleRun(process.port(), process.internalPort(), UNDISTURBED)) {
        run.prepare();
        for (Path payload : payloads) {
          run.upload(payload);
        }
        run.awaitIdle();
        undisturbed = run.figures();
      }
      assertThat(undisturbed.get("costs by project")).contains("payments").contains("2026-11-08");

      for (int i = 0; i < payloads.size(); i++) {
        try (var run = new SampleRun(process.port(), process.internalPort(), KILLED)) {
          run.prepare();
          run.awaitIdle();
          run.upload(payloads.get(i));
          run.awaitStage(SampleRun.STAGES.get(i));
        }
        process.restart();
      }

      try (var run = new SampleRun(process.port(), process.internalPort(), KILLED)) {
        run.awaitIdle();
        assertThat(run.failedJobs()).as(process.output()).isZero();
        run.figures()
            .forEach((report, figures) -> assertClose(report, figures, undisturbed.get(report)));
      }
    }
    try (Connection connection =
        DriverManager.getConnection(cloud.trino().jdbcUrl(), cloud.trino().user(), null)) {
      Map<String, Long> rows = rows(connection, cloud.trino().catalog(), UNDISTURBED);
      assertThat(rows.values().stream().mapToLong(Long::longValue).sum()).isPositive();
      assertThat(rows(connection, cloud.trino().catalog(), KILLED)).isEqualTo(rows);
    }
  }

  /// Trino adds up floating point numbers in any order: the last digit of a figure is not settled.
  private static void assertClose(String report, String figures, String wanted) {
    assertThat(NUMBER.matcher(figures).replaceAll("n"))
        .as(report)
        .isEqualTo(NUMBER.matcher(wanted).replaceAll("n"));
    Iterator<MatchResult> found = NUMBER.matcher(figures).results().iterator();
    for (MatchResult want : NUMBER.matcher(wanted).results().toList()) {
      double number = Double.parseDouble(want.group(1));
      assertThat(Double.parseDouble(found.next().group(1)))
          .as(report)
          .isCloseTo(number, within(1e-12 * Math.max(1, Math.abs(number))));
    }
  }

  /// The number of rows of each of a tenant's tables of line items.
  private static Map<String, Long> rows(Connection connection, String catalog, String organisation)
      throws SQLException {
    String schema = catalog + ".org" + organisation;
    var rows = new TreeMap<String, Long>();
    try (var statement = connection.createStatement()) {
      var tables = new ArrayList<String>();
      try (var found = statement.executeQuery("show tables from " + schema)) {
        while (found.next()) {
          tables.add(found.getString(1));
        }
      }
      for (String table : tables) {
        try (var count =
            statement.executeQuery("select count(*) from %s.%s".formatted(schema, table))) {
          count.next();
          rows.put(table, count.getLong(1));
        }
      }
    }
    return rows;
  }
}
