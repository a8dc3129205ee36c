package io.tawara.ingest.connect;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.config.CloudConfig;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/// Azure in the name of an application: tokens for its secret, and what the resource manager says
/// of exports and storage accounts.
final class AzureSession implements TokenCredential, AutoCloseable {
  private static final String API_VERSION = "2023-07-01-preview";
  private static final String STORAGE_VERSION = "2023-01-01";
  private static final Pattern TENANT = Pattern.compile("[A-Za-z0-9.-]{1,100}");
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9._()-]{1,100}");
  private static final Pattern SCOPE = Pattern.compile("/?[A-Za-z0-9._()/:-]{1,400}");
  private static final Duration MARGIN = Duration.ofMinutes(5);
  private static final int ATTEMPTS = 5;
  private static final int MOST_PAGES = 100;
  private static final int LONGEST_MESSAGE = 300;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CloudConfig config;
  private final JsonNode credentials;
  private final Clock clock;
  private final HttpClient http;
  private final Map<String, AccessToken> tokens = new HashMap<>();

  /// @param credentials `tenant_id`, `client_id`, `client_secret`, `subscription_id`
  AzureSession(CloudConfig config, JsonNode credentials, Clock clock) {
    this.config = config;
    this.credentials = credentials;
    this.clock = clock;
    this.http = HttpClient.newBuilder().connectTimeout(config.callTimeout()).build();
  }

  /// A cost export and where it is delivered.
  record Delivered(String name, String type, String account, String container, String directory) {}

  String subscription() {
    return credentials.path("subscription_id").asText("");
  }

  /// The exports of a scope.
  ///
  /// @param scope for example `/subscriptions/<id>`
  List<Delivered> exports(String scope) {
    var found = new ArrayList<Delivered>();
    Optional<URI> next =
        Optional.of(
            manager(
                scope(scope)
                    + "/providers/Microsoft.CostManagement/exports?api-version="
                    + API_VERSION));
    for (int page = 0; next.isPresent() && page < MOST_PAGES; page++) {
      JsonNode answer = asked("GET", next.get());
      answer.path("value").forEach(export -> found.add(delivered(export)));
      next =
          Optional.of(answer.path("nextLink").asText(""))
              .filter(link -> !link.isEmpty())
              .map(URI::create)
              .filter(
                  link -> link.getHost().equals(config.endpoints().azureManagement().getHost()));
    }
    return found;
  }

  /// One export.
  Delivered export(String scope, String name) {
    return delivered(
        asked(
            "GET",
            manager(
                "%s/providers/Microsoft.CostManagement/exports/%s?api-version=%s"
                    .formatted(scope(scope), segment(name), API_VERSION))));
  }

  private static Delivered delivered(JsonNode export) {
    JsonNode properties = export.path("properties");
    JsonNode destination = properties.path("deliveryInfo").path("destination");
    return new Delivered(
        export.path("name").asText(""),
        properties.path("definition").path("type").asText(""),
        destination.path("resourceId").asText(""),
        destination.path("container").asText(""),
        destination.path("rootFolderPath").asText(""));
  }

  /// A key of a storage account; empty when the application may not read keys.
  Optional<String> accountKey(String group, String account) {
    try {
      JsonNode answer =
          asked(
              "POST",
              manager(
                  "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Storage/storageAccounts/%s/listKeys?api-version=%s"
                      .formatted(
                          segment(subscription()),
                          segment(group),
                          segment(account),
                          STORAGE_VERSION)));
      return Optional.of(answer.path("keys").path(0).path("value").asText(""))
          .filter(key -> !key.isEmpty());
    } catch (CloudException refused) {
      if (refused.problem() == Problem.PERMISSION) {
        return Optional.empty();
      }
      throw refused;
    }
  }

  private URI manager(String path) {
    return URI.create(
        config.endpoints().azureManagement() + (path.startsWith("/") ? "" : "/") + path);
  }

  /// Parts of addresses are only what names of Azure can be.
  private static String segment(String text) {
    if (!SEGMENT.matcher(text).matches()) {
      throw new CloudException(Problem.UNREADABLE, "'" + text + "' is no name of Azure");
    }
    return text;
  }

  private static String scope(String text) {
    if (!SCOPE.matcher(text).matches() || text.contains("..")) {
      throw new CloudException(Problem.UNREADABLE, "'" + text + "' is no scope of Azure");
    }
    return text.startsWith("/") ? text : "/" + text;
  }

  private JsonNode asked(String method, URI address) {
    String token = token(config.endpoints().azureManagement() + "/.default").getToken();
    var request =
        HttpRequest.newBuilder(address)
            .method(method, HttpRequest.BodyPublishers.noBody())
            .header("Authorization", "Bearer " + token)
            .timeout(config.callTimeout())
            .build();
    return json(request, "the resource manager");
  }

  /// Sends a request, again when Azure asks for patience.
  private JsonNode json(HttpRequest request, String what) {
    for (int attempt = 1; ; attempt++) {
      try {
        HttpResponse<String> answer =
            http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        if (answer.statusCode() < 300) {
          return JSON.readTree(answer.body());
        }
        CloudException problem = problem(what, answer.statusCode(), answer.body());
        if (attempt == ATTEMPTS || !worthAnother(problem.problem())) {
          throw problem;
        }
        pause(attempt, answer.headers().firstValueAsLong("Retry-After").orElse(0));
      } catch (JsonProcessingException broken) {
        throw new CloudException(Problem.UNREADABLE, what + " answers no JSON", broken);
      } catch (IOException failure) {
        if (attempt == ATTEMPTS) {
          throw new CloudException(Problem.UNREACHABLE, what + ": " + failure, failure);
        }
        pause(attempt, 0);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new CloudException(Problem.UNREACHABLE, what + " was not waited for", stop);
      }
    }
  }

  private static boolean worthAnother(Problem problem) {
    return problem == Problem.THROTTLED || problem == Problem.UNREACHABLE;
  }

  private static void pause(int attempt, long wanted) {
    try {
      Thread.sleep(
          Duration.ofSeconds(Math.min(30, Math.max(wanted, 0))).plusMillis(200L << attempt));
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CloudException(Problem.UNREACHABLE, "stopped while waiting", stop);
    }
  }

  static CloudException problem(String what, int status, String body) {
    String code = "";
    String message = "";
    try {
      JsonNode answer = JSON.readTree(body);
      JsonNode error = answer.path("error");
      code = error.isTextual() ? error.asText() : error.path("code").asText("");
      message =
          error.isTextual()
              ? answer.path("error_description").asText("")
              : error.path("message").asText("");
    } catch (JsonProcessingException notJson) {
      message = "";
    }
    String line = message.lines().findFirst().orElse("");
    String said = line.length() > LONGEST_MESSAGE ? line.substring(0, LONGEST_MESSAGE) : line;
    return new CloudException(
        problem(code, status), "%s answers %d %s %s".formatted(what, status, code, said).strip());
  }

  static Problem problem(String code, int status) {
    return switch (code) {
      case "invalid_client",
          "unauthorized_client",
          "invalid_request",
          "AuthenticationFailed",
          "InvalidAuthenticationToken",
          "InvalidAuthenticationTokenTenant" ->
          Problem.CREDENTIALS;
      case "ExpiredAuthenticationToken" -> Problem.EXPIRED;
      case "ConditionNotMet", "BlobNotFound" -> Problem.CHANGED;
      case "ServerBusy", "OperationTimedOut", "TooManyRequests" -> Problem.THROTTLED;
      default ->
          switch (status) {
            case 401 -> Problem.CREDENTIALS;
            case 403 -> Problem.PERMISSION;
            case 404 -> Problem.NOT_FOUND;
            case 412 -> Problem.CHANGED;
            case 429 -> Problem.THROTTLED;
            default -> status >= 500 ? Problem.UNREACHABLE : Problem.UNREADABLE;
          };
    };
  }

  private synchronized AccessToken token(String scope) {
    AccessToken known = tokens.get(scope);
    Instant now = clock.instant();
    if (known != null && known.getExpiresAt().toInstant().isAfter(now.plus(MARGIN))) {
      return known;
    }
    String tenant = credentials.path("tenant_id").asText("");
    if (!TENANT.matcher(tenant).matches()) {
      throw new CloudException(Problem.CREDENTIALS, "the tenant id is none");
    }
    String form =
        "grant_type=client_credentials&client_id=%s&client_secret=%s&scope=%s"
            .formatted(
                encoded(credentials.path("client_id").asText("")),
                encoded(credentials.path("client_secret").asText("")),
                encoded(scope));
    var request =
        HttpRequest.newBuilder(
                URI.create(config.endpoints().azureLogin() + "/" + tenant + "/oauth2/v2.0/token"))
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .timeout(config.callTimeout())
            .build();
    JsonNode answer = json(request, "the login");
    var token =
        new AccessToken(
            answer.path("access_token").asText(),
            now.plusSeconds(answer.path("expires_in").asLong(0)).atOffset(ZoneOffset.UTC));
    tokens.put(scope, token);
    return token;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext request) {
    return Mono.fromSupplier(() -> token(String.join(" ", request.getScopes())));
  }

  @Override
  public AccessToken getTokenSync(TokenRequestContext request) {
    return token(String.join(" ", request.getScopes()));
  }

  @Override
  public void close() {
    http.close();
  }
}
