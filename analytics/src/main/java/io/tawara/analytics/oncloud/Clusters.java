package io.tawara.analytics.oncloud;

import io.tawara.core.provider.ProviderType;
import io.tawara.core.tenancy.TenantSchema;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/// Which clusters a tenant has and where they run: rows of public tables.
public final class Clusters {
  /// @param cloud the cloud source that it runs on
  public record Cluster(UUID id, Optional<UUID> cloud) {
    boolean runsOn(UUID source) {
      return cloud.filter(source::equals).isPresent();
    }
  }

  private Clusters() {}

  /// OpenShift providers of a tenant.
  public static List<Cluster> ofTenant(Connection connection, TenantSchema tenant)
      throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            select p.uuid, m.infrastructure_provider_id
            from public.api_provider p
            join public.api_customer c on c.id = p.customer_id
            left join public.api_providerinfrastructuremap m on m.id = p.infrastructure_id
            where c.schema_name = ? and p.type = 'OCP' and not p.deleting
            order by p.uuid
            """)) {
      statement.setString(1, tenant.name());
      try (var rows = statement.executeQuery()) {
        var found = new ArrayList<Cluster>();
        while (rows.next()) {
          found.add(
              new Cluster(
                  rows.getObject(1, UUID.class),
                  Optional.ofNullable(rows.getObject(2, UUID.class))));
        }
        return found;
      }
    }
  }

  /// Cloud sources of a tenant: AWS first, then Azure, then GCP.
  public static List<UUID> clouds(Connection connection, TenantSchema tenant) throws SQLException {
    var found = new ArrayList<UUID>();
    for (ProviderType cloud : List.of(ProviderType.AWS, ProviderType.AZURE, ProviderType.GCP)) {
      try (var statement =
          connection.prepareStatement(
              """
              select p.uuid
              from public.api_provider p join public.api_customer c on c.id = p.customer_id
              where c.schema_name = ? and p.type = any (?) and not p.deleting
              order by p.uuid
              """)) {
        statement.setString(1, tenant.name());
        statement.setArray(
            2,
            connection.createArrayOf(
                "text",
                Stream.of(ProviderType.values())
                    .filter(type -> type.base() == cloud)
                    .map(ProviderType::wireName)
                    .toArray()));
        try (var rows = statement.executeQuery()) {
          while (rows.next()) {
            found.add(rows.getObject(1, UUID.class));
          }
        }
      }
    }
    return found;
  }

  /// Whether a source is there and stays until the transaction ends.
  static boolean hold(Connection connection, UUID source) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            "select 1 from public.api_provider where uuid = ? and not deleting for share")) {
      statement.setObject(1, source);
      try (var rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /// Notes where a cluster runs, if that is not known yet.
  static void settle(Connection connection, UUID cluster, ProviderType type, UUID source)
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
            update public.api_provider set infrastructure_id = map.id
            from map where uuid = ? and infrastructure_id is null
            """)) {
      statement.setString(1, type.wireName());
      statement.setObject(2, source);
      statement.setObject(3, cluster);
      statement.executeUpdate();
    }
  }

  /// A cluster does not run on a source any more.
  static void unsettle(Connection connection, UUID cluster, UUID source) throws SQLException {
    try (var statement =
        connection.prepareStatement(
            """
            update public.api_provider set infrastructure_id = null
            where uuid = ? and infrastructure_id in (
              select id from public.api_providerinfrastructuremap
              where infrastructure_provider_id = ?)
            """)) {
      statement.setObject(1, cluster);
      statement.setObject(2, source);
      statement.executeUpdate();
    }
  }
}
