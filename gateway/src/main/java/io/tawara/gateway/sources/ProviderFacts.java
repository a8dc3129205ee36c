package io.tawara.gateway.sources;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.database.Database;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.http.Json;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// What is known about providers beside their sources, read for a whole page at once.
final class ProviderFacts {
  private ProviderFacts() {}

  /// What the ingestion knows of a provider.
  ///
  /// @param latest the newest delivery of this or last month
  /// @param infrastructure the cloud that it runs on, for OpenShift
  /// @param trouble what was wrong when its cloud was asked last
  record Facts(
      boolean active,
      boolean paused,
      Instant created,
      Optional<Instant> polled,
      Optional<Instant> dataUpdated,
      ObjectNode context,
      boolean currentMonth,
      boolean previousMonth,
      boolean hasData,
      Optional<Delivery> latest,
      Optional<Infrastructure> infrastructure,
      ArrayNode costModels,
      Optional<Trouble> trouble) {}

  /// A cloud that cannot be asked.
  ///
  /// @param problem a short name, for example `permission`
  record Trouble(Instant attempted, String problem, String message, Optional<Instant> nextTry) {}

  record Delivery(
      Instant received,
      JsonNode state,
      Optional<String> operatorVersion,
      Optional<Boolean> airgapped,
      Optional<Boolean> certified) {}

  record Infrastructure(
      String type,
      UUID provider,
      int sourceId,
      Optional<Instant> polled,
      boolean paused,
      JsonNode status,
      Optional<JsonNode> cloudState) {}

  /// @param tenant empty when the tenant does not exist
  /// @param today decides what this and last month are
  static Map<UUID, Facts> read(
      Connection connection,
      Collection<UUID> providers,
      Optional<TenantSchema> tenant,
      LocalDate today)
      throws SQLException {
    var facts = new HashMap<UUID, Facts>();
    if (providers.isEmpty()) {
      return facts;
    }
    UUID[] ids = providers.toArray(UUID[]::new);
    Map<UUID, Delivery> latest = latest(connection, ids, today);
    Map<UUID, ArrayNode> costModels = new HashMap<>();
    if (tenant.isPresent()) {
      costModels = costModels(connection, ids, tenant.get());
    }
    try (var select =
        connection.prepareStatement(
            """
            select p.uuid, p.active, p.paused, p.created_timestamp, p.polling_timestamp,
                   p.data_updated_timestamp, p.additional_context,
                   coalesce(m.this_month, false), coalesce(m.last_month, false),
                   coalesce(m.any_month, false),
                   i.infrastructure_type, i.infrastructure_provider_id, s.source_id, s.paused,
                   s.status, c.polling_timestamp, t.attempted, t.problem, t.message, t.next_try
            from public.api_provider p
            left join public.provider_poll t on t.provider_uuid = p.uuid and t.failures > 0
            left join lateral
              (select bool_or(billing_period_start_datetime = ?) as this_month,
                      bool_or(billing_period_start_datetime = ?) as last_month,
                      bool_or(true) as any_month
               from public.manifest
               where provider_uuid = p.uuid and completed_datetime is not null) m on true
            left join public.api_providerinfrastructuremap i on i.id = p.infrastructure_id
            left join public.api_provider c on c.uuid = i.infrastructure_provider_id
            left join public.api_sources s on s.provider_id = c.uuid
            where p.uuid = any (?) and not p.deleting
            """)) {
      LocalDate month = today.withDayOfMonth(1);
      select.setObject(1, month.atStartOfDay().atOffset(ZoneOffset.UTC));
      select.setObject(2, month.minusMonths(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      select.setArray(3, connection.createArrayOf("uuid", ids));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          UUID id = rows.getObject(1, UUID.class);
          facts.put(
              id,
              new Facts(
                  rows.getBoolean(2),
                  rows.getBoolean(3),
                  instant(rows, 4).orElseThrow(),
                  instant(rows, 5),
                  instant(rows, 6),
                  (ObjectNode) Json.stored(rows.getString(7)),
                  rows.getBoolean(8),
                  rows.getBoolean(9),
                  rows.getBoolean(10),
                  Optional.ofNullable(latest.get(id)),
                  infrastructure(connection, rows, today),
                  costModels.getOrDefault(id, Json.array()),
                  trouble(rows)));
        }
      }
    }
    return facts;
  }

  private static Optional<Trouble> trouble(ResultSet rows) throws SQLException {
    Optional<Instant> attempted = instant(rows, 17);
    return attempted.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Trouble(
                attempted.get(), rows.getString(18), rows.getString(19), instant(rows, 20)));
  }

  private static Optional<Infrastructure> infrastructure(
      Connection connection, ResultSet rows, LocalDate today) throws SQLException {
    UUID cloud = rows.getObject(12, UUID.class);
    int source = rows.getInt(13);
    if (cloud == null || rows.wasNull()) {
      return Optional.empty();
    }
    Delivery delivery = latest(connection, new UUID[] {cloud}, today).get(cloud);
    return Optional.of(
        new Infrastructure(
            rows.getString(11),
            cloud,
            source,
            instant(rows, 16),
            rows.getBoolean(14),
            Json.stored(rows.getString(15)),
            Optional.ofNullable(delivery).map(Delivery::state)));
  }

  private static Map<UUID, Delivery> latest(Connection connection, UUID[] ids, LocalDate today)
      throws SQLException {
    var found = new HashMap<UUID, Delivery>();
    try (var select =
        connection.prepareStatement(
            """
            select distinct on (provider_uuid)
                   provider_uuid, creation_datetime, state, operator_version, operator_airgapped,
                   operator_certified
            from public.manifest
            where provider_uuid = any (?) and billing_period_start_datetime in (?, ?)
            order by provider_uuid, creation_datetime desc, id desc
            """)) {
      LocalDate month = today.withDayOfMonth(1);
      select.setArray(1, connection.createArrayOf("uuid", ids));
      select.setObject(2, month.atStartOfDay().atOffset(ZoneOffset.UTC));
      select.setObject(3, month.minusMonths(1).atStartOfDay().atOffset(ZoneOffset.UTC));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found.put(
              rows.getObject(1, UUID.class),
              new Delivery(
                  instant(rows, 2).orElseThrow(),
                  Json.stored(rows.getString(3)),
                  Optional.ofNullable(rows.getString(4)),
                  Optional.ofNullable((Boolean) rows.getObject(5)),
                  Optional.ofNullable((Boolean) rows.getObject(6))));
        }
      }
    }
    return found;
  }

  private static Map<UUID, ArrayNode> costModels(
      Connection connection, UUID[] ids, TenantSchema tenant) throws SQLException {
    var found = new HashMap<UUID, ArrayNode>();
    Database.enter(connection, tenant);
    try (var select =
        connection.prepareStatement(
            """
            select m.provider_uuid, c.name, c.uuid from cost_model_map m
            join cost_model c on c.uuid = m.cost_model_id
            where m.provider_uuid = any (?)
            order by c.name, c.uuid
            """)) {
      select.setArray(1, connection.createArrayOf("uuid", ids));
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          found
              .computeIfAbsent(rows.getObject(1, UUID.class), unused -> Json.array())
              .add(Json.object().put("name", rows.getString(2)).put("uuid", rows.getString(3)));
        }
      }
    }
    Database.leave(connection);
    return found;
  }

  static Optional<Instant> instant(ResultSet rows, int column) throws SQLException {
    return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }
}
