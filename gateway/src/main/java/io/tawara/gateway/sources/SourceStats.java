package io.tawara.gateway.sources;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.source.Source;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.WireTime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;

/// What came in for a source, month by month.
final class SourceStats {
  private static final int MANIFESTS_PER_MONTH = 3;

  private SourceStats() {}

  static ObjectNode read(Connection connection, Source source) throws SQLException {
    ObjectNode stats = Json.object();
    Optional<Instant> dataUpdated = Optional.empty();
    try (var select =
        connection.prepareStatement(
            "select data_updated_timestamp from public.api_provider where uuid = ? and not"
                + " deleting")) {
      select.setObject(1, source.uuid());
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          return stats.put("provider_linked", false);
        }
        dataUpdated = ProviderFacts.instant(rows, 1);
      }
    }
    stats.put("provider_linked", true);
    stats.put("data_updated_date", dataUpdated.map(WireTime::seconds).orElse(null));
    stats.putNull("ocp_on_cloud_data_updated_date");
    months(connection, source.uuid(), stats);
    if (source.type() != ProviderType.OCP) {
      clusters(connection, source.uuid(), stats);
    }
    return stats;
  }

  private static void months(Connection connection, UUID provider, ObjectNode stats)
      throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select month, assembly_id, done, num_total_files, started, completed,
                   completed_datetime, export_datetime
            from (select m.billing_period_start_datetime as month, m.assembly_id,
                         m.num_total_files, m.completed_datetime, m.export_datetime,
                         m.creation_datetime, m.id,
                         row_number() over (partition by m.billing_period_start_datetime
                                            order by m.creation_datetime desc, m.id desc) as n,
                         (select count(*) from public.file f
                          where f.manifest_id = m.id and f.kind = 'cost'
                            and f.completed is not null) as done,
                         first.started, first.completed
                  from public.manifest m
                  left join lateral
                    (select f.started, f.completed from public.file f
                     where f.manifest_id = m.id and f.kind = 'cost'
                     order by f.id limit 1) first on true
                  where m.provider_uuid = ?) newest
            where n <= ?
            order by month desc, creation_datetime desc, id desc
            """)) {
      select.setObject(1, provider);
      select.setInt(2, MANIFESTS_PER_MONTH);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          LocalDate month =
              rows.getObject(1, OffsetDateTime.class)
                  .withOffsetSameInstant(ZoneOffset.UTC)
                  .toLocalDate();
          ObjectNode manifest = Json.object();
          manifest.put("assembly_id", rows.getString(2));
          manifest.put("billing_period_start", month.toString());
          manifest.put("files_processed", rows.getLong(3) + "/" + rows.getInt(4));
          manifest.put("process_start_date", seconds(rows, 5));
          manifest.put("process_complete_date", seconds(rows, 6));
          manifest.put("manifest_complete_date", seconds(rows, 7));
          manifest.put("export_datetime", seconds(rows, 8));
          manifests(stats, month).add(manifest);
        }
      }
    }
  }

  private static ArrayNode manifests(ObjectNode stats, LocalDate month) {
    ObjectNode entry =
        stats.has(month.toString())
            ? (ObjectNode) stats.get(month.toString())
            : stats.putObject(month.toString());
    return entry.has("manifests")
        ? (ArrayNode) entry.get("manifests")
        : entry.putArray("manifests");
  }

  /// The clusters that run on a cloud source, in every month that it has.
  private static void clusters(Connection connection, UUID provider, ObjectNode stats)
      throws SQLException {
    ArrayNode clusters = Json.array();
    String latest = null;
    try (var select =
        connection.prepareStatement(
            """
            select p.uuid, p.data_updated_timestamp from public.api_provider p
            join public.api_providerinfrastructuremap i on i.id = p.infrastructure_id
            where i.infrastructure_provider_id = ? and not p.deleting
            order by p.uuid
            """)) {
      select.setObject(1, provider);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          String updated = seconds(rows, 2);
          clusters.add(
              Json.object()
                  .put("ocp_source_uuid", rows.getString(1))
                  .put("ocp_on_cloud_updated_datetime", updated == null ? "" : updated));
          latest =
              updated != null && (latest == null || updated.compareTo(latest) > 0)
                  ? updated
                  : latest;
        }
      }
    }
    stats.put("ocp_on_cloud_data_updated_date", latest);
    stats
        .properties()
        .forEach(
            member -> {
              if (member.getValue() instanceof ObjectNode month) {
                month.set("ocp_on_cloud", clusters.deepCopy());
              }
            });
  }

  private static String seconds(ResultSet rows, int column) throws SQLException {
    return ProviderFacts.instant(rows, column).map(WireTime::seconds).orElse(null);
  }
}
