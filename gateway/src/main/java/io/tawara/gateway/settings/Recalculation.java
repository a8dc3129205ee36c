package io.tawara.gateway.settings;

import io.tawara.core.settings.TenantChange;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/// Which sources a change of settings makes again: the current month of those that hold what was
/// changed (`settings.md` §3, §5.6, §6.6). Past months keep what they have.
final class Recalculation {
  private final Clock clock;

  Recalculation(Clock clock) {
    this.clock = clock;
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /// Sources whose summaries of this month have one of the keys. Of a cluster that runs on a cloud
  /// it is the cloud's source, whose summary makes the cluster's again too.
  void ofTagKeys(TenantChange change, Collection<TagKey> keys) throws SQLException {
    List<String> openshift =
        keys.stream().filter(key -> key.providerType().equals("OCP")).map(TagKey::key).toList();
    var sources =
        sources(
            change.connection(),
            """
            select distinct v.source_uuid from ocp_tag_value v
            join ocp_report_period p on p.id = v.report_period_id
            where v.key = any (?) and p.report_period_start = ?
            """,
            openshift,
            YearMonth.from(today()));
    for (String type : List.of("AWS", "Azure", "GCP")) {
      List<String> named =
          keys.stream().filter(key -> key.providerType().equals(type)).map(TagKey::key).toList();
      sources.addAll(cloudSources(change.connection(), type, named));
    }
    summarise(change, sources, true);
  }

  /// Sources of a cloud whose bills of this month have one of the keys.
  private Set<UUID> cloudSources(Connection connection, String type, List<String> keys)
      throws SQLException {
    var found = new TreeSet<UUID>();
    if (keys.isEmpty()) {
      return found;
    }
    try (var statement =
        connection.prepareStatement(
            """
            select distinct source_uuid from cloud_tag_value
            where provider_type = ? and key = any (?) and month = ?
            """)) {
      statement.setString(1, type);
      statement.setArray(2, connection.createArrayOf("text", keys.toArray()));
      statement.setObject(3, today().withDayOfMonth(1));
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getObject(1, UUID.class));
        }
      }
    }
    return found;
  }

  /// Clusters that have one of the projects.
  void ofProjects(TenantChange change, Collection<String> projects) throws SQLException {
    var sources =
        sources(
            change.connection(),
            "select distinct source_uuid from ocp_project where project = any (?)",
            projects,
            null);
    summarise(change, sources, false);
  }

  private static Set<UUID> sources(
      Connection connection, String sql, Collection<String> names, YearMonth month)
      throws SQLException {
    var found = new TreeSet<UUID>();
    if (names.isEmpty()) {
      return found;
    }
    try (var statement = connection.prepareStatement(sql)) {
      statement.setArray(1, connection.createArrayOf("text", names.toArray()));
      if (month != null) {
        statement.setObject(2, month.atDay(1));
      }
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getObject(1, UUID.class));
        }
      }
    }
    return found;
  }

  private void summarise(TenantChange change, Set<UUID> sources, boolean throughCloud)
      throws SQLException {
    if (sources.isEmpty()) {
      return;
    }
    Set<UUID> active =
        change.outside(connection -> active(connection, change, sources, throughCloud));
    LocalDate today = today();
    for (UUID source : active) {
      change.summarise(source, YearMonth.from(today).atDay(1), today);
    }
  }

  private static Set<UUID> active(
      Connection connection, TenantChange change, Set<UUID> sources, boolean throughCloud)
      throws SQLException {
    var found = new TreeSet<UUID>();
    try (var statement =
        connection.prepareStatement(
            """
            select distinct case when ? then coalesce(i.infrastructure_provider_id, p.uuid)
                                 else p.uuid end
            from public.api_provider p
            join public.api_customer c on c.id = p.customer_id
            left join public.api_providerinfrastructuremap i on i.id = p.infrastructure_id
            where p.uuid = any (?) and c.schema_name = ? and p.active and not p.deleting
            """)) {
      statement.setBoolean(1, throughCloud);
      statement.setArray(2, connection.createArrayOf("uuid", sources.toArray()));
      statement.setString(3, change.tenant().name());
      try (var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getObject(1, UUID.class));
        }
      }
    }
    return found;
  }
}
