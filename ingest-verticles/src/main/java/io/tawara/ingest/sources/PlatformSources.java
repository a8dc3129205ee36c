package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.failsafe.CircuitBreaker;
import dev.failsafe.CircuitBreakerOpenException;
import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeException;
import dev.failsafe.RetryPolicy;
import dev.failsafe.Timeout;
import dev.failsafe.TimeoutExceededException;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.source.Source;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/// Asks Platform Sources. Every call has a bound in time and size, is tried again a little, and
/// after many failures not made at all for a while. Failures are retryable Tawara errors with
/// Koku's texts, "source not found" has its own.
public final class PlatformSources {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String APPLICATION = "/insights/platform/cost-management";
  private static final int MAX_ANSWER = 1 << 20;

  /// Where it is.
  ///
  /// @param service the public API with its prefix, without a closing slash
  /// @param internalService the internal API with its prefix, without a closing slash
  /// @param preSharedKey never printed
  /// @param probeHeader the identity of the first contact
  /// @param timeout of one request
  public record Settings(
      URI service, URI internalService, String preSharedKey, String probeHeader, Duration timeout) {
    @Override
    public String toString() {
      return service.toString();
    }
  }

  /// On whose behalf a call is made.
  record Sender(
      String identityHeader, Optional<String> accountNumber, Optional<String> organisationId) {}

  /// What a source is. `type` is empty for types that are not ours.
  record Details(
      String name, Optional<String> uid, Optional<ProviderType> type, Optional<String> reference) {}

  private final Settings settings;
  private final HttpClient client;
  private final RetryPolicy<Answer> retry;
  private final CircuitBreaker<Answer> breaker;
  private final Timeout<Answer> patience;
  private final Counter failures;
  private volatile OptionalInt applicationType = OptionalInt.empty();

  public PlatformSources(Settings settings, MeterRegistry meters) {
    this.settings = settings;
    this.client =
        HttpClient.newBuilder()
            .connectTimeout(settings.timeout())
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    this.retry =
        RetryPolicy.<Answer>builder()
            .handle(IOException.class)
            .withMaxRetries(2)
            .withBackoff(Duration.ofMillis(100), Duration.ofSeconds(1))
            .build();
    this.breaker =
        CircuitBreaker.<Answer>builder()
            .handle(IOException.class, TimeoutExceededException.class)
            .withFailureThreshold(10)
            .withDelay(Duration.ofSeconds(5))
            .build();
    this.patience = Timeout.<Answer>builder(settings.timeout()).withInterrupt().build();
    this.failures = meters.counter("sources_http_client_errors");
  }

  /// The id of cost management; asked once.
  public int applicationType() {
    OptionalInt known = applicationType;
    if (known.isPresent()) {
      return known.getAsInt();
    }
    JsonNode data =
        get(
                "Unable to get cost management application ID Type",
                publicly("/application_types?filter[name]=" + encoded(APPLICATION)),
                new Sender(settings.probeHeader(), Optional.empty(), Optional.empty()))
            .path("data");
    if (data.size() != 1 || !data.get(0).path("id").asText("").matches("\\d{1,9}")) {
      throw failed("cost management application type id not found", null);
    }
    int found = Integer.parseInt(data.get(0).get("id").asText());
    applicationType = OptionalInt.of(found);
    return found;
  }

  /// Whether Platform Sources has the source.
  public boolean exists(Source source) {
    return details(
            source.id(),
            new Sender(
                source.authHeader().orElse(""),
                source.accountId(),
                Optional.of(source.organisationId())))
        .isPresent();
  }

  /// @return empty when there is no such source
  Optional<Details> details(int source, Sender sender) {
    Optional<JsonNode> found =
        getOrNotFound("Unable to get source details", publicly("/sources/" + source), sender);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    JsonNode details = found.get();
    String typeId = details.path("source_type_id").asText("");
    JsonNode types =
        get(
                "Unable to get source name",
                publicly("/source_types?filter[id]=" + encoded(typeId)),
                sender)
            .path("data");
    String typeName = types.path(0).path("name").asText("");
    if (typeName.isEmpty()) {
      throw failed("source type name not found", null);
    }
    return Optional.of(
        new Details(
            details.path("name").asText(""),
            text(details, "uid"),
            ProviderType.ofPlatformName(typeName),
            text(details, "source_ref")));
  }

  /// Whether cost management is connected to the source.
  boolean hasApplication(int source, Sender sender) {
    return !get(
            "Unable to cost management application type",
            publicly("/application_types/" + applicationType() + "/sources?filter[id]=" + source),
            sender)
        .path("data")
        .isEmpty();
  }

