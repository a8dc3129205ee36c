package io.tawara.gateway.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.tawara.gateway.GatewayConfig;
import io.tawara.gateway.http.HttpError;
import io.tawara.gateway.http.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks the role service what a user may do, and remembers it for a short time by organisation and
/// user. Users of different organisations never share an entry, whatever they are called.
public final class RbacClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RbacClient.class);
  private static final int MAX_PAGES = 100;
  private static final long MAX_USERS = 100_000;

  private record User(String organisationId, String name) {}

  private final GatewayConfig.Rbac config;
  private final WebClient client;
  private final Cache<User, Future<Access>> known;
  private final Counter failures;

  public RbacClient(Vertx vertx, GatewayConfig.Rbac config, MeterRegistry meters) {
    this.config = config;
    this.client =
        WebClient.create(
            vertx,
            new WebClientOptions()
                .setUserAgent("tawara")
                .setFollowRedirects(false)
                .setConnectTimeout((int) config.timeout().toMillis())
                .setKeepAlive(true));
    this.known =
        Caffeine.newBuilder()
            .expireAfterWrite(config.cacheLifetime())
            .maximumSize(MAX_USERS)
            .ticker(Ticker.systemTicker())
            .build();
    this.failures = meters.counter("rbac_connection_errors");
  }

  /// What the user may do. Requests for one user share one question.
  ///
  /// @param identityHeader passed on: it is how the role service knows the user
  /// @return fails with 424 when the role service is away; a refusal gives no access
  public Future<Access> access(String organisationId, String user, String identityHeader) {
    var key = new User(organisationId, user);
    Future<Access> remembered = known.getIfPresent(key);
    if (remembered != null) {
      return remembered;
    }
    Future<Access> asked =
        pages(target(config.address(), "application=cost-management&limit=100"), identityHeader, 1)
            .map(Access::ofEntries);
    known.put(key, asked);
    return asked.recover(
        failure -> {
          known.asMap().remove(key, asked);
          failures.increment();
          LOG.warn("role service: {}", failure.getMessage());
          return Future.failedFuture(
              failure instanceof HttpError
                  ? failure
                  : HttpError.unavailable("Rbac", String.valueOf(failure.getMessage())));
        });
  }

  private Future<List<JsonNode>> pages(String target, String identityHeader, int page) {
    return client
        .requestAbs(io.vertx.core.http.HttpMethod.GET, target)
        .timeout(config.timeout().toMillis())
        .putHeader("x-rh-identity", identityHeader)
        .putHeader("Accept", "application/json")
        .send()
        .compose(
            response -> {
              JsonNode body = body(response);
              var entries = new ArrayList<JsonNode>();
              body.path("data").forEach(entries::add);
              String next = body.path("links").path("next").asText("");
              if (next.isEmpty() || next.equals("null") || page == MAX_PAGES) {
                return Future.succeededFuture(entries);
              }
              return pages(follow(next), identityHeader, page + 1)
                  .map(
                      more -> {
                        entries.addAll(more);
                        return entries;
                      });
            });
  }

  private static JsonNode body(HttpResponse<Buffer> response) {
    if (response.statusCode() >= 500) {
      throw HttpError.unavailable("Rbac", "status " + response.statusCode());
    }
    if (response.statusCode() != 200 || response.body() == null) {
      return Json.object();
    }
    try {
      return Json.read(response.body().getBytes());
    } catch (IOException notJson) {
      throw HttpError.unavailable("Rbac", "the answer is not JSON");
    }
  }

  /// The next page, on the host that is configured, whatever the link says.
  private String follow(String next) {
    URI link = URI.create(next);
    String query = link.getRawQuery() == null ? "" : link.getRawQuery();
    return target(config.address(), query);
  }

  private static String target(URI address, String query) {
    return address + (query.isEmpty() ? "" : "?" + query);
  }

  @Override
  public void close() {
    client.close();
  }
}
