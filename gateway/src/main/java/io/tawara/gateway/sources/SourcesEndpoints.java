package io.tawara.gateway.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.Fields;
import io.tawara.core.input.Fields.Need;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.source.OperatorReleases;
import io.tawara.core.source.Source;
import io.tawara.core.source.SourceEvents;
import io.tawara.core.source.SourceEvents.Kind;
import io.tawara.core.source.SourceStore;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.access.Permission;
import io.tawara.gateway.access.ResourceType;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Endpoint.Slash;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Query;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.http.TenantNeed;
import io.tawara.gateway.identity.Caller;
import io.tawara.gateway.lists.ListCsv;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/// The Sources API. On-prem (and in development mode) Tawara owns the sources; in cloud mode they
/// come from Platform Sources and are only read here. See `docs/design/sources.md`.
public final class SourcesEndpoints {
  private static final String APPLICATION = "/insights/platform/cost-management";
  private static final String APPLICATION_TYPE = "0";

  private final GatewayServices services;
  private final GatewayConfig config;
  private final SourceStore sources;
  private final ProviderBuilder providers;
  private final ProviderCheck check;
  private final SourceView view = new SourceView(OperatorReleases.load());
  private final Runnable written;

  /// @param check asks clouds whether credentials work
  /// @param written called after each write, so that its events are sent without delay
  public SourcesEndpoints(GatewayServices services, ProviderCheck check, Runnable written) {
    this.services = services;
    this.config = services.config();
    var credentials = new Credentials(services.cipher());
    this.sources = new SourceStore(credentials);
    this.providers = new ProviderBuilder(credentials, services.work(), services.clock());
    this.check = check;
    this.written = written;
  }

  public List<Endpoint.Builder> endpoints() {
    boolean writable = config.onPremise() || config.development();
    Slash slash = config.onPremise() ? Slash.OPTIONAL : Slash.REQUIRED;
    Permission permission = config.onPremise() ? Permission.SOURCES : Permission.ANY;
    var list =
        endpoint("sources/", slash, permission)
            .formats(Format.JSON, Format.CSV)
            .described("Sources", "The integrations of the organisation.")
            .get(this::list);
    var detail =
        endpoint("sources/{id}/", slash, permission)
            .described("Source", "One integration.")
            .get(request -> withSource(request, this::detail));
    if (writable) {
      list.post(this::create);
      detail.patch(this::patch).delete(this::delete);
    }
    var all = new ArrayList<Endpoint.Builder>();
    all.add(list);
    all.add(detail);
    all.add(
        endpoint("sources/{id}/stats/", slash, permission)
            .described("Source statistics", "What came in for one integration.")
            .get(request -> withSource(request, SourcesEndpoints::stats)));
    if (config.onPremise()) {
      all.add(
          endpoint("source_types", slash, Permission.ANY)
              .guard(Guard.PUBLIC)
              .described("Source types", "The types that integrations may have.")
              .get(request -> Future.succeededFuture(sourceTypes(request.query()))));
      all.add(
          endpoint("application_types", slash, Permission.ANY)
              .guard(Guard.PUBLIC)
              .described("Application types", "Cost management is the only application.")
              .get(request -> Future.succeededFuture(applicationTypes(request.query()))));
      all.add(
          endpoint("applications", slash, Permission.ANY)
              .described("Applications", "Each integration has exactly one application.")
              .get(this::applications)
              .post(this::createApplication));
    } else {
      all.add(
          endpoint("sources/aws-s3-regions/", slash, Permission.ANY)
              .guard(Guard.IDENTIFIED)
              .described("AWS regions", "The regions that have S3.")
              .get(request -> Future.succeededFuture(regions(request))));
      all.add(new SourceStatusEndpoint(services, check).endpoint());
      all.add(
          Endpoint.api("cloud-accounts/")
              .tenant(TenantNeed.NONE)
              .described("Cloud accounts", "The account that may be let into a cloud.")
              .get(request -> Future.succeededFuture(cloudAccounts(request))));
    }
    return all;
  }

  private static Endpoint.Builder endpoint(String path, Slash slash, Permission permission) {
    return Endpoint.api(path)
        .slash(slash)
        .permission(permission)
        .tenant(TenantNeed.NONE)
        .withoutOptions();
  }

  private static Answer cloudAccounts(Request request) {
    var account = Json.object().put("name", "AWS").put("value", "589173575009");
    account.put("description", "Cost Management's AWS account ID");
    account.put("updated_timestamp", "2020-03-06T14:41:11.808752Z");
    Page.check(request.query());
    Page page = Page.of(request.query(), Page.Bounds.LIST);
    List<ObjectNode> all = List.of(account);
    return Answer.json(
        new Page(Math.min(page.limit(), all.size()), page.offset())
            .envelope(request, all.size(), Json.array(page.cut(all), each -> each)));
  }

