package io.tawara.gateway.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Endpoint.Slash;
import io.tawara.gateway.http.Format;
import io.tawara.gateway.http.Guard;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.TenantNeed;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The description of the public API, put together from the endpoints that really are there.
public final class OpenApiDocument {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)\\}");

  private OpenApiDocument() {}

  /// The endpoint that serves the description.
  ///
  /// @param endpoints all others
  /// @param root of the API, with a closing slash
  public static Endpoint.Builder endpoint(List<Endpoint> endpoints, String root) {
    Buffer document = Json.bytes(document(endpoints, root));
    return Endpoint.api("openapi.json")
        .slash(Slash.EXACT)
        .guard(Guard.PUBLIC)
        .tenant(TenantNeed.NONE)
        .caching(Endpoint.Caching.UNSAID)
        .described("OpenAPI", "This document.")
        .get(
            request ->
                Future.succeededFuture(Answer.bytes(200, Format.JSON.contentType(), document)));
  }

  static ObjectNode document(List<Endpoint> endpoints, String root) {
    ObjectNode document = Json.object().put("openapi", "3.0.0");
    document
        .putObject("info")
        .put("title", "Cost Management")
        .put("version", "v1")
        .put("description", "Costs and usage of clouds and OpenShift clusters.")
        .putObject("license")
        .put("name", "Apache-2.0");
    document.putArray("servers").addObject().put("url", root.substring(0, root.length() - 1));
    ObjectNode paths = document.putObject("paths");
    endpoints.stream()
        .filter(endpoint -> endpoint.path().startsWith(root))
        .sorted(java.util.Comparator.comparing(Endpoint::path))
        .forEach(
            endpoint -> paths.set("/" + endpoint.path().substring(root.length()), path(endpoint)));
    document
        .putObject("components")
        .putObject("securitySchemes")
        .putObject("identity")
        .put("type", "apiKey")
        .put("in", "header")
        .put("name", "x-rh-identity")
        .put("description", "Base64 of a JSON object with the members identity and entitlements.");
    return document;
  }

  private static ObjectNode path(Endpoint endpoint) {
    ObjectNode path = Json.object();
    Matcher matcher = PARAMETER.matcher(endpoint.path());
    while (matcher.find()) {
      ObjectNode parameter = path.withArray("parameters").addObject();
      parameter.put("name", matcher.group(1)).put("in", "path").put("required", true);
      parameter.putObject("schema").put("type", "string");
    }
    Stream.of(HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.PATCH, HttpMethod.DELETE)
        .filter(endpoint.handlers()::containsKey)
        .forEach(
            method ->
                path.set(
                    method.name().toLowerCase(java.util.Locale.ROOT), operation(endpoint, method)));
    return path;
  }

  private static ObjectNode operation(Endpoint endpoint, HttpMethod method) {
    ObjectNode operation = Json.object();
    operation.put("summary", endpoint.name());
    operation.put("description", endpoint.description());
    if (method.equals(HttpMethod.GET) && !endpoint.queryParameters().isEmpty()) {
      var parameters = operation.putArray("parameters");
      for (Endpoint.QueryParameter each : endpoint.queryParameters()) {
        ObjectNode parameter = parameters.addObject();
        parameter.put("name", each.name()).put("in", "query").put("required", false);
        parameter.put("description", each.description());
        ObjectNode schema = parameter.putObject("schema").put("type", "string");
        if (!each.choices().isEmpty()) {
          each.choices().forEach(schema.putArray("enum")::add);
        }
      }
    }
    if (endpoint.guard() != Guard.PUBLIC) {
      operation.putArray("security").addObject().putArray("identity");
    }
    if (method.equals(HttpMethod.POST)
        || method.equals(HttpMethod.PUT)
        || method.equals(HttpMethod.PATCH)) {
      operation.putObject("requestBody").putObject("content").putObject("application/json");
    }
    ObjectNode responses = operation.putObject("responses");
    ObjectNode ok = responses.putObject(method.equals(HttpMethod.DELETE) ? "204" : "200");
    ok.put("description", "Success");
    if (!method.equals(HttpMethod.DELETE)) {
      ObjectNode content = ok.putObject("content");
      for (Format format : endpoint.formats()) {
        content.putObject(format.contentType().split(";", 2)[0]);
      }
    }
    if (endpoint.guard() != Guard.PUBLIC) {
      responses.putObject("401").put("description", "No usable identity");
      responses.putObject("403").put("description", "Not allowed");
      responses.putObject("424").put("description", "The role service or the database is away");
    }
    return operation;
  }
}
