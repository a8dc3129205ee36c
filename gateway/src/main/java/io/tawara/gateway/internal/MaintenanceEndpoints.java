package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.database.Database;
import io.tawara.core.input.Fields;
import io.tawara.core.outbox.Outbox;
import io.tawara.core.outbox.OutboxMessage;
import io.tawara.core.settings.DataRetention;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.core.work.WorkItem;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Notifications and expiry by hand (`sources-and-ingestion-4` §9, `-5` §2).
final class MaintenanceEndpoints {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceEndpoints.class);
  private static final String CONSOLE = "https://console.redhat.com";
  private static final String NOTIFICATIONS = "platform.notifications.ingress";
  private static final int STALE_DAYS = 3;

  private final GatewayServices services;

  MaintenanceEndpoints(GatewayServices services) {
    this.services = services;
  }

  /// What people are told about.
  private enum Notice {
    COST_MODEL(
        "cost_model_check",
        "missing-cost-model",
        "Openshift source has no cost model assigned, add one via the following link.",
        CONSOLE + "/openshift/cost-management/cost-models"),
    STALE(
        "stale_ocp_check",
        "cm-operator-stale",
        "Openshift source has not received data for at least 3 days.",
        CONSOLE + "/openshift/cost-management/ocp");

    private final String parameter;
    private final String eventType;
    private final String description;
    private final String address;

    Notice(String parameter, String eventType, String description, String address) {
      this.parameter = parameter;
      this.eventType = eventType;
      this.description = description;
      this.address = address;
    }
  }

  /// A cluster that somebody may have to be told about.
  private record Cluster(
      UUID id, String name, String organisation, String account, String schema, boolean stale) {}

  List<Endpoint.Builder> endpoints() {
    return List.of(
        InternalEndpoints.internal("notification/")
            .described("Notifications", "Tells people about clusters without cost model or data.")
            .get(request -> blocking(request, c -> notify(c, request))),
        InternalEndpoints.internal("invalidate_cache/")
            .described("Cache", "Does nothing: answers are kept by the version of the data.")
            .post(request -> request.json().map(MaintenanceEndpoints::invalidated)),
        InternalEndpoints.internal("expired_data/")
            .described("Expired data", "Months that are no longer kept; DELETE purges them now.")
            .get(request -> blocking(request, c -> expired(c, request, false)))
            .delete(request -> blocking(request, c -> expired(c, request, true))),
        InternalEndpoints.internal("clear_celery_queues/")
            .described("Queues", "Does nothing: work is durable; failed work is discarded singly.")
            .get(
                request ->
                    Future.succeededFuture(Answer.json(Json.object().put("purged_tasks", 0)))));
  }

  private interface Work {
    JsonNode perform(Connection connection) throws SQLException;
  }

  private Future<Answer> blocking(Request request, Work work) {
    return services
        .blocking()
        .call(request, () -> Answer.json(services.database().transaction(work::perform)));
  }

  // Notifications

  private JsonNode notify(Connection connection, Request request) throws SQLException {
    List<Notice> wanted =
        List.of(Notice.values()).stream()
            .filter(notice -> request.query().has(notice.parameter))
            .toList();
    if (wanted.isEmpty()) {
      throw RecalculationEndpoints.bad(
          "Parameter missing. Options: cost_model_check, stale_ocp_check");
    }
    Optional<String> text = request.query().last("provider_uuid").filter(t -> !t.isEmpty());
    Optional<UUID> only = text.flatMap(Fields::uuid);
    if (text.isPresent() && only.isEmpty()) {
      throw RecalculationEndpoints.bad("Invalid uuid.");
    }
    for (Cluster cluster : clusters(connection, only)) {
      if (wanted.contains(Notice.STALE) && cluster.stale()) {
        tell(connection, cluster, Notice.STALE, request);
      }
      if (wanted.contains(Notice.COST_MODEL) && withoutModel(connection, cluster)) {
        tell(connection, cluster, Notice.COST_MODEL, request);
      }
    }
    return Json.object().put("Notification Request Task ID", services.ids().next().toString());
  }

  /// OpenShift providers that run on no cloud of ours.
  private List<Cluster> clusters(Connection connection, Optional<UUID> only) throws SQLException {
    try (var select =
        connection.prepareStatement(
            """
            select p.uuid, p.name, c.org_id, coalesce(c.account_id, ''), c.schema_name,
                   not exists (select 1 from public.manifest m
                     where m.provider_uuid = p.uuid and m.creation_datetime >= ?)
            from public.api_provider p join public.api_customer c on c.id = p.customer_id
            where p.type = 'OCP' and not p.deleting and p.infrastructure_id is null
              and (?::uuid is null or p.uuid = ?)
            order by p.uuid
            """)) {
      select.setObject(
          1,
          OffsetDateTime.ofInstant(services.clock().instant(), ZoneOffset.UTC)
              .minusDays(STALE_DAYS));
      select.setObject(2, only.orElse(null));
      select.setObject(3, only.orElse(null));
      var found = new ArrayList<Cluster>();
      try (var rows = select.executeQuery()) {
        while (rows.next()) {
          found.add(
              new Cluster(
                  rows.getObject(1, UUID.class),
                  rows.getString(2),
                  rows.getString(3),
                  rows.getString(4),
                  rows.getString(5),
                  rows.getBoolean(6)));
        }
      }
      return found;
    }
  }

  private static boolean withoutModel(Connection connection, Cluster cluster) throws SQLException {
    Database.enter(connection, new TenantSchema(cluster.schema()));
    try (var select =
        connection.prepareStatement("select 1 from cost_model_map where provider_uuid = ?")) {
      select.setObject(1, cluster.id());
      try (var rows = select.executeQuery()) {
        return !rows.next();
      }
    } finally {
      Database.leave(connection);
    }
  }

  private void tell(Connection connection, Cluster cluster, Notice notice, Request request)
      throws SQLException {
    ObjectNode event = Json.object();
    event.put("id", services.ids().next().toString());
    event.put("bundle", "openshift").put("application", "cost-management");
    event.put("event_type", notice.eventType);
    event.put(
        "timestamp",
        OffsetDateTime.ofInstant(services.clock().instant(), ZoneOffset.UTC)
            .toLocalDateTime()
            .toString());
    event.put("account_id", cluster.account()).put("org_id", cluster.organisation());
    event
        .putObject("context")
        .put("source_id", cluster.id().toString())
        .put("source_name", cluster.name())
        .put("host_url", CONSOLE + "/settings/sources/detail/" + cluster.id());
    ObjectNode one = event.putArray("events").addObject();
    one.putObject("metadata");
    one.putObject("payload").put("description", notice.description).put("host_url", notice.address);
    if (services.config().onPremise()) {
      LOG.warn("Notification event {}", event);
    } else {
      Outbox.add(
          connection,
          new OutboxMessage(NOTIFICATIONS, "", Map.of(), event.toString()),
          request.requestId());
    }
  }

  // Caches

  private static Answer invalidated(JsonNode body) {
    ArrayNode events = body instanceof ArrayNode list ? list : Json.array().add(body);
    for (JsonNode event : events) {
      boolean known =
          List.of("api", "rbac").contains(event.path("cache_name").asText(""))
              && !event.path("schema_name").asText("").isEmpty();
      if (!known) {
        throw RecalculationEndpoints.bad("schema_name and cache_name (api or rbac) are required.");
      }
    }
    return Answer.json(Json.object().put("msg", "invalidated cache").set("events", events));
  }

  // Expiry

  /// Months of deliveries before those that the organisation keeps. Only in development can they be
  /// removed from here; elsewhere that is done every night.
  private JsonNode expired(Connection connection, Request request, boolean remove)
      throws SQLException {
    var retention = new DataRetention(services.config().settings().retainMonths());
    YearMonth now = YearMonth.from(services.clock().instant().atOffset(ZoneOffset.UTC));
    var found = new ArrayList<String>();
    for (Map.Entry<String, List<YearMonth>> each : delivered(connection).entrySet()) {
      Database.enter(connection, new TenantSchema(each.getKey()));
      int months = retention.months(connection);
      Database.leave(connection);
      YearMonth last = DataRetention.firstKept(now, months);
      each.getValue().stream()
          .filter(month -> !month.isAfter(last))
          .forEach(month -> found.add(each.getKey() + " " + month));
    }
    boolean performed = remove && services.config().development();
    if (performed) {
      services
          .work()
          .add(
              connection,
              new WorkItem(
                  DataRetention.PURGE_WORK,
                  DataRetention.PURGE_WORK,
                  Json.object(),
                  request.requestId()));
    }
    return Json.object()
        .put(
            "Async jobs for expired data removal" + (performed ? "" : " (simulated)"),
            found.toString());
  }

  private static Map<String, List<YearMonth>> delivered(Connection connection) throws SQLException {
    try (var select =
            connection.prepareStatement(
                """
                select distinct m.schema_name,
                  (m.billing_period_start_datetime at time zone 'UTC')::date
                from public.manifest m join public.api_tenant t on t.schema_name = m.schema_name
                order by 1, 2
                """);
        var rows = select.executeQuery()) {
      var found = new LinkedHashMap<String, List<YearMonth>>();
      while (rows.next()) {
        found
            .computeIfAbsent(rows.getString(1), schema -> new ArrayList<>())
            .add(YearMonth.from(rows.getObject(2, LocalDate.class)));
      }
      return found;
    }
  }
}
