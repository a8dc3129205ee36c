package io.tawara.core.config;

/// Where the S3-compatible object store is. `bucket` holds cost data, `rosBucket` what is forwarded
/// to resource optimisation.
public record ObjectStoreConfig(
    String endpoint,
    String region,
    String accessKey,
    String secretKey,
    String bucket,
    String rosBucket) {

  @Override
  public String toString() {
    return endpoint + "/" + bucket;
  }
}
