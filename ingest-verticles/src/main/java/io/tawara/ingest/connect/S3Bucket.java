package io.tawara.ingest.connect;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.S3Object;

/// A bucket of a customer, read in the name of the role.
final class S3Bucket implements Place {
  private final AwsSession session;
  private final S3Client s3;
  private final String bucket;
  private final String region;

  /// @param session closed with the bucket
  S3Bucket(AwsSession session, S3Client s3, String bucket, String region) {
    this.session = session;
    this.s3 = s3;
    this.bucket = bucket;
    this.region = region;
  }

  @Override
  public List<Item> list(String prefix) {
    return asking(
        "listing " + bucket + "/" + prefix,
        () -> {
          var items = new ArrayList<Item>();
          for (S3Object object :
              s3.listObjectsV2Paginator(request -> request.bucket(bucket).prefix(prefix))
                  .contents()) {
            if (items.size() == MOST_ITEMS) {
              throw new CloudException(
                  Problem.TOO_LARGE, "more than " + MOST_ITEMS + " objects below " + prefix);
            }
            items.add(item(object));
          }
          return items;
        });
  }

  /// By listing and not by HEAD, whose failures have no reasons.
  @Override
  public Optional<Item> find(String key) {
    return asking(
        "looking for " + bucket + "/" + key,
        () ->
            s3
                .listObjectsV2(request -> request.bucket(bucket).prefix(key).maxKeys(1))
                .contents()
                .stream()
                .filter(object -> object.key().equals(key))
                .map(S3Bucket::item)
                .findFirst());
  }

  private static Item item(S3Object object) {
    return new Item(object.key(), object.eTag(), object.size(), object.lastModified());
  }

  @Override
  public InputStream open(String key, String etag, long offset) {
    return asking(
        "reading " + bucket + "/" + key,
        () ->
            s3.getObject(
                request -> {
                  request.bucket(bucket).key(key).ifMatch(etag);
                  if (offset > 0) {
                    request.range("bytes=" + offset + "-");
                  }
                }));
  }

  private interface Call<T> {
    T call();
  }

  private <T> T asking(String what, Call<T> call) {
    try {
      return call.call();
    } catch (SdkException failure) {
      CloudException problem = AwsSession.problem(what, failure);
      if (problem.problem() != Problem.REGION) {
        throw problem;
      }
      String actual =
          failure instanceof AwsServiceException service && service.awsErrorDetails() != null
              ? service
                  .awsErrorDetails()
                  .sdkHttpResponse()
                  .firstMatchingHeader("x-amz-bucket-region")
                  .orElse("another region")
              : "another region";
      throw new CloudException(
          Problem.REGION,
          "bucket %s is in %s and not in %s; say so in bucket_region"
              .formatted(bucket, actual, region),
          failure);
    }
  }

  @Override
  public String name() {
    return bucket;
  }

  @Override
  public void close() {
    s3.close();
    session.close();
  }
}
