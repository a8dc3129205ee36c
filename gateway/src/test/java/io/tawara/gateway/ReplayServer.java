package io.tawara.gateway;

import io.tawara.core.work.Worker;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/// The gateway alone, to replay recordings that need no ingestion against: `ReplayServer <port>
/// <internal port> <port of the role service>`.
public final class ReplayServer {
  private ReplayServer() {}

  public static void main(String[] arguments) throws InterruptedException {
    int port = Integer.parseInt(arguments[0]);
    int internalPort = Integer.parseInt(arguments[1]);
    URI rbac =
        URI.create("http://127.0.0.1:" + arguments[2] + "/r/insights/platform/rbac/v1/access/");
    var fixture =
        new GatewayFixture(
            "replay", options -> options.withPorts(port, internalPort).withRbac(rbac, true));
    var worker =
        new Worker(
            fixture.database,
            Map.of("delete-provider", item -> {}),
            List.of(),
            Clock.systemUTC(),
            2);
    worker.start();
    System.out.println("ready on " + fixture.gateway.port());
    Thread.currentThread().join();
  }
}
