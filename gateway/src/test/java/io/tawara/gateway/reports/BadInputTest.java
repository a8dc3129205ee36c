package io.tawara.gateway.reports;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What nobody means is refused with the protocol's envelopes by everything that answers questions,
/// and does nothing else. Sent as bytes, since no client would send most of it.
class BadInputTest {
  private static final String ORGANISATION = "817";
  private static final String IDENTITY = GatewayFixture.admin(ORGANISATION);
  private static final String MALFORMED = "{\"details\":\"Invalid query parameter format.\"}";

  private static final String RANGE =
      "{\"start_date\":[\"Parameter start_date must be from 2026-08-01 to 2026-11-21\"],"
          + "\"end_date\":[\"Parameter end_date must be from 2026-08-01 to 2026-11-21\"]}";

  private static final List<String> REPORTS =
      List.of(
          "reports/openshift/costs/", "reports/openshift/compute/", "reports/openshift/volumes/");

  /// What takes other parameters, and says so in its own envelopes.
  private static final List<String> OTHERS =
      List.of(
          "reports/openshift/resources/virtual-machines/",
          "tags/openshift/",
          "forecasts/openshift/costs/",
          "resource-types/openshift-projects/",
          "cost-models/",
          "sources/",
          "settings/tags/");

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("bad_input", options -> options);
    ReportTenant.fill(fixture, GatewayFixture.tenant(ORGANISATION), 20261120);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  /// @param body a part of the answer's body
  private record Case(String name, String query, int status, String body) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case malformed(String name, String query) {
    return new Case(name, query, 400, MALFORMED);
  }

  private static Case refused(String name, String query, String body) {
    return new Case(name, query, 400, body);
  }

  private static Case nothing(String name, String query) {
    return new Case(name, query, 200, "\"data\":[");
  }

