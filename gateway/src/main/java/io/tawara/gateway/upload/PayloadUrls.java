package io.tawara.gateway.upload;

import io.tawara.core.config.ObjectStoreConfig;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/// Addresses under which payloads can be fetched for a while without credentials.
final class PayloadUrls implements AutoCloseable {
  private final S3Presigner presigner;
  private final String bucket;
  private final Duration lifetime;

  PayloadUrls(ObjectStoreConfig config, Duration lifetime) {
    this.bucket = config.bucket();
    this.lifetime = lifetime;
    this.presigner =
        S3Presigner.builder()
            .endpointOverride(URI.create(config.endpoint()))
            .region(Region.of(config.region()))
            .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(config.accessKey(), config.secretKey())))
            .build();
  }

  String of(String key) {
    return presigner
        .presignGetObject(
            request ->
                request
                    .signatureDuration(lifetime)
                    .getObjectRequest(get -> get.bucket(bucket).key(key)))
        .url()
        .toString();
  }

  @Override
  public void close() {
    presigner.close();
  }
}
