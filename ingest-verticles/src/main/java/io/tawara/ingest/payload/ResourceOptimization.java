package io.tawara.ingest.payload;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.provider.Provider;
import io.tawara.ingest.ledger.Uploads.Upload;
import io.tawara.ingest.openshift.PayloadManifest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Forwards files of resource optimisation: unchanged into their own bucket, and one message per
/// payload with signed addresses (`sources-and-ingestion-4` §6). What fails here is logged and
/// never holds up costs.
public final class ResourceOptimization implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceOptimization.class);
  private static final String TOPIC = "hccm.ros.events";
  private static final long LARGEST = 512L << 20;

  private final ObjectStore objects;
  private final IngestConfig config;
  private final Clock clock;
  private final S3Presigner presigner;

  public ResourceOptimization(ObjectStore objects, IngestConfig config, Clock clock) {
    this.objects = objects;
    this.config = config;
    this.clock = clock;
    ObjectStoreConfig store = objects.config();
    this.presigner =
        S3Presigner.builder()
            .endpointOverride(URI.create(store.endpoint()))
            .region(Region.of(store.region()))
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(store.accessKey(), store.secretKey())))
            .build();
  }

  /// Begins a payload.
  Forwarding begin(Upload upload, Provider provider, PayloadManifest manifest, int manifestId) {
    return new Forwarding(upload, provider, manifest, manifestId);
  }

  @Override
  public void close() {
    presigner.close();
  }

  /// The files of one payload.
  final class Forwarding implements PayloadLoad.Forward {
    private final Upload upload;
    private final Provider provider;
    private final PayloadManifest manifest;
    private final int manifestId;
    private final List<String> keys = new ArrayList<>();

    private Forwarding(Upload upload, Provider provider, PayloadManifest manifest, int manifestId) {
      this.upload = upload;
      this.provider = provider;
      this.manifest = manifest;
      this.manifestId = manifestId;
    }

    @Override
    public boolean file(String name, InputStream content, long size) throws IOException {
      if (size > LARGEST) {
        LOG.warn("file of resource optimisation is larger than {} bytes", LARGEST);
        return false;
      }
      Path copy = Files.createTempFile("tawara", ".ros");
      try {
        Files.copy(content, copy, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        String key =
            "%s/source=%s/date=%s/%s"
                .formatted(provider.tenant(), provider.id(), LocalDate.now(clock), name);
        objects
            .client()
            .putObject(
                request ->
                    request
                        .bucket(objects.config().rosBucket())
                        .key(key)
                        .metadata(Map.of("ManifestId", Integer.toString(manifestId))),
                RequestBody.fromFile(copy));
        if (!keys.contains(key)) {
          keys.add(key);
        }
        return true;
      } catch (SdkException away) {
        LOG.warn("file of resource optimisation could not be forwarded", away);
        return false;
      } finally {
        Files.deleteIfExists(copy);
      }
    }

    /// Adds the message about the forwarded files.
    void announce(Connection connection) throws SQLException {
      if (keys.isEmpty() || !config.rosMessages()) {
        return;
      }
      ObjectNode message = JsonNodeFactory.instance.objectNode();
      message.put("request_id", upload.requestId());
      message.put("b64_identity", upload.identity() == null ? "" : upload.identity());
      message
          .putObject("metadata")
          .put("account", account())
          .put("org_id", upload.organisationId())
          .put("source_id", sourceId(connection))
          .put("provider_uuid", provider.id().toString())
          .put("cluster_uuid", manifest.clusterId())
          .put("operator_version", manifest.operatorVersion())
          .put("cluster_alias", provider.name());
      var files = message.putArray("files");
      var objectKeys = message.putArray("object_keys");
      for (String key : keys) {
        files.add(address(key));
        objectKeys.add(key);
      }
      Replies.send(connection, TOPIC, "{}", message.toString(), upload.requestId());
    }

    private String account() {
      if (upload.account() != null && !upload.account().isEmpty()) {
        return upload.account();
      }
      return provider.accountId() == null ? "no_account" : provider.accountId();
    }

    private String sourceId(Connection connection) throws SQLException {
      try (var statement =
          connection.prepareStatement(
              "select source_id from public.api_sources where provider_id = ?")) {
        statement.setObject(1, provider.id());
        try (var rows = statement.executeQuery()) {
          return rows.next() ? rows.getString(1) : "";
        }
      }
    }

    private String address(String key) {
      Duration lifetime = config.rosUrlLifetime();
      return presigner
          .presignGetObject(
              request ->
                  request
                      .signatureDuration(lifetime)
                      .getObjectRequest(get -> get.bucket(objects.config().rosBucket()).key(key)))
          .url()
          .toString();
    }
  }
}
