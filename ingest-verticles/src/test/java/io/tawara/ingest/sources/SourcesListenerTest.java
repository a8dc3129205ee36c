package io.tawara.ingest.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.ids.Ids;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.source.Source;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkQueue;
import io.tawara.core.work.Worker;
import io.tawara.embedded.TestServices;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Events on the real broker against a stand-in Platform Sources, up to the provider.
class SourcesListenerTest {
  private static final AtomicInteger TOPICS = new AtomicInteger();
  private static final String IDENTITY =
      Base64.getEncoder()
          .encodeToString(
              "{\"identity\": {\"org_id\": \"1\", \"user\": {\"username\": \"u\"}}}"
                  .getBytes(StandardCharsets.UTF_8));

  private String topic;
  private Database database;
  private StandIn platform;
  private PlatformSources client;
  private SourcesListener listener;
  private Worker worker;
  private KafkaProducer<String, String> producer;

  /// What happens between a stored row and what it makes of its provider.
  private volatile ProviderCheck between = ProviderCheck.none();

  @BeforeEach
  void start() throws Exception {
    topic = "sources-listener-test-" + TOPICS.incrementAndGet();
    database = new Database(TestServices.freshDatabase("listener"));
    var tenants = new Tenants(database, Migrations.none());
    tenants.migrateAll();
    platform = new StandIn();
    var meters = new SimpleMeterRegistry();
    client =
        new PlatformSources(
            new PlatformSources.Settings(
                platform.address("/api"),
                platform.address("/internal"),
                "psk",
                IDENTITY,
                Duration.ofMillis(500)),
            meters);
    var work = new WorkQueue(database);
    var handler =
        new SourceEventHandler(
            database,
            tenants,
            work,
            client,
            new Credentials(
                CredentialCipher.parse("k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")),
            draft -> between.check(draft),
            Clock.systemUTC(),
            Ids.random());
    worker =
        new Worker(
            database,
            Map.of(SourceEventHandler.KIND, handler, StatusPush.KIND, new StatusPush(client)),
            List.of(),
            Clock.systemUTC(),
            4);
    worker.start();
    listener =
        new SourcesListener(
            TestServices.kafka(),
            topic,
            "group-" + topic,
            database,
            work,
            client::applicationType,
            Duration.ofMillis(200),
            meters);
    producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestServices.kafka().bootstrapServers()),
            new StringSerializer(),
            new StringSerializer());
  }

  @AfterEach
  void stop() {
    listener.close();
    worker.close();
    producer.close();
    platform.close();
    database.close();
  }

  @Test
  void anOpenShiftSourceBecomesAProviderAndSaysSo() {
    UUID uid = UUID.randomUUID();
    platform.source(7, 1, "prod", uid.toString(), "cluster-7");
    send("Application.create", "{\"id\": 70, \"source_id\": \"7\", \"application_type_id\": 2}");

    await(() -> count("select count(*) from api_provider where uuid = '" + uid + "'") == 1);
    await(() -> platform.patched.size() == 1);
    assertThat(platform.patched.getFirst())
        .isEqualTo(
            "/api/applications/1007 {\"availability_status\":\"available\","
                + "\"availability_status_error\":\"\"}");
    assertThat(text("select cluster_id from api_provider")).isEqualTo("cluster-7");
    assertThat(text("select source_ref from api_sources")).isEqualTo("cluster-7");

    send("Application.pause", "{\"source_id\": 7, \"application_type_id\": 2}");
    await(() -> count("select count(*) from api_provider where paused") == 1);
    platform.source(7, 1, "renamed", uid.toString(), "cluster-7");
    send("Source.update", "{\"id\": 7}");
    await(() -> count("select count(*) from api_provider where name = 'renamed'") == 1);
    send("Application.destroy", "{\"source_id\": 7, \"application_type_id\": 2}");
    await(() -> count("select count(*) from api_sources") == 0);
    assertThat(count("select count(*) from work where kind = 'delete-provider'")).isEqualTo(1);
    assertThat(count("select count(*) from api_provider where not deleting")).isZero();
  }

  @Test
  void aCloudSourceWaitsForItsAuthentication() {
    platform.source(8, 2, "aws", UUID.randomUUID().toString(), "");
    platform.application(8, "{\"bucket\": \"b\", \"other\": 1}");
    platform.say(
        "/api/authentications?filter[source_id]=8&filter[authtype]=arn",
        "{\"data\": [{\"id\": \"5\", \"username\": \"\", \"extra\": {\"external_id\": \"x\"}}]}");
    platform.say(
        "/internal/authentications/5?expose_encrypted_attribute[]=password",
        "{\"password\": \"arn:aws:iam::1:role/r\"}");
    send("Application.create", "{\"source_id\": 8, \"application_type_id\": 2}");
    await(() -> count("select count(*) from api_sources where billing_source <> '{}'") == 1);
    assertThat(count("select count(*) from api_provider")).isZero();

    send("Authentication.create", "{\"source_id\": 8, \"authtype\": \"arn\"}");
    await(() -> count("select count(*) from api_provider") == 1);
    assertThat(text("select data_source::text from api_providerbillingsource"))
        .isEqualTo("{\"bucket\": \"b\"}");
  }

  @Test
  void whatPlatformSourcesDoesNotHaveIsToldToPeople() {
    platform.source(9, 2, "aws", UUID.randomUUID().toString(), "");
    send("Application.create", "{\"source_id\": 9, \"application_type_id\": 2}");
    await(() -> !platform.patched.isEmpty());
    assertThat(platform.patched.getFirst())
        .contains("unavailable")
        .contains("missing application data for source: 9. expected: ['bucket'], got: []");
  }

  @Test
  void destroyBeforeCreateLeavesNothing() {
    platform.source(10, 1, "late", UUID.randomUUID().toString(), "c10");
    send("Application.destroy", "{\"source_id\": 10, \"application_type_id\": 2}");
    await(() -> count("select count(*) from api_sources where out_of_order_delete") == 1);
    send("Application.create", "{\"source_id\": 10, \"application_type_id\": 2}");
    await(() -> count("select count(*) from api_sources") == 0);
    assertThat(count("select count(*) from api_provider")).isZero();
  }

  @Test
  void theSameEventsAgainChangeNothing() {
    UUID uid = UUID.randomUUID();
    platform.source(15, 1, "n", uid.toString(), "c15");
    for (int i = 0; i < 3; i++) {
      send("Application.create", "{\"source_id\": 15, \"application_type_id\": 2}");
      send("Source.update", "{\"id\": 15}");
    }
    send("Application.pause", "{\"source_id\": 15, \"application_type_id\": 2}");
    await(
        () ->
            count("select count(*) from api_provider where paused") == 1
                && count("select count(*) from work") == 0);
    assertThat(count("select count(*) from api_sources")).isEqualTo(1);
    assertThat(count("select count(*) from api_provider where uuid = '" + uid + "'")).isEqualTo(1);
    assertThat(count("select count(*) from api_provider")).isEqualTo(1);
  }

  @Test
  void whatWasLeftUndoneBetweenRowAndProviderIsDoneByTheNextTry() {
    platform.source(18, 1, "n", UUID.randomUUID().toString(), "c18");
    ProviderCheck crash =
        draft -> {
          throw new IllegalStateException("stopped here");
        };
    between = crash;
    send("Application.create", "{\"source_id\": 18, \"application_type_id\": 2}");
    await(() -> failed() != 0);
    assertThat(count("select count(*) from api_provider")).isZero();
    driveAgain();
    await(() -> platform.patched.size() == 1);
    assertThat(count("select count(*) from api_provider")).isEqualTo(1);

    between = crash;
    send("Application.pause", "{\"source_id\": 18, \"application_type_id\": 2}");
    await(() -> failed() != 0);
    assertThat(count("select count(*) from api_provider where paused")).isZero();
    driveAgain();
    await(() -> count("select count(*) from api_provider where paused") == 1);
    await(() -> count("select count(*) from work") == 0);
    assertThat(platform.patched).hasSize(1);
  }

  /// The id of the failed item, 0 when there is none.
  private long failed() {
    return count("select coalesce(max(id), 0) from work where state = 'failed'");
  }

  private void driveAgain() {
    between = ProviderCheck.none();
    long id = failed();
    boolean again =
        database.transaction(connection -> new WorkQueue(database).again(connection, id));
    assertThat(again).isTrue();
  }

  @Test
  void whetherASourceIsStillThereIsAsked() {
    platform.source(16, 1, "n", UUID.randomUUID().toString(), "c16");
    assertThat(client.exists(source(16))).isTrue();
    assertThat(client.exists(source(17))).isFalse();
    platform.broken = true;
    assertThatThrownBy(() -> client.exists(source(16)))
        .isInstanceOfSatisfying(
            TawaraException.class, failure -> assertThat(failure.retryable()).isTrue());
  }

  private static Source source(int id) {
    return new Source(
        id,
        UUID.randomUUID(),
        "n",
        Optional.of(IDENTITY),
        Optional.empty(),
        "1",
        ProviderType.OCP,
        JsonNodeFactory.instance.objectNode(),
        JsonNodeFactory.instance.objectNode(),
        Optional.empty(),
        false,
        false,
        Instant.EPOCH);
  }

  @Test
  void whatIsNotOursIsLeftAlone() {
    platform.source(11, 1, "n", UUID.randomUUID().toString(), "c11");
    send("Application.create", "{\"source_id\": 11, \"application_type_id\": 5}");
    send("Source.create", "{\"id\": 11}");
    send("Endpoint.update", "nonsense");
    send("Authentication.create", "{\"source_id\": 11, \"authtype\": \"lighthouse\"}");
    send("Source.update", "{\"id\": 4711}");
    platform.source(12, 1, "n", UUID.randomUUID().toString(), "c12");
    send("Application.create", "{\"source_id\": 12, \"application_type_id\": 2}");
    await(() -> count("select count(*) from api_provider") == 1);
    assertThat(count("select count(*) from api_sources")).isEqualTo(1);
    await(() -> count("select count(*) from work") == 0);
  }

  @Test
  void poisonIsParkedWithAReasonAndHoldsNobodyUp() {
    send("Application.create", "{not json");
    send("Application.create", "{\"application_type_id\": 2}");
    send("Application.create", "{\"source_id\": \"7; drop\", \"application_type_id\": 2}");
    var unused =
        producer.send(
            event("Application.create", "{\"source_id\": 1}", Map.of("x-rh-identity", "?")));
    platform.source(13, 1, "n", UUID.randomUUID().toString(), "c13");
    send("Application.create", "{\"source_id\": 13, \"application_type_id\": 2}");

    await(() -> count("select count(*) from api_provider") == 1);
    assertThat(count("select count(*) from work where state = 'failed' and error is not null"))
        .isEqualTo(4);
    assertThat(text("select string_agg(error, '|' order by id) from work where state = 'failed'"))
        .contains("is not JSON")
        .contains("no usable source_id")
        .contains("the identity is not base64");
    assertThat(text("select body ->> 'value' from work where state = 'failed' order by id limit 1"))
        .isEqualTo("{not json");
  }

  @Test
  void nothingIsLostWhilePlatformSourcesIsAwaySlowOrBroken() {
    platform.broken = true;
    send("Application.create", "{\"source_id\": 14, \"application_type_id\": 2}");
    await(() -> !platform.asked.isEmpty());
    assertThat(count("select count(*) from api_sources")).isZero();
    platform.broken = false;
    platform.source(14, 1, "n", UUID.randomUUID().toString(), "c14");
    platform.say("/api/sources/14", 200, "{\"name\"", 0);
    await(() -> text("select coalesce(max(error), '') from work").contains("not JSON"));
    platform.say("/api/sources/14", 200, "{}", 3000);
    await(() -> text("select coalesce(max(error), '') from work").contains("no answer in time"));
    platform.source(14, 1, "n", UUID.randomUUID().toString(), "c14");
    await(() -> count("select count(*) from api_provider") == 1);
  }

  private void send(String type, String value) {
    var unused =
        producer.send(
            event(type, value, Map.of("x-rh-identity", IDENTITY, "x-rh-sources-org-id", "1")));
    producer.flush();
  }

  private ProducerRecord<String, String> event(
      String type, String value, Map<String, String> headers) {
    var record = new ProducerRecord<>(topic, "1", value);
    record.headers().add("event_type", type.getBytes(StandardCharsets.UTF_8));
    headers.forEach(
        (name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
    return record;
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      try {
        Thread.sleep(50);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(stop);
      }
    }
  }

  private long count(String sql) {
    return Long.parseLong(text(sql));
  }

  private String text(String sql) {
    return database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
          }
        });
  }
}
