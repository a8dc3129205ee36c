package io.tawara.ingest.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.config.CloudConfig;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// GCP with BigQuery's real client against a stand-in of its REST API.
class GcpTest {
  private static final String CREDENTIALS = "{\"project_id\": \"p-1\"}";
  private static final String PLACE = "{\"dataset\": \"p-1:d\"}";
  private BigQueryStandIn google;
  private CloudFixture fixture;

  @BeforeEach
  void start() throws IOException {
    google = new BigQueryStandIn();
    var standard = CloudConfig.Endpoints.standard();
    fixture =
        new CloudFixture(
            "gcp",
            new CloudConfig(
                false,
                false,
                true,
                false,
                Duration.ofHours(1),
                Duration.ofDays(1),
                21,
                2,
                false,
                2,
                50 << 20,
                100,
                Duration.ofSeconds(2),
                new CloudConfig.Endpoints(
                    Optional.empty(),
                    Optional.empty(),
                    standard.azureLogin(),
                    standard.azureManagement(),
                    standard.azureBlob(),
                    Optional.of(google.address()),
                    true)));
    google.partitions.put("2026-11-19", Instant.parse("2026-11-20T02:00:00Z"));
  }

  @AfterEach
  void stop() {
    fixture.close();
    google.close();
  }

  private UUID source() {
    return fixture.source(ProviderType.GCP, CREDENTIALS, PLACE);
  }

  private void ask(UUID source) {
    fixture.work.add(PollRequest.of(source, PollRequest.Reason.ASKED).item(null));
    fixture.idle();
  }

  @Test
  void aPartitionIsADeliveryUntilItsExportTimeChanges() {
    google.partitions.put("2026-10-31", Instant.parse("2026-11-01T02:00:00Z"));
    google.partitions.put("2026-09-30", Instant.parse("2026-10-01T02:00:00Z"));
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted)
        .extracting(each -> each.delivery().assemblyId())
        .containsExactly("2026-11-19|2026-11-20T02:00:00Z", "2026-10-31|2026-11-01T02:00:00Z");
    var first = fixture.converted.getFirst();
    assertThat(first.delivery().partitionDay()).contains(java.time.LocalDate.of(2026, 11, 19));
    String text = first.files().get("202611_2026-11-19.csv");
    assertThat(text)
        .startsWith("billing_account_id,service.id,")
        .contains(",partition_date\n0/0,0/1,")
        .contains("0/7,,0/9,0/10,\"[{\"\"key\"\": \"\"a\"\"}]\",0/12")
        .endsWith("0/30\n");
    assertThat(text.split("\n")[0].split(",")).hasSize(31);

