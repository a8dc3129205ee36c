package io.tawara.gateway.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.Providers;
import io.tawara.core.source.Source;
import io.tawara.core.source.SourceStatus;
import io.tawara.core.source.SourceStore;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.http.TenantNeed;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.UUID;

/// `source-status/` of cloud mode: Platform Sources asks, or lets be told, whether a source works
/// now. Nobody is identified here, so it tells nothing but that.
final class SourceStatusEndpoint {
  private static final String PARAMETER = "source_id";
  private static final String NO_PROVIDER =
      "Something went wrong creating your source, please try again.";

  private final GatewayServices services;
  private final SourceStore sources;
  private final ProviderCheck check;

  SourceStatusEndpoint(GatewayServices services, ProviderCheck check) {
    this.services = services;
    this.sources = new SourceStore(new Credentials(services.cipher()));
    this.check = check;
  }

  Endpoint.Builder endpoint() {
    return Endpoint.api("source-status/")
        .guard(Guard.PUBLIC)
        .tenant(TenantNeed.NONE)
        .described("Source status", "Whether a source works now.")
        .get(
            request ->
                blocking(request, id(request.query().last(PARAMETER).map(Json::text)), false))
        .post(
            request ->
                request
                    .jsonObject()
                    .compose(
                        body ->
                            blocking(request, id(Optional.ofNullable(body.get(PARAMETER))), true)));
  }

  private static int id(Optional<JsonNode> sent) {
    if (sent.isEmpty() || sent.get().isNull()) {
      throw refused("Missing query parameter source_id");
    }
    String text = sent.get().asText().strip();
    if (!text.matches("-?\\d{1,9}")) {
      throw refused("source_id must be an integer");
    }
    return Integer.parseInt(text);
  }

  private static HttpError refused(String text) {
    return HttpError.plain(400, Json.text(text));
  }

  private Future<Answer> blocking(Request request, int id, boolean tell) {
    return services.blocking().call(request, () -> answer(id, tell));
  }

  private Answer answer(int id, boolean tell) {
    Optional<Source> found =
        services.database().transaction(connection -> sources.find(connection, id));
    if (found.isEmpty()) {
      return Answer.empty(404);
    }
    Source source = found.get();
    ObjectNode status = status(source);
    if (!tell) {
      return Answer.json(status);
    }
    services
        .work()
        .add(
            SourceStatus.push(
                id,
                source.authHeader().orElse(""),
                source.accountId(),
                Optional.of(source.organisationId()),
                status));
    return Answer.empty(204);
  }

  /// Asks the cloud, and remembers the answer at the provider.
  private ObjectNode status(Source source) {
    Optional<UUID> provider =
        source
            .providerId()
            .filter(
                id ->
                    services
                        .database()
                        .transaction(connection -> Providers.find(connection, id))
                        .isPresent());
    if (provider.isEmpty()) {
      return SourceStatus.unavailable(NO_PROVIDER);
    }
    Optional<InvalidInputException> problem = problem(source);
    services
        .database()
        .run(connection -> Providers.setActive(connection, provider.get(), problem.isEmpty()));
    return problem.map(SourceStatus::unavailable).orElseGet(SourceStatus::available);
  }

  private Optional<InvalidInputException> problem(Source source) {
    try {
      source.draft().check();
      check.check(source.draft());
      return Optional.empty();
    } catch (InvalidInputException refused) {
      return Optional.of(refused);
    }
  }
}
