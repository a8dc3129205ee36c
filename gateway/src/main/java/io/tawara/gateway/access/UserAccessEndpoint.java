package io.tawara.gateway.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Page;
import io.tawara.gateway.http.Request;
import io.tawara.gateway.http.TenantNeed;
import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// `user-access/`: what parts of cost management the caller may see at all.
public final class UserAccessEndpoint {
  /// A part and the resource types that open it.
  private enum Part {
    AWS(ResourceType.AWS_ACCOUNT, ResourceType.AWS_ORGANIZATIONAL_UNIT),
    AZURE(ResourceType.AZURE_SUBSCRIPTION_GUID),
    GCP(ResourceType.GCP_ACCOUNT, ResourceType.GCP_PROJECT),
    OCP(
        ResourceType.OPENSHIFT_CLUSTER,
        ResourceType.OPENSHIFT_NODE,
        ResourceType.OPENSHIFT_PROJECT),
    COST_MODEL(ResourceType.COST_MODEL),
    SETTINGS(ResourceType.SETTINGS),
    ANY(
        ResourceType.AWS_ACCOUNT,
        ResourceType.AWS_ORGANIZATIONAL_UNIT,
        ResourceType.AZURE_SUBSCRIPTION_GUID,
        ResourceType.GCP_ACCOUNT,
        ResourceType.GCP_PROJECT,
        ResourceType.OPENSHIFT_CLUSTER,
        ResourceType.OPENSHIFT_NODE,
        ResourceType.OPENSHIFT_PROJECT);

    private final List<ResourceType> types;

    Part(ResourceType... types) {
      this.types = List.of(types);
    }

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }

    boolean writable(Caller caller) {
      return caller.administrator()
          || types.stream().anyMatch(type -> !caller.access().write(type).isEmpty());
    }

    boolean open(Caller caller) {
      return writable(caller)
          || types.stream().anyMatch(type -> !caller.access().read(type).isEmpty());
    }

    static Optional<Part> ofName(String name) {
      return Stream.of(values())
          .filter(part -> part.wireName().equals(name.toLowerCase(Locale.ROOT)))
          .findFirst();
    }
  }

  private UserAccessEndpoint() {}

  public static Endpoint.Builder endpoint() {
    return Endpoint.api("user-access/")
        .guard(Guard.IDENTIFIED)
        .tenant(TenantNeed.NONE)
        .caching(Endpoint.Caching.KEPT)
        .described("User Access", "What the caller may see.")
        .get(request -> Future.succeededFuture(answer(request)));
  }

  private static Answer answer(Request request) {
    if (request.query().last("beta").filter(beta -> beta.equalsIgnoreCase("true")).isPresent()
        && !fromPreview(request)) {
      return Answer.json(Json.object().put("data", false));
    }
    Caller caller = request.caller();
    Optional<String> type = request.query().last("type");
    if (type.isEmpty()) {
      List<Part> parts = List.of(Part.values());
      Page page = Page.of(request.query(), Page.Bounds.LIST);
      return Answer.json(
          page.envelope(
              request,
              parts.size(),
              Json.array(
                  parts,
                  part -> access(Json.object().put("type", part.wireName()), part, caller))));
    }
    Part part =
        Part.ofName(type.get())
            .orElseThrow(
                () -> HttpError.plain(400, Json.array().add("Unknown source type: " + type.get())));
    return Answer.json(access(Json.object().put("data", part.open(caller)), part, caller));
  }

  private static ObjectNode access(ObjectNode view, Part part, Caller caller) {
    return view.put("access", part.open(caller)).put("write", part.writable(caller));
  }

  private static boolean fromPreview(Request request) {
    String referer = request.header("Referer").orElse("");
    return referer.contains("/beta/") || referer.contains("/preview/");
  }
}
