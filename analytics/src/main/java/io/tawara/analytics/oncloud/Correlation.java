package io.tawara.analytics.oncloud;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.analytics.oncloud.Clusters.Cluster;
import io.tawara.analytics.oncloud.ResourceRule.Link;
import io.tawara.analytics.oncloud.ResourceRule.Role;
import io.tawara.analytics.summary.MonthPartitions;
import io.tawara.analytics.summary.PlannerSettings;
import io.tawara.analytics.summary.RollupWriter;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.catalog.query.LineItemEngine;
import io.tawara.core.database.Database;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.provider.Provider;
import io.tawara.core.tenancy.DataVersion;
import io.tawara.sql.Dialect;
import io.tawara.sql.Fragment;
import io.tawara.sql.Identifier;
import io.tawara.sql.SqlTemplates;
import io.tawara.sql.SqlText;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Shares what a cloud source bills among the projects of the clusters that run on it, for some
/// days of one month, and publishes it in one transaction: `docs/design/openshift-on-cloud.md`.
public final class Correlation {
  private static final Logger LOG = LoggerFactory.getLogger(Correlation.class);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Identifier DAILY = new Identifier("ocp_cloud_daily_summary");
  private static final Identifier ROWS = new Identifier("cloud_row");

  /// Characters of one list of resources or tags: a statement of Trino is at most a million long.
  private static final int LIST_LENGTH = 400_000;

  private static final int PRICES_AT_ONCE = 250_000;

  /// What a correlation found.
  ///
  /// @param clusters whose rows are other ones than before
  /// @param discovered clusters that ran nowhere and were found here
  /// @param lost clusters that were said to run here and do not any more
  public record Outcome(Set<UUID> clusters, Set<UUID> discovered, Set<UUID> lost) {
    public Outcome {
      clusters = Set.copyOf(clusters);
      discovered = Set.copyOf(discovered);
      lost = Set.copyOf(lost);
    }
  }

  /// What belongs to the publication on public tables.
  @FunctionalInterface
  public interface Along {
    void with(Connection connection, Outcome outcome) throws SQLException;
  }

  private final Database database;
  private final LineItemEngine lines;
  private final OnCloudSettings settings;
  private final long pricesAtOnce;
  private final RollupWriter rollups;
  private final SqlTemplates templates = SqlTemplates.of("oncloud/correlation");

  public Correlation(Database database, LineItemEngine lines, OnCloudSettings settings) {
    this(database, lines, settings, PRICES_AT_ONCE);
  }

  /// @param pricesAtOnce about as many prices are made by one statement
  Correlation(
      Database database, LineItemEngine lines, OnCloudSettings settings, long pricesAtOnce) {
    this.pricesAtOnce = pricesAtOnce;
    this.database = database;
    this.lines = lines;
    this.settings = settings;
    this.rollups = RollupWriter.onCloud(lines);
  }

  /// Correlates and publishes days of one month.
  ///
  /// @param source a cloud source
  /// @param along runs in the same transaction after the tenant's walls were left
  public Outcome correlate(Provider source, SummaryRange range, Along along) {
    Cloud cloud =
        Cloud.of(source.type())
            .orElseThrow(
                () ->
                    new TawaraException(
                        Category.INPUT, "no clusters run on " + source.type().wireName()));
    long begin = System.nanoTime();
    database.runTenant(
        source.tenant(), connection -> MonthPartitions.ensure(connection, DAILY, range.month()));
    Outcome outcome =
        database.transaction(
            connection -> {
              List<Cluster> clusters = Clusters.ofTenant(connection, source.tenant());
              Database.enter(connection, source.tenant());
              Outcome found = new Run(connection, source, cloud, range, clusters).publish();
              Database.leave(connection);
              along.with(connection, found);
              return found;
            });
    LOG.info(
        "correlated {} of {} source {} from {} to {} in {} ms: {} clusters",
        source.tenant(),
        source.type().wireName(),
        source.id(),
        range.start(),
        range.end(),
        (System.nanoTime() - begin) / 1_000_000,
        outcome.clusters().size());
    return outcome;
  }

  /// Applies the markup of the source's cost model to stored costs.
  ///
  /// @return the clusters whose raised cost changed with it
  public Set<UUID> mark(Provider source, SummaryRange range) {
    Cloud cloud = Cloud.of(source.type()).orElseThrow();
    return database.tenant(
        source.tenant(),
        connection -> {
          var run = new Run(connection, source, cloud, range, List.of());
          Set<UUID> clusters = run.present();
          if (clusters.isEmpty()) {
            return Set.of();
          }
          PlannerSettings.LINE_ITEMS.apply(connection);
          run.execute("markup", Map.of("raise", !settings.staleMarkup()));
          rollups.write(connection, source.id(), range.start(), range.end());
          DataVersion.raise(connection);
          return settings.staleMarkup() ? Set.of() : clusters;
        });
  }

