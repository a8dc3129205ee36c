package io.tawara.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.config.KafkaConfig;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.objects.ObjectStore;
import io.tawara.embedded.EmbeddedServices.Service;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedServicesTest {
  @TempDir Path directory;

  @Test
  void dataOfAllServicesSurviveARestart() throws Exception {
    try (var services = start()) {
      print(services);
      try (var database = new Database(services.database().config())) {
        database.run(
            connection -> {
              try (var statement = connection.createStatement()) {
                statement.execute("create table kept (value text)");
                statement.execute("insert into kept values ('row')");
              }
            });
      }
      try (var store = new ObjectStore(services.objectStore().config())) {
        store.ensureBuckets();
        store.put("a/b", "object".getBytes(StandardCharsets.UTF_8), Map.of("k", "v"));
      }
      send(services.kafka().config(), "message");
    }
    try (var services = start()) {
      print(services);
      try (var database = new Database(services.database().config())) {
        String kept =
            database.transaction(
                connection -> {
                  try (var statement = connection.createStatement();
                      var rows = statement.executeQuery("select value from kept")) {
                    rows.next();
                    return rows.getString(1);
                  }
                });
        assertThat(kept).isEqualTo("row");
      }
      try (var store = new ObjectStore(services.objectStore().config());
          var content = store.open("a/b")) {
        assertThat(content.readAllBytes()).asString().isEqualTo("object");
      }
      assertThat(receive(services.kafka().config())).containsExactly("message");
    }
  }

  @Test
  void aSecondProcessIsKeptAwayFromTheDirectory() {
    try (var services = start()) {
      assertThat(services.database().port()).isPositive();
      assertThatThrownBy(this::start)
          .isInstanceOf(TawaraException.class)
          .hasMessageContaining("another Tawara is running");
    }
  }

  @Test
  void aServerLeftBehindByAKilledParentIsReplaced() throws Exception {
    var settings = new EmbeddedPostgres.Settings(directory.resolve("pg"), 0, true);
    // The first server is deliberately not closed: it plays the orphan.
    EmbeddedPostgres orphan = EmbeddedPostgres.start(settings);
    try (var replacement = EmbeddedPostgres.start(settings);
        var database = new Database(replacement.config())) {
      int answer =
          database.transaction(
              connection -> {
                try (var statement = connection.createStatement();
                    var rows = statement.executeQuery("select 1")) {
                  rows.next();
                  return rows.getInt(1);
                }
              });
      assertThat(answer).isEqualTo(1);
      assertThat(Ports.isFree(orphan.port())).isTrue();
    }
  }

  @Test
  void aPortIsClaimedByOneStartAtATime() {
    try (var claim = Ports.claim()) {
      assertThat(Ports.claim(claim.port())).isEmpty();
      assertThat(Ports.isFree(claim.port())).isTrue();
    }
  }

  @Test
  void theLoginRoleIsNoSuperuserAndCommitsAreDurable() {
    var settings = new EmbeddedPostgres.Settings(directory.resolve("pg"), 0, true);
    try (var server = EmbeddedPostgres.start(settings);
        var database = new Database(server.config())) {
      List<String> facts =
          database.transaction(
              connection -> {
                try (var statement = connection.createStatement();
                    var rows =
                        statement.executeQuery(
                            """
                            select rolsuper::text, rolbypassrls::text, rolcreaterole::text,
                                   current_setting('fsync'), current_setting('server_version')
                            from pg_roles where rolname = current_user
                            """)) {
                  rows.next();
                  return List.of(
                      rows.getString(1),
                      rows.getString(2),
                      rows.getString(3),
                      rows.getString(4),
                      rows.getString(5).substring(0, 2));
                }
              });
      assertThat(facts).containsExactly("false", "false", "true", "on", "18");
    }
  }

  @Test
  void objectsAreWrittenInPartsAndReadBack() throws Exception {
    try (var server = EmbeddedObjectStore.start(directory, 0, "cost", "ros");
        var store = new ObjectStore(server.config())) {
      store.ensureBuckets();
      store.ensureBuckets();
      var part = new byte[6 * 1024 * 1024];
      part[7] = 42;
      var upload = store.begin("big");
      upload.part(part, part.length);
      upload.part(part, 100);
      upload.complete();
      try (var content = store.open("big")) {
        byte[] read = content.readAllBytes();
        assertThat(read).hasSize(part.length + 100);
        assertThat(read[7]).isEqualTo((byte) 42);
        assertThat(read[part.length + 7]).isEqualTo((byte) 42);
      }
      assertThat(store.deletePrefix("b")).isEqualTo(1);
      assertThatThrownBy(() -> store.open("big"))
          .isInstanceOfSatisfying(
              TawaraException.class,
              missing ->
                  assertThat(missing.category()).isEqualTo(TawaraException.Category.NOT_FOUND));
    }
  }

  private EmbeddedServices start() {
    return EmbeddedServices.start(
        new EmbeddedServices.Settings(
            directory, EnumSet.allOf(Service.class), true, false, "cost", "ros"));
  }

  private static void print(EmbeddedServices services) {
    for (Service service : Service.values()) {
      System.out.printf("%s %d ms%n", service, services.startTime(service).toMillis());
    }
  }

  private static void send(KafkaConfig kafka, String value) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of("bootstrap.servers", kafka.bootstrapServers()),
            new StringSerializer(),
            new StringSerializer())) {
      producer.send(new ProducerRecord<>("kept", value)).get();
    }
  }

  private static List<String> receive(KafkaConfig kafka) {
    try (var consumer =
        new KafkaConsumer<>(
            Map.<String, Object>of(
                "bootstrap.servers", kafka.bootstrapServers(), "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition("kept", 0)));
      var found = new java.util.ArrayList<String>();
      for (int tries = 0; tries < 50 && found.isEmpty(); tries++) {
        consumer.poll(Duration.ofMillis(200)).forEach(record -> found.add(record.value()));
      }
      return found;
    }
  }
}
