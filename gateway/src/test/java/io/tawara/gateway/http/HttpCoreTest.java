package io.tawara.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.gateway.GatewayFixture;
import java.io.InputStream;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpCoreTest {
  private static final String ADMIN = GatewayFixture.admin("1234567");
  private static GatewayFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("http_core", options -> options);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void aPathWithoutItsSlashIsRedirected() {
    HttpResponse<String> answer = fixture.get("user-access?type=ocp", ADMIN);
    assertThat(answer.statusCode()).isEqualTo(301);
    assertThat(answer.headers().firstValue("location"))
        .contains("/api/cost-management/v1/user-access/?type=ocp");
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void unknownPathsAreAPage() {
    for (String path : List.of("nosuch/", "openapi.json/", "/", "/other", "sources/1/2/3/")) {
      HttpResponse<String> answer = fixture.get(path, ADMIN);
      assertThat(answer.statusCode()).as(path).isEqualTo(404);
      assertThat(answer.body()).contains("<h1>Not Found</h1><p>The requested resource was not");
    }
  }

  @Test
  void methodsFormatsAndHead() {
    HttpResponse<String> post = fixture.send("POST", "user-access/", ADMIN, "{}", Map.of());
    assertThat(post.statusCode()).isEqualTo(405);
    assertThat(post.body())
        .isEqualTo(
            "{\"errors\":[{\"detail\":\"Method \\\"POST\\\" not"
                + " allowed.\",\"source\":\"detail\",\"status\":405}]}");
    assertThat(post.headers().firstValue("allow")).contains("GET, HEAD, OPTIONS");
    HttpResponse<String> xml =
        fixture.send("GET", "user-access/", ADMIN, null, Map.of("Accept", "application/xml"));
    assertThat(xml.statusCode()).isEqualTo(406);
    assertThat(xml.body()).contains("Could not satisfy the request Accept header.");
    HttpResponse<String> any =
        fixture.send("GET", "user-access/", ADMIN, null, Map.of("Accept", "text/html, */*;q=0.1"));
    assertThat(any.statusCode()).isEqualTo(200);
    HttpResponse<String> head = fixture.send("HEAD", "user-access/", ADMIN, null, Map.of());
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    HttpResponse<String> options = fixture.send("OPTIONS", "user-access/", ADMIN, null, Map.of());
    assertThat(Json.stored(options.body()).get("name").asText()).isEqualTo("User Access");
    assertThat(fixture.send("OPTIONS", "sources/", ADMIN, null, Map.of()).statusCode())
        .isEqualTo(405);
  }

  @Test
  void everyAnswerHasTheProtectiveHeadersAndItsRequestId() {
    HttpResponse<String> answer =
        fixture.send(
            "GET",
            "status/",
            null,
            null,
            Map.of("Origin", "https://console.example.com", "x-rh-insights-request-id", "abc-1"));
    assertThat(answer.headers().firstValue("x-frame-options")).contains("DENY");
    assertThat(answer.headers().firstValue("x-content-type-options")).contains("nosniff");
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("x-rh-insights-request-id")).contains("abc-1");
    HttpResponse<String> odd =
        fixture.send("GET", "status/", null, null, Map.of("x-rh-insights-request-id", "a b\"{}"));
    assertThat(odd.headers().firstValue("x-rh-insights-request-id").orElseThrow())
        .matches("[0-9a-f]{32}");
  }

  @Test
  void aBrowserMayAskWithoutIdentity() {
    HttpResponse<String> answer =
        fixture.send(
            "OPTIONS",
            "sources/",
            null,
            null,
            Map.of(
                "Origin", "https://console.example.com",
                "Access-Control-Request-Method", "POST"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("access-control-allow-origin")).contains("*");
    assertThat(answer.headers().firstValue("access-control-allow-headers").orElseThrow())
        .contains("x-rh-identity");
  }

  @Test
  void bodiesAreBounded() {
    String huge = "{\"name\": \"" + "x".repeat(Request.MAX_JSON) + "\"}";
    assertThat(fixture.send("POST", "sources/", ADMIN, huge, Map.of()).statusCode()).isEqualTo(413);
    String deep = "[".repeat(10_000) + "]".repeat(10_000);
    assertThat(fixture.send("POST", "sources/", ADMIN, deep, Map.of()).statusCode()).isEqualTo(400);
  }

  @Test
  void aBodyThatIsNotJsonIsExplained() {
    Map<String, String> explained =
        Map.of(
            "{not json",
                "Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
            "{\"a\" 1}", "Expecting ':' delimiter: line 1 column 6 (char 5)",
            "{\"a\": 1 \"b\"}", "Expecting ',' delimiter: line 1 column 9 (char 8)",
            "{\"a\":\n ?}", "Expecting value: line 2 column 2 (char 7)",
            "{} {}", "Extra data: line 1 column 4 (char 3)",
            "\"abc", "Unterminated string starting at: line 1 column 1 (char 0)");
    explained.forEach(
        (body, text) ->
            assertThat(
                    Json.stored(fixture.send("POST", "sources/", ADMIN, body, Map.of()).body())
                        .get("errors")
                        .get(0)
                        .get("detail")
                        .asText())
                .isEqualTo("JSON parse error - " + text));
  }

  @Test
  void aTenantThatDoesNotExistAnswersTheEmptyEnvelope() {
    HttpResponse<String> answer =
        fixture.get("cost-models/?source_type=OCP&offset=5", GatewayFixture.admin("777"));
    assertThat(answer.statusCode()).isEqualTo(200);
    String link = "/api/cost-management/v1/cost-models/?limit=0&offset=0&source_type=OCP";
    assertThat(Json.stored(answer.body()))
        .isEqualTo(
            Json.stored(
                """
                {"meta": {"count": 0},
                 "links": {"first": "%s", "next": null, "previous": null, "last": "%s"},
                 "data": []}
                """
                    .formatted(link, link)));
    assertThat(fixture.tenants.exists(GatewayFixture.tenant("777"))).isFalse();
  }

  @Test
  void brokenRequestsDoNotHurt() throws Exception {
    for (String bytes :
        List.of(
            "GET\r\n\r\n",
            "GET /%zz%%?%%&a[=%f HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nx: " + "y".repeat(20_000) + "\r\n\r\n")) {
      try (var socket = new Socket("127.0.0.1", fixture.gateway.port())) {
        socket.setSoTimeout(5000);
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
        InputStream in = socket.getInputStream();
        byte[] answer = in.readNBytes(12);
        assertThat(new String(answer, StandardCharsets.ISO_8859_1)).matches("HTTP/1\\.[01] 4..");
      }
    }
    assertThat(fixture.get("status/", null).body()).isEqualTo("{\"status\":\"OK\"}");
  }

  @Test
  void theProbesAndFigures() {
    assertThat(fixture.get("/livez", null).statusCode()).isEqualTo(200);
    assertThat(fixture.internal("/readyz").statusCode()).isEqualTo(200);
    fixture.get("status/", null);
    assertThat(fixture.internal("/metrics").body())
        .contains("http_server_requests_seconds_count")
        .contains("endpoint=\"/api/cost-management/v1/status/\"");
    assertThat(fixture.get("jobs/", ADMIN).statusCode())
        .as("the internal API is not on the public port")
        .isEqualTo(404);
  }

  @Test
  void linksOfPages() {
    Query query = Query.parse("b=2&a=*&limit=3&offset=3&x+y=%5B1%5D");
    var links = new Page(3, 3).links("/p/", query, 10, "limit", "offset");
    String rest = "&x+y=%5B1%5D";
    assertThat(links.get("first").asText()).isEqualTo("/p/?a=%2A&b=2&limit=3&offset=0" + rest);
    assertThat(links.get("next").asText()).isEqualTo("/p/?a=%2A&b=2&limit=3&offset=6" + rest);
    assertThat(links.get("previous").asText()).isEqualTo("/p/?a=%2A&b=2&limit=3" + rest);
    assertThat(links.get("last").asText()).isEqualTo("/p/?a=%2A&b=2&limit=3&offset=7" + rest);
    assertThat(Page.of(Query.parse("limit=0&offset=-1"), Page.Bounds.LIST))
        .isEqualTo(new Page(10, 0));
    assertThat(Page.of(Query.parse("limit=99999999999"), Page.Bounds.LIST))
        .isEqualTo(new Page(1000, 0));
  }
}