    ask(source);
    assertThat(fixture.converted).hasSize(2);
    google.partitions.put("2026-11-19", Instant.parse("2026-11-20T08:00:00Z"));
    google.partitions.put("2026-11-09", Instant.parse("2026-11-20T08:00:00Z"));
    ask(source);
    assertThat(fixture.converted).as("set up, it looks back ten days").hasSize(3);
    assertThat(fixture.converted.getLast().delivery().assemblyId())
        .isEqualTo("2026-11-19|2026-11-20T08:00:00Z");
  }

  @Test
  void manyPagesAndOneThatFailsAtFirst() {
    google.rows.put("2026-11-19", 20);
    google.failingPages = 2;
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    List<String> lines =
        fixture.converted.getFirst().files().values().iterator().next().lines().toList();
    assertThat(lines).hasSize(21);
    assertThat(lines.getLast()).startsWith("19/0,");
  }

  @Test
  void aSlowAnswerIsGivenUpAndAskedForAgain() {
    google.delayMilliseconds = 60_000;
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("unreachable");
    google.delayMilliseconds = 0;
    fixture.run("update provider_poll set next_try = next_try - interval '1 minute'");
    fixture.clouds.polling().again();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
  }

  @Test
  void refusalsHaveNames() {
    UUID source = source();
    fixture.idle();
    google.failures.add("403 accessDenied");
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("permission");
    google.failures.add("404 notFound");
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("not-found");
    google.failures.add("401 authError");
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("credentials");
    google.tables = "other";
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("no-report");
    assertThat(fixture.rows("select failures from provider_poll")).containsExactly("4");
  }

  @Test
  void namesThatCouldBeStatementsAreRefused() {
    for (String place :
        List.of(
            "{\"dataset\": \"d`; drop\", \"table_id\": \"t\"}",
            "{\"dataset\": \"d\", \"table_id\": \"t` where true --\"}")) {
      UUID source = fixture.source(ProviderType.GCP, CREDENTIALS, place);
      fixture.idle();
      assertThat(fixture.problem(source)).isEqualTo("not-found");
    }
    assertThat(google.asked).noneMatch(line -> line.contains("/queries"));
  }

  @Test
  void aSourceIsCheckedInKokusWords() {
    check(PLACE);
    google.permissions = "\"bigquery.jobs.create\"";
    refused(PLACE, "gcp.iam.permissions");
    google.failures.add("404 notFound");
    refused(PLACE, "authentication.project_id");
    google.permissions =
        "\"bigquery.jobs.create\", \"bigquery.tables.getData\", \"bigquery.tables.list\","
            + " \"bigquery.tables.get\"";
    google.missingColumn = "cost";
    refused(PLACE, "dataset.table.columns");
    google.missingColumn = "";
    google.partitioning = "MONTH";
    refused(PLACE, "dataset.table.partitions");
    google.partitioning = "DAY";
    google.tables = "";
    refused(PLACE, null);
    refused("{\"storage_only\": true, \"bucket\": \"\"}", "gcp.billing_source.bucket.missing");
    check("{\"storage_only\": true, \"bucket\": \"b\"}");
    google.failures.add("403 forbidden");
    refused("{\"storage_only\": true, \"bucket\": \"b\"}", "data_source.bucket");
  }

  private void check(String place) {
    fixture.clouds.check().check(draft(place));
  }

  private static ProviderDraft draft(String place) {
    return new ProviderDraft(
        "n", ProviderType.GCP, CloudFixture.json(CREDENTIALS), CloudFixture.json(place), false);
  }

  private void refused(String place, String key) {
    assertThatThrownBy(() -> check(place))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused -> assertThat(refused.errors().getFirst().source()).isEqualTo(key));
  }

  @Test
  void postedFilesComeFromTheBucket() {
    google.object("bills/nov.csv", "h\n1\n");
    String place = "{\"storage_only\": true, \"bucket\": \"b\"}";
    fixture.clouds.check().checkFiles(draft(place), List.of("bills/nov.csv"));
    assertThatThrownBy(
            () -> fixture.clouds.check().checkFiles(draft(place), List.of("bills/absent.csv")))
        .hasMessageContaining("could not be found within bucket b.");
    UUID source = fixture.source(ProviderType.GCP, CREDENTIALS, place);
    fixture.idle();
    assertThat(fixture.converted).as("nothing is asked for by itself").isEmpty();
    UUID report = UUID.randomUUID();
    fixture.run(
        """
        insert into ingress_report (uuid, created_timestamp, reports_list, source_uuid, bill_year,
          bill_month, schema_name)
        values ('%s', now(), '["bills/nov.csv"]', '%s', '2026', '11', 'org1')
        """
            .formatted(report, source));
    fixture.work.add(
        PollRequest.of(source, PollRequest.Reason.POSTED).posted(Optional.of(report)).item(null));
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().files()).containsEntry("nov.csv", "h\n1\n");
    assertThat(fixture.converted.getFirst().delivery().assemblyId())
        .isEqualTo("2026-11-01|" + report);
    assertThat(fixture.converted.getFirst().delivery().ingressReport()).contains(report);
  }
}