  /// The credentials of a source as the provider wants them.
  ///
  /// @throws TawaraException of category INPUT when Platform Sources does not have them
  ObjectNode credentials(int source, ProviderType type, Optional<String> reference, Sender sender) {
    return switch (type.base()) {
      case OCP ->
          JSON.createObjectNode()
              .put("cluster_id", reference.orElseThrow(() -> missing("Unable to find Cluster ID")));
      case AWS -> {
        String problem = "Unable to get AWS roleARN for Source: " + source;
        JsonNode found =
            authentication(source, "arn", "Unable to get AWS RoleARN", problem, sender);
        String arn = found.path("username").asText("");
        if (arn.isEmpty()) {
          arn = password(found, "Unable to get AWS RoleARN", sender);
        }
        if (arn.isEmpty()) {
          throw missing(problem);
        }
        ObjectNode credentials = JSON.createObjectNode();
        credentials.set(
            "external_id",
            found.path("extra").path("external_id").isMissingNode()
                ? JSON.nullNode()
                : found.path("extra").path("external_id"));
        yield credentials.put("role_arn", arn);
      }
      case AZURE -> azure(source, sender);
      case GCP -> {
        String problem = "Unable to get GCP credentials for Source: " + source;
        JsonNode found =
            authentication(
                source,
                "project_id_service_account_json",
                "Unable to get GCP credentials",
                problem,
                sender);
        String project = text(found, "username").orElseThrow(() -> missing(problem));
        yield JSON.createObjectNode().put("project_id", project);
      }
      case AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> throw new AssertionError(type);
    };
  }

  private ObjectNode azure(int source, Sender sender) {
    String purpose = "Unable to get Azure credentials";
    String problem = "Unable to get Azure credentials for Source: " + source;
    JsonNode found =
        authentication(source, "tenant_id_client_id_client_secret", purpose, problem, sender);
    String secret = password(found, purpose, sender);
    Optional<String> client = text(found, "username");
    Optional<String> tenant = text(found.path("extra").path("azure"), "tenant_id");
    Optional<String> subscription =
        text(application(source, sender).path("extra"), "subscription_id");
    if (secret.isEmpty() || client.isEmpty() || tenant.isEmpty() || subscription.isEmpty()) {
      throw missing(problem);
    }
    return JSON.createObjectNode()
        .put("client_id", client.get())
        .put("client_secret", secret)
        .put("subscription_id", subscription.get())
        .put("tenant_id", tenant.get());
  }

  /// The data source of a source, `{"data_source": {…}}`, or empty when there is nothing in it.
  ///
  /// @throws TawaraException of category INPUT when Platform Sources does not have what is needed
  ObjectNode billingSource(int source, ProviderType type, Sender sender) {
    JsonNode application = application(source, sender);
    if (application.isMissingNode()) {
      throw missing("No application data for source: " + source);
    }
    JsonNode extra = application.path("extra");
    Keys keys = keys(type.base());
    List<String> required = keys.required();
    List<String> optional = keys.optional();
    if (!required.stream().allMatch(extra::hasNonNull)) {
      throw missing(
          "missing application data for source: %d. expected: %s, got: %s"
              .formatted(source, listed(required), listed(names(extra))));
    }
    ObjectNode dataSource = JSON.createObjectNode();
    required.forEach(name -> dataSource.set(name, extra.get(name)));
    optional.stream()
        .filter(extra::hasNonNull)
        .forEach(name -> dataSource.set(name, extra.get(name)));
    ObjectNode billing = JSON.createObjectNode();
    if (!dataSource.isEmpty()) {
      billing.set("data_source", dataSource);
    }
    return billing;
  }

  private record Keys(List<String> required, List<String> optional) {}

  private static Keys keys(ProviderType type) {
    return switch (type) {
      case AWS -> new Keys(List.of("bucket"), List.of("storage_only", "bucket_region", "metered"));
      case AZURE ->
          new Keys(
              List.of("resource_group", "storage_account"),
              List.of("scope", "export_name", "storage_only", "metered"));
      case GCP -> new Keys(List.of(), List.of("dataset", "bucket", "storage_only"));
      case OCP, AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> throw new AssertionError(type);
    };
  }

  /// The id of the application of a source, for its status.
  Optional<String> applicationId(int source, Sender sender) {
    return text(application(source, sender), "id");
  }

