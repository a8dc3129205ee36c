package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.error.TawaraException;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// `enabled_tags/`: which tag keys of a provider type are summarised. Unlike the settings it knows
/// no limit and starts no recalculation.
final class EnabledTagsEndpoint {
  private static final int LONGEST_KEY = 512;
  private static final String TYPES =
      "provider_type must be supplied. Select one of {'aws', 'azure', 'gcp', 'ocp'}";

  private final GatewayServices services;

  EnabledTagsEndpoint(GatewayServices services) {
    this.services = services;
  }

  Endpoint.Builder endpoint() {
    return InternalEndpoints.internal("enabled_tags/")
        .described("Enabled tags", "Which tag keys of a provider type are summarised.")
        .get(this::list)
        .post(request -> request.json().compose(body -> change(request, body)));
  }

  private Future<Answer> list(Request request) {
    String schema =
        text(request, "schema")
            .orElseThrow(() -> RecalculationEndpoints.bad("schema is a required parameter."));
    ProviderType type = type(text(request, "provider_type").orElse(""));
    return services
        .blocking()
        .call(
            request,
            () ->
                services
                    .database()
                    .tenant(
                        tenant(schema),
                        connection ->
                            Answer.json(
                                Json.object()
                                    .set(
                                        "tag_keys",
                                        Json.array(
                                            enabled(connection, type), Json.array()::textNode)))));
  }

  private static List<String> enabled(Connection connection, ProviderType type)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select key from reporting_enabledtagkeys where provider_type = ? and enabled
            order by key collate "C"
            """)) {
      select.setString(1, type.wireName());
      var keys = new ArrayList<String>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          keys.add(rows.getString(1));
        }
      }
      return keys;
    }
  }

  private Future<Answer> change(Request request, JsonNode body) {
    String schema = body.path("schema").asText("");
    if (schema.isEmpty()) {
      throw RecalculationEndpoints.bad("schema is required.");
    }
    ProviderType type = type(body.path("provider_type").asText(""));
    String action = body.path("action").asText("");
    if (action.isEmpty()) {
      throw RecalculationEndpoints.bad("action is required.");
    }
    List<String> keys = keys(body.path("tag_keys"));
    return services
        .blocking()
        .call(
            request,
            () -> {
              services
                  .database()
                  .runTenant(tenant(schema), connection -> apply(connection, type, action, keys));
              ObjectNode echo = Json.object();
              echo.set("tag_keys", Json.array(keys, Json.array()::textNode));
              return Answer.json(echo);
            });
  }

  private static void apply(
      Connection connection, ProviderType type, String action, List<String> keys)
      throws SQLException {
    switch (action) {
      case "create" -> create(connection, type, keys);
      case "delete" -> disable(connection, type, keys);
      default -> {
        return;
      }
    }
    DataVersion.raise(connection);
  }

  private static void create(Connection connection, ProviderType type, List<String> keys)
      throws SQLException {
    try (var upsert =
        connection.prepareStatement(
            """
            insert into reporting_enabledtagkeys (key, enabled, provider_type)
            values (?, true, ?)
            on conflict (key, provider_type) do update set enabled = true
            """)) {
      for (String key : keys) {
        upsert.setString(1, key);
        upsert.setString(2, type.wireName());
        upsert.addBatch();
      }
      upsert.executeBatch();
    }
  }

  private static void disable(Connection connection, ProviderType type, List<String> keys)
      throws SQLException {
    try (var update =
        connection.prepareStatement(
            """
            update reporting_enabledtagkeys set enabled = false
            where key = ? and provider_type = ?
            """)) {
      for (String key : keys) {
        update.setString(1, key);
        update.setString(2, type.wireName());
        if (update.executeUpdate() == 0) {
          throw RecalculationEndpoints.bad("The tag key '" + key + "' does not exist.");
        }
      }
    }
  }

  private static List<String> keys(JsonNode list) {
    var keys = new ArrayList<String>();
    for (JsonNode key : list) {
      if (!key.isTextual() || key.asText().isEmpty() || key.asText().length() > LONGEST_KEY) {
        throw RecalculationEndpoints.bad("tag_keys must be a list of keys.");
      }
      keys.add(key.asText());
    }
    return keys;
  }

  private TenantSchema tenant(String name) {
    try {
      var tenant = new TenantSchema(name);
      if (services.tenants().exists(tenant)) {
        return tenant;
      }
    } catch (TawaraException notOne) {
      // answered below
    }
    throw RecalculationEndpoints.bad("schema " + name + " does not exist.");
  }

  private static ProviderType type(String name) {
    return ProviderType.ofName(name)
        .filter(type -> !type.isLocal())
        .orElseThrow(() -> RecalculationEndpoints.bad(TYPES));
  }

  private static Optional<String> text(Request request, String name) {
    return request.query().last(name).filter(value -> !value.isEmpty());
  }
}
