package io.tawara.app;

import io.tawara.core.config.DatabaseConfig;
import io.tawara.core.config.KafkaConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.embedded.TestServices;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/// The settings that name services of a test as external ones.
final class ServiceSettings {
  private ServiceSettings() {}

  /// Database, broker and store, and a key of credentials.
  static Map<String, String> of(
      DatabaseConfig database, KafkaConfig kafka, ObjectStoreConfig objects) {
    String[] broker = kafka.bootstrapServers().split(":", 2);
    var settings = new HashMap<String, String>();
    settings.put("DATABASE_HOST", database.host());
    settings.put("DATABASE_PORT", Integer.toString(database.port()));
    settings.put("DATABASE_NAME", database.name());
    settings.put("DATABASE_USER", database.user());
    settings.put("DATABASE_PASSWORD", database.password());
    settings.put("INSIGHTS_KAFKA_HOST", broker[0]);
    settings.put("INSIGHTS_KAFKA_PORT", broker[1]);
    settings.put("S3_ENDPOINT", objects.endpoint());
    settings.put("S3_REGION", objects.region());
    settings.put("S3_ACCESS_KEY", objects.accessKey());
    settings.put("S3_SECRET", objects.secretKey());
    settings.put("REQUESTED_BUCKET", objects.bucket());
    settings.put("REQUESTED_ROS_BUCKET", objects.rosBucket());
    settings.put("TAWARA_CREDENTIAL_KEYS", "test:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    return settings;
  }

  /// Cloud mode with a metastore and a Trino.
  static Map<String, String> of(TestServices.Cloud cloud) {
    URI trino = URI.create(cloud.trino().jdbcUrl().substring("jdbc:".length()));
    return Map.of(
        "TAWARA_MODE", "cloud",
        "DEVELOPMENT", "True",
        "HIVE_METASTORE_HOST", cloud.metastore().host(),
        "HIVE_METASTORE_PORT", Integer.toString(cloud.metastore().port()),
        "TRINO_HOST", trino.getHost(),
        "TRINO_PORT", Integer.toString(trino.getPort()),
        "TRINO_DEFAULT_CATALOG", cloud.trino().catalog());
  }
}
