package io.tawara.analytics.oncloud;

import static io.tawara.analytics.oncloud.OnCloudFixture.DAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.analytics.summary.SummaryRange;
import io.tawara.core.error.TawaraException;
import io.tawara.core.provider.Provider;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.work.WorkItem;
import io.tawara.core.work.WorkQueue;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Which work follows which publication, and what becomes of clusters.
final class CorrelateHandlerTest {
  private static final SummaryRange DAYS = new SummaryRange(DAY, DAY.plusDays(1));

  private static OnCloudFixture fixture;
  private static WorkQueue queue;
  private static CorrelateHandler handler;
  private static Provider aws;
  private static Provider other;
  private static Provider shop;

  @BeforeAll
  static void start() {
    fixture = new OnCloudFixture("correlate_work");
    queue = new WorkQueue(fixture.database());
    handler =
        new CorrelateHandler(
            fixture.database(), queue, fixture.correlation(OnCloudSettings.right()), false);
    aws = fixture.source("aws", ProviderType.AWS);
    other = fixture.source("other", ProviderType.AWS);
    shop = fixture.source("shop", ProviderType.OCP);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void empty() {
    fixture.empty();
    execute("delete from public.work; update public.api_provider set deleting = false");
  }

  @Test
  void theCloudComesFirst() throws Exception {
    bill(aws, DAY);
    follow(aws);
    assertThat(performAll()).containsExactly("correlate aws 2026-10-05 2026-10-06");
    usage(DAY);
    follow(shop);
    assertThat(performAll())
        .containsExactlyInAnyOrder(
            "correlate aws 2026-10-05 2026-10-06",
            "correlate other 2026-10-05 2026-10-06",
            "cost shop 2026-10-05 2026-10-06");
    assertThat(total()).containsExactly("2");
    assertThat(runsOn()).containsExactly("aws");
  }

  @Test
  void theClusterComesFirst() throws Exception {
    usage(DAY);
    follow(shop);
    performAll();
    assertThat(total()).containsExactly("0");
    bill(aws, DAY);
    follow(aws);
    assertThat(performAll())
        .containsExactly("correlate aws 2026-10-05 2026-10-06", "cost shop 2026-10-05 2026-10-06");
    assertThat(total()).containsExactly("2");
    // later usage asks the cloud that is known
    follow(shop);
    assertThat(performAll())
        .containsExactly("correlate aws 2026-10-05 2026-10-06", "cost shop 2026-10-05 2026-10-06");
  }

  @Test
  void waitingWorkOfASourceIsOne() throws Exception {
    bill(aws, DAY);
    follow(aws);
    database(
        connection ->
            handler.follow(
                connection, aws, new SummaryRange(DAY.plusDays(3), DAY.plusDays(4)), null));
    assertThat(performAll()).containsExactly("correlate aws 2026-10-05 2026-10-09");
  }

  @Test
  void aClusterThatMovesIsFoundAgain() throws Exception {
    usage(DAY);
    bill(aws, DAY);
    follow(shop);
    performAll();
    assertThat(runsOn()).containsExactly("aws");
    for (int i = 1; i < 4; i++) {
      usage(DAY.plusDays(i));
      bill(other, DAY.plusDays(i));
      fixture.aws(aws, DAY.plusDays(i), "somebody", "Compute Instance", "Hrs", 1, 1, Map.of());
    }
    SummaryRange later = new SummaryRange(DAY.plusDays(1), DAY.plusDays(3));
    database(connection -> handler.follow(connection, aws, later, null));
    performAll();
    performAll();
    assertThat(runsOn()).containsExactly("other");
    // what it cost where it was stays
    assertThat(
            fixture.texts(
                "select source_uuid, sum(net_cost) from ocp_cloud_daily_summary group by 1"))
        .containsExactlyInAnyOrder(aws.id() + "|2", other.id() + "|6");
    database(connection -> handler.follow(connection, aws, DAYS, null));
    performAll();
    assertThat(total()).containsExactly("8");
  }

  @Test
  void aSourceUnderDeletionIsNotPublished() {
    usage(DAY);
    bill(aws, DAY);
    var correlation = fixture.correlation(OnCloudSettings.right());
    assertThatThrownBy(
            () ->
                correlation.correlate(
                    aws,
                    DAYS,
                    (connection, outcome) -> {
                      try (var statement = connection.createStatement()) {
                        statement.execute(
                            "update public.api_provider set deleting = true where name = 'aws'");
                      }
                      if (!Clusters.hold(connection, aws.id())) {
                        throw new TawaraException(
                            TawaraException.Category.UNAVAILABLE, "is being deleted");
                      }
                    }))
        .hasMessageContaining("is being deleted");
    assertThat(total()).containsExactly("0");
  }

  private static void usage(LocalDate day) {
    fixture.pod(shop, day, "a", "n1", "{}", "24", "96");
    fixture.pod(shop, day, "Worker unallocated", "n1", null, "72", "96");
  }

  private static void bill(Provider source, LocalDate day) {
    fixture.aws(source, day, "i-n1", "Compute Instance", "Hrs", 24, 2, Map.of());
  }

  private static void follow(Provider provider) {
    database(connection -> handler.follow(connection, fixture.provider(provider.id()), DAYS, null));
  }

  private static void database(io.tawara.core.database.SqlWork.Action action) {
    fixture.database().run(action);
  }

  private static void execute(String sql) {
    database(
        connection -> {
          try (var statement = connection.createStatement()) {
            statement.execute(sql);
          }
        });
  }

  private static List<String> total() {
    return fixture.texts("select coalesce(sum(net_cost), 0) from ocp_cloud_daily_summary");
  }

  private static List<String> runsOn() {
    return fixture
        .database()
        .transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          """
                          select c.name from public.api_provider p
                          join public.api_providerinfrastructuremap m on m.id = p.infrastructure_id
                          join public.api_provider c on c.uuid = m.infrastructure_provider_id
                          """)) {
                var found = new ArrayList<String>();
                while (rows.next()) {
                  found.add(rows.getString(1));
                }
                return found;
              }
            });
  }

  /// Performs what waits, until nothing is left to correlate; says what it was.
  private static List<String> performAll() throws Exception {
    var done = new ArrayList<String>();
    List<WorkItem> items = waiting();
    while (!items.isEmpty()) {
      execute("delete from public.work");
      for (WorkItem item : items) {
        JsonNode body = item.body();
        String name =
            fixture.provider(java.util.UUID.fromString(body.get("provider").asText())).name();
        done.add(
            "%s %s %s %s"
                .formatted(
                    item.kind(), name, body.get("start").asText(), body.get("end").asText()));
        if (item.kind().equals(CorrelateHandler.KIND)) {
          handler.perform(item);
        }
      }
      items = waiting();
    }
    return done.stream().distinct().toList();
  }

  private static List<WorkItem> waiting() {
    return fixture
        .database()
        .transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          "select kind, key, cast(body as text) from public.work order by id")) {
                var items = new ArrayList<WorkItem>();
                while (rows.next()) {
                  items.add(
                      new WorkItem(
                          rows.getString(1),
                          rows.getString(2),
                          new ObjectMapper().readTree(rows.getString(3)),
                          null));
                }
                return items;
              } catch (com.fasterxml.jackson.core.JsonProcessingException impossible) {
                throw new java.sql.SQLException(impossible);
              }
            });
  }
}