  /// One run over one connection.
  private final class Run {
    private final Connection connection;
    private final Provider source;
    private final Cloud cloud;
    private final SummaryRange range;
    private final List<Cluster> clusters;
    private final Map<String, Object> values;
    private final Map<String, Fragment> fragments;

    Run(
        Connection connection,
        Provider source,
        Cloud cloud,
        SummaryRange range,
        List<Cluster> clusters)
        throws SQLException {
      this.connection = connection;
      this.source = source;
      this.cloud = cloud;
      this.range = range;
      this.clusters = clusters;
      this.values = range.parameters(source.id());
      values.putAll(cloud.parameters(settings));
      this.fragments = cloud.fragments(templates);
      values.put("markup", markup());
    }

    Outcome publish() throws SQLException {
      PlannerSettings.LINE_ITEMS.apply(connection);
      Set<UUID> before = present();
      execute("tables", Map.of());
      var outcome = find();
      execute("clear", Map.of());
      if (!outcome.here().isEmpty()) {
        share(outcome.here());
      }
      execute("forget_month", Map.of());
      execute("forget_tag_values", Map.of());
      PlannerSettings.ROLLUPS.apply(connection);
      execute("tagged", Map.of());
      execute("tag_values", Map.of());
      Set<UUID> after = ids("given");
      after.addAll(before);
      if (!after.isEmpty() || rolledUp()) {
        rollups.write(connection, source.id(), range.start(), range.end());
        DataVersion.raise(connection);
      }
      return new Outcome(after, outcome.discovered(), outcome.lost());
    }

    /// @param here clusters that run on the source in this month, with what they are called
    private record Found(Map<UUID, Used> here, Set<UUID> discovered, Set<UUID> lost) {}

    /// A cluster that was used in the month.
    private record Used(UUID id, String clusterId, String alias, boolean inRange) {}

    /// Fills `cloud_row` and `cloud_link`.
    private Found find() throws SQLException {
      Map<UUID, Used> used = used();
      Set<UUID> known = ids("known_clusters");
      var mine = new LinkedHashMap<UUID, Used>();
      var homeless = new HashSet<UUID>();
      for (Cluster cluster : clusters) {
        Used usage = used.get(cluster.id());
        if (usage != null) {
          boolean here = cluster.runsOn(source.id()) || known.contains(cluster.id());
          if (here || cluster.cloud().isEmpty()) {
            mine.put(cluster.id(), usage);
          }
          if (!here && cluster.cloud().isEmpty()) {
            homeless.add(cluster.id());
          }
        }
      }
      if (mine.isEmpty()) {
        return new Found(Map.of(), Set.of(), Set.of());
      }
      Scan scan = scan(mine);
      Set<UUID> discovered = new LinkedHashSet<>(scan.onMachines);
      discovered.retainAll(homeless);
      homeless.removeAll(discovered);
      homeless.forEach(mine::remove);
      if (mine.isEmpty()) {
        return new Found(Map.of(), Set.of(), Set.of());
      }
      values.put("clusters", clusterList(mine));
      fillLinks(scan, mine.keySet());
      fill(scan.resources(mine.keySet()), true);
      fill(scan.tagged, false);
      execute("drop_double", Map.of());
      execute("identify", Map.of());
      return new Found(mine, discovered, lost(mine.keySet(), scan.lastBilled));
    }

    private void share(Map<UUID, Used> here) throws SQLException {
      execute("places", Map.of());
      execute("usage", Map.of());
      analyse("statistics");
      for (String step :
          List.of(
              "disk",
              "claims",
              "kind_disk",
              "kind_unused",
              "machine_groups",
              "kind_resource",
              "kind_tags",
              "kind_network",
              "tag_sets",
              "bills",
              "amounts",
              "label_sets",
              "shares",
              "receivers",
              "merged")) {
        execute(step, Map.of());
        if (step.equals("claims")) {
          analyse("statistics_of_claims");
        }
      }
      analyse("statistics_of_shares");
      publishDays();
      MonthPartitions.analyse(connection, DAILY, range.month());
      for (UUID cluster : here.keySet()) {
        execute("note_month", Map.of("openshift_source", cluster));
      }
    }

    /// Publishes some days at a time, which bounds what is in memory and lets rows of a day lie
    /// together.
    private void publishDays() throws SQLException {
      LocalDate from = range.start();
      long prices = 0;
      try (var statement = text("sizes").prepare(connection, values);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          LocalDate day = rows.getObject("usage_day", LocalDate.class);
          long more = rows.getLong("prices");
          if (prices > 0 && prices + more > pricesAtOnce) {
            execute("publish", Map.of("from", from, "to", day.minusDays(1)));
            from = day;
            prices = 0;
          }
          prices += more;
        }
      }
      if (prices > 0) {
        execute("publish", Map.of("from", from, "to", range.end()));
      }
    }

