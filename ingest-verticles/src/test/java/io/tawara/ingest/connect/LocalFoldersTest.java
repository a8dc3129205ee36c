package io.tawara.ingest.connect;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.core.config.CloudConfig;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.provider.ProviderType;
import io.tawara.ingest.connect.CloudFixture.Converted;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFoldersTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final YearMonth OCTOBER = YearMonth.of(2026, 10);
  private static final String A1 = "11111111-0000-4000-8000-000000000001";
  private static final String A2 = "11111111-0000-4000-8000-000000000002";
  private static final String AZURE_CREDENTIALS =
      "{\"subscription_id\": \"s\", \"tenant_id\": \"t\", \"client_id\": \"c\", \"client_secret\":"
          + " \"x\"}";

  @TempDir Path folder;
  @TempDir Path outside;
  private CloudFixture fixture;

  @BeforeEach
  void start() {
    fixture = new CloudFixture("local_folders", CloudConfig.standard(true, false));
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Path write(String key, byte[] content) throws IOException {
    Path file = folder.resolve(key);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private void report(YearMonth month, String assembly, List<String> keys) throws IOException {
    write(
        "cur/" + Manifest.toNextMonth(month) + "/cur-Manifest.json",
        bytes(CurFiles.manifest(assembly, month, keys)));
  }

  private static String key(YearMonth month, String assembly, String file) {
    return "cur/" + Manifest.toNextMonth(month) + "/" + assembly + "/" + file;
  }

  private UUID aws() {
    return fixture.source(
        ProviderType.AWS_LOCAL,
        "{\"role_arn\": \"arn:aws:iam::111122223333:role/r\"}",
        "{\"bucket\": \"" + folder + "\"}");
  }

  private void ask(UUID source) {
    fixture.work.add(PollRequest.of(source, PollRequest.Reason.ASKED).item(null));
    fixture.idle();
  }

  @Test
  void theManifestFirstThenExactlyItsFiles() throws IOException {
    String one = key(NOVEMBER, A1, "cur-1.csv.gz");
    String two = key(NOVEMBER, A1, "cur-2.csv.zip");
    write(one, CurFiles.gzip("h\n1\n"));
    write(two, CurFiles.zip("cur-2.csv", "h\n2\n"));
    write(key(NOVEMBER, A1, "other.csv"), bytes("not named"));
    report(NOVEMBER, A1, List.of("/" + one, two));
    String old = key(OCTOBER, A2, "cur-1.csv");
    write(old, bytes("h\n0\n"));
    report(OCTOBER, A2, List.of(old));

    UUID source = aws();
    fixture.idle();

    assertThat(fixture.converted).hasSize(2);
    Converted november = fixture.converted.getFirst();
    assertThat(november.files())
        .containsEntry(A1 + "-cur-1.csv.gz", "h\n1\n")
        .containsEntry(A1 + "-cur-2.csv.gz", "h\n2\n")
        .hasSize(2);
    assertThat(november.delivery().month()).isEqualTo(NOVEMBER);
    assertThat(november.delivery().wholeMonth()).isTrue();
    assertThat(fixture.converted.getLast().files()).containsEntry(A2 + "-cur-1.csv", "h\n0\n");
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(
            fixture.rows(
                "select assembly_id, state -> 'download' ? 'end' from manifest order by id"))
        .containsExactly(A1 + "|t", A2 + "|t");
    assertThat(
            fixture.rows("select polling_timestamp is not null, setup_complete from api_provider"))
        .containsExactly("t|t");

    ask(source);
    assertThat(fixture.converted).as("nothing is new").hasSize(2);
  }

  @Test
  void aNewAssemblyIsTakenAndAnUnfinishedOlderOneIsNot() throws IOException {
    String first = key(NOVEMBER, A1, "cur-1.csv");
    report(NOVEMBER, A1, List.of(first, key(NOVEMBER, A1, "cur-2.csv")));
    write(first, bytes("h\n1\n"));
    UUID source = aws();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("incomplete");
    assertThat(fixture.converted).isEmpty();
    assertThat(fixture.rows("select name, error from file order by name"))
        .containsExactly(
            A1 + "-cur-1.csv|null", A1 + "-cur-2.csv|the manifest names it and it is not there");
    assertThat(fixture.rows("select status ->> 'availability_status' from api_sources"))
        .containsExactly("unavailable");

    String second = key(NOVEMBER, A2, "cur-1.csv");
    write(second, bytes("h\n2\n"));
    report(NOVEMBER, A2, List.of(second));
    ask(source);
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().files()).containsEntry(A2 + "-cur-1.csv", "h\n2\n");
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.rows("select status ->> 'availability_status' from api_sources"))
        .containsExactly("available");
    assertThat(fixture.rows("select distinct state from file where name like '" + A1 + "%'"))
        .containsExactly("skipped");
  }

  @Test
  void aReportThatWasHalfThereIsTakenWhenItIsWhole() throws IOException {
    String one = key(NOVEMBER, A1, "cur-1.csv");
    report(NOVEMBER, A1, List.of(one));
    UUID source = aws();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("incomplete");
    write(one, bytes("h\n1\n"));
    fixture.clouds.polling().again();
    fixture.idle();
    assertThat(fixture.converted).as("it waits before it is asked again").isEmpty();
    fixture.run("update provider_poll set next_try = next_try - interval '1 minute'");
    fixture.clouds.polling().again();
    fixture.idle();
    assertThat(fixture.converted).hasSize(1);
  }

  @Test
  void aFileThatChangesBetweenListingAndReadingIsTakenAsItIsThen() throws IOException {
    String one = key(NOVEMBER, A1, "cur-1.csv");
    write(one, bytes("h\n1\n"));
    report(NOVEMBER, A1, List.of(one));
    UUID source = aws();
    fixture.idle();
    assertThat(fixture.converted).hasSize(1);
    // As if it had been listed and not yet read when it changed.
    fixture.run(
        "update file set state = 'expected', etag = 'older'; insert into work (kind, key, body)"
            + " select 'download', 'provider:' || provider_uuid, jsonb_build_object('provider',"
            + " provider_uuid, 'manifest', id) from manifest");
    Path changed = write(one, bytes("h\n1\n2\n"));
    Files.setLastModifiedTime(changed, FileTime.from(Instant.parse("2026-11-20T18:00:00Z")));
    fixture.idle();
    assertThat(fixture.converted).hasSize(2);
    assertThat(fixture.converted.getLast().files()).containsValue("h\n1\n2\n");
    assertThat(fixture.rows("select retakes from manifest")).containsExactly("1");
    assertThat(fixture.problem(source)).isEqualTo("none");
  }

  @Test
  void nothingOutsideOfTheFolderIsRead() throws IOException {
    Path secret = Files.writeString(outside.resolve("secret.csv"), "secret");
    Path way = folder.relativize(secret);
    Files.createDirectories(folder.resolve("cur"));
    Files.createSymbolicLink(folder.resolve("cur/link.csv"), secret);
    report(NOVEMBER, A1, List.of(way.toString(), "cur/link.csv"));
    UUID source = aws();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("incomplete");
    assertThat(fixture.converted).isEmpty();
  }

  @Test
  void whatIsNoReportIsSaid() throws IOException {
    write("cur/" + Manifest.toNextMonth(NOVEMBER) + "/cur-Manifest.json", bytes("[]"));
    UUID source = aws();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("unreadable");
    write("cur/" + Manifest.toNextMonth(NOVEMBER) + "/cur-Manifest.json", bytes("{\"assem"));
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("incomplete");
    report(NOVEMBER, A1, List.of("cur/x.orc"));
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("unsupported");
    report(NOVEMBER, "", List.of("cur/x.csv"));
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("unreadable");
    assertThat(fixture.rows("select failures from provider_poll")).containsExactly("4");
  }

  @Test
  void azureFoldersGiveTheNewestFileOfAMonth() throws IOException {
    String month = "export/" + Manifest.wholeMonth(NOVEMBER) + "/";
    Path old = write(month + "costreport_" + A1 + ".csv", bytes("old"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.parse("2026-11-10T00:00:00Z")));
    write(month + "costreport_" + A2 + ".csv", bytes("new"));
    UUID source =
        fixture.source(
            ProviderType.AZURE_LOCAL,
            AZURE_CREDENTIALS,
            """
            {"resource_group": {"directory": "", "export_name": "export"},
             "storage_account": {"local_dir": "%s", "container": ""}}
            """
                .formatted(folder));
    fixture.idle();
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().delivery().assemblyId()).isEqualTo(A2);
    assertThat(fixture.converted.getFirst().files())
        .containsEntry("costreport_" + A2 + ".csv", "new");
    assertThat(fixture.problem(source)).isEqualTo("none");
  }

  @Test
  void gcpFoldersKeepTheirFiles() throws IOException {
    Path one = write("e1/202611_e1_2026-11-01:2026-11-20.csv", bytes("one"));
    Path two = write("202610_e2_2026-10-01:2026-11-01.csv", bytes("two"));
    UUID source =
        fixture.source(
            ProviderType.GCP_LOCAL,
            "{\"project_id\": \"p\"}",
            "{\"dataset\": \"d\", \"table_id\": \"t\", \"local_dir\": \"" + folder + "\"}");
    fixture.idle();
    assertThat(fixture.converted)
        .extracting(each -> each.delivery().assemblyId())
        .containsExactly("2026-11-01|2026-11-20|" + source, "2026-10-01|2026-11-01|" + source);
    assertThat(one).exists();
    assertThat(two).exists();
    Files.writeString(one, "one and more");
    ask(source);
    assertThat(fixture.converted).hasSize(3);
    assertThat(fixture.converted.getLast().files()).containsValue("one and more");
  }

  @Test
  void workThatIsPerformedTwiceChangesNothing() throws Exception {
    String one = key(NOVEMBER, A1, "cur-1.csv");
    write(one, bytes("h\n1\n"));
    report(NOVEMBER, A1, List.of(one));
    UUID source = aws();
    fixture.idle();
    // As after a kill: each item is performed again after its effect.
    var handlers = fixture.clouds.handlers();
    var poll = PollRequest.of(source, PollRequest.Reason.SAVED).item("r");
    handlers.get(PollRequest.KIND).perform(poll);
    handlers.get(PollRequest.KIND).perform(poll);
    int manifest = (int) fixture.count("select id from manifest");
    handlers.get("download").perform(DownloadDelivery.item(source, manifest, true, "r"));
    fixture.idle();
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.rows("select tries, state from file")).containsExactly("2|done");
  }

  @Test
  void onlyDevelopmentReadsFolders() {
    try (var production = new CloudFixture("local_refused", CloudConfig.standard(false, false))) {
      UUID source =
          production.source(
              ProviderType.AWS_LOCAL, "{\"role_arn\": \"a\"}", "{\"bucket\": \"" + folder + "\"}");
      production.idle();
      assertThat(production.problem(source)).isEqualTo("unsupported");
    }
  }

  @Test
  void sourcesAreAskedInPartsTheLongestWaitingFirst() {
    for (int i = 0; i < 4; i++) {
      aws0(i);
    }
    fixture.idle();
    fixture.run(
        """
        update api_provider set polling_timestamp = timestamptz '2026-11-19T10:00:00Z'
          + row_number * interval '1 hour'
        from (select uuid as u, row_number() over (order by name) from api_provider) n
        where u = uuid
        """);
    fixture.run(
        "update api_provider set paused = true where name = (select min(name) from api_provider)");
    fixture.clouds.polling().due();
    fixture.idle();
    assertThat(
            fixture.rows(
                "select count(*) from api_provider where polling_timestamp ="
                    + " '2026-11-20T17:00:00Z'"))
        .as("one of four, and not the paused one")
        .containsExactly("1");
    assertThat(
            fixture.rows(
                "select name = (select name from api_provider order by name offset 1 limit 1) from"
                    + " api_provider where polling_timestamp = '2026-11-20T17:00:00Z'"))
        .containsExactly("t");
  }

  private void aws0(int number) {
    fixture.source(
        ProviderType.AWS_LOCAL,
        "{\"role_arn\": \"arn:aws:iam::111122223333:role/r%d\"}".formatted(number),
        "{\"bucket\": \"" + folder + "\"}");
  }
}
