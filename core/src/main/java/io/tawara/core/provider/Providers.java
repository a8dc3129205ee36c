package io.tawara.core.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Reads and marks providers. All methods work in the caller's transaction on public tables.
public final class Providers {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SELECT =
      """
      select p.uuid, p.name, p.type, c.schema_name, c.org_id, c.account_id, p.cluster_id,
             p.active, p.paused, p.setup_complete, p.created_timestamp, p.polling_timestamp,
             p.data_updated_timestamp, b.data_source, p.additional_context, p.deleting
      from public.api_provider p
      join public.api_customer c on c.id = p.customer_id
      left join public.api_providerbillingsource b on b.id = p.billing_source_id
      """;

  private Providers() {}

  /// The provider with this id, wherever it belongs.
  public static Optional<Provider> find(Connection connection, UUID id) throws SQLException {
    try (var statement = connection.prepareStatement(SELECT + "where p.uuid = ?")) {
      statement.setObject(1, id);
      return list(statement).stream().findFirst();
    }
  }

  /// [#find] of a provider that is not being deleted.
  public static Optional<Provider> findUndeleted(Connection connection, UUID id)
      throws SQLException {
    return find(connection, id).filter(provider -> !provider.deleting());
  }

  /// The OpenShift provider of an organisation that has this cluster id.
  public static Optional<Provider> findCluster(
      Connection connection, String organisationId, String clusterId) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            SELECT
                + "where p.type = 'OCP' and p.cluster_id = ? and c.org_id = ? and not"
                + " p.deleting")) {
      statement.setString(1, clusterId);
      statement.setString(2, organisationId);
      return list(statement).stream().findFirst();
    }
  }

  /// Every provider of a tenant, by name.
  public static List<Provider> ofTenant(Connection connection, TenantSchema tenant)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            SELECT + "where c.schema_name = ? and not p.deleting order by p.name, p.uuid")) {
      statement.setString(1, tenant.name());
      return list(statement);
    }
  }

  /// Every provider of these types, of every tenant.
  public static List<Provider> ofTypes(Connection connection, List<ProviderType> types)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            SELECT + "where p.type = any (?) and not p.deleting order by p.uuid")) {
      statement.setArray(
          1,
          connection.createArrayOf(
              "text", types.stream().map(ProviderType::wireName).toArray(String[]::new)));
      return list(statement);
    }
  }

  /// Notes that a first report file was processed.
  public static void markSetupComplete(Connection connection, UUID id) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.api_provider set setup_complete = true where uuid = ? and not"
                + " setup_complete")) {
      statement.setObject(1, id);
      statement.executeUpdate();
    }
  }

  /// Notes when the provider's data last changed.
  public static void markDataUpdated(Connection connection, UUID id, Instant when)
      throws SQLException {
    stamp(
        connection,
        "update public.api_provider set data_updated_timestamp = ? where uuid = ?",
        id,
        when);
  }

  /// Notes when the provider was last considered for polling.
  public static void markPolled(Connection connection, UUID id, Instant when) throws SQLException {
    stamp(
        connection,
        "update public.api_provider set polling_timestamp = ? where uuid = ?",
        id,
        when);
  }

  /// Notes which cloud an OpenShift provider runs on.
  public static void setInfrastructure(
      Connection connection, UUID openshift, ProviderType cloud, UUID cloudProvider)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            with map as (
              insert into public.api_providerinfrastructuremap
                (infrastructure_type, infrastructure_provider_id)
              values (?, ?)
              on conflict (infrastructure_type, infrastructure_provider_id)
                do update set infrastructure_type = excluded.infrastructure_type
              returning id)
            update public.api_provider set infrastructure_id = map.id from map where uuid = ?
            """)) {
      statement.setString(1, cloud.wireName());
      statement.setObject(2, cloudProvider);
      statement.setObject(3, openshift);
      statement.executeUpdate();
    }
  }

  /// Whether the provider works as far as is known.
  public static void setActive(Connection connection, UUID id, boolean active) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "update public.api_provider set active = ? where uuid = ? and active <> ?")) {
      statement.setBoolean(1, active);
      statement.setObject(2, id);
      statement.setBoolean(3, active);
      statement.executeUpdate();
    }
  }

  private static void stamp(Connection connection, String sql, UUID id, Instant when)
      throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setObject(1, OffsetDateTime.ofInstant(when, ZoneOffset.UTC));
      statement.setObject(2, id);
      statement.executeUpdate();
    }
  }

  private static List<Provider> list(PreparedStatement statement) throws SQLException {
    var found = new ArrayList<Provider>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.add(
            new Provider(
                rows.getObject(1, UUID.class),
                rows.getString(2),
                ProviderType.ofName(rows.getString(3)).orElseThrow(),
                new TenantSchema(rows.getString(4)),
                rows.getString(5),
                rows.getString(6),
                Optional.ofNullable(rows.getString(7)),
                rows.getBoolean(8),
                rows.getBoolean(9),
                rows.getBoolean(10),
                instant(rows, 11).orElseThrow(),
                instant(rows, 12),
                instant(rows, 13),
                json(rows.getString(14)),
                json(rows.getString(15)),
                rows.getBoolean(16)));
      }
    }
    return found;
  }

  private static Optional<Instant> instant(ResultSet rows, int column) throws SQLException {
    return Optional.ofNullable(rows.getObject(column, OffsetDateTime.class))
        .map(OffsetDateTime::toInstant);
  }

  private static JsonNode json(String text) {
    try {
      return text == null ? JSON.createObjectNode() : JSON.readTree(text);
    } catch (JsonProcessingException broken) {
      throw new TawaraException(Category.INTERNAL, "stored JSON is not JSON", broken);
    }
  }
}