  // Reading

  private Future<Answer> list(Request request) {
    Page page = Page.of(request.query(), Page.Bounds.LIST);
    Optional<SourceStore.Filter> filter = filter(request);
    if (filter.isEmpty()) {
      return Future.succeededFuture(Answer.json(page.envelope(request, 0, Json.array())));
    }
    return services
        .blocking()
        .call(
            request,
            () ->
                services
                    .database()
                    .transaction(
                        connection -> {
                          var slice =
                              sources.list(connection, filter.get(), page.limit(), page.offset());
                          var views = views(connection, slice.sources(), request.caller());
                          var data = Json.array(views, v -> v);
                          return request.format() == Format.CSV
                              ? ListCsv.answer(data)
                              : Answer.json(page.envelope(request, slice.count(), data));
                        }));
  }

  private List<ObjectNode> views(Connection connection, List<Source> found, Caller caller)
      throws SQLException {
    var tenants = services.tenants();
    var facts =
        ProviderFacts.read(
            connection,
            found.stream().map(Source::uuid).toList(),
            Optional.of(caller.tenant()).filter(tenants::exists),
            LocalDate.ofInstant(services.clock().instant(), ZoneOffset.UTC));
    return found.stream()
        .map(source -> view.full(source, Optional.ofNullable(facts.get(source.uuid()))))
        .toList();
  }

  /// What the query narrows to; empty when nothing can fit.
  private Optional<SourceStore.Filter> filter(Request request) {
    Query query = request.query();
    Optional<String> typeName = either(query, "source_type");
    Optional<String> typeId = either(query, "source_type_id");
    List<ProviderType> types = visible(request.caller().access());
    if (typeName.isPresent()) {
      types = types.stream().filter(t -> t.wireName().equals(typeName.get())).toList();
    }
    if (typeId.isPresent()) {
      types = types.stream().filter(t -> t.id().equals(typeId)).toList();
    }
    if (types.isEmpty()) {
      return Optional.empty();
    }
    boolean every = types.size() == ProviderType.values().length;
    var typeContains = new ArrayList<>(items(query.last("type")));
    query.last("filter[type]").ifPresent(typeContains::add);
    return Optional.of(
        new SourceStore.Filter(
            request.caller().organisationId(),
            items(query.last("name")),
            query.last("filter[name]"),
            typeContains,
            every ? Optional.empty() : Optional.of(types),
            either(query, "source_ref")));
  }

  private static Optional<String> either(Query query, String name) {
    return query.last(name).or(() -> query.last("filter[" + name + "]"));
  }

  private static List<String> items(Optional<String> list) {
    return list.stream()
        .flatMap(text -> Stream.of(text.split(",", -1)))
        .filter(item -> !item.isEmpty())
        .toList();
  }

  /// In cloud mode only the types whose data the caller may see.
  private List<ProviderType> visible(Access access) {
    return Stream.of(ProviderType.values())
        .filter(type -> config.onPremise() || visible(access, type))
        .toList();
  }

  private static boolean visible(Access access, ProviderType type) {
    return switch (type.base()) {
      case OCP ->
          access.readsAny(
              ResourceType.OPENSHIFT_CLUSTER,
              ResourceType.OPENSHIFT_PROJECT,
              ResourceType.OPENSHIFT_NODE);
      case AWS -> access.readsAny(ResourceType.AWS_ACCOUNT, ResourceType.AWS_ORGANIZATIONAL_UNIT);
      case AZURE -> access.readsAny(ResourceType.AZURE_SUBSCRIPTION_GUID);
      case GCP -> access.readsAny(ResourceType.GCP_ACCOUNT);
      case AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> throw new AssertionError(type);
    };
  }

  private interface OnSource {
    JsonNode answer(Connection connection, Source source, Request request) throws SQLException;
  }

  private Future<Answer> withSource(Request request, OnSource work) {
    return services
        .blocking()
        .call(
            request,
            () ->
                services
                    .database()
                    .transaction(
                        connection ->
                            Answer.json(
                                work.answer(
                                    connection, find(connection, request, false), request))));
  }

  private JsonNode detail(Connection connection, Source source, Request request)
      throws SQLException {
    return views(connection, List.of(source), request.caller()).getFirst();
  }

  private static JsonNode stats(Connection connection, Source source, Request request)
      throws SQLException {
    return SourceStats.read(connection, source);
  }

