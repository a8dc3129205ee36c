package io.tawara.gateway.internal;

import static io.tawara.gateway.internal.Listing.time;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.Fields;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.provider.Providers;
import io.tawara.core.source.Source;
import io.tawara.core.source.SourceStore;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.internal.Listing.Bound;
import io.tawara.gateway.internal.Listing.Filter;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// `sources/` of the internal API: every organisation's sources and providers. Unlike Koku's it
/// shows no credentials and no identities.
final class InternalSources {
  private static final String MODELS =
      """
      select m.name, m.uuid from cost_model_map x join cost_model m on m.uuid = x.cost_model_id
      where x.provider_uuid = $1 order by m.name, m.uuid
      """;
  private static final int MOST_DIGITS = 9;
  private static final Listing SOURCES =
      new Listing(
          """
          'source_id', s.source_id, 'source_uuid', s.source_uuid, 'name', s.name,
          'offset', s."offset", 'account_id', s.account_id, 'org_id', s.org_id,
          'source_type', s.source_type, 'source_ref', s.source_ref,
          'billing_source', s.billing_source, 'koku_uuid', s.koku_uuid, 'paused', s.paused,
          'pending_delete', s.pending_delete, 'pending_update', s.pending_update,
          'out_of_order_delete', s.out_of_order_delete, 'status', s.status,
          'additional_context', s.additional_context, 'updated_timestamp', %s,
          'provider', case when p.uuid is not null then jsonb_build_object(
            'uuid', p.uuid, 'setup_complete', p.setup_complete, 'created_timestamp', %s,
            'data_updated_timestamp', %s, 'polling_timestamp', %s, 'active', p.active,
            'paused', p.paused,
            'customer', jsonb_build_object('id', c.id, 'schema_name', c.schema_name),
            'infrastructure', case when i.id is not null then jsonb_build_object(
              'id', i.id, 'infrastructure_type', i.infrastructure_type,
              'infrastructure_provider_id', i.infrastructure_provider_id) end) end
          """
              .formatted(
                  time("s.updated_timestamp"),
                  time("p.created_timestamp"),
                  time("p.data_updated_timestamp"),
                  time("p.polling_timestamp")),
          """
          from public.api_sources s
          left join public.api_provider p on p.uuid = s.provider_id and not p.deleting
          left join public.api_customer c on c.id = p.customer_id
          left join public.api_providerinfrastructuremap i on i.id = p.infrastructure_id
          """,
          "s.name, s.source_id",
          List.of(
              Filter.contains("name", "s.name"),
              Filter.contains("type", "s.source_type"),
              Filter.contains("account_id", "s.account_id"),
              Filter.contains("org_id", "s.org_id"),
              Filter.contains("schema_name", "c.schema_name"),
              Filter.contains("cluster_id", "s.source_ref"),
              Filter.text("source_type", "s.source_type"),
              Filter.flag("ocp_on_cloud", "i.id is not null"),
              Filter.flag("active", "coalesce(p.active, false)"),
              Filter.flag("paused", "s.paused"),
              Filter.flag("pending_delete", "s.pending_delete"),
              Filter.flag("pending_update", "s.pending_update"),
              Filter.flag("out_of_order_delete", "s.out_of_order_delete"),
              Filter.text("infrastructure_provider_id", "i.infrastructure_provider_id::text")));

  private final GatewayServices services;
  private final SourceStore sources;
  private final ProviderBuilder providers;

  InternalSources(GatewayServices services) {
    this.services = services;
    var credentials = new Credentials(services.cipher());
    this.sources = new SourceStore(credentials);
    this.providers = new ProviderBuilder(credentials, services.work(), services.clock());
  }

  List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("sources/")
            .described("Sources", "The sources of every organisation, without credentials.")
            .get(
                request ->
                    SOURCES
                        .rows(services.reads(), request)
                        .compose(found -> withModels(found.data()).map(_ -> found.answer()))),
        InternalEndpoints.internal("sources/{id}/")
            .described("Source", "One source by number or UUID; PATCH replaces AWS credentials.")
            .get(this::detail)
            .patch(request -> request.json().compose(body -> patch(request, body))));
  }

  private Future<Answer> detail(Request request) {
    return SOURCES
        .one(services.reads(), bound(request))
        .compose(found -> withModels(Json.array().add(found)).map(_ -> Answer.json(found)));
  }

  private static Bound bound(Request request) {
    String text = request.pathParameter("id");
    return number(text)
        .map(id -> new Bound("s.source_id = %s", id))
        .or(() -> Fields.uuid(text).map(id -> new Bound("s.source_uuid = %s", id)))
        .orElseThrow(HttpError::notFound);
  }

  private static Optional<Integer> number(String text) {
    boolean number =
        !text.isEmpty()
            && text.length() <= MOST_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    return number ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  /// Cost models lie behind the walls of each tenant: each is asked on its own.
  private Future<?> withModels(ArrayNode items) {
    Future<?> before = Future.succeededFuture();
    for (JsonNode item : items) {
      ArrayNode models = ((ObjectNode) item).putArray("cost_models");
      JsonNode provider = item.path("provider");
      String schema = provider.path("customer").path("schema_name").asText("");
      if (!schema.isEmpty()) {
        UUID id = Fields.uuid(provider.path("uuid").asText("")).orElseThrow();
        before =
            before
                .compose(
                    _ -> services.reads().query(new TenantSchema(schema), MODELS, Tuple.of(id)))
                .onSuccess(
                    rows ->
                        rows.forEach(
                            row ->
                                models
                                    .addObject()
                                    .put("name", row.getString(0))
                                    .put("uuid", row.getUUID(1).toString())));
      }
    }
    return before;
  }

  /// Credentials of AWS and nothing else, as they come: nobody asks the cloud about them.
  private Future<Answer> patch(Request request, JsonNode body) {
    return services
        .blocking()
        .call(
            request,
            () -> {
              services.database().run(connection -> patch(connection, request, body));
              return null;
            })
        .compose(_ -> detail(request));
  }

  private void patch(Connection connection, Request request, JsonNode body) throws SQLException {
    String text = request.pathParameter("id");
    Optional<Integer> number = number(text);
    Optional<UUID> uuid = Fields.uuid(text);
    Optional<Source> found =
        number.isPresent()
            ? sources.find(connection, number.get())
            : uuid.isPresent() ? sources.find(connection, uuid.get()) : Optional.empty();
    Source source = found.orElseThrow(HttpError::notFound);
    if (source.type().base() != ProviderType.AWS) {
      throw RecalculationEndpoints.bad("Can currently only update credentials for AWS");
    }
    if (!body.isObject() || body.size() != 1 || !body.has("authentication")) {
      throw RecalculationEndpoints.bad("Can only PATCH with keys in: {'authentication'}");
    }
    if (!(body.path("authentication").path("credentials") instanceof ObjectNode credentials)) {
      throw RecalculationEndpoints.bad("authentication.credentials must be an object.");
    }
    Source changed = source.withCredentials(credentials, services.clock().instant());
    sources.update(connection, changed);
    Optional<Provider> provider =
        source.providerId().isPresent()
            ? Providers.find(connection, source.providerId().get())
            : Optional.empty();
    if (provider.isPresent() && !provider.get().deleting()) {
      providers.update(
          connection,
          provider.get().id(),
          changed.draft(),
          new ProviderBuilder.Owner(
              source.organisationId(), provider.get().tenant(), source.accountId(), ""));
    }
  }
}
