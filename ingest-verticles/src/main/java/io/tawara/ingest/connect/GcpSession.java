package io.tawara.ingest.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.api.gax.retrying.RetrySettings;
import com.google.auth.Credentials;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.cloud.NoCredentials;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.BigQueryOptions;
import com.google.cloud.http.HttpTransportOptions;
import io.tawara.core.config.CloudConfig;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Google Cloud with the credentials of Tawara itself: BigQuery, permissions of projects, objects
/// of buckets.
final class GcpSession implements AutoCloseable {
  /// Begins the location of a file in a bucket: `gs://{bucket}/{object}`.
  static final String SCHEME = "gs://";

  private static final List<String> SCOPES =
      List.of("https://www.googleapis.com/auth/cloud-platform");
  private static final int ATTEMPTS = 5;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CloudConfig config;
  private final Credentials credentials;
  private final HttpClient http;

  GcpSession(CloudConfig config) {
    this.config = config;
    this.credentials = own(config);
    this.http = HttpClient.newBuilder().connectTimeout(config.callTimeout()).build();
  }

  private static Credentials own(CloudConfig config) {
    if (config.endpoints().googleAnonymous()) {
      return NoCredentials.getInstance();
    }
    try {
      return GoogleCredentials.getApplicationDefault().createScoped(SCOPES);
    } catch (IOException absent) {
      throw new CloudException(
          Problem.CREDENTIALS,
          "Tawara has no credentials of Google Cloud; set GOOGLE_APPLICATION_CREDENTIALS",
          absent);
    }
  }

  BigQuery bigQuery(String project) {
    int timeout = Math.toIntExact(config.callTimeout().toMillis());
    var options =
        BigQueryOptions.newBuilder()
            .setProjectId(project)
            .setCredentials(credentials)
            .setTransportOptions(
                HttpTransportOptions.newBuilder()
                    .setConnectTimeout(timeout)
                    .setReadTimeout(timeout)
                    .build())
            .setRetrySettings(
                RetrySettings.newBuilder()
                    .setMaxAttempts(ATTEMPTS)
                    .setInitialRetryDelayDuration(Duration.ofMillis(200))
                    .setRetryDelayMultiplier(2)
                    .setMaxRetryDelayDuration(Duration.ofSeconds(20))
                    .setInitialRpcTimeoutDuration(config.callTimeout())
                    .setMaxRpcTimeoutDuration(config.callTimeout())
                    .setTotalTimeoutDuration(config.callTimeout().multipliedBy(ATTEMPTS))
                    .build());
    config.endpoints().googleApi().ifPresent(host -> options.setHost(host.toString()));
    return options.build().getService();
  }

  /// Which of the permissions Tawara has in a project.
  List<String> permissions(String project, List<String> wanted) {
    var body = JSON.createObjectNode();
    wanted.forEach(body.putArray("permissions")::add);
    JsonNode answer =
        json(
            request(
                    "https://cloudresourcemanager.googleapis.com",
                    "/v1/projects/" + encoded(project) + ":testIamPermissions")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build());
    var granted = new java.util.ArrayList<String>();
    answer.path("permissions").forEach(permission -> granted.add(permission.asText()));
    return granted;
  }

  /// That a bucket can be read.
  void bucket(String bucket) {
    json(
        request("https://storage.googleapis.com", "/storage/v1/b/" + encoded(bucket))
            .GET()
            .build());
  }

  /// An object of a bucket, pinned by its generation.
  RemoteFile object(String bucket, String name) {
    try {
      JsonNode answer =
          json(
              request(
                      "https://storage.googleapis.com",
                      "/storage/v1/b/" + encoded(bucket) + "/o/" + encoded(name))
                  .GET()
                  .build());
      return new RemoteFile(
          Manifest.storedName(name.substring(name.lastIndexOf('/') + 1)),
          SCHEME + bucket + "/" + name,
          answer.path("generation").asText(),
          answer.path("size").asLong(-1),
          Instant.parse(answer.path("updated").asText("1970-01-01T00:00:00Z")));
    } catch (CloudException problem) {
      throw problem.problem() == Problem.NOT_FOUND
          ? new CloudException(
              Problem.NOT_FOUND,
              "File " + name + " could not be found within bucket " + bucket + ".",
              problem)
          : problem;
    }
  }

  InputStream openObject(RemoteFile file) {
    String path = file.location().substring(SCHEME.length());
    int cut = path.indexOf('/');
    HttpRequest request =
        request(
                "https://storage.googleapis.com",
                "/storage/v1/b/%s/o/%s?alt=media&generation=%s"
                    .formatted(
                        encoded(path.substring(0, cut)),
                        encoded(path.substring(cut + 1)),
                        encoded(file.etag())))
            .GET()
            .build();
    try {
      HttpResponse<InputStream> answer =
          http.send(request, HttpResponse.BodyHandlers.ofInputStream());
      if (answer.statusCode() >= 300) {
        try (InputStream body = answer.body()) {
          CloudException problem = problem(answer.statusCode(), body.readNBytes(1 << 16));
          throw problem.problem() == Problem.NOT_FOUND
              ? new CloudException(Problem.CHANGED, file.location() + " changed", problem)
              : problem;
        }
      }
      return answer.body();
    } catch (IOException failure) {
      throw new CloudException(Problem.UNREACHABLE, file.location() + ": " + failure, failure);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CloudException(Problem.UNREACHABLE, "stopped while waiting", stop);
    }
  }

  private HttpRequest.Builder request(String host, String path) {
    var builder =
        HttpRequest.newBuilder(
                URI.create(config.endpoints().googleApi().map(URI::toString).orElse(host) + path))
            .timeout(config.callTimeout());
    if (credentials instanceof GoogleCredentials known) {
      try {
        known.refreshIfExpired();
        builder.header("Authorization", "Bearer " + known.getAccessToken().getTokenValue());
      } catch (IOException refused) {
        throw new CloudException(
            Problem.CREDENTIALS, "a refresh error of the credentials: " + refused, refused);
      }
    }
    return builder;
  }

  private JsonNode json(HttpRequest request) {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() < 300) {
          return JSON.readTree(answer.body());
        }
        CloudException problem = problem(answer.statusCode(), answer.body());
        if (attempt == ATTEMPTS || !problem.problem().waitingHelps()) {
          throw problem;
        }
        Thread.sleep(200L << attempt);
      } catch (JsonProcessingException broken) {
        throw new CloudException(Problem.UNREADABLE, "Google answers no JSON", broken);
      } catch (IOException failure) {
        throw new CloudException(Problem.UNREACHABLE, "Google: " + failure, failure);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new CloudException(Problem.UNREACHABLE, "stopped while waiting", stop);
      }
    }
  }

  private static CloudException problem(int status, byte[] body) {
    String message = "";
    String reason = "";
    try {
      JsonNode error = JSON.readTree(body).path("error");
      message = error.path("message").asText("");
      reason = error.path("errors").path(0).path("reason").asText("");
    } catch (IOException notJson) {
      message = "status " + status;
    }
    return new CloudException(
        BillingExport.problem(reason, status), "Google answers " + status + " " + message);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
