package io.tawara.gateway.internal;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.core.instrument.Gauge;
import io.tawara.core.error.TawaraException;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayServices;
import io.tawara.gateway.http.Answer;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.Json;
import io.tawara.gateway.http.Request;
import io.vertx.core.Future;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import software.amazon.awssdk.core.exception.SdkException;

/// `doctor/`: what an operator would check, seen from the inside. Each finding is green, amber or
/// red and says what to do next.
final class Checkup {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration CLOCK = Duration.ofSeconds(5);
  private static final int TENANTS = 200;
  private static final String GROUP = "hccm-group";
  private static final long LAG = 1000;
  private static final long DISK_RED = 1L << 30;
  private static final long DISK_AMBER = 20L << 30;
  private static final long DISK_SHARE = 10;

  /// Days of this and the last month whose pods used another number of core-hours in the summary
  /// than in the line items.
  private static final String UNRECONCILED =
      """
      with landed as (
        select source, usage_start, sum(cast(pod_usage_cpu_core_seconds as numeric)) / 3600 as hours
        from openshift_pod_usage_line_items_daily where usage_start >= ? and node <> '' group by source, usage_start),
      summarised as (
        select source_uuid as source, usage_start, sum(pod_usage_cpu_core_hours) as hours
        from ocp_daily_summary
        where data_source = 'Pod' and cost_model_rate_type is null and usage_start >= ?
          and namespace not like '% unallocated'
        group by source_uuid, usage_start)
      select count(*) from landed left join summarised using (source, usage_start)
      where abs(landed.hours - coalesce(summarised.hours, 0)) > 0.000001 * greatest(landed.hours, 1)
      """;

  private final GatewayServices services;

  Checkup(GatewayServices services) {
    this.services = services;
  }

  Endpoint.Builder endpoint() {
    return InternalEndpoints.internal("doctor/")
        .described("Doctor", "What an operator would check.")
        .get(this::answer);
  }

  private enum State {
    green,
    amber,
    red
  }

  private record Finding(String what, State state, String found, String next) {}

  private interface Check {
    Finding run() throws SQLException, IOException;
  }

  private Future<Answer> answer(Request request) {
    return services
        .blocking()
        .call(
            request,
            () -> {
              ArrayNode data = Json.array();
              for (Finding finding : findings()) {
                ObjectNode row = data.addObject();
                row.put("what", finding.what()).put("state", finding.state().name());
                row.put("found", finding.found()).put("next", finding.next());
              }
              ObjectNode body = Json.object();
              body.set("data", data);
              return Answer.json(body);
            });
  }

  private List<Finding> findings() {
    var all = new ArrayList<Finding>();
    all.add(
        new Finding(
            "Java",
            State.green,
            Runtime.version() + ", " + Runtime.getRuntime().maxMemory() / (1 << 20) + " MB at most",
            ""));
    all.add(disk());
    all.add(guarded("Database", this::database));
    all.add(guarded("Clock", this::clock));
    all.add(guarded("Schemas", this::schemas));
    all.add(guarded("Object store", this::objects));
    all.add(guarded("Kafka", this::kafka));
    all.add(guarded("Role service", this::roles));
    all.add(guarded("Unreconciled days", this::unreconciled));
    return all;
  }

  private static Finding guarded(String what, Check check) {
    try {
      return check.run();
    } catch (TawaraException | SQLException | IOException | SdkException failure) {
      return new Finding(what, State.red, failure.getMessage(), "make it reachable");
    }
  }

  /// The disk of the data directory, where payloads are staged and embedded services live.
  private Finding disk() {
    Gauge free = services.meters().find("disk.free").gauge();
    Gauge total = services.meters().find("disk.total").gauge();
    if (free == null || total == null || total.value() <= 0) {
      return new Finding(
          "Disk", State.amber, "its size is not known", "check that the data directory exists");
    }
    long left = (long) free.value();
    long share = Math.round(100 * free.value() / total.value());
    String found = "%d MB free (%d %%)".formatted(left >> 20, share);
    if (left < DISK_RED) {
      return new Finding("Disk", State.red, found, "free some, or move TAWARA_DATA_DIR");
    }
    return share < DISK_SHARE && left < DISK_AMBER
        ? new Finding("Disk", State.amber, found, "free some before payloads no longer fit")
        : new Finding("Disk", State.green, found, "");
  }

