package io.tawara.core.objects;

import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/// S3-compatible object storage, used on (virtual) threads. Failures are retryable Tawara errors.
public final class ObjectStore implements AutoCloseable {
  private final S3Client s3;
  private final ObjectStoreConfig config;

  public ObjectStore(ObjectStoreConfig config) {
    this.config = config;
    this.s3 =
        S3Client.builder()
            .endpointOverride(URI.create(config.endpoint()))
            .region(Region.of(config.region()))
            .forcePathStyle(true)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(config.accessKey(), config.secretKey())))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
  }

  public ObjectStoreConfig config() {
    return config;
  }

  /// Makes the buckets when they are missing.
  public void ensureBuckets() {
    for (String bucket : List.of(config.bucket(), config.rosBucket())) {
      guarded(
          "create bucket " + bucket,
          () -> {
            try {
              return s3.createBucket(request -> request.bucket(bucket));
            } catch (BucketAlreadyOwnedByYouException exists) {
              return null;
            }
          });
    }
  }

  /// Stores a small object.
  public void put(String key, byte[] content, Map<String, String> metadata) {
    guarded(
        "put " + key,
        () ->
            s3.putObject(
                request -> request.bucket(config.bucket()).key(key).metadata(metadata),
                RequestBody.fromBytes(content)));
  }

  /// Stores a file.
  public void put(String key, Path file, Map<String, String> metadata) {
    guarded(
        "put " + key,
        () ->
            s3.putObject(
                request -> request.bucket(config.bucket()).key(key).metadata(metadata),
                RequestBody.fromFile(file)));
  }

  /// Opens an object for reading. The caller closes the stream.
  public InputStream open(String key) {
    return guarded(
        "get " + key, () -> s3.getObject(request -> request.bucket(config.bucket()).key(key)));
  }

  /// Begins an upload in parts; nothing is visible before [MultipartUpload#complete()].
  public MultipartUpload begin(String key) {
    String upload =
        guarded(
            "begin upload " + key,
            () ->
                s3.createMultipartUpload(request -> request.bucket(config.bucket()).key(key))
                    .uploadId());
    return new MultipartUpload(key, upload);
  }

  /// Deletes every object whose key begins with the prefix. Returns how many there were.
  public int deletePrefix(String prefix) {
    return guarded(
        "delete " + prefix,
        () -> {
          int deleted = 0;
          for (var object :
              s3.listObjectsV2Paginator(request -> request.bucket(config.bucket()).prefix(prefix))
                  .contents()) {
            s3.deleteObject(request -> request.bucket(config.bucket()).key(object.key()));
            deleted++;
          }
          return deleted;
        });
  }

  /// The client itself, for rooms that need more of S3 than this.
  public S3Client client() {
    return s3;
  }

  private interface Call<T> {
    T call();
  }

  private static <T> T guarded(String what, Call<T> call) {
    try {
      return call.call();
    } catch (NoSuchKeyException missing) {
      throw new TawaraException(Category.NOT_FOUND, "object store: " + what, missing);
    } catch (SdkException failure) {
      throw new TawaraException(
          Category.UNAVAILABLE, "object store: " + what + ": " + failure.getMessage(), failure);
    }
  }

  /// An upload in parts of at least 5 MiB (the last one may be smaller).
  public final class MultipartUpload {
    private final String key;
    private final String uploadId;
    private final List<CompletedPart> parts = new ArrayList<>();

    private MultipartUpload(String key, String uploadId) {
      this.key = key;
      this.uploadId = uploadId;
    }

    public void part(byte[] content, int length) {
      int number = parts.size() + 1;
      String tag =
          guarded(
              "upload part " + number + " of " + key,
              () ->
                  s3.uploadPart(
                          request ->
                              request
                                  .bucket(config.bucket())
                                  .key(key)
                                  .uploadId(uploadId)
                                  .partNumber(number),
                          RequestBody.fromInputStream(
                              new java.io.ByteArrayInputStream(content, 0, length), length))
                      .eTag());
      parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
    }

    public void complete() {
      guarded(
          "complete upload of " + key,
          () ->
              s3.completeMultipartUpload(
                  request ->
                      request
                          .bucket(config.bucket())
                          .key(key)
                          .uploadId(uploadId)
                          .multipartUpload(all -> all.parts(parts))));
    }

    public void abort() {
      guarded(
          "abort upload of " + key,
          () ->
              s3.abortMultipartUpload(
                  request -> request.bucket(config.bucket()).key(key).uploadId(uploadId)));
    }
  }

  @Override
  public void close() {
    s3.close();
  }
}
