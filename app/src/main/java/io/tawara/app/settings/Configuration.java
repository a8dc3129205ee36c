package io.tawara.app.settings;

import static io.tawara.app.settings.Settings.*;

import io.tawara.core.config.CloudConfig;
import io.tawara.core.config.CurrencyConfig;
import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.MetastoreConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.config.Parity;
import io.tawara.core.config.TrinoConfig;
import io.tawara.core.provider.ProviderType;
import io.tawara.gateway.GatewayConfig;
import io.tawara.ingest.sources.PlatformSources;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The configuration of the process: checked, complete, unchangeable. External services are present
/// when they are configured; the others are embedded.
public record Configuration(
    Mode mode,
    Set<Role> roles,
    Path dataDirectory,
    Optional<Instant> now,
    Optional<DatabaseConfig> database,
    Optional<KafkaConfig> kafka,
    Optional<ObjectStoreConfig> objects,
    Optional<MetastoreConfig> metastore,
    Optional<TrinoConfig> trino,
    String costBucket,
    String rosBucket,
    Optional<String> credentialKeys,
    Set<Parity> parities,
    String uploadTopic,
    GatewayConfig gateway,
    IngestConfig ingest,
    CloudConfig clouds,
    PlatformSources.Settings platformSources) {

  private static final int MOST_BILL_FILES = 5_000;

  /// Makes the configuration of the settings.
  ///
  /// @throws InvalidConfiguration with every mistake
  public static Configuration of(Values values) {
    between(values);
    if (!values.mistakes().isEmpty()) {
      throw new InvalidConfiguration(values.mistakes());
    }
    Mode mode = mode(values);
    String cost = values.find(S3_BUCKET).orElse(values.get(COST_BUCKET));
    String ros = values.find(S3_BUCKET).orElse(values.get(ROS_BUCKET));
    return new Configuration(
        mode,
        values.get(ROLES),
        values.get(DATA_DIRECTORY).toAbsolutePath().normalize(),
        values.find(NOW),
        values
            .find(DATABASE_HOST)
            .map(
                host ->
                    new DatabaseConfig(
                        host,
                        values.get(DATABASE_PORT),
                        values.get(DATABASE_NAME),
                        values.get(DATABASE_USER),
                        values.get(DATABASE_PASSWORD),
                        values.get(DATABASE_POOL))),
        values
            .find(KAFKA_HOST)
            .map(host -> new KafkaConfig(host + ":" + values.get(KAFKA_PORT), security(values))),
        values.find(S3_ENDPOINT).map(endpoint -> objects(values, endpoint, cost, ros)),
        values
            .find(METASTORE_HOST)
            .map(host -> new MetastoreConfig(host, values.get(METASTORE_PORT))),
        values
            .find(TRINO_HOST)
            .map(
                host ->
                    new TrinoConfig(
                        "jdbc:trino://" + host + ":" + values.get(TRINO_PORT),
                        values.get(TRINO_USER),
                        values.get(TRINO_CATALOG))),
        cost,
        ros,
        values.find(CREDENTIAL_KEYS),
        values.get(PARITY),
        values.get(UPLOAD_TOPIC),
        gateway(values, mode),
        ingest(values, mode),
        clouds(values, mode),
        platformSources(values));
  }

  /// Mistakes that lie between settings.
  private static void between(Values values) {
    Optional<Mode> chosen = values.find(MODE);
    values
        .find(ONPREM)
        .filter(onprem -> chosen.isPresent() && onprem != (chosen.get() == Mode.ONPREM))
        .ifPresent(
            onprem ->
                values.mistake(
                    MODE,
                    "'%s' contradicts ONPREM=%s. Set one of them"
                        .formatted(
                            chosen.orElseThrow().name().toLowerCase(java.util.Locale.ROOT),
                            onprem)));
    needs(values, DATABASE_HOST, DATABASE_PASSWORD);
    needs(values, S3_ENDPOINT, S3_ACCESS_KEY);
    needs(values, S3_ENDPOINT, S3_SECRET);
    needs(values, KAFKA_MECHANISM, KAFKA_USERNAME);
    needs(values, KAFKA_MECHANISM, KAFKA_PASSWORD);
    needs(values, DATABASE_HOST, CREDENTIAL_KEYS);
    Optional<Integer> port = values.find(PORT).filter(number -> number != 0);
    if (port.isPresent() && port.equals(values.find(INTERNAL_PORT))) {
      values.mistake(INTERNAL_PORT, port.get() + " is the public port, too. Take another");
    }
    boolean all =
        values.find(ROLES).map(roles -> roles.size() == Role.values().length).orElse(true);
    if (!all) {
      for (Setting<?> service : List.of(DATABASE_HOST, KAFKA_HOST, S3_ENDPOINT)) {
        if (!values.isSet(service)) {
          values.mistake(
              service,
              "needed when the roles are spread over processes: embedded services belong to one."
                  + " Example: %s=%s".formatted(service.name(), service.kind().example()));
        }
      }
    }
  }

  private static void needs(Values values, Setting<?> given, Setting<?> needed) {
    if (values.isSet(given) && !values.isSet(needed)) {
      values.mistake(
          needed,
          "needed with %s. Allowed: %s. Example: %s=%s"
              .formatted(
                  given.name(), needed.kind().allowed(), needed.name(), needed.kind().example()));
    }
  }

  private static Mode mode(Values values) {
    return values
        .find(MODE)
        .or(() -> values.find(ONPREM).map(onprem -> onprem ? Mode.ONPREM : Mode.CLOUD))
        .orElse(Mode.ONPREM);
  }

  private static Map<String, String> security(Values values) {
    var properties = new HashMap<String, String>();
    values
        .find(KAFKA_MECHANISM)
        .ifPresent(
            mechanism -> {
              String module =
                  mechanism.equals("PLAIN")
                      ? "org.apache.kafka.common.security.plain.PlainLoginModule"
                      : "org.apache.kafka.common.security.scram.ScramLoginModule";
              properties.put("sasl.mechanism", mechanism);
              properties.put(
                  "sasl.jaas.config",
                  "%s required username=\"%s\" password=\"%s\";"
                      .formatted(
                          module,
                          escaped(values.get(KAFKA_USERNAME)),
                          escaped(values.get(KAFKA_PASSWORD))));
            });
    values
        .find(KAFKA_CERTIFICATES)
        .ifPresent(
            file -> {
              properties.put("ssl.truststore.type", "PEM");
              properties.put("ssl.truststore.location", file.toString());
            });
    if (!properties.isEmpty() || values.isSet(KAFKA_PROTOCOL)) {
      properties.put("security.protocol", values.get(KAFKA_PROTOCOL));
    }
    return properties;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static ObjectStoreConfig objects(
      Values values, String endpoint, String cost, String ros) {
    String address = endpoint.contains("://") ? endpoint : "https://" + endpoint;
    return new ObjectStoreConfig(
        address.endsWith("/") ? address.substring(0, address.length() - 1) : address,
        values.get(S3_REGION),
        values.get(S3_ACCESS_KEY),
        values.get(S3_SECRET),
        cost,
        ros);
  }

  private static GatewayConfig gateway(Values values, Mode mode) {
    return new GatewayConfig(
        values.get(HOST),
        values.get(PORT),
        values.get(INTERNAL_PORT),
        values.get(API_PATH_PREFIX),
        mode == Mode.ONPREM,
        values.get(DEVELOPMENT),
        types(values, mode),
        values.get(ENHANCED_ORG_ADMIN),
        values.find(SCHEMA_SUFFIX).orElse(""),
        values.get(CACHE),
        values.find(EVENT_LOOPS).orElse(cores()),
        new GatewayConfig.Rbac(
            URI.create(
                "%s://%s:%d%s"
                    .formatted(
                        values.get(RBAC_PROTOCOL),
                        values.get(RBAC_HOST),
                        values.get(RBAC_PORT),
                        values.get(RBAC_PATH))),
            values.get(RBAC_CACHE),
            values.get(RBAC_TIMEOUT)),
        new GatewayConfig.Upload(
            values.get(UPLOAD_LIMIT),
            values.get(UPLOAD_TOPIC),
            values.get(URL_LIFETIME),
            values.get(DENIED_ORGANISATIONS),
            Set.of("hccm")),
        new GatewayConfig.Settings(
            values.get(DEFAULT_CURRENCY),
            values.get(TAG_LIMIT),
            values.get(RETAIN_MONTHS),
            values.find(CURRENCY_URL).map(CurrencyConfig::of).orElseGet(CurrencyConfig::none),
            values.get(MAX_GROUP_BY)),
        values.get(PARITY).stream()
            .map(Parity::wireName)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  private static Set<ProviderType> types(Values values, Mode mode) {
    if (mode == Mode.CLOUD) {
      return EnumSet.allOf(ProviderType.class);
    }
    var types = EnumSet.noneOf(ProviderType.class);
    for (String name : values.get(ONPREM_PROVIDERS)) {
      types.add(ProviderType.ofName(name).orElseThrow());
    }
    return types;
  }

  private static IngestConfig ingest(Values values, Mode mode) {
    return new IngestConfig(
        values.get(KAFKA_CONNECT),
        !values.get(DEVELOPMENT),
        !values.get(DISABLE_ROS),
        values.get(ROS_URL_LIFETIME),
        values.get(RETAIN_MONTHS),
        values.get(INITIAL_MONTHS),
        atLeast(values.get(RETRY), Duration.ofMillis(100)),
        atLeast(values.get(DELIVERY_PATIENCE), Duration.ofSeconds(1)),
        values.get(DATA_DIRECTORY).toAbsolutePath().normalize().resolve("staging"),
        values.get(PAYLOAD_HOSTS),
        values.get(UPLOAD_LIMIT),
        values.get(EXPANDED_LIMIT),
        values.get(ENTRY_LIMIT),
        values.get(DOWNLOAD_TIMEOUT),
        values.find(PARALLEL_WORK).orElse(Math.max(2, cores())),
        values.get(DELETION_BATCH));
  }

  private static CloudConfig clouds(Values values, Mode mode) {
    return new CloudConfig(
        values.get(DEVELOPMENT),
        mode == Mode.CLOUD,
        values.get(AUTO_INGEST),
        values.get(SCHEDULED_POLLS),
        atLeast(values.get(POLL_EVERY), Duration.ofSeconds(1)),
        values.get(POLLING_TIMER),
        values.get(POLLING_COUNT),
        values.get(INITIAL_MONTHS),
        values.get(INITIAL_OVERRIDE),
        values.get(PARALLEL_DOWNLOADS),
        values.get(BILL_FILE_LIMIT),
        MOST_BILL_FILES,
        values.get(CLOUD_TIMEOUT),
        new CloudConfig.Endpoints(
            values.find(AWS_ENDPOINT),
            values.find(AWS_S3_ENDPOINT),
            values.get(AZURE_LOGIN),
            values.get(AZURE_MANAGEMENT),
            values.get(AZURE_BLOB),
            values.find(GOOGLE_ENDPOINT),
            values.isSet(GOOGLE_ENDPOINT)));
  }

  private static Duration atLeast(Duration given, Duration least) {
    return given.compareTo(least) < 0 ? least : given;
  }

  private static PlatformSources.Settings platformSources(Values values) {
    String base = "http://%s:%d".formatted(values.get(SOURCES_HOST), values.get(SOURCES_PORT));
    return new PlatformSources.Settings(
        URI.create(base + values.get(SOURCES_PREFIX)),
        URI.create(base + values.get(SOURCES_INTERNAL_PREFIX)),
        values.get(SOURCES_KEY),
        values
            .find(SOURCES_PROBE)
            .orElse(
                Base64.getEncoder()
                    .encodeToString(
                        """
                        {"identity": {"account_number": "12345", "org_id": "12345", "type": "User", \
                        "user": {"is_org_admin": true}}}\
                        """
                            .getBytes(StandardCharsets.UTF_8))),
        values.get(SOURCES_TIMEOUT));
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }
}
