package io.tawara.gateway.http;

import io.tawara.gateway.access.Permission;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// One path and what is done for each method on it. The value that every package hands to the
/// gateway; the core does the rest (identity, permission, negotiation, errors, headers).
///
/// @param path absolute, segments in braces are parameters; see [#api(String)]
/// @param name a short name in words, for OPTIONS, metrics and the OpenAPI document
/// @param description one sentence
/// @param allow the methods that the path takes, as the `Allow` header names them
public record Endpoint(
    String path,
    Slash slash,
    Guard guard,
    Permission permission,
    TenantNeed tenantNeed,
    Caching caching,
    List<Format> formats,
    String name,
    String description,
    boolean options,
    List<QueryParameter> queryParameters,
    Map<HttpMethod, Handler> handlers,
    String allow) {

  /// A parameter of the query, for the OpenAPI document.
  ///
  /// @param choices the values that it takes, empty when it takes others too
  public record QueryParameter(String name, String description, List<String> choices) {
    public QueryParameter {
      choices = List.copyOf(choices);
    }
  }

  /// Does the work for one method. Runs on the event loop: blocking work goes through [Blocking]. A
  /// failed future or a thrown exception becomes the answer to the error.
  @FunctionalInterface
  public interface Handler {
    Future<Answer> handle(Request request);
  }

  /// What the end of the path may look like.
  public enum Slash {
    /// It must end with a slash; without one the caller is redirected.
    REQUIRED,
    /// Both forms are the same.
    OPTIONAL,
    /// It must be exactly as written.
    EXACT
  }

  /// What caches may do with successful answers.
  public enum Caching {
    /// Keep them; the lifetime is configured.
    KEPT,
    /// Never keep them.
    NEVER,
    /// Nothing is said.
    UNSAID
  }

  public Endpoint {
    formats = List.copyOf(formats);
    queryParameters = List.copyOf(queryParameters);
    handlers = Map.copyOf(handlers);
  }

  /// Begins an endpoint of the public API, for example `reports/openshift/costs/`, behind identity
  /// and access, without an own permission, offering JSON, never cached, about tenant data.
  public static Builder api(String path) {
    return new Builder(path, true);
  }

  /// Begins an endpoint with an absolute path, for example `/metrics`: public, exact.
  public static Builder absolute(String path) {
    return new Builder(path, false)
        .slash(Slash.EXACT)
        .guard(Guard.PUBLIC)
        .tenant(TenantNeed.NONE)
        .caching(Caching.UNSAID)
        .withoutOptions();
  }

  /// Collects what an endpoint is made of.
  public static final class Builder {
    private final String path;
    private final boolean relative;
    private Slash slash = Slash.REQUIRED;
    private Guard guard = Guard.AUTHORISED;
    private Permission permission = Permission.ANY;
    private TenantNeed tenantNeed = TenantNeed.DATA;
    private Caching caching = Caching.NEVER;
    private List<Format> formats = List.of(Format.JSON);
    private String name = "";
    private String description = "";
    private boolean options = true;
    private List<QueryParameter> queryParameters = List.of();
    private final Map<HttpMethod, Handler> handlers = new LinkedHashMap<>();

    private Builder(String path, boolean relative) {
      this.path = path;
      this.relative = relative;
    }

    public Builder slash(Slash slash) {
      this.slash = slash;
      return this;
    }

    public Builder guard(Guard guard) {
      this.guard = guard;
      return this;
    }

    public Builder permission(Permission permission) {
      this.permission = permission;
      return this;
    }

    public Builder tenant(TenantNeed tenantNeed) {
      this.tenantNeed = tenantNeed;
      return this;
    }

    public Builder caching(Caching caching) {
      this.caching = caching;
      return this;
    }

    /// The formats offered, the standard one first.
    public Builder formats(Format... formats) {
      this.formats = List.of(formats);
      return this;
    }

    /// What OPTIONS and the OpenAPI document say, for example `Ocp Cost`, `Get OpenShift cost
    /// data.`
    public Builder described(String name, String description) {
      this.name = name;
      this.description = description;
      return this;
    }

    /// What GET takes in the query.
    public Builder queryParameters(List<QueryParameter> parameters) {
      this.queryParameters = parameters;
      return this;
    }

    /// OPTIONS is not allowed here.
    public Builder withoutOptions() {
      this.options = false;
      return this;
    }

    public Builder get(Handler handler) {
      return on(HttpMethod.GET, handler);
    }

    public Builder post(Handler handler) {
      return on(HttpMethod.POST, handler);
    }

    public Builder put(Handler handler) {
      return on(HttpMethod.PUT, handler);
    }

    public Builder patch(Handler handler) {
      return on(HttpMethod.PATCH, handler);
    }

    public Builder delete(Handler handler) {
      return on(HttpMethod.DELETE, handler);
    }

    private Builder on(HttpMethod method, Handler handler) {
      handlers.put(method, handler);
      return this;
    }

    /// Ends an endpoint with an absolute path.
    public Endpoint build() {
      if (relative) {
        throw new IllegalStateException("an endpoint of the API needs the API's root");
      }
      return build("");
    }

    /// Ends an endpoint of the API.
    ///
    /// @param root with a closing slash, for example `/api/cost-management/v1/`
    public Endpoint build(String root) {
      return new Endpoint(
          relative ? root + path : path,
          slash,
          guard,
          permission,
          tenantNeed,
          caching,
          formats,
          name,
          description,
          options,
          queryParameters,
          handlers,
          allow());
    }

    private String allow() {
      Stream<String> own =
          Stream.of(
                  HttpMethod.GET,
                  HttpMethod.POST,
                  HttpMethod.PUT,
                  HttpMethod.PATCH,
                  HttpMethod.DELETE)
              .filter(handlers::containsKey)
              .map(HttpMethod::name);
      Stream<String> head =
          handlers.containsKey(HttpMethod.GET) ? Stream.of("HEAD") : Stream.empty();
      Stream<String> more = options ? Stream.of("OPTIONS") : Stream.empty();
      return Stream.of(own, head, more).flatMap(s -> s).collect(Collectors.joining(", "));
    }
  }
}
