package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.embedded.EmbeddedKafka;
import io.tawara.embedded.EmbeddedObjectStore;
import io.tawara.embedded.EmbeddedPostgres;
import io.tawara.embedded.Ports;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Database, Kafka and object store go away while payloads come in, and come back: nothing is lost
/// or doubled, and senders are told when they have to keep what they have.
class ServiceOutageTest {
  private static final String KEY = "k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  @TempDir private Path directory;

  @Test
  void servicesGoAndComeBack() throws Exception {
    List<Path> payloads = SampleRun.payloads(directory.resolve("payloads"), 3);
    Map<String, String> undisturbed;
    RunningTawara other = RunningTawara.shared();
    try (var run = new SampleRun(other.port(), other.internalPort(), "7000003")) {
      run.prepare();
      for (Path payload : payloads) {
        run.upload(payload);
      }
      run.awaitIdle();
      undisturbed = run.figures();
    }

    var database = new EmbeddedPostgres.Settings(directory.resolve("postgres"), Ports.free(), true);
    int kafkaPort = Ports.free();
    int storePort = Ports.free();
    EmbeddedPostgres postgres = EmbeddedPostgres.start(database);
    EmbeddedKafka kafka = EmbeddedKafka.start(directory.resolve("kafka"), kafkaPort);
    EmbeddedObjectStore store = store(storePort);
    try (RunningTawara tawara =
            RunningTawara.start(settings(postgres.config(), kafkaPort, store.config()));
        var run = new SampleRun(tawara.port(), tawara.internalPort(), "7000003")) {
      run.prepare();
      run.awaitIdle();

      kafka.close();
      run.upload(payloads.get(0)); // is taken in: the announcement waits in the database
      kafka = EmbeddedKafka.start(directory.resolve("kafka"), kafkaPort);
      run.awaitStage("payload");
      postgres.close();
      Thread.sleep(2000);
      postgres = EmbeddedPostgres.start(database);
      awaitDatabase(run);
      run.awaitIdle();

      store.close();
      assertThatThrownBy(() -> run.upload(payloads.get(1)))
          .isInstanceOf(TawaraException.class)
          .hasMessageContaining("answered 500"); // the sender keeps it
      store = store(storePort);
      run.upload(payloads.get(1));
      run.awaitIdle();

      run.upload(payloads.get(2));
      store.close();
      Thread.sleep(2000);
      store = store(storePort);
      run.awaitIdle();

      assertThat(run.failedJobs())
          .as(() -> run.api().internal("jobs/items/?state=failed").toString())
          .isZero();
      run.figures()
          .forEach(
              (report, figures) ->
                  assertThat(figures).as(report).isEqualTo(undisturbed.get(report)));
    } finally {
      store.close();
      kafka.close();
      postgres.close();
    }
  }

  private EmbeddedObjectStore store(int port) {
    return EmbeddedObjectStore.start(directory.resolve("objects"), port, "cost", "ros");
  }

  /// The internal API answers again.
  private static void awaitDatabase(SampleRun run) throws InterruptedException {
    for (int i = 0; i < 600; i++) {
      if (run.api().internal("GET", "jobs/").status() == 200) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the database is back and not used");
  }

  private static Map<String, String> settings(
      DatabaseConfig database, int kafkaPort, ObjectStoreConfig store) {
    var settings = new HashMap<String, String>();
    settings.put("DATABASE_HOST", database.host());
    settings.put("DATABASE_PORT", Integer.toString(database.port()));
    settings.put("DATABASE_NAME", database.name());
    settings.put("DATABASE_USER", database.user());
    settings.put("DATABASE_PASSWORD", database.password());
    settings.put("TAWARA_CREDENTIAL_KEYS", KEY);
    settings.put("INSIGHTS_KAFKA_HOST", "127.0.0.1");
    settings.put("INSIGHTS_KAFKA_PORT", Integer.toString(kafkaPort));
    settings.put("S3_ENDPOINT", store.endpoint());
    settings.put("S3_ACCESS_KEY", store.accessKey());
    settings.put("S3_SECRET", store.secretKey());
    settings.put("REQUESTED_BUCKET", "cost");
    settings.put("REQUESTED_ROS_BUCKET", "ros");
    return settings;
  }
}
