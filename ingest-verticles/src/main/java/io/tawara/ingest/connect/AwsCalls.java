package io.tawara.ingest.connect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.config.CloudConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/// A few calls of AWS services that need no client of their own: cost report definitions,
/// organisations, account aliases. Throttled calls are repeated with growing patience.
final class AwsCalls {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MOST_BYTES = 8 << 20;
  private static final int MOST_PAGES = 1_000;
  private static final List<Duration> WAITS =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(4),
          Duration.ofSeconds(8),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10));
  private static final Pattern ALIAS = Pattern.compile("<member>([^<]*)</member>");

  private final CloudConfig config;
  private final Supplier<AwsCredentials> credentials;

  AwsCalls(CloudConfig config, Supplier<AwsCredentials> credentials) {
    this.config = config;
    this.credentials = credentials;
  }

  /// Cost and Usage Reports that are defined in the account.
  List<JsonNode> reportDefinitions() {
    return pages(
        "cur",
        "AWSOrigamiServiceGatewayService.DescribeReportDefinitions",
        "{}",
        "ReportDefinitions");
  }

  /// A listing of Organizations.
  ///
  /// @param operation for example `ListRoots`
  /// @param body JSON
  /// @param member that holds the items of a page
  List<JsonNode> organization(String operation, String body, String member) {
    return pages("organizations", "AWSOrganizationsV20161128." + operation, body, member);
  }

  /// The alias of the account, empty when it has none.
  List<String> accountAliases() {
    String answer =
        call(
            "iam",
            "application/x-www-form-urlencoded; charset=utf-8",
            null,
            "Action=ListAccountAliases&Version=2010-05-08");
    return ALIAS.matcher(answer).results().map(found -> found.group(1)).toList();
  }

  private List<JsonNode> pages(String service, String target, String body, String member) {
    var items = new ArrayList<JsonNode>();
    String token = "";
    for (int page = 0; page < MOST_PAGES; page++) {
      try {
        var request = (com.fasterxml.jackson.databind.node.ObjectNode) JSON.readTree(body);
        if (!token.isEmpty()) {
          request.put("NextToken", token);
        }
        JsonNode answer =
            JSON.readTree(call(service, "application/x-amz-json-1.1", target, request.toString()));
        answer.path(member).forEach(items::add);
        token = answer.path("NextToken").asText("");
      } catch (JsonProcessingException broken) {
        throw new CloudException(Problem.UNREADABLE, target + " answers no JSON", broken);
      }
      if (token.isEmpty()) {
        return items;
      }
    }
    throw new CloudException(Problem.TOO_LARGE, target + " has more than " + MOST_PAGES + " pages");
  }

  private String call(String service, String type, String target, String body) {
    for (int attempt = 0; ; attempt++) {
      try {
        return once(service, type, target, body);
      } catch (CloudException problem) {
        boolean worth =
            problem.problem() == Problem.THROTTLED || problem.problem() == Problem.UNREACHABLE;
        if (!worth || attempt == WAITS.size()) {
          throw problem;
        }
        pause(WAITS.get(attempt), problem);
      }
    }
  }

  private static void pause(Duration wait, CloudException problem) {
    try {
      Thread.sleep(wait);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw problem;
    }
  }

  private String once(String service, String type, String target, String body) {
    URI address =
        config
            .endpoints()
            .aws()
            .orElseGet(
                () ->
                    URI.create(
                        service.equals("iam")
                            ? "https://iam.amazonaws.com"
                            : "https://" + service + ".us-east-1.amazonaws.com"));
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(address.resolve("/"))
            .putHeader("Content-Type", type)
            .putHeader("Content-Length", Integer.toString(bytes.length));
    if (target != null) {
      unsigned.putHeader("X-Amz-Target", target);
    }
    ContentStreamProvider content = ContentStreamProvider.fromByteArray(bytes);
    var signed =
        AwsV4HttpSigner.create()
            .sign(
                sign ->
                    sign.identity(credentials.get())
                        .request(unsigned.build())
                        .payload(content)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, AwsSession.GLOBAL.id()));
    try (SdkHttpClient client =
        UrlConnectionHttpClient.builder()
            .connectionTimeout(config.callTimeout())
            .socketTimeout(config.callTimeout())
            .build()) {
      HttpExecuteResponse response =
          client
              .prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(signed.payload().orElse(content))
                      .build())
              .call();
      String answer = "";
      if (response.responseBody().isPresent()) {
        try (var in = response.responseBody().get()) {
          answer = new String(in.readNBytes(MOST_BYTES), StandardCharsets.UTF_8);
        }
      }
      int status = response.httpResponse().statusCode();
      if (status >= 300) {
        throw refused(service, status, answer);
      }
      return answer;
    } catch (IOException failure) {
      throw new CloudException(Problem.UNREACHABLE, service + ": " + failure, failure);
    }
  }

  private static CloudException refused(String service, int status, String answer) {
    String code = "";
    String message = "";
    try {
      JsonNode error = JSON.readTree(answer);
      String type = error.path("__type").asText("");
      code = type.substring(type.indexOf('#') + 1);
      message = error.path("message").asText(error.path("Message").asText(""));
    } catch (JsonProcessingException notJson) {
      var found = Pattern.compile("<Code>([^<]*)</Code>").matcher(answer);
      code = found.find() ? found.group(1) : "";
    }
    return new CloudException(
        AwsSession.problem(code, status),
        "%s answers %d %s %s".formatted(service, status, code, message).strip());
  }
}
