package io.tawara.gateway.recommendations;

import io.tawara.gateway.access.Permission;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Endpoint.Slash;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.TenantNeed;
import io.vertx.core.Future;
import java.util.List;
import java.util.stream.Stream;

/// `recommendations/openshift…`: what resource optimisation recommends. That is a service of its
/// own, which reads the usage that Tawara forwards; whoever runs it routes these paths to it.
/// Without it there are no recommendations, and its clients get a list that says so.
public final class RecommendationEndpoints {
  private RecommendationEndpoints() {}

  public static List<Endpoint.Builder> publicOnes() {
    return Stream.concat(
            Stream.of("", "/container", "/namespace").map(RecommendationEndpoints::list),
            Stream.of(endpoint("/{id}").get(request -> Future.failedFuture(HttpError.notFound()))))
        .toList();
  }

  private static Endpoint.Builder list(String kind) {
    return endpoint(kind)
        .get(
            request ->
                Future.succeededFuture(
                    Answer.json(
                        Page.of(request.query(), Page.Bounds.LIST)
                            .envelope(request, 0, Json.array()))));
  }

  private static Endpoint.Builder endpoint(String path) {
    return Endpoint.api("recommendations/openshift" + path)
        .slash(Slash.EXACT)
        .permission(Permission.OPENSHIFT)
        .tenant(TenantNeed.NONE)
        .described("Recommendations", "None: resource optimisation is a service of its own.");
  }
}
