package io.tawara.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tawara.catalog.adhoc.AdHocQueries;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.core.objects.ObjectStore;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.embedded.TestServices;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Internal `trino/query/` at the wire, with a real Trino behind it.
class TrinoQueryTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TenantSchema TENANT = TenantSchema.ofOrganisation("7000005");
  private static final TenantSchema OTHER = TenantSchema.ofOrganisation("7000006");
  private static final int ROWS = 200;

  /// Takes minutes, if it is let.
  private static final String SLOW =
      "select sum(a.id * b.id + c.id * d.id + e.id) from notes a, notes b, notes c, notes d, notes"
          + " e";

  private static TestServices.Cloud cloud;
  private static RunningTawara tawara;

  @BeforeAll
  static void start() throws SQLException {
    cloud = TestServices.cloud();
    try (var objects = new ObjectStore(cloud.objects())) {
      objects.ensureBuckets();
    }
    tawara = RunningTawara.start(ServiceSettings.of(cloud));
    for (TenantSchema tenant : List.of(TENANT, OTHER)) {
      String schema = cloud.trino().catalog() + "." + tenant.name();
      String place = "s3a://%s/ad-hoc/%s".formatted(cloud.objects().bucket(), tenant.name());
      trino("create schema if not exists %s with (location = '%s')".formatted(schema, place));
      trino(
          "create table %s.notes with (format = 'PARQUET', external_location = '%s/notes') as select id, 'note, ' || cast(id as varchar) as text from unnest(sequence(1, %d)) as t(id)"
              .formatted(schema, place, ROWS));
    }
  }

  @AfterAll
  static void stop() throws SQLException {
    if (tawara != null) {
      tawara.close();
      for (TenantSchema tenant : List.of(TENANT, OTHER)) {
        trino("drop schema %s.%s cascade".formatted(cloud.trino().catalog(), tenant.name()));
      }
    }
  }

  @Test
  void queriesOfTheTenantsTablesAreAnswered() {
    JsonNode rows = rows("select id, text from notes where id <= 2 order by id");
    assertThat(rows.toString())
        .isEqualTo("[{\"id\":1,\"text\":\"note, 1\"},{\"id\":2,\"text\":\"note, 2\"}]");
    assertThat(rows("show tables").findValuesAsText("Table")).containsExactly("notes");
    assertThat(
            query(TENANT, "select id, text from notes where id = 1", Map.of("Accept", "text/csv"))
                .body())
        .isEqualTo("id,text\r\n1,\"note, 1\"\r\n");
  }

  @Test
  void whatDoesMoreThanReadOrReachesElsewhereIsRefused() {
    String other = cloud.trino().catalog() + "." + OTHER.name() + ".notes";
    for (String refused :
        List.of(
            "delete from notes",
            "insert into notes values (1, 'x')",
            "drop table notes",
            "create table more as select * from notes",
            "call system.create_empty_partition('a', 'b', array['c'], array['d'])",
            "set session query_max_run_time = '9h'",
            "select * from " + other,
            "select (select count(*) from %s) from notes".formatted(other),
            "with a as (select * from %s) select * from a".formatted(other),
            "select * from information_schema.tables",
            "select * from system.runtime.queries",
            "explain analyze select * from " + other,
            "select 1; drop table notes",
            "selec id from notes",
            "select nothing from notes")) {
      HttpResponse<String> answer = query(TENANT, refused, Map.of());
      assertThat(answer.statusCode()).as("%s: %s", refused, answer.body()).isEqualTo(400);
    }
    assertThat(
            tawara
                .internalPost("trino/query/", body("org1\"; drop", "select 1"), Map.of())
                .statusCode())
        .isEqualTo(400);
    assertThat(rows("select count(*) as n from notes").at("/0/n").asInt()).isEqualTo(ROWS);
    assertThat(rows("show tables").findValuesAsText("Table")).containsExactly("notes");
  }

  @Test
  void rowsAndBytesOfAnAnswerAreBounded() {
    HttpResponse<String> many = query(TENANT, "select a.id from notes a, notes b");
    assertThat(many.statusCode()).isEqualTo(400);
    assertThat(many.body()).contains("more than 10000 rows");
    HttpResponse<String> large = query(TENANT, "select lpad('', 1000000, 'x') as x from notes");
    assertThat(large.statusCode()).isEqualTo(400);
    assertThat(large.body()).contains("larger than");
  }

  @Test
  void timeIsBounded() {
    var queries =
        new AdHocQueries(
            cloud.trino(), new AdHocQueries.Bounds(Duration.ofSeconds(2), 10, 1000, 1L << 30));
    assertThatThrownBy(() -> queries.prepare(TENANT, SLOW).run())
        .isInstanceOfSatisfying(
            TawaraException.class,
            failure -> assertThat(failure.category()).isEqualTo(Category.LIMIT));
  }

  @Test
  void aQueryEndsWhenItsClientLeaves() throws Exception {
    byte[] body = body(TENANT.name(), SLOW + " where a.id > -9").getBytes(StandardCharsets.UTF_8);
    try (var socket = new Socket("127.0.0.1", tawara.internalPort())) {
      socket
          .getOutputStream()
          .write(
              "POST /api/cost-management/v1/trino/query/ HTTP/1.1\r\nHost: tawara\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                  .formatted(body.length)
                  .getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().write(body);
      awaitState("RUNNING");
    }
    awaitState("FAILED");
  }

  /// Waits for the state of the query that is told by its last condition.
  private static void awaitState(String wanted) throws Exception {
    long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
    String state = "";
    while (System.nanoTime() < end) {
      try (Connection connection = connect();
          var statement = connection.createStatement();
          var rows =
              statement.executeQuery(
                  "select state from system.runtime.queries where source = 'tawara-ad-hoc'"
                      + " and query like '%a.id > -9%'")) {
        state = rows.next() ? rows.getString(1) : "";
      }
      if (state.equals(wanted)) {
        return;
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the query is " + state + ", not " + wanted);
  }

  private static JsonNode rows(String sql) {
    HttpResponse<String> answer = query(TENANT, sql);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    try {
      return JSON.readTree(answer.body());
    } catch (JsonProcessingException notJson) {
      throw new AssertionError(answer.body(), notJson);
    }
  }

  private static HttpResponse<String> query(TenantSchema tenant, String sql) {
    return query(tenant, sql, Map.of());
  }

  private static HttpResponse<String> query(
      TenantSchema tenant, String sql, Map<String, String> headers) {
    return tawara.internalPost("trino/query/", body(tenant.name(), sql), headers);
  }

  private static String body(String schema, String sql) {
    return JSON.createObjectNode().put("schema", schema).put("query", sql).toString();
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(cloud.trino().jdbcUrl(), cloud.trino().user(), null);
  }

  private static void trino(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