    /// The planner knows nothing of temporary tables until it is told.
    private void analyse(String tables) throws SQLException {
      execute(tables, Map.of());
    }

    private Map<UUID, Used> used() throws SQLException {
      var found = new LinkedHashMap<UUID, Used>();
      try (var statement = text("used_clusters").prepare(connection, values);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          UUID id = rows.getObject("openshift_source", UUID.class);
          found.put(
              id,
              new Used(
                  id,
                  rows.getString("cluster_id"),
                  rows.getString("cluster_alias"),
                  rows.getBoolean("in_range")));
        }
      }
      return found;
    }

    /// Reads the distinct resources and tags of the days and keeps what matches.
    private Scan scan(Map<UUID, Used> asked) throws SQLException {
      Names names = names(asked);
      TagMatcher tags = tagMatcher(names);
      var scan = new Scan();
      long begin = System.nanoTime();
      lines.each(
          connection,
          cloud.scan(),
          values,
          row -> {
            String resource = row.getString("resource_key");
            scan.read++;
            scan.billed(row.getString("last_day"));
            if (!resource.isEmpty()) {
              var match = cloud.rule().match(resource, names);
              if (match.belongs()) {
                scan.add(resource, match.links());
                return;
              }
            }
            String text = row.getString("tags");
            if (text != null && tags.matches(text)) {
              scan.tagged.add(text);
            }
          });
      LOG.debug(
          "{} resources and tags read, {} resources and {} sets of tags kept in {} ms",
          scan.read,
          scan.links.size(),
          scan.tagged.size(),
          (System.nanoTime() - begin) / 1_000_000);
      return scan;
    }

    private Names names(Map<UUID, Used> asked) throws SQLException {
      var names = new Names.Builder(cloud.machineById());
      asked.values().forEach(cluster -> names.cluster(cluster.clusterId(), cluster.alias()));
      try (var statement = text("names").prepare(connection, values)) {
        statement.setFetchSize(10_000);
        try (var rows = statement.executeQuery()) {
          while (rows.next()) {
            UUID cluster = rows.getObject("openshift_source", UUID.class);
            if (asked.containsKey(cluster)) {
              names.project(rows.getString("namespace"));
              if (rows.getString("data_source").equals("Pod")) {
                names.node(cluster, rows.getString("node"), rows.getString("resource_id"));
              } else {
                names.volume(
                    cluster,
                    rows.getString("persistentvolume"),
                    rows.getString("csi_volume_handle"));
              }
            }
          }
        }
      }
      return names.build();
    }

    private TagMatcher tagMatcher(Names names) throws SQLException {
      var children = new HashMap<String, String>();
      try (var statement = text("child_keys").prepare(connection, values);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          children.put(rows.getString("child"), rows.getString("parent"));
        }
      }
      var pairs = new HashSet<TagMatcher.Pair>();
      try (var statement = text("label_pairs").prepare(connection, values);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          pairs.add(new TagMatcher.Pair(rows.getString("key"), rows.getString("value")));
        }
      }
      return new TagMatcher(names, pairs, children);
    }

    private void fillLinks(Scan scan, Set<UUID> kept) throws SQLException {
      var rows = new ArrayList<Map<String, Object>>();
      scan.links.forEach(
          (resource, links) -> {
            for (Link link : links) {
              if (kept.contains(link.owner().cluster())) {
                rows.add(
                    Map.of(
                        "resource_key", resource,
                        "role", link.role().label(),
                        "openshift_source", link.owner().cluster(),
                        "name", link.owner().name()));
              }
            }
          });
      text("link").updateAll(connection, rows);
    }

    /// Fills `cloud_row`, in pieces that a statement can hold.
    private void fill(Iterable<String> chosen, boolean byResource) throws SQLException {
      var parameters = new HashMap<>(values);
      parameters.put("matched", byResource ? "resource" : "tags");
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      int length = 0;
      for (String text : chosen) {
        if (length + text.length() > LIST_LENGTH) {
          fill(parameters, list, byResource);
          list = JsonNodeFactory.instance.arrayNode();
          length = 0;
        }
        list.addObject().put("value", text);
        length += text.length() + text.length() / 4 + 16;
      }
      if (!list.isEmpty()) {
        fill(parameters, list, byResource);
      }
    }

    private void fill(Map<String, Object> parameters, ArrayNode list, boolean byResource)
        throws SQLException {
      parameters.put("chosen", list.toString());
      long begin = System.nanoTime();
      long rows = lines.fill(connection, ROWS, cloud.candidates(byResource), parameters);
      LOG.debug("{} candidates in {} ms", rows, (System.nanoTime() - begin) / 1_000_000);
    }

    /// Clusters said to run here that used none of the source's machines on the last two days with
    /// bills, though they ran then.
    private Set<UUID> lost(Set<UUID> here, LocalDate last) throws SQLException {
      var lost = new LinkedHashSet<UUID>();
      if (last == null || !last.minusDays(1).isAfter(range.start().minusDays(1))) {
        return lost;
      }
      var parameters = new HashMap<>(values);
      parameters.put("last", last);
      try (var statement = text("without_machine").prepare(connection, parameters);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          lost.add(rows.getObject(1, UUID.class));
        }
      }
      lost.retainAll(here);
      lost.removeIf(
          id ->
              clusters.stream()
                  .noneMatch(cluster -> cluster.id().equals(id) && cluster.runsOn(source.id())));
      return lost;
    }

    /// Clusters that have rows of the source in the days.
    Set<UUID> present() throws SQLException {
      return ids("present");
    }

    /// Rollups may hold what a cluster was given that is gone.
    private boolean rolledUp() throws SQLException {
      try (var statement = text("rolled_up").prepare(connection, values);
          var rows = statement.executeQuery()) {
        return rows.next();
      }
    }

    private Set<UUID> ids(String template) throws SQLException {
      var found = new LinkedHashSet<UUID>();
      try (var statement = text(template).prepare(connection, values);
          var rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getObject(1, UUID.class));
        }
      }
      return found;
    }

    private BigDecimal markup() throws SQLException {
      try (var statement = text("markup_of").prepare(connection, values);
          var rows = statement.executeQuery()) {
        return rows.next() ? rows.getBigDecimal("factor") : BigDecimal.ZERO;
      }
    }

    private String clusterList(Map<UUID, Used> here) {
      ArrayNode list = JsonNodeFactory.instance.arrayNode();
      here.values()
          .forEach(
              cluster ->
                  list.addObject()
                      .put("openshift_source", cluster.id().toString())
                      .put("cluster_id", cluster.clusterId())
                      .put("cluster_alias", cluster.alias()));
      return list.toString();
    }

    long execute(String name, Map<String, ?> more) throws SQLException {
      var parameters = new HashMap<>(values);
      parameters.putAll(more);
      long begin = System.nanoTime();
      long rows = text(name).update(connection, parameters);
      LOG.debug("{}: {} rows in {} ms", name, rows, (System.nanoTime() - begin) / 1_000_000);
      return rows;
    }

    private SqlText text(String name) {
      return templates.render(Dialect.postgreSql(), name, fragments);
    }
  }

  /// What of the scan matched.
  private static final class Scan {
    private final Map<String, List<Link>> links = new LinkedHashMap<>();
    private final Set<String> tagged = new LinkedHashSet<>();
    private final Set<UUID> onMachines = new HashSet<>();
    private LocalDate lastBilled;
    private long read;

    /// @param day an ISO day on which the resource was billed
    void billed(String day) {
      LocalDate billed = LocalDate.parse(day);
      if (lastBilled == null || billed.isAfter(lastBilled)) {
        lastBilled = billed;
      }
    }

    void add(String resource, List<Link> found) {
      links.put(resource, found);
      for (Link link : found) {
        if (link.role() == Role.MACHINE) {
          onMachines.add(link.owner().cluster());
        }
      }
    }

    /// Resources that are something to one of these clusters.
    List<String> resources(Set<UUID> kept) {
      return links.entrySet().stream()
          .filter(
              entry ->
                  entry.getValue().stream().anyMatch(link -> kept.contains(link.owner().cluster())))
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  /// Whether the tags of a resource name something of the clusters.
  static final class TagMatcher {
    record Pair(String key, String value) {}

    private final Names names;
    private final Set<Pair> pairs;
    private final Map<String, String> parents;

    TagMatcher(Names names, Set<Pair> pairs, Map<String, String> parents) {
      this.names = names;
      this.pairs = Set.copyOf(pairs);
      this.parents = Map.copyOf(parents);
    }

    boolean matches(String text) {
      if (text.length() < 3) {
        return false;
      }
      for (var tag : parse(text).properties()) {
        String value = tag.getValue().asText();
        String key = parents.getOrDefault(tag.getKey(), tag.getKey());
        if (names.named(tag.getKey(), value) || pairs.contains(new Pair(key, value))) {
          return true;
        }
      }
      return false;
    }

    private static JsonNode parse(String text) {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException broken) {
        throw new TawaraException(Category.INTERNAL, "tags of a line item are not JSON", broken);
      }
    }
  }
}