  /// The source that the path names, by number or by UUID, of the caller's organisation. Sources of
  /// others do not exist.
  private Source find(Connection connection, Request request, boolean lock) throws SQLException {
    String id = request.pathParameter("id");
    String organisation = request.caller().organisationId();
    if (!id.isEmpty() && id.chars().allMatch(c -> c >= '0' && c <= '9')) {
      int number = id.length() > 9 ? Integer.MAX_VALUE : Integer.parseInt(id);
      return sources
          .find(connection, organisation, number, lock)
          .filter(source -> config.onPremise() || visible(request.caller().access(), source.type()))
          .orElseThrow(() -> HttpError.noMatch("Sources"));
    }
    UUID uuid = Fields.uuid(id).orElseThrow(HttpError::notFound);
    return sources.find(connection, organisation, uuid, lock).orElseThrow(HttpError::notFound);
  }

  // Writing

  private Future<Answer> create(Request request) {
    return request
        .json()
        .compose(
            body ->
                services
                    .blocking()
                    .call(
                        request,
                        () -> {
                          Source made = create(request.caller(), body);
                          written.run();
                          return Answer.json(201, SourceView.written(made));
                        }));
  }

  private Source create(Caller caller, JsonNode body) {
    SourceForm form = SourceForm.read(body, Need.REQUIRED, config);
    ProviderType type = form.type().orElseThrow();
    UUID uuid = services.ids().next();
    var wanted =
        new Source(
            0,
            uuid,
            form.name().orElseThrow(),
            Optional.of(caller.identityHeader()),
            caller.accountNumber(),
            caller.organisationId(),
            type,
            form.credentials(type, Json.object()),
            form.billingSource().orElse(Json.object()),
            Optional.of(uuid),
            form.paused().orElse(false),
            false,
            now());
    wanted.draft().check();
    check.check(wanted.draft());
    services.tenants().ensure(caller.tenant());
    return services
        .database()
        .transaction(
            connection -> {
              providers.create(connection, uuid, wanted.draft(), owner(caller));
              Source made = wanted.withId(sources.nextId(connection));
              sources.insert(connection, made);
              SourceEvents.tell(connection, Kind.SOURCE_CREATE, made, caller.requestId());
              SourceEvents.tell(connection, Kind.APPLICATION_CREATE, made, caller.requestId());
              return made;
            });
  }

  private Future<Answer> patch(Request request) {
    return request
        .json()
        .compose(
            body ->
                services
                    .blocking()
                    .call(
                        request,
                        () -> {
                          Source changed = patch(request, body);
                          written.run();
                          return Answer.json(SourceView.written(changed));
                        }));
  }

  private Source patch(Request request, JsonNode body) {
    Caller caller = request.caller();
    var database = services.database();
    Source seen = database.transaction(connection -> find(connection, request, false));
    SourceForm form = SourceForm.read(body, Need.OPTIONAL, config);
    Source wished = form.applyTo(seen, now());
    wished.draft().check();
    boolean asks =
        !wished.credentials().equals(seen.credentials())
            || !wished.billingSource().equals(seen.billingSource())
            || wished.type() != seen.type();
    if (asks) {
      check.check(wished.draft());
    }
    services.tenants().ensure(caller.tenant());
    return database.transaction(
        connection -> {
          Source before = find(connection, request, true);
          Source after = form.applyTo(before, now());
          after.draft().check();
          sources.update(connection, after);
          if (after.providerId().isPresent()) {
            providers.update(connection, after.providerId().get(), after.draft(), owner(caller));
          }
          SourceEvents.tell(connection, Kind.SOURCE_UPDATE, after, caller.requestId());
          SourceEvents.tell(
              connection, applicationChange(before, after), after, caller.requestId());
          return after;
        });
  }

  private static Kind applicationChange(Source before, Source after) {
    if (before.paused() == after.paused()) {
      return Kind.APPLICATION_UPDATE;
    }
    return after.paused() ? Kind.APPLICATION_PAUSE : Kind.APPLICATION_UNPAUSE;
  }

  private Future<Answer> delete(Request request) {
    return services
        .blocking()
        .call(
            request,
            () -> {
              services
                  .database()
                  .run(
                      connection -> {
                        Caller caller = request.caller();
                        Source source = find(connection, request, true);
                        if (source.providerId().isPresent()) {
                          providers.delete(
                              connection,
                              source.providerId().get(),
                              caller.tenant(),
                              caller.requestId());
                        }
                        sources.delete(connection, source.id());
                        SourceEvents.tell(
                            connection, Kind.APPLICATION_DESTROY, source, caller.requestId());
                        SourceEvents.tell(
                            connection, Kind.SOURCE_DESTROY, source, caller.requestId());
                      });
              written.run();
              return Answer.empty(204);
            });
  }

