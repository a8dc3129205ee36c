package io.tawara.gateway;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.gateway.http.HttpCore;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// Ports that are listened on, each by several event loops.
final class HttpPorts implements AutoCloseable {
  /// Any free port; Vert.x gives servers that ask for the same negative number the same one.
  static final int ANY = -1;

  /// Another free port.
  static final int ANY_INTERNAL = -2;

  private static final int MAX_HEADER = 16_384;

  private final Vertx vertx;
  private final String host;
  private final List<String> deployments = new ArrayList<>();

  HttpPorts(Vertx vertx, String host) {
    this.vertx = vertx;
    this.host = host;
  }

  /// Listens; returns when it does.
  ///
  /// @param configured a port; 0 for any free one
  /// @param any what is asked for then: [#ANY] or [#ANY_INTERNAL]
  /// @return the port
  int listen(HttpCore core, int eventLoops, int configured, int any) {
    int wanted = configured == 0 ? any : configured;
    var actual = new AtomicInteger();
    for (int i = 0; i < eventLoops; i++) {
      try {
        deployments.add(
            vertx
                .deployVerticle(new Server(core, host, wanted, actual), new DeploymentOptions())
                .await());
      } catch (Throwable failure) { // await throws what the deployment failed with, undeclared
        if (failure instanceof BindException) {
          throw new TawaraException(
              Category.UNAVAILABLE,
              "%s:%d cannot be listened on (%s); set TAWARA_HOST, TAWARA_PORT or TAWARA_INTERNAL_PORT"
                  .formatted(host, wanted, failure.getMessage()),
              failure);
        }
        throw failure;
      }
    }
    return actual.get();
  }

  private static final class Server extends VerticleBase {
    private final HttpCore core;
    private final String host;
    private final int port;
    private final AtomicInteger actual;

    Server(HttpCore core, String host, int port, AtomicInteger actual) {
      this.core = core;
      this.host = host;
      this.port = port;
      this.actual = actual;
    }

    @Override
    public Future<?> start() {
      var options =
          new HttpServerOptions()
              .setHost(host)
              .setPort(port)
              .setMaxHeaderSize(MAX_HEADER)
              .setMaxInitialLineLength(MAX_HEADER)
              .setIdleTimeout(120)
              .setIdleTimeoutUnit(TimeUnit.SECONDS)
              .setMaxFormAttributeSize(1 << 16)
              .setHandle100ContinueAutomatically(true)
              .setTcpNoDelay(true)
              .setReuseAddress(true);
      return vertx
          .createHttpServer(options)
          .requestHandler(core::handle)
          .listen()
          .onSuccess((HttpServer server) -> actual.set(server.actualPort()));
    }
  }

  /// Stops listening; requests that are running are answered first, within bounds.
  @Override
  public void close() {
    deployments.forEach(id -> vertx.undeploy(id).await());
    deployments.clear();
  }
}