  /// Tells how a source is. An application that is gone is no failure.
  void pushStatus(String applicationId, JsonNode status, Sender sender) {
    String purpose = "[set_source_status] unable to set status";
    Answer answer =
        send(
            purpose,
            request(publicly("/applications/" + encoded(applicationId)), sender)
                .header("Content-Type", "application/json")
                .method("PATCH", HttpRequest.BodyPublishers.ofString(status.toString()))
                .build());
    String body = answer.body();
    if (answer.status() / 100 != 2 && answer.status() != 404) {
      throw failed("Status Code: " + answer.status() + ". Response: " + body, null);
    }
  }

  private JsonNode application(int source, Sender sender) {
    return get(
            "Unable to get application settings",
            publicly(
                "/applications?filter[source_id]="
                    + source
                    + "&filter[application_type_id]="
                    + applicationType()),
            sender)
        .path("data")
        .path(0);
  }

  private JsonNode authentication(
      int source, String type, String purpose, String problem, Sender sender) {
    JsonNode found =
        get(
                purpose,
                publicly(
                    "/authentications?filter[source_id]=" + source + "&filter[authtype]=" + type),
                sender)
            .path("data")
            .path(0);
    if (found.isMissingNode()) {
      throw missing(problem);
    }
    return found;
  }

  private String password(JsonNode authentication, String purpose, Sender sender) {
    String id = authentication.path("id").asText("");
    return get(
            purpose,
            settings.internalService()
                + "/authentications/"
                + encoded(id)
                + "?expose_encrypted_attribute[]=password",
            sender)
        .path("password")
        .asText("");
  }

  private JsonNode get(String purpose, String address, Sender sender) {
    return getOrNotFound(purpose, address, sender)
        .orElseThrow(() -> failed("Status Code: 404. Response: source not found", null));
  }

  private Optional<JsonNode> getOrNotFound(String purpose, String address, Sender sender) {
    Answer answer = send(purpose, request(address, sender).GET().build());
    String body = answer.body();
    if (answer.status() == 404 && body.toLowerCase(Locale.ROOT).contains("source not found")) {
      return Optional.empty();
    }
    if (answer.status() != 200) {
      throw failed("Status Code: " + answer.status() + ". Response: " + body, null);
    }
    try {
      return Optional.of(JSON.readTree(body));
    } catch (IOException notJson) {
      throw failed(purpose + ". Reason: the answer is not JSON", notJson);
    }
  }

  private HttpRequest.Builder request(String address, Sender sender) {
    var request =
        HttpRequest.newBuilder(URI.create(address.replace("[", "%5B").replace("]", "%5D")))
            .timeout(settings.timeout())
            .header("x-rh-sources-psk", settings.preSharedKey())
            .header("x-rh-identity", sender.identityHeader());
    sender.accountNumber().ifPresent(id -> request.header("x-rh-sources-account-number", id));
    sender.organisationId().ifPresent(id -> request.header("x-rh-sources-org-id", id));
    return request;
  }

  private record Answer(int status, String body) {}

  /// Time bounds hold for the whole exchange, the body included.
  private Answer send(String purpose, HttpRequest request) {
    try {
      return Failsafe.with(retry, breaker, patience).get(() -> exchange(request));
    } catch (CircuitBreakerOpenException open) {
      throw failed(purpose + ". Reason: Platform Sources failed too often", open);
    } catch (TimeoutExceededException slow) {
      throw failed(purpose + ". Reason: no answer in time", slow);
    } catch (FailsafeException failure) {
      if (failure.getCause() instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      throw failed(purpose + ". Reason: " + failure.getCause(), failure.getCause());
    }
  }

  private Answer exchange(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        client.send(request, HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = answer.body()) {
      byte[] bytes = in.readNBytes(MAX_ANSWER + 1);
      if (bytes.length > MAX_ANSWER) {
        throw new IOException("the answer is too long");
      }
      return new Answer(answer.statusCode(), new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private TawaraException failed(String message, Throwable cause) {
    failures.increment();
    return new TawaraException(Category.UNAVAILABLE, message, cause);
  }

  private static TawaraException missing(String message) {
    return new TawaraException(Category.INPUT, message);
  }

  private String publicly(String rest) {
    return settings.service() + rest;
  }

  private static Optional<String> text(JsonNode node, String name) {
    String text = node.path(name).asText("");
    return node.path(name).isNull() || text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  private static List<String> names(JsonNode object) {
    var names = new ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  private static String listed(List<String> names) {
    return "[" + String.join(", ", names.stream().map(name -> "'" + name + "'").toList()) + "]";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