  private static ProviderBuilder.Owner owner(Caller caller) {
    return new ProviderBuilder.Owner(
        caller.organisationId(), caller.tenant(), caller.accountNumber(), caller.username());
  }

  private Instant now() {
    return services.clock().instant().truncatedTo(ChronoUnit.MICROS);
  }

  // The rest of what clients of Platform Sources ask for

  private Answer sourceTypes(Query query) {
    Optional<String> name = query.last("filter[name]").or(() -> query.last("name"));
    var types =
        Stream.of(ProviderType.values())
            .filter(type -> config.providerTypes().contains(type) && type.id().isPresent())
            .filter(type -> name.isEmpty() || name.get().equals(type.platformName()))
            .toList();
    return counted(
        types.stream()
            .map(t -> Json.object().put("id", t.id().get()).put("name", t.platformName()))
            .toList());
  }

  private static Answer applicationTypes(Query query) {
    Optional<String> name =
        query
            .last("filter[name][eq]")
            .or(() -> query.last("filter[name]"))
            .or(() -> query.last("name"));
    boolean asked = name.isEmpty() || name.get().equals(APPLICATION);
    return counted(
        asked
            ? List.of(Json.object().put("id", APPLICATION_TYPE).put("name", APPLICATION))
            : List.of());
  }

  private static Answer counted(List<ObjectNode> data) {
    ObjectNode body = Json.object();
    body.set("meta", Json.object().put("count", data.size()));
    body.set("data", Json.array(data, node -> node));
    return Answer.json(body);
  }

  private Future<Answer> applications(Request request) {
    Query query = request.query();
    Optional<String> source = either(query, "source_id");
    Optional<String> type = either(query, "application_type_id");
    if (type.isPresent() && !type.get().equals(APPLICATION_TYPE)) {
      return Future.succeededFuture(counted(List.of()));
    }
    var everything =
        new SourceStore.Filter(
            request.caller().organisationId(),
            List.of(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty());
    return services
        .blocking()
        .call(
            request,
            () -> {
              var found =
                  services
                      .database()
                      .transaction(
                          connection -> sources.list(connection, everything, Integer.MAX_VALUE, 0));
              return counted(
                  found.sources().stream()
                      .map(s -> Integer.toString(s.id()))
                      .filter(id -> source.isEmpty() || source.get().equals(id))
                      .map(SourcesEndpoints::application)
                      .toList());
            });
  }

  private static ObjectNode application(String id) {
    return Json.object()
        .put("id", id)
        .put("source_id", id)
        .put("application_type_id", APPLICATION_TYPE);
  }

  private Future<Answer> createApplication(Request request) {
    return request
        .jsonObject()
        .compose(
            body -> {
              String source = body.path("source_id").asText("");
              if (source.isEmpty() || source.equals("0") || source.equals("null")) {
                return refused(400, "source_id is required");
              }
              JsonNode type = body.path("application_type_id");
              boolean costManagement =
                  type.isMissingNode()
                      || type.isNull()
                      || type.asText().isEmpty()
                      || type.asText().equals(APPLICATION_TYPE);
              if (!costManagement) {
                return refused(400, "Only application_type_id '0' (cost-management) is supported");
              }
              return services
                  .blocking()
                  .call(
                      request,
                      () ->
                          services
                              .database()
                              .transaction(connection -> exists(connection, request, source)))
                  .compose(
                      exists ->
                          exists
                              ? Future.succeededFuture(Answer.json(201, application(source)))
                              : refused(404, "Source " + source + " not found"));
            });
  }

  private boolean exists(Connection connection, Request request, String id) throws SQLException {
    if (id.length() > 9 || !id.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    return sources
        .find(connection, request.caller().organisationId(), Integer.parseInt(id), false)
        .isPresent();
  }

  private static Future<Answer> refused(int status, String error) {
    return Future.failedFuture(HttpError.plain(status, Json.object().put("error", error)));
  }

  private static Answer regions(Request request) {
    List<String> all =
        S3Client.serviceMetadata().regions().stream().map(Region::id).sorted().toList();
    Page wanted = Page.of(request.query(), Page.Bounds.LIST);
    Page page = new Page(Math.min(wanted.limit(), all.size()), wanted.offset());
    return Answer.json(page.envelope(request, all.size(), Json.array(page.cut(all), Json::text)));
  }
}