  private static Stream<Case> cases() {
    String project = "group_by%5Bproject%5D=*&";
    return Stream.of(
        malformed("10,000 characters in a filter", "filter%5Bproject%5D=" + "x".repeat(10_000)),
        malformed("9,000 characters in a key", "filter%5B" + "x".repeat(9_000) + "%5D=1"),
        malformed("500 parameters", repeated(500, "p%d=1")),
        malformed("500 filters", repeated(500, "filter%%5Btag:k%d%%5D=1")),
        malformed("500 times the same", repeated(500, "filter%%5Bproject%%5D=p%d")),
        malformed("nested brackets", "filter" + "%5Ba%5D".repeat(40) + "=1"),
        refused(
            "brackets in brackets",
            "filter" + "%5B".repeat(40) + "%5D".repeat(40) + "=1",
            "{\"filter\":{\""
                + "[".repeat(39)
                + "\":[\"Unsupported parameter or invalid value\"]}}"),
        malformed("an open bracket", "filter%5Bproject=1"),
        malformed("with and without brackets", "filter=1&filter%5Bproject%5D=2"),
        refused(
            "NUL in a value",
            "filter%5Bproject%5D=a%00b",
            "{\"filter\":{\"project\":{\"0\":[\"Null characters are not allowed.\"]}}}"),
        refused(
            "NUL in a key",
            "filter%5Bpro%00ject%5D=a",
            "{\"filter\":{\"pro\\u0000ject\":[\"Unsupported parameter or invalid value\"]}}"),
        malformed("bytes that are not UTF-8", "filter%5Bproject%5D=%ff%fe"),
        malformed("a slash in two bytes", "filter%5Bproject%5D=%c0%af"),
        malformed("half a surrogate pair", "filter%5Bproject%5D=%ed%a0%80"),
        malformed("keys that are not UTF-8", "filter%5B%ff%5D=a"),
        refused(
            "SQL in a key",
            "filter%5Bproject'%20or%201%3D1;--%5D=a",
            "{\"filter\":{\"project' or 1=1;--\":[\"Unsupported parameter or invalid value\"]}}"),
        refused(
            "SQL in a group",
            "group_by%5Bproject%22;drop%20table%20data_version;--%5D=*",
            "{\"group_by\":{\"project\\\";drop table data_version;--\":[\"Unsupported parameter or"
                + " invalid value\"]}}"),
        refused(
            "SQL in an order",
            "order_by%5Bcost;select%20pg_sleep(9)%5D=asc",
            "{\"order_by\":{\"cost;select pg_sleep(9)\":[\"Unsupported parameter or invalid"
                + " value\"]}}"),
        refused(
            "SQL in a direction",
            project + "order_by%5Bcost%5D=asc;drop%20table%20x",
            "{\"order_by\":{\"cost\":[\"\\\"asc;drop table x\\\" is not a valid choice.\"]}}"),
        refused(
            "SQL in a tag",
            "group_by%5Btag:app'%20or%20'1'%3D'1%5D=*",
            "{\"group_by\":{\"tag:app' or '1'='1\":[\"Unsupported parameter or invalid value\"]}}"),
        nothing("SQL in a value", "filter%5Bproject%5D='%20or%20'1'='1"),
        nothing("more SQL in a value", "filter%5Bproject%5D=$1;drop%20table%20data_version;--"),
        nothing("SQL in a list", "filter%5Bor:project%5D=x'),(select%20version(),%5C"),
        nothing("a limit below zero", "limit=-1"),
        refused(
            "a limit that is no number",
            "limit=1e9",
            "{\"limit\":[\"A valid integer is required.\"]}"),
        nothing("a huge limit", "limit=2147483648"),
        refused(
            "a limit without end",
            "limit=" + "9".repeat(400),
            "{\"limit\":[\"A valid integer is required.\"]}"),
        nothing("an offset below zero", "offset=-1"),
        refused(
            "a huge offset",
            "offset=9223372036854775808",
            "{\"offset\":[\"A valid integer is required.\"]}"),
        refused(
            "ranks below zero",
            project + "filter%5Blimit%5D=-5",
            "{\"filter\":{\"limit\":[\"Ensure this value is greater than or equal to 0.\"]}}"),
        refused(
            "huge ranks",
            project + "filter%5Blimit%5D=" + "9".repeat(40),
            "{\"filter\":{\"limit\":[\"A valid integer is required.\"]}}"),
        refused("year 9999", "start_date=9999-12-31&end_date=9999-12-31", RANGE),
        refused("year 1", "start_date=0001-01-01&end_date=0001-01-02", RANGE),
        refused(
            "a day that is not there",
            "start_date=2026-02-30&end_date=2026-03-01",
            "{\"start_date\":[\"Date has wrong format. Use one of these formats instead:"
                + " YYYY-MM-DD.\"],\"end_date\":[\"Parameter end_date must be from 2026-08-01 to"
                + " 2026-11-21\"]}"),
        refused(
            "year 10000",
            "start_date=10000-01-01&end_date=10000-01-02",
            "{\"start_date\":[\"Date has wrong format. Use one of these formats instead:"
                + " YYYY-MM-DD.\"],\"end_date\":[\"Date has wrong format. Use one of these formats"
                + " instead: YYYY-MM-DD.\"]}"),
        refused("all years", "start_date=0001-01-01&end_date=9999-12-31", RANGE),
        refused(
            "backwards",
            "start_date=2026-11-10&end_date=2026-11-01",
            "{\"error\":[\"start_date must be a date that is before end_date.\"]}"),
        refused(
            "a huge scope",
            "filter%5Btime_scope_value%5D=-" + "9".repeat(30),
            "{\"filter\":{\"time_scope_value\":[\"\\\"-999999999999999999999999999999\\\" is not a"
                + " valid choice.\"]}}"),
        refused(
            "an unknown currency",
            "currency=XXX",
            "{\"currency\":[\"\\\"XXX\\\" is not an enabled currency.\"]}"),
        refused(
            "a currency that is none",
            "currency='",
            "{\"currency\":[\"\\\"'\\\" is not a valid ISO 4217 currency.\"]}"),
        refused("no currency", "currency=", "{\"currency\":[\"This field may not be blank.\"]}"));
  }

  private static String repeated(int times, String element) {
    return IntStream.range(0, times).mapToObj(element::formatted).collect(Collectors.joining("&"));
  }

  private static Stream<Arguments> reports() {
    return REPORTS.stream().flatMap(path -> cases().map(bad -> Arguments.of(path, bad)));
  }

  private static Stream<Arguments> others() {
    return OTHERS.stream().flatMap(path -> cases().map(bad -> Arguments.of(path, bad)));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("reports")
  void reportsRefuseWithTheirEnvelopes(String path, Case bad) {
    String answer = raw(path, bad.query());
    assertThat(answer).startsWith("HTTP/1.1 " + bad.status() + " ");
    if (bad.status() == 400) {
      assertThat(body(answer)).isEqualTo(bad.body());
    } else {
      assertThat(body(answer)).contains(bad.body());
    }
    nothingIsLost();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("others")
  void whatElseAnswersRefusesOrPassesOver(String path, Case bad) {
    String answer = raw(path, bad.query());
    assertThat(answer.substring(0, 12)).isIn("HTTP/1.1 200", "HTTP/1.1 400");
    assertThat(Json.stored(body(answer)).isObject()).isTrue();
    nothingIsLost();
  }

  private static void nothingIsLost() {
    long version =
        fixture.services.reads().dataVersion(GatewayFixture.tenant(ORGANISATION)).await();
    assertThat(version).isPositive();
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private static String raw(String path, String query) {
    try (var socket = new Socket("127.0.0.1", fixture.gateway.port())) {
      socket.setSoTimeout(30_000);
      socket
          .getOutputStream()
          .write(
              ("GET /api/cost-management/v1/"
                      + path
                      + "?"
                      + query
                      + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nx-rh-identity: "
                      + IDENTITY
                      + "\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