  private Finding database() {
    return services
        .database()
        .transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          "select current_setting('server_version'), rolsuper from pg_roles where"
                              + " rolname = current_user")) {
                rows.next();
                String version = "PostgreSQL " + rows.getString(1);
                return rows.getBoolean(2)
                    ? new Finding(
                        "Database",
                        State.red,
                        version + ", the login role is a superuser",
                        "log in as a plain role, or the wall between tenants does not stand")
                    : new Finding("Database", State.green, version, "");
              }
            });
  }

  private Finding clock() {
    OffsetDateTime there =
        services
            .database()
            .transaction(
                connection -> {
                  try (var statement = connection.createStatement();
                      var rows = statement.executeQuery("select clock_timestamp()")) {
                    rows.next();
                    return rows.getObject(1, OffsetDateTime.class);
                  }
                });
    Duration apart = Duration.between(there.toInstant(), services.clock().instant()).abs();
    return apart.compareTo(CLOCK) > 0
        ? new Finding(
            "Clock",
            State.amber,
            "business time is " + services.clock().instant() + ", the database's " + there,
            "without TAWARA_NOW: set the machine's clock (NTP)")
        : new Finding("Clock", State.green, "as the database's", "");
  }

  private Finding schemas() {
    List<TenantSchema> tenants = services.tenants().all();
    var versions = new TreeSet<String>();
    for (TenantSchema tenant : some(tenants)) {
      versions.add(
          services
              .database()
              .tenant(
                  tenant,
                  connection -> {
                    try (var statement = connection.createStatement();
                        var rows =
                            statement.executeQuery(
                                "select version from schema_history where success"
                                    + " order by installed_rank desc limit 1")) {
                      return rows.next() ? rows.getString(1) : "none";
                    }
                  }));
    }
    return versions.size() > 1
        ? new Finding(
            "Schemas", State.red, "tenants stand at " + versions, "restart: start-up migrates all")
        : new Finding(
            "Schemas",
            State.green,
            tenants.size() + " tenants" + (versions.isEmpty() ? "" : " at " + versions.first()),
            "");
  }

  private static List<TenantSchema> some(List<TenantSchema> tenants) {
    return tenants.subList(0, Math.min(TENANTS, tenants.size()));
  }

  private Finding objects() {
    var config = services.objects().config();
    for (String bucket : List.of(config.bucket(), config.rosBucket())) {
      services.objects().client().headBucket(request -> request.bucket(bucket));
    }
    return new Finding("Object store", State.green, config.toString(), "");
  }

  private Finding kafka() throws IOException {
    var properties = new HashMap<String, Object>(services.kafka().security());
    properties.put("bootstrap.servers", services.kafka().bootstrapServers());
    properties.put("default.api.timeout.ms", (int) PATIENCE.toMillis());
    properties.put("request.timeout.ms", (int) PATIENCE.toMillis());
    try (Admin admin = Admin.create(properties)) {
      Map<TopicPartition, OffsetAndMetadata> read =
          admin
              .listConsumerGroupOffsets(GROUP)
              .partitionsToOffsetAndMetadata()
              .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      var latest = new HashMap<TopicPartition, OffsetSpec>();
      read.keySet().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
      var ends = admin.listOffsets(latest).all().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      long lag = 0;
      for (Map.Entry<TopicPartition, OffsetAndMetadata> each : read.entrySet()) {
        lag += ends.get(each.getKey()).offset() - each.getValue().offset();
      }
      String found = services.kafka().bootstrapServers() + ", " + lag + " announcements not read";
      return lag > LAG
          ? new Finding("Kafka", State.amber, found, "start more processes with the role listener")
          : new Finding("Kafka", State.green, found, "");
    } catch (ExecutionException | TimeoutException away) {
      throw new IOException(services.kafka().bootstrapServers() + ": " + away, away);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", interrupted);
    }
  }

  private Finding roles() {
    URI address = services.config().rbac().address();
    int port = address.getPort() > 0 ? address.getPort() : 80;
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address.getHost(), port), (int) PATIENCE.toMillis());
      return new Finding("Role service", State.green, address.getAuthority(), "");
    } catch (IOException away) {
      boolean administrators = services.config().enhancedOrganisationAdmin();
      return new Finding(
          "Role service",
          administrators ? State.amber : State.red,
          address.getAuthority()
              + " does not answer: "
              + (administrators ? "only administrators get in" : "everybody gets 424"),
          "set RBAC_SERVICE_HOST and RBAC_SERVICE_PORT"
              + (administrators ? "" : ", or ENHANCED_ORG_ADMIN=true"));
    }
  }

  private Finding unreconciled() {
    var today = OffsetDateTime.ofInstant(services.clock().instant(), java.time.ZoneOffset.UTC);
    var from = today.toLocalDate().withDayOfMonth(1).minusMonths(1);
    var open = new ArrayList<String>();
    BigDecimal days = BigDecimal.ZERO;
    List<TenantSchema> tenants = services.tenants().all();
    for (TenantSchema tenant : some(tenants)) {
      long count =
          services
              .database()
              .tenant(
                  tenant,
                  connection -> {
                    try (var statement = connection.prepareStatement(UNRECONCILED)) {
                      statement.setObject(1, from);
                      statement.setObject(2, from);
                      try (var rows = statement.executeQuery()) {
                        rows.next();
                        return rows.getLong(1);
                      }
                    }
                  });
      if (count > 0) {
        open.add(tenant.name());
        days = days.add(BigDecimal.valueOf(count));
      }
    }
    return open.isEmpty()
        ? new Finding(
            "Unreconciled days",
            State.green,
            "none: line items and summaries agree"
                + (tenants.size() > TENANTS ? " (first " + TENANTS + " tenants)" : ""),
            "")
        : new Finding(
            "Unreconciled days",
            State.amber,
            days + " of " + open,
            "wait until jobs are done; then GET report_data/ for the source and days");
  }
}
