package io.tawara.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.embedded.EmbeddedKafka;
import io.tawara.embedded.EmbeddedPostgres;
import io.tawara.embedded.Ports;
import io.tawara.gateway.http.Json;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The real broker and the real database go away and come back: clear answers, nothing lost.
class OutageTest {
  private static final String ADMIN = GatewayFixture.admin("1234567");

  @Test
  void kafkaAwayOnlyMeansThatMessagesWait(@TempDir Path directory) {
    int port = Ports.free();
    var kafka = EmbeddedKafka.start(directory, port);
    try (var fixture =
        new GatewayFixture(
            "outage_kafka",
            options -> options,
            io.tawara.embedded.TestServices.freshDatabase("outage_kafka"),
            kafka.config())) {
      assertThat(create(fixture, "before").statusCode()).isEqualTo(201);
      await(() -> queued(fixture) == 0);
      kafka.close();
      assertThat(create(fixture, "while").statusCode()).isEqualTo(201);
      assertThat(queued(fixture)).as("its two events wait").isEqualTo(2);
      kafka = EmbeddedKafka.start(directory, port);
      await(() -> queued(fixture) == 0);
    } finally {
      kafka.close();
    }
  }

  @Test
  void theDatabaseAwayIsAnsweredClearlyAndHealsByItself(@TempDir Path directory) {
    var settings = new EmbeddedPostgres.Settings(directory, Ports.free(), false);
    var postgres = EmbeddedPostgres.start(settings);
    try (var fixture =
        new GatewayFixture(
            "outage_postgres",
            options -> options,
            postgres.config(),
            io.tawara.embedded.TestServices.kafka())) {
      assertThat(create(fixture, "before").statusCode()).isEqualTo(201);
      assertThat(fixture.get("cost-models/", ADMIN).statusCode()).isEqualTo(200);
      postgres.close();
      for (String path : new String[] {"cost-models/", "sources/"}) {
        HttpResponse<String> away = fixture.get(path, ADMIN);
        assertThat(away.statusCode()).as("%s: %s", path, away.body()).isEqualTo(424);
        assertThat(Json.stored(away.body()).get("errors").get(0).get("detail").asText())
            .startsWith("Database unavailable. Error: ");
      }
      assertThat(fixture.get("/readyz", null).statusCode()).isEqualTo(424);
      assertThat(fixture.get("/livez", null).statusCode()).isEqualTo(200);
      assertThat(fixture.get("status/", null).statusCode()).isEqualTo(200);
      postgres = EmbeddedPostgres.start(settings);
      await(() -> fixture.get("/readyz", null).statusCode() == 200);
      await(() -> fixture.get("cost-models/", ADMIN).statusCode() == 200);
      assertThat(create(fixture, "after").statusCode()).isEqualTo(201);
      assertThat(
              Json.stored(fixture.get("sources/", ADMIN).body()).get("meta").get("count").asInt())
          .isEqualTo(2);
    } finally {
      postgres.close();
    }
  }

  private static HttpResponse<String> create(GatewayFixture fixture, String name) {
    return fixture.send(
        "POST",
        "sources/",
        ADMIN,
        "{\"source_type\": \"OCP\", \"name\": \"%1$s\", \"source_ref\": \"%1$s\"}".formatted(name),
        Map.of());
  }

  private static int queued(GatewayFixture fixture) {
    return Json.stored(fixture.internal("/api/cost-management/v1/jobs/").body())
        .get("queued")
        .asInt();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(90).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long").isLessThan(end);
      try {
        Thread.sleep(100);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(stop);
      }
    }
  }
}
