package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.database.Database;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.embedded.TestServices;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/// The life of a source over a real database, broker and store. The program is killed after every
/// step, as soon as it has answered, and started again: nothing is lost, nothing happens twice.
class KilledBetweenStepsTest {
  private static final String TOPIC = "platform.sources.event-stream";
  private static final LocalDate DAY = LocalDate.parse("2026-11-10");

  @Test
  void aSourceThatIsCreatedHere() {
    String organisation = "880001";
    String admin = RunningTawara.admin(organisation);
    var databaseConfig = TestServices.freshDatabase("killed_here");
    ObjectStoreConfig buckets = TestServices.freshBuckets("killed-here");
    try (var tawara =
            new TawaraProcess(
                databaseConfig, TestServices.kafka(), buckets, Map.of("ONPREM_PROVIDERS", "OCP"));
        var database = new Database(databaseConfig)) {
      tawara.start();

      JsonNode created =
          tawara.json(
              "POST",
              "sources/",
              admin,
              """
              {"name": "shop", "source_type": "OCP",
               "authentication": {"credentials": {"cluster_id": "shop-cluster"}}}
              """);
      tawara.restart();

      List<String> told = events(organisation, 2);
      assertThat(told).startsWith("Source.create", "Application.create");
      tawara.restart();

      String path = "sources/" + created.path("uuid").asText() + "/";
      JsonNode source = tawara.json("GET", path, admin, null);
      assertThat(source.path("provider_linked").asBoolean()).isTrue();
      assertThat(source.path("active").asBoolean()).isTrue();
      tawara.upload(SmallPayload.of("shop-cluster", DAY), admin);
      tawara.restart();

      tawara.await("work on the delivery", () -> summarised(database, organisation) != 0);
      tawara.restart();

      tawara.awaitIdle();
      assertThat(usage(tawara, admin)).isEqualByComparingTo(SmallPayload.CORE_HOURS);
      assertThat(tawara.json("GET", path, admin, null).at("/status/summary/state").asText())
          .isEqualTo("complete");
      tawara.restart();

      assertThat(usage(tawara, admin)).isEqualByComparingTo(SmallPayload.CORE_HOURS);
      assertThat(tawara.send("DELETE", path, admin, null).statusCode()).isEqualTo(204);
      tawara.restart();

      assertThat(tawara.send("GET", path, admin, null).statusCode()).isEqualTo(404);
      tawara.awaitIdle();
      assertThat(summarised(database, organisation)).isZero();
      assertThat(usage(tawara, admin)).isEqualByComparingTo(BigDecimal.ZERO);
      assertThat(count(database, "select count(*) from public.api_provider")).isZero();
      assertThat(count(database, "select count(*) from public.manifest")).isZero();
      assertThat(events(organisation, 4)).contains("Application.destroy", "Source.destroy");
      try (var objects = new ObjectStore(buckets)) {
        assertThat(objects.client().listObjectsV2(list -> list.bucket(buckets.bucket())).contents())
            .isEmpty();
      }
    }
  }

  @Test
  void aSourceThatPlatformSourcesTellsOf() throws IOException {
    var databaseConfig = TestServices.freshDatabase("killed_there");
    UUID uid = UUID.randomUUID();
    String organisation = "880002";
    try (var platform = new PlatformStandIn();
        var tawara =
            new TawaraProcess(
                databaseConfig,
                TestServices.kafka(),
                TestServices.freshBuckets("killed-there"),
                Map.of(
                    "TAWARA_MODE", "cloud",
                    "TAWARA_ROLES", "gateway,listener,worker",
                    "HIVE_METASTORE_HOST", "127.0.0.1",
                    "TRINO_HOST", "127.0.0.1",
                    "SOURCES_API_SVC_HOST", "127.0.0.1",
                    "SOURCES_API_SVC_PORT", Integer.toString(platform.port()),
                    "SOURCES_PSK", "key"));
        var database = new Database(databaseConfig)) {
      platform.source(77, "far", uid.toString(), "far-cluster");
      tawara.start();

      event(organisation, "Application.create");
      tawara.restart();

      tawara.await(
          "the provider",
          () ->
              count(database, "select count(*) from public.api_provider where not deleting") == 1);
      tawara.restart();

      tawara.await("the status", () -> !platform.pushed.isEmpty());
      assertThat(platform.pushed.getFirst()).contains("/applications/1077").contains("available");
      JsonNode source =
          tawara.json("GET", "sources/" + uid + "/", RunningTawara.admin(organisation), null);
      assertThat(source.path("name").asText()).isEqualTo("far");
      assertThat(source.path("provider_linked").asBoolean()).isTrue();

      event(organisation, "Application.create");
      event(organisation, "Application.destroy");
      tawara.restart();

      tawara.await(
          "the end of the provider",
          () -> count(database, "select count(*) from public.api_provider") == 0);
      tawara.awaitIdle();
      assertThat(count(database, "select count(*) from public.api_sources")).isZero();
    }
  }

  private static BigDecimal usage(TawaraProcess tawara, String identity) {
    JsonNode total =
        tawara.json(
            "GET",
            "reports/openshift/compute/?start_date=%s&end_date=%s".formatted(DAY, DAY),
            identity,
            null);
    return total.at("/meta/total/usage/value").decimalValue();
  }

  /// Rows of usage in the summary; 0 also before there is a tenant.
  private static long summarised(Database database, String organisation) {
    TenantSchema tenant = TenantSchema.ofOrganisation(organisation);
    return count(
                database,
                "select count(*) from public.api_tenant where schema_name = '"
                    + tenant.name()
                    + "'")
            == 0
        ? 0
        : database.tenant(
            tenant,
            connection -> {
              try (var statement = connection.createStatement();
                  var rows = statement.executeQuery("select count(*) from ocp_daily_summary")) {
                rows.next();
                return rows.getLong(1);
              }
            });
  }

  private static long count(Database database, String sql) {
    return database.transaction(
        connection -> {
          try (var statement = connection.createStatement();
              var rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
          }
        });
  }

  private static void event(String organisation, String type) {
    try (var producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", TestServices.kafka().bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      var event =
          new ProducerRecord<>(
              TOPIC, "77", "{\"id\": 770, \"source_id\": 77, \"application_type_id\": 2}");
      event.headers().add("event_type", bytes(type));
      event.headers().add("x-rh-identity", bytes(RunningTawara.admin(organisation)));
      event.headers().add("x-rh-sources-org-id", bytes(organisation));
      event.headers().add("x-rh-sources-account-number", bytes("10001"));
      producer.send(event).get();
    } catch (ExecutionException failure) {
      throw new AssertionError("the event was not taken", failure.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError(interrupted);
    }
  }

  /// The types of the organisation's events in their order, when there are so many different ones.
  private static List<String> events(String organisation, int different) {
    var found = new ArrayList<String>();
    try (var consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                TestServices.kafka().bootstrapServers(),
                "enable.auto.commit",
                "false"),
            new StringDeserializer(),
            new StringDeserializer())) {
      TawaraProcess.awaitAny("the topic", () -> !consumer.partitionsFor(TOPIC).isEmpty());
      var partitions =
          consumer.partitionsFor(TOPIC).stream()
              .map(info -> new TopicPartition(TOPIC, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      TawaraProcess.awaitAny(
          different + " kinds of events",
          () -> {
            for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
              var tenant = each.headers().lastHeader("x-rh-sources-org-id");
              if (tenant != null && text(tenant.value()).equals(organisation)) {
                found.add(text(each.headers().lastHeader("event_type").value()));
              }
            }
            return found.stream().distinct().count() >= different;
          });
    }
    return found.stream().distinct().toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
