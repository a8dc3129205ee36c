package io.tawara.ingest.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.config.CloudConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.delivery.PollRequest;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.core.provider.ProviderType;
import io.tawara.embedded.TestServices;
import io.tawara.ingest.connect.FaultyProxy.Fault;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/// AWS against a real S3 with a stand-in for STS and friends; faults come from a proxy before it.
class AwsTest {
  private static final YearMonth NOVEMBER = YearMonth.of(2026, 11);
  private static final String A1 = "11111111-0000-4000-8000-000000000001";
  private static final AtomicInteger BUCKETS = new AtomicInteger();

  private final String bucket = "customer-" + BUCKETS.incrementAndGet();
  private AwsStandIn aws;
  private FaultyProxy proxy;
  private CloudFixture fixture;
  private S3Client s3;

  @BeforeEach
  void start() throws IOException {
    ObjectStoreConfig store = TestServices.freshBuckets("aws");
    aws = new AwsStandIn(store.accessKey(), store.secretKey());
    proxy = new FaultyProxy(URI.create(store.endpoint()));
    var standard = CloudConfig.Endpoints.standard();
    fixture =
        new CloudFixture(
            "aws",
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
                2_000,
                Duration.ofSeconds(10),
                new CloudConfig.Endpoints(
                    Optional.of(aws.address()),
                    Optional.of(proxy.address()),
                    standard.azureLogin(),
                    standard.azureManagement(),
                    standard.azureBlob(),
                    Optional.empty(),
                    false)));
    s3 = fixture.objects.client();
    s3.createBucket(request -> request.bucket(bucket));
    aws.report(bucket, "GZIP", true);
  }

  @AfterEach
  void stop() {
    fixture.close();
    proxy.close();
    aws.close();
  }

  private void put(String key, byte[] content) {
    s3.putObject(r -> r.bucket(bucket).key(key), RequestBody.fromBytes(content));
  }

  private static String key(String file) {
    return "pre/cur/" + Manifest.toNextMonth(NOVEMBER) + "/" + file;
  }

  private void manifest(String assembly, List<String> keys) {
    put(
        key("cur-Manifest.json"),
        CurFiles.manifest(assembly, NOVEMBER, keys).getBytes(StandardCharsets.UTF_8));
  }

  private UUID source() {
    return fixture.source(
        ProviderType.AWS,
        "{\"role_arn\": \"" + AwsStandIn.ROLE + "\", \"external_id\": \"x-1\"}",
        "{\"bucket\": \"" + bucket + "\"}");
  }

  private void ask(UUID source) {
    fixture.work.add(PollRequest.of(source, PollRequest.Reason.ASKED).item(null));
    fixture.idle();
  }

  /// A CSV that does not compress, so that it takes several parts.
  private static String large(int megabytes) {
    var random = new Random(1);
    var text = new StringBuilder("h\n");
    while (text.length() < megabytes << 20) {
      text.append(Long.toHexString(random.nextLong())).append('\n');
    }
    return text.toString();
  }

  @Test
  void theRoleIsAssumedAndTheReportFetched() {
    String one = key(A1 + "/cur-1.csv.gz");
    String two = key(A1 + "/cur-2.csv.zip");
    put(one, CurFiles.gzip("h\n1\n"));
    put(two, CurFiles.zip("cur-2.csv", "h\n2\n"));
    manifest(A1, List.of(one, two));
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().files())
        .containsEntry(A1 + "-cur-1.csv.gz", "h\n1\n")
        .containsEntry(A1 + "-cur-2.csv.gz", "h\n2\n");
    assertThat(aws.assumed.getFirst())
        .containsEntry("RoleArn", AwsStandIn.ROLE)
        .containsEntry("ExternalId", "x-1");
    assertThat(fixture.rows("select etag <> '', origin from file order by name"))
        .containsExactly("t|" + one, "t|" + two);
  }

  @Test
  void aManifestWithMoreFilesThanOnePageOfTheListing() {
    var keys = new ArrayList<String>();
    for (int i = 0; i < 1_050; i++) {
      keys.add(key(A1 + "/cur-" + i + ".csv"));
      put(keys.getLast(), ("h\n" + i + "\n").getBytes(StandardCharsets.UTF_8));
    }
    manifest(A1, keys);
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted.getFirst().files()).hasSize(1_050);
    assertThat(proxy.requests.stream().filter(line -> line.contains("continuation-token")))
        .as("the listing has pages")
        .isNotEmpty();
  }

  @Test
  void aBrokenConnectionIsReadOn() {
    String text = large(12);
    String one = key(A1 + "/cur-1.csv");
    put(one, text.getBytes(StandardCharsets.UTF_8));
    manifest(A1, List.of(one));
    var cuts = new AtomicInteger();
    proxy.faults(
        line ->
            line.contains("cur-1.csv") && line.startsWith("GET") && cuts.incrementAndGet() <= 2
                ? Optional.of(new Fault.Cut(5 << 20))
                : Optional.empty());
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted.getFirst().files()).containsValue(text);
    assertThat(cuts.get()).isEqualTo(3);
  }

  @Test
  void s3ThatIsAwayInTheMiddleIsWaitedForAndWhatIsThereIsNotFetchedAgain() {
    String one = key(A1 + "/cur-1.csv");
    String two = key(A1 + "/cur-2.csv");
    put(one, "h\n1\n".getBytes(StandardCharsets.UTF_8));
    put(two, "h\n2\n".getBytes(StandardCharsets.UTF_8));
    manifest(A1, List.of(one, two));
    proxy.faults(
        line ->
            line.contains("cur-2.csv") && line.startsWith("GET /" + bucket + "/")
                ? Optional.of(FaultyProxy.error(500, "InternalError"))
                : Optional.empty());
    UUID source = source();
    await(() -> fixture.problem(source).equals("unreachable"));
    assertThat(fixture.rows("select state from file order by name"))
        .containsExactly("downloaded", "expected");
    assertThat(fixture.rows("select status ->> 'availability_status' from api_sources"))
        .containsExactly("unavailable");
    proxy.requests.clear();
    proxy.well();
    fixture.idle();
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().files()).hasSize(2);
    assertThat(proxy.requests).noneMatch(line -> line.startsWith("GET /" + bucket + "/" + one));
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.rows("select status ->> 'availability_status' from api_sources"))
        .containsExactly("available");
  }

  private static void await(java.util.function.BooleanSupplier condition) {
    long until = System.nanoTime() + Duration.ofMinutes(3).toNanos();
    while (true) {
      try {
        if (condition.getAsBoolean()) {
          return;
        }
      } catch (java.util.NoSuchElementException notYet) {
        // no row
      }
      if (System.nanoTime() > until) {
        throw new AssertionError("it did not happen");
      }
      try {
        Thread.sleep(20);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(stop);
      }
    }
  }

  @Test
  void throttlingIsWaitedOut() {
    String one = key(A1 + "/cur-1.csv");
    put(one, "h\n1\n".getBytes(StandardCharsets.UTF_8));
    manifest(A1, List.of(one));
    var throttled = new AtomicInteger(3);
    proxy.faults(
        line ->
            throttled.getAndDecrement() > 0
                ? Optional.of(FaultyProxy.error(503, "SlowDown"))
                : Optional.empty());
    aws.throttled = 1;
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
  }

  @Test
  void anObjectThatIsReplacedWhileItIsFetchedIsTakenAgain() {
    String one = key(A1 + "/cur-1.csv");
    put(one, "h\n1\n".getBytes(StandardCharsets.UTF_8));
    manifest(A1, List.of(one));
    var replaced = new AtomicInteger();
    proxy.faults(
        line -> {
          if (line.startsWith("GET /" + bucket + "/" + one) && replaced.getAndIncrement() == 0) {
            put(one, "h\n1\n2\n".getBytes(StandardCharsets.UTF_8));
          }
          return Optional.empty();
        });
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("none");
    assertThat(fixture.converted).hasSize(1);
    assertThat(fixture.converted.getFirst().files()).containsValue("h\n1\n2\n");
    assertThat(fixture.rows("select retakes from manifest")).containsExactly("1");
  }

  @Test
  void anObjectThatNeverRestsIsSaidAfterSomeTries() {
    String one = key(A1 + "/cur-1.csv");
    put(one, "h\n".getBytes(StandardCharsets.UTF_8));
    manifest(A1, List.of(one));
    var count = new AtomicInteger();
    proxy.faults(
        line -> {
          if (line.startsWith("GET /" + bucket + "/" + one)) {
            put(one, ("h\n" + count.incrementAndGet()).getBytes(StandardCharsets.UTF_8));
          }
          return Optional.empty();
        });
    UUID source = source();
    fixture.idle();
    assertThat(fixture.problem(source)).isEqualTo("changed");
    assertThat(fixture.converted).isEmpty();
    proxy.well();
    ask(source);
    assertThat(fixture.converted).hasSize(1);
  }

  @Test
  void everyRefusalHasItsName() {
    record Case(Fault fault, String problem) {}
    UUID source = source();
    fixture.idle();
    for (Case each :
        List.of(
            new Case(FaultyProxy.error(403, "AccessDenied"), "permission"),
            new Case(FaultyProxy.error(400, "ExpiredToken"), "expired"),
            new Case(FaultyProxy.error(403, "InvalidAccessKeyId"), "credentials"),
            new Case(FaultyProxy.error(404, "NoSuchBucket"), "not-found"),
            new Case(
                new Fault.Answer(
                    301,
                    "x-amz-bucket-region: eu-west-1\r\n",
                    "<Error><Code>PermanentRedirect</Code><Message>elsewhere</Message></Error>"),
                "region"))) {
      proxy.faults(line -> Optional.of(each.fault()));
      ask(source);
      assertThat(fixture.problem(source)).isEqualTo(each.problem());
    }
    assertThat(fixture.rows("select message from provider_poll").getFirst())
        .contains("eu-west-1", "us-east-1", "bucket_region");
    aws.externalId = "another";
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("permission");
    aws.externalId = "x-1";
    proxy.well();
    aws.reports = "[]";
    ask(source);
    assertThat(fixture.problem(source)).isEqualTo("no-report");
    assertThat(fixture.rows("select message from provider_poll").getFirst())
        .doesNotContain("x-1")
        .doesNotContain("secret");
  }

  @Test
  void organisationAndNamesAreRead() {
    UUID source = source();
    fixture.idle();
    assertThat(organisation())
        .containsExactly("ou-1 2 Retail erp", "ou-1 2 Retail -", "r-1 1 Root -");
    String alias =
        fixture.database.tenant(
            CloudFixture.TENANT,
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          "select account_alias from aws_account_alias where account_id ="
                              + " '111122223333'")) {
                rows.next();
                return rows.getString(1);
              }
            });
    assertThat(alias).isEqualTo("shop");
    aws.organizationAllowed = false;
    fixture.work.add(io.tawara.core.organization.OrganizationCrawl.item(source, null));
    fixture.idle();
    assertThat(fixture.rows("select additional_context from api_provider"))
        .containsExactly("{\"crawl_hierarchy\": false}");
    assertThat(organisation()).as("what is known stays").hasSize(3);
  }

  private List<String> organisation() {
    return fixture.database.tenant(
        CloudFixture.TENANT,
        connection -> {
          try (var statement = connection.createStatement();
              var rows =
                  statement.executeQuery(
                      """
                      select org_unit_id || ' ' || level + 1 || ' ' || org_unit_name || ' '
                        || coalesce(account_alias, '-')
                      from aws_organizational_unit u
                      left join aws_account_alias a on a.id = u.account_alias_id
                      where created_timestamp = '2026-10-01' and deleted_timestamp is null
                      order by org_unit_id, account_alias
                      """)) {
            var found = new ArrayList<String>();
            while (rows.next()) {
              found.add(rows.getString(1));
            }
            return found;
          }
        });
  }

  @Test
  void aSourceIsCheckedInKokusWords() {
    check(AwsStandIn.ROLE, bucket);
    refused(AwsStandIn.ROLE + "x", bucket, "authentication.role_arn.unreachable");
    refused("", bucket, "authentication.role_arn.missing");
    refused(AwsStandIn.ROLE, " ", "billing_source.bucket.missing");
    refused(AwsStandIn.ROLE, "nowhere-at-all", "billing_source.bucket.notfound");
    aws.report("another", "GZIP", true);
    refused(AwsStandIn.ROLE, bucket, "aws.report.configuration");
    aws.report(bucket, "BZIP", true);
    refused(AwsStandIn.ROLE, bucket, "aws.report.compression.configuration");
    aws.report(bucket, "GZIP", false);
    refused(AwsStandIn.ROLE, bucket, "aws.report.configuration");
  }

  private void check(String role, String wanted) {
    fixture
        .clouds
        .check()
        .check(
            new ProviderDraft(
                "n",
                ProviderType.AWS,
                CloudFixture.json("{\"role_arn\": \"" + role + "\", \"external_id\": \"x-1\"}"),
                CloudFixture.json("{\"bucket\": \"" + wanted + "\"}"),
                false));
  }

  private void refused(String role, String wanted, String key) {
    assertThatThrownBy(() -> check(role, wanted))
        .isInstanceOfSatisfying(
            InvalidInputException.class,
            refused -> assertThat(refused.errors().getFirst().source()).isEqualTo(key));
  }
}
