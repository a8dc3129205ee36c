package io.tawara.gateway;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tawara.core.config.CurrencyConfig;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.database.Database;
import io.tawara.core.ids.Ids;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.source.SourceLookup;
import io.tawara.core.tenancy.Migrations;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.tenancy.Tenants;
import io.tawara.core.work.WorkQueue;
import io.tawara.embedded.TestServices;
import io.tawara.gateway.http.Blocking;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A gateway on free ports over the shared test services, with a database of its own.
public final class GatewayFixture implements AutoCloseable {
  /// The key that encrypts credentials.
  public static final String CREDENTIAL_KEY = "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  public final DatabaseConfig databaseConfig;
  public final Database database;
  public final Tenants tenants;
  public final ObjectStore objects;
  public final GatewayServices services;
  public final Gateway gateway;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();

  /// How a test differs from the standard: on-prem, administrators may do everything.
  public record Options(
      boolean onPremise,
      boolean development,
      boolean administratorsMayEverything,
      Set<ProviderType> types,
      URI rbac,
      String announceTopic,
      long maxUpload,
      int port,
      int internalPort,
      Clock clock,
      CurrencyConfig currency) {

    public static Options standard() {
      return new Options(
          true,
          false,
          true,
          EnumSet.of(ProviderType.OCP),
          URI.create("http://127.0.0.1:9/rbac/"),
          "platform.upload.announce",
          1L << 20,
          0,
          0,
          Clock.offset(
              Clock.systemUTC(),
              Duration.between(Instant.now(), Instant.parse("2026-11-20T17:00:00Z"))),
          CurrencyConfig.none());
    }

    public Options withRbac(URI address, boolean administratorsMayEverything) {
      return new Options(
          onPremise,
          development,
          administratorsMayEverything,
          types,
          address,
          announceTopic,
          maxUpload,
          port,
          internalPort,
          clock,
          currency);
    }

    public Options withTopic(String topic) {
      return new Options(
          onPremise,
          development,
          administratorsMayEverything,
          types,
          rbac,
          topic,
          maxUpload,
          port,
          internalPort,
          clock,
          currency);
    }

    public Options withMaxUpload(long bytes) {
      return new Options(
          onPremise,
          development,
          administratorsMayEverything,
          types,
          rbac,
          announceTopic,
          bytes,
          port,
          internalPort,
          clock,
          currency);
    }

    public Options withPorts(int port, int internalPort) {
      return new Options(
          onPremise,
          development,
          administratorsMayEverything,
          types,
          rbac,
          announceTopic,
          maxUpload,
          port,
          internalPort,
          clock,
          currency);
    }

    /// Market rates come from this address.
    public Options withCurrency(URI address) {
      return new Options(
          onPremise,
          development,
          administratorsMayEverything,
          types,
          rbac,
          announceTopic,
          maxUpload,
          port,
          internalPort,
          clock,
          CurrencyConfig.of(address));
    }

    /// Local types of every cloud may be made.
    public Options inDevelopment() {
      return new Options(
          onPremise,
          true,
          administratorsMayEverything,
          EnumSet.allOf(ProviderType.class),
          rbac,
          announceTopic,
          maxUpload,
          port,
          internalPort,
          clock,
          currency);
    }

    public Options inCloud() {
      return new Options(
          false,
          false,
          administratorsMayEverything,
          EnumSet.allOf(ProviderType.class),
          rbac,
          announceTopic,
          maxUpload,
          port,
          internalPort,
          clock,
          currency);
    }
  }

  public GatewayFixture(String name, UnaryOperator<Options> change) {
    this(name, change, TestServices.freshDatabase(name), TestServices.kafka());
  }

  /// Whose sources are owned elsewhere.
  public GatewayFixture(String name, UnaryOperator<Options> change, SourceLookup lookup) {
    this(name, change, TestServices.freshDatabase(name), TestServices.kafka(), lookup);
  }

