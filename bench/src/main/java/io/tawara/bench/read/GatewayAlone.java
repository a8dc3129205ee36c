package io.tawara.bench.read;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tawara.catalog.PostgresTables;
import io.tawara.core.config.CurrencyConfig;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkQueue;
import io.tawara.gateway.Gateway;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.TenantReads;
import io.tawara.gateway.http.Blocking;
import io.vertx.core.Vertx;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/// The gateway as a process of its own, to measure its memory: `GatewayAlone <database port>
/// <database> <user> <password> <now>`. Prints its port and listens until its input ends.
final class GatewayAlone {
  private GatewayAlone() {}

  public static void main(String[] arguments) throws Exception {
    var databaseConfig =
        new DatabaseConfig(
            "127.0.0.1",
            Integer.parseInt(arguments[0]),
            arguments[1],
            arguments[2],
            arguments[3],
            4);
    Vertx vertx = Vertx.vertx();
    var database = new Database(databaseConfig);
    Clock clock =
        Clock.offset(
            Clock.systemUTC(), Duration.between(Instant.now(), Instant.parse(arguments[4])));
    Gateway gateway =
        Gateway.start(
            new GatewayServices(
                vertx,
                config(),
                database,
                new Tenants(database, PostgresTables.onPrem()),
                new TenantReads(vertx, databaseConfig, 4),
                new WorkQueue(database),
                new ObjectStore(
                    new ObjectStoreConfig(
                        "http://127.0.0.1:9", "none", "none", "none", "none", "none")),
                new KafkaConfig("127.0.0.1:9", Map.of()),
                CredentialCipher.parse("bench:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
                new Blocking(vertx),
                clock,
                Ids.random(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    System.out.println(gateway.port());
    while (System.in.read() >= 0) {
      // until the parent ends
    }
    System.exit(0);
  }

  private static GatewayConfig config() {
    return new GatewayConfig(
        "127.0.0.1",
        0,
        0,
        "/api/cost-management",
        true,
        false,
        EnumSet.of(ProviderType.OCP),
        true,
        "",
        Duration.ofHours(1),
        1,
        new GatewayConfig.Rbac(
            URI.create("http://127.0.0.1:9/"), Duration.ofSeconds(30), Duration.ofSeconds(1)),
        new GatewayConfig.Upload(
            1L << 20, "announce", Duration.ofHours(1), Set.of(), Set.of("hccm")),
        new GatewayConfig.Settings("USD", 200, 4, CurrencyConfig.none(), 3),
        Set.of());
  }
}
