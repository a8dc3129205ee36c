package io.tawara.gateway;

import io.tawara.gateway.http.HttpCore;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.TenantGate;
import io.tawara.gateway.identity.Caller;
import io.tawara.gateway.internal.Backlog;
import io.tawara.gateway.status.StatusEndpoints;
import io.vertx.core.Future;

/// What a process without the gateway answers on the internal port: whether it lives, whether it is
/// ready, and its figures.
public final class Probes implements AutoCloseable {
  private final HttpPorts ports;
  private final int port;

  private Probes(GatewayServices services) {
    GatewayConfig config = services.config();
    var endpoints =
        StatusEndpoints.internalOnes(services, new Backlog(services)::refresh).stream()
            .map(endpoint -> endpoint.build(config.apiRoot()))
            .toList();
    var core =
        new HttpCore(
            endpoints,
            (header, guard, requestId) -> Future.failedFuture(HttpError.notFound()),
            new NoTenants(),
            services.meters(),
            services.ids(),
            config.cacheLifetime());
    this.ports = new HttpPorts(services.vertx(), config.host());
    this.port = ports.listen(core, 1, config.internalPort(), HttpPorts.ANY_INTERNAL);
  }

  /// Starts them; returns when they answer. Must not be called on an event loop.
  public static Probes start(GatewayServices services) {
    return new Probes(services);
  }

  /// Where they answer.
  public int port() {
    return port;
  }

  /// Nobody asks here on behalf of a tenant.
  private static final class NoTenants implements TenantGate {
    @Override
    public Future<Boolean> exists(Caller caller) {
      return Future.succeededFuture(false);
    }

    @Override
    public Future<Void> ensure(Caller caller) {
      return Future.failedFuture(HttpError.notFound());
    }
  }

  @Override
  public void close() {
    ports.close();
  }
}
