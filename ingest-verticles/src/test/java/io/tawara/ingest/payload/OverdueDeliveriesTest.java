package io.tawara.ingest.payload;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.core.provider.ProviderType;
import io.tawara.core.work.WorkQueue;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.LandingStack;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A delivery whose manifest names a file that does not come: it waits, then is summarised without
/// it, and again when the file comes after all.
class OverdueDeliveriesTest {
  private static final String ASSEMBLY = "7f7ac0f8-2b7f-4f53-a8d5-0f6e46a1c001";
  private static final String NODES =
      """
      report_period_start,report_period_end,interval_start,interval_end,node,node_labels
      2026-11-01 00:00:00 +0000 UTC,2026-12-01 00:00:00 +0000 UTC,2026-11-10 00:00:00 +0000 UTC,2026-11-10 00:59:59 +0000 UTC,node-1,label_zone:a
      """;

  @TempDir private Path directory;

  @Test
  void whatCameIsSummarisedWithoutWhatDidNotCome() throws Exception {
    try (var stack =
        new LandingStack(directory, Optional.empty(), TestServices.freshBuckets("overdue"))) {
      stack.provider(ProviderType.OCP, "late-cluster");
      var patient = overdue(stack, Duration.ofHours(1));
      var impatient = overdue(stack, Duration.ZERO);

      stack.payload("first", payload(Map.of("a.csv", NODES)));
      assertThat(stack.waiting("summarise")).isEmpty();
      patient.find();
      assertThat(stack.waiting(OverdueDeliveries.KIND)).isEmpty();

      impatient.find();
      impatient.find();
      assertThat(stack.waiting(OverdueDeliveries.KIND)).hasSize(1);
      var work = stack.waiting(OverdueDeliveries.KIND).getFirst();
      patient.perform(work);
      assertThat(stack.waiting("summarise")).isEmpty();
      impatient.perform(work);
      impatient.perform(work);
      assertThat(stack.waiting("summarise"))
          .singleElement()
          .satisfies(
              summary -> assertThat(summary.body().path("start").asText()).isEqualTo("2026-11-10"));
      assertThat(stack.ledger("select name, state, error is null from public.file order by name"))
          .containsExactly("a.csv|done|t", "b.csv|quarantined|f");

      stack.database.run(
          connection -> {
            try (var statement = connection.createStatement()) {
              statement.execute("delete from public.work");
            }
          });
      stack.payload("second", payload(Map.of("b.csv", NODES.replace("11-10", "11-11"))));
      assertThat(stack.ledger("select name, state, error is null from public.file order by name"))
          .containsExactly("a.csv|done|t", "b.csv|done|t");
      assertThat(stack.waiting("summarise"))
          .singleElement()
          .satisfies(
              summary -> assertThat(summary.body().path("end").asText()).isEqualTo("2026-11-11"));
      impatient.find();
      assertThat(stack.waiting(OverdueDeliveries.KIND)).isEmpty();
    }
  }

  private static OverdueDeliveries overdue(LandingStack stack, Duration patience) {
    return new OverdueDeliveries(
        stack.database,
        new WorkQueue(stack.database),
        stack.ingest.landings(),
        patience,
        Clock.fixed(LandingStack.NOW, ZoneOffset.UTC));
  }

  private static byte[] payload(Map<String, String> csv) throws IOException {
    var files = new LinkedHashMap<String, String>();
    files.put(
        "manifest.json",
        """
        {"uuid": "%s", "cluster_id": "late-cluster", "version": "4.1.0",
         "date": "2026-11-11T23:59:59.000000+00:00", "files": ["a.csv", "b.csv"]}
        """
            .formatted(ASSEMBLY));
    files.putAll(csv);
    var bytes = new ByteArrayOutputStream();
    try (var tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (var file : files.entrySet()) {
        byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(file.getKey());
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }
}
