package io.tawara.gateway.internal;

import io.tawara.core.source.SourceLookup;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.TenantNeed;
import java.util.ArrayList;
import java.util.List;

/// The internal API: for operators, on its own port, without identity. Keep that port closed.
public final class InternalEndpoints {
  private InternalEndpoints() {}

  /// @param lookup asks whoever owns sources whether they are there
  public static List<Endpoint.Builder> endpoints(
      GatewayServices services, SourceLookup lookup, Backlog backlog) {
    var all = new ArrayList<Endpoint.Builder>();
    all.add(InternalStatus.endpoint(services));
    all.add(new Checkup(services).endpoint());
    all.addAll(new WorkEndpoints(services, backlog).endpoints());
    all.addAll(new LedgerEndpoints(services).endpoints());
    all.addAll(new InternalSources(services).endpoints());
    all.add(new LeftOvers(services, lookup).endpoint());
    all.addAll(new RecalculationEndpoints(services).endpoints());
    all.addAll(new CloudEndpoints(services).endpoints());
    all.addAll(new MaintenanceEndpoints(services).endpoints());
    all.addAll(new TrinoEndpoints(services).endpoints());
    return all;
  }

  /// An endpoint of this port.
  public static Endpoint.Builder internal(String path) {
    return Endpoint.api(path).guard(Guard.PUBLIC).tenant(TenantNeed.NONE);
  }
}