  /// On services of the test's own, to stop them.
  public GatewayFixture(
      String name, UnaryOperator<Options> change, DatabaseConfig database, KafkaConfig kafka) {
    this(name, change, database, kafka, SourceLookup.own());
  }

  private GatewayFixture(
      String name,
      UnaryOperator<Options> change,
      DatabaseConfig database,
      KafkaConfig kafka,
      SourceLookup lookup) {
    Options options = change.apply(Options.standard());
    databaseConfig = database;
    this.database = new Database(databaseConfig);
    tenants = new Tenants(this.database, Migrations.none());
    tenants.migrateAll();
    objects = new ObjectStore(TestServices.freshBuckets(name.replace('_', '-')));
    objects.ensureBuckets();
    services =
        new GatewayServices(
            vertx,
            config(options),
            this.database,
            tenants,
            new TenantReads(vertx, databaseConfig, 4),
            new WorkQueue(this.database),
            objects,
            kafka,
            CredentialCipher.parse(CREDENTIAL_KEY),
            new Blocking(vertx),
            options.clock(),
            Ids.random(),
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    gateway = Gateway.start(services, ProviderCheck.none(), lookup);
  }

  private static GatewayConfig config(Options options) {
    return new GatewayConfig(
        "127.0.0.1",
        options.port(),
        options.internalPort(),
        "/api/cost-management",
        options.onPremise(),
        options.development(),
        options.types(),
        options.administratorsMayEverything(),
        "",
        Duration.ofHours(1),
        1,
        new GatewayConfig.Rbac(options.rbac(), Duration.ofMillis(300), Duration.ofSeconds(1)),
        new GatewayConfig.Upload(
            options.maxUpload(),
            options.announceTopic(),
            Duration.ofHours(1),
            Set.of("denied"),
            Set.of("hccm")),
        new GatewayConfig.Settings("USD", 200, 4, options.currency(), 2),
        Set.of());
  }

  /// An organisation's administrator.
  public static String admin(String organisation) {
    return identity(organisation, "admin", true);
  }

  public static String identity(String organisation, String user, boolean admin) {
    return encoded(
        """
        {"identity": {"org_id": "%s", "type": "User", "user":
          {"username": "%s", "email": "%s@example.com", "is_org_admin": %s}},
         "entitlements": {"cost_management": {"is_entitled": true}}}
        """
            .formatted(organisation, user, user, admin));
  }

  public static String encoded(String json) {
    return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  public HttpResponse<String> get(String path, String identity) {
    return send("GET", path, identity, null, Map.of());
  }

  public HttpResponse<String> internal(String path) {
    return send(gateway.internalPort(), "GET", path, null, null, Map.of());
  }

  /// @param body null for none; sent as JSON
  public HttpResponse<String> send(
      String method, String path, String identity, String body, Map<String, String> headers) {
    return send(gateway.port(), method, path, identity, body, headers);
  }

  /// @param body sent as JSON
  public HttpResponse<String> internalPost(String path, String body) {
    return internalSend("POST", path, body);
  }

  /// @param body null for none; sent as JSON
  public HttpResponse<String> internalSend(String method, String path, String body) {
    return send(gateway.internalPort(), method, path, null, body, Map.of());
  }

  private HttpResponse<String> send(
      int port,
      String method,
      String path,
      String identity,
      String body,
      Map<String, String> headers) {
    var all = new HashMap<>(headers);
    if (identity != null) {
      all.put("x-rh-identity", identity);
    }
    if (body != null) {
      all.putIfAbsent("Content-Type", "application/json");
    }
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:"
                        + port
                        + (path.startsWith("/") ? path : "/api/cost-management/v1/" + path)))
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body))
            .timeout(Duration.ofMinutes(2));
    all.forEach(request::header);
    return exchange(request.build());
  }

  public HttpResponse<String> exchange(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (java.io.IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  public static TenantSchema tenant(String organisation) {
    return TenantSchema.ofOrganisation(organisation);
  }

  @Override
  public void close() {
    gateway.close();
    services.reads().close();
    services.blocking().close();
    vertx.close().await();
    objects.close();
    database.close();
  }
}
