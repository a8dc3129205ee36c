package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.config.CloudConfig;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sts.StsClient;
import software.amazon.awssdk.services.sts.auth.StsAssumeRoleCredentialsProvider;

/// A role of a customer that was assumed; renewed by itself before it runs out.
final class AwsSession implements AutoCloseable {
  static final Region GLOBAL = Region.US_EAST_1;
  private static final int ATTEMPTS = 5;
  private static final Set<String> WRONG_CREDENTIALS =
      Set.of(
          "InvalidAccessKeyId",
          "InvalidClientTokenId",
          "InvalidToken",
          "SignatureDoesNotMatch",
          "UnrecognizedClientException",
          "IncompleteSignature");
  private static final Set<String> RUN_OUT =
      Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired");
  private static final Set<String> ELSEWHERE =
      Set.of(
          "PermanentRedirect",
          "TemporaryRedirect",
          "AuthorizationHeaderMalformed",
          "IllegalLocationConstraintException");

  private final CloudConfig config;
  private final StsClient sts;
  private final StsAssumeRoleCredentialsProvider role;

  private AwsSession(CloudConfig config, StsClient sts, StsAssumeRoleCredentialsProvider role) {
    this.config = config;
    this.sts = sts;
    this.role = role;
  }

  /// Assumes the role of a source.
  ///
  /// @param own the credentials of Tawara itself
  /// @param credentials `role_arn` and, if the role asks for one, `external_id`
  /// @param name of the session, seen in the customer's logs
  static AwsSession assume(
      CloudConfig config,
      AwsCredentialsProvider own,
      JsonNode credentials,
      Optional<Region> region,
      String name) {
    StsClient sts =
        configured(
                StsClient.builder().httpClientBuilder(http(config)),
                config,
                config.endpoints().aws(),
                region.orElse(GLOBAL))
            .credentialsProvider(own)
            .build();
    String external = credentials.path("external_id").asText("");
    var role =
        StsAssumeRoleCredentialsProvider.builder()
            .stsClient(sts)
            .refreshRequest(
                request ->
                    request
                        .roleArn(credentials.path("role_arn").asText())
                        .roleSessionName(name)
                        .externalId(external.isEmpty() ? null : external))
            .build();
    var session = new AwsSession(config, sts, role);
    try {
      session.credentials();
      return session;
    } catch (CloudException refused) {
      session.close();
      throw refused;
    }
  }

  /// Valid credentials of the role.
  AwsCredentials credentials() {
    try {
      return role.resolveCredentials();
    } catch (SdkException failure) {
      throw problem("the role cannot be assumed", failure);
    }
  }

  /// S3 in the name of the role.
  S3Client s3(Region region) {
    Optional<URI> endpoint = config.endpoints().s3().or(config.endpoints()::aws);
    return configured(
            S3Client.builder().httpClientBuilder(http(config)).forcePathStyle(endpoint.isPresent()),
            config,
            endpoint,
            region)
        .credentialsProvider(role)
        .build();
  }

  /// Calls of services whose clients are not here.
  AwsCalls calls() {
    return new AwsCalls(config, this::credentials);
  }

  private static UrlConnectionHttpClient.Builder http(CloudConfig config) {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(config.callTimeout())
        .socketTimeout(config.callTimeout());
  }

  private static <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B configured(
      B builder, CloudConfig config, Optional<URI> endpoint, Region region) {
    endpoint.ifPresent(builder::endpointOverride);
    return builder
        .region(region)
        .overrideConfiguration(
            override ->
                override
                    .apiCallTimeout(config.callTimeout().multipliedBy(ATTEMPTS))
                    .apiCallAttemptTimeout(config.callTimeout())
                    .retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(ATTEMPTS)
                            .build()));
  }

  /// What a failure of the SDK means.
  static CloudException problem(String what, SdkException failure) {
    if (String.valueOf(failure.getMessage()).startsWith("Unable to load credentials")) {
      return new CloudException(
          Problem.CREDENTIALS,
          what + ": Tawara has no credentials of AWS; see the SDK's credential chain",
          failure);
    }
    if (!(failure instanceof AwsServiceException service)) {
      return new CloudException(Problem.UNREACHABLE, what + ": " + failure.getMessage(), failure);
    }
    String code =
        service.awsErrorDetails() == null || service.awsErrorDetails().errorCode() == null
            ? ""
            : service.awsErrorDetails().errorCode();
    String message =
        service.awsErrorDetails() == null || service.awsErrorDetails().errorMessage() == null
            ? "status " + service.statusCode()
            : service.awsErrorDetails().errorMessage();
    Problem problem = problem(code, service.statusCode());
    return new CloudException(
        problem, what + ": " + (code.isEmpty() ? "" : code + ": ") + message, failure);
  }

  static Problem problem(String code, int status) {
    if (ELSEWHERE.contains(code) || status == 301 || status == 307) {
      return Problem.REGION;
    }
    if (RUN_OUT.contains(code)) {
      return Problem.EXPIRED;
    }
    if (WRONG_CREDENTIALS.contains(code)) {
      return Problem.CREDENTIALS;
    }
    if (code.equals("NoSuchBucket")) {
      return Problem.NOT_FOUND;
    }
    if (code.equals("NoSuchKey") || code.equals("PreconditionFailed") || status == 412) {
      return Problem.CHANGED;
    }
    String lower = code.toLowerCase(Locale.ROOT);
    if (status == 429
        || lower.contains("throttl")
        || lower.contains("slowdown")
        || lower.contains("toomanyrequests")
        || code.equals("RequestLimitExceeded")) {
      return Problem.THROTTLED;
    }
    if (status == 403 || status == 401 || lower.startsWith("accessdenied")) {
      return Problem.PERMISSION;
    }
    if (status == 404) {
      return Problem.NOT_FOUND;
    }
    return status >= 500 ? Problem.UNREACHABLE : Problem.UNREADABLE;
  }

  @Override
  public void close() {
    role.close();
    sts.close();
  }
}
