package io.tawara.gateway;

import io.tawara.analytics.forecast.ForecastCatalogue;
import io.tawara.analytics.inventory.ResourceCatalogue;
import io.tawara.analytics.inventory.TagCatalogue;
import io.tawara.analytics.reports.Compiler;
import io.tawara.analytics.reports.Planner;
import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.analytics.reports.ReportCatalogue;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.source.SourceLookup;
import io.tawara.gateway.access.RbacClient;
import io.tawara.gateway.access.UserAccessEndpoint;
import io.tawara.gateway.costmodels.CostModelEndpoints;
import io.tawara.gateway.forecasts.ForecastEndpoints;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpCore;
import io.tawara.gateway.http.TenantGate;
import io.tawara.gateway.identity.Caller;
import io.tawara.gateway.identity.IdentityCheck;
import io.tawara.gateway.ingress.IngressEndpoints;
import io.tawara.gateway.internal.Backlog;
import io.tawara.gateway.internal.InternalEndpoints;
import io.tawara.gateway.outbox.OutboxPublisher;
import io.tawara.gateway.recommendations.RecommendationEndpoints;
import io.tawara.gateway.reports.ReportEndpoints;
import io.tawara.gateway.resources.AwsEndpoints;
import io.tawara.gateway.resources.ResourceEndpoints;
import io.tawara.gateway.serving.Questions;
import io.tawara.gateway.settings.InternalSettings;
import io.tawara.gateway.settings.SettingsEndpoints;
import io.tawara.gateway.sources.SourcesEndpoints;
import io.tawara.gateway.status.OpenApiDocument;
import io.tawara.gateway.status.StatusEndpoints;
import io.tawara.gateway.tags.TagEndpoints;
import io.tawara.gateway.upload.UploadEndpoints;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gateway: every endpoint of both ports, put together and listening.
///
/// A package that has endpoints adds one line to [#publicEndpoints] or [#internalEndpoints].
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private final GatewayServices services;
  private final ProviderCheck check;
  private final SourceLookup lookup;
  private final RbacClient rbac;
  private final OutboxPublisher outbox;
  private final UploadEndpoints uploads;
  private final Backlog backlog;
  private final HttpPorts ports;
  private final int port;
  private final int internalPort;

  private Gateway(
      GatewayServices services,
      ProviderCheck check,
      SourceLookup lookup,
      RbacClient rbac,
      OutboxPublisher outbox) {
    this.services = services;
    this.check = check;
    this.lookup = lookup;
    this.rbac = rbac;
    this.outbox = outbox;
    this.uploads = new UploadEndpoints(services, outbox::wake);
    this.backlog = new Backlog(services);
    this.ports = new HttpPorts(services.vertx(), services.config().host());
    GatewayConfig config = services.config();
    var identity =
        new IdentityCheck(rbac, config.enhancedOrganisationAdmin(), config.schemaSuffix());
    // Whoever finds the public port open finds everything open.
    this.internalPort =
        ports.listen(
            core(internalEndpoints(), identity),
            config.eventLoops(),
            config.internalPort(),
            HttpPorts.ANY_INTERNAL);
    this.port =
        ports.listen(
            core(publicEndpoints(), identity), config.eventLoops(), config.port(), HttpPorts.ANY);
  }

  /// Starts both ports; returns when they listen. Must not be called on an event loop.
  public static Gateway start(GatewayServices services) {
    return start(services, ProviderCheck.none(), SourceLookup.own());
  }

  /// [#start(GatewayServices)] of a process that can ask clouds.
  ///
  /// @param check asks clouds whether sources work
  /// @param lookup asks whoever owns sources whether they are there
  public static Gateway start(GatewayServices services, ProviderCheck check, SourceLookup lookup) {
    var credentials = new Credentials(services.cipher());
    int rotated = services.database().transaction(credentials::rotate);
    if (rotated > 0) {
      LOG.info("{} rows of credentials were encrypted with the active key", rotated);
    }
    return new Gateway(
        services,
        check,
        lookup,
        new RbacClient(services.vertx(), services.config().rbac(), services.meters()),
        new OutboxPublisher(services.database(), services.kafka(), services.meters()));
  }

  private List<Endpoint.Builder> publicEndpoints() {
    var all = new ArrayList<Endpoint.Builder>();
    all.addAll(StatusEndpoints.publicOnes(services, backlog::refresh));
    all.addAll(CostModelEndpoints.publicOnes(services));
    all.add(UserAccessEndpoint.endpoint());
    all.addAll(new SourcesEndpoints(services, check, outbox::wake).endpoints());
    all.addAll(uploads.endpoints());
    all.addAll(new IngressEndpoints(services, check).endpoints());
    all.addAll(SettingsEndpoints.publicOnes(services));
    all.addAll(questions());
    all.addAll(RecommendationEndpoints.publicOnes());
    return all;
  }

  /// What is asked about data, as far as this deployment takes the data's kind.
  private List<Endpoint.Builder> questions() {
    var questions = new Questions(services);
    var compiler = new Compiler(new Planner());
    GatewayConfig config = services.config();
    var all = new ArrayList<Endpoint.Builder>();
    all.addAll(
        ReportEndpoints.publicOnes(
            services.reads(),
            questions,
            compiler,
            ReportCatalogue.REPORTS.values().stream()
                .filter(report -> config.serves(report.family()))
                .toList()));
    all.addAll(
        TagEndpoints.publicOnes(
            questions,
            TagCatalogue.ALL.stream().filter(list -> config.serves(list.family())).toList()));
    if (config.serves(ProviderFamily.AWS)) {
      all.addAll(AwsEndpoints.publicOnes(questions));
    }
    all.addAll(
        ResourceEndpoints.publicOnes(
            questions,
            config.apiRoot(),
            ResourceCatalogue.ALL.stream().filter(list -> config.serves(list.family())).toList()));
    all.addAll(
        ForecastEndpoints.publicOnes(
            questions,
            compiler,
            services.clock(),
            ForecastCatalogue.ALL.stream()
                .filter(forecast -> config.serves(forecast.family()))
                .toList()));
    return all;
  }

  private List<Endpoint.Builder> internalEndpoints() {
    var all = new ArrayList<Endpoint.Builder>();
    all.addAll(StatusEndpoints.internalOnes(services, backlog::refresh));
    all.addAll(InternalEndpoints.endpoints(services, lookup, backlog));
    all.addAll(new InternalSettings(services).endpoints());
    all.addAll(
        ReportEndpoints.internalOnes(
            services,
            new Questions(services),
            new Compiler(new Planner()),
            ReportCatalogue.REPORTS.values()));
    return all;
  }

  /// The port of the public API.
  public int port() {
    return port;
  }

  /// The port of the internal API.
  public int internalPort() {
    return internalPort;
  }

  private HttpCore core(List<Endpoint.Builder> endpoints, IdentityCheck identity) {
    GatewayConfig config = services.config();
    String root = config.apiRoot();
    var all = new ArrayList<>(endpoints.stream().map(endpoint -> endpoint.build(root)).toList());
    all.add(OpenApiDocument.endpoint(List.copyOf(all), root).build(root));
    return new HttpCore(
        all,
        identity,
        new Gate(services),
        services.meters(),
        services.ids(),
        config.cacheLifetime());
  }

  private record Gate(GatewayServices services) implements TenantGate {
    @Override
    public Future<Boolean> exists(Caller caller) {
      return services.tenants().isKnown(caller.tenant())
          ? Future.succeededFuture(true)
          : services
              .blocking()
              .call(caller.requestId(), () -> services.tenants().exists(caller.tenant()));
    }

    @Override
    public Future<Void> ensure(Caller caller) {
      if (services.tenants().isKnown(caller.tenant())) {
        return Future.succeededFuture();
      }
      return services
          .blocking()
          .call(
              caller.requestId(),
              () -> {
                services.tenants().ensure(caller.tenant());
                return null;
              });
    }
  }

  /// Stops listening; requests that are running are answered first, within bounds.
  @Override
  public void close() {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException("the gateway is not closed on an event loop");
    }
    ports.close();
    uploads.close();
    outbox.close();
    rbac.close();
  }
}
