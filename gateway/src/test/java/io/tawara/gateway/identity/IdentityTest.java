package io.tawara.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Who gets in, against a real role service that the test makes slow, broken or talkative.
class IdentityTest {
  private static final String LIST = "sources/";
  private static final String FORBIDDEN_PAGE =
      """

      <!doctype html>
      <html lang="en">
      <head>
        <title>403 Forbidden</title>
      </head>
      <body>
        <h1>403 Forbidden</h1><p></p>
      </body>
      </html>
      """;

  private static Vertx vertx;
  private static HttpServer rbac;
  private static GatewayFixture fixture;
  private static volatile Consumer<HttpServerRequest> answer = IdentityTest::nothing;
  private static final AtomicInteger ASKED = new AtomicInteger();

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    rbac =
        vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  ASKED.incrementAndGet();
                  answer.accept(request);
                })
            .listen(0, "127.0.0.1")
            .await();
    URI address = URI.create("http://127.0.0.1:" + rbac.actualPort() + "/rbac/access/");
    fixture = new GatewayFixture("identity", options -> options.withRbac(address, false));
  }

  @AfterAll
  static void stop() {
    fixture.close();
    vertx.close().await();
  }

  private static void nothing(HttpServerRequest request) {
    send(request, 200, "{\"data\": [], \"links\": {\"next\": null}}");
  }

  private static void send(HttpServerRequest request, int status, String body) {
    request.response().setStatusCode(status).end(body).onFailure(gone -> {});
  }

  @Test
  void withoutAUsableHeaderNobodyGetsIn() {
    assertUnauthorised(null);
    assertUnauthorised(GatewayFixture.encoded("not json"));
    assertUnauthorised(GatewayFixture.encoded("[1, 2]"));
    assertUnauthorised(GatewayFixture.encoded("7"));
    assertUnauthorised(
        Base64.getEncoder().encodeToString(new byte[] {(byte) 0xff, (byte) 0xfe, 1}));
    assertUnauthorised(identity("", "user", true));
    assertUnauthorised(
        GatewayFixture.encoded(
            """
            {"identity": {"org_id": "1", "type": "User", "user": {"username": "u"}},
             "entitlements": {"cost_management": {"is_entitled": true}}}
            """));
    assertUnauthorised(
        GatewayFixture.encoded(
            """
            {"identity": {"org_id": "1", "type": "System", "system": {"cluster_id": "c"}},
             "entitlements": {"cost_management": {"is_entitled": true}}}
            """));
  }

  @Test
  void whatIsNotBase64OrNotEntitledIsForbidden() {
    assertForbiddenPage("abc");
    assertForbiddenPage("=====");
    assertForbiddenPage(identity("1", "user", false));
    assertForbiddenPage(
        GatewayFixture.encoded("{\"identity\": {\"org_id\": \"1\"}, \"entitlements\": {}}"));
  }

  @Test
  void organisationIdsThatCannotBeOneAreRefusedBeforeAnybodyIsAsked() {
    int before = ASKED.get();
    for (String organisation :
        List.of(
            "../1",
            "1/2",
            "a'b",
            "a\\\"b",
            "1;drop schema public",
            "x".repeat(37),
            "org 1",
            "ü",
            "-1",
            "%27")) {
      HttpResponse<String> refused = fixture.get(LIST, identity(organisation, "u", true));
      assertThat(refused.statusCode()).as(organisation).isEqualTo(403);
    }
    assertThat(ASKED.get()).isEqualTo(before);
  }

  @Test
  void exemptPathsNeedNoIdentity() {
    for (String path : List.of("status/", "openapi.json", "source_types", "application_types")) {
      assertThat(fixture.get(path, null).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void identityComesBeforeRouting() {
    assertThat(fixture.get("nosuch/", null).statusCode()).isEqualTo(401);
    assertThat(fixture.get("user-access", null).statusCode()).isEqualTo(401);
  }

  @Test
  void whoHasNoPermissionAtAllIsForbiddenButMaySeeThat() {
    answer = IdentityTest::nothing;
    assertForbiddenPage(identity("1", "nobody", true));
    HttpResponse<String> access =
        fixture.get("user-access/?type=any", identity("1", "nobody", true));
    assertThat(access.body()).isEqualTo("{\"data\":false,\"access\":false,\"write\":false}");
  }

  @Test
  void anAdministratorWithoutEntriesPassesTheGateOnly() {
    answer = IdentityTest::nothing;
    HttpResponse<String> refused = fixture.get(LIST, GatewayFixture.identity("2", "boss", true));
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body())
        .isEqualTo(
            "{\"errors\":[{\"detail\":\"You do not have permission to perform this"
                + " action.\",\"source\":\"detail\",\"status\":403}]}");
  }

  @Test
  void theRoleServiceBeingAwayIsNeverAccess() {
    answer = request -> send(request, 500, "oops");
    assertUnavailable("u500");
    answer = request -> send(request, 200, "<html>");
    assertUnavailable("uhtml");
    answer = request -> {};
    assertUnavailable("uslow");
    answer = request -> request.connection().close();
    assertUnavailable("ugone");
    answer = request -> send(request, 403, "no");
    assertForbiddenPage(identity("3", "urefused", true));
  }

  private static void assertUnavailable(String user) {
    HttpResponse<String> away = fixture.get(LIST, identity("3", user, true));
    assertThat(away.statusCode()).as(user).isEqualTo(424);
    var error = Json.stored(away.body()).get("errors").get(0);
    assertThat(error.get("detail").asText()).startsWith("Rbac unavailable. Error: ");
    assertThat(error.get("title").asText()).isEqualTo("Failed Dependency");
    assertThat(error.get("status").asInt()).isEqualTo(424);
  }

  @Test
  void everyPageIsReadFromTheConfiguredHostOnly() {
    answer =
        request -> {
          boolean second = request.query().contains("offset=1");
          String permission = second ? "sources:read" : "cost_model:read";
          String next = second ? "null" : "\"http://169.254.169.254/elsewhere?limit=100&offset=1\"";
          send(
              request,
              200,
              "{\"data\": [{\"permission\": \"cost-management:%s\"}], \"links\": {\"next\": %s}}"
                  .formatted(permission, next));
        };
    assertThat(fixture.get(LIST, identity("4", "paged", true)).statusCode()).isEqualTo(200);
  }

  @Test
  void theSameUserNameInTwoOrganisationsIsTwoUsers() {
    answer =
        request -> {
          String header =
              new String(
                  Base64.getDecoder().decode(request.getHeader("x-rh-identity")),
                  StandardCharsets.UTF_8);
          String data =
              header.contains("\"first\"") ? "{\"permission\": \"cost-management:*:*\"}" : "";
          send(request, 200, "{\"data\": [" + data + "], \"links\": {}}");
        };
    assertThat(fixture.get(LIST, identity("first", "twin", true)).statusCode()).isEqualTo(200);
    assertThat(fixture.get(LIST, identity("second", "twin", true)).statusCode()).isEqualTo(403);
    assertThat(fixture.get(LIST, identity("first", "twin", true)).statusCode()).isEqualTo(200);
  }

  @Test
  void accessIsRememberedForAShortTime() throws InterruptedException {
    answer =
        request ->
            send(request, 200, "{\"data\": [{\"permission\": \"cost-management:sources:read\"}]}");
    int before = ASKED.get();
    for (int i = 0; i < 5; i++) {
      assertThat(fixture.get(LIST, identity("5", "often", true)).statusCode()).isEqualTo(200);
    }
    assertThat(ASKED.get() - before).isEqualTo(1);
    answer = IdentityTest::nothing;
    Thread.sleep(400);
    assertThat(fixture.get(LIST, identity("5", "often", true)).statusCode()).isEqualTo(403);
  }

  private static String identity(String organisation, String user, boolean entitled) {
    ObjectNode root = Json.object();
    ObjectNode identity = root.putObject("identity");
    identity.put("org_id", organisation.replace("\\\"", "\"")).put("type", "User");
    identity.putObject("user").put("username", user).put("email", "").put("is_org_admin", false);
    root.putObject("entitlements").putObject("cost_management").put("is_entitled", entitled);
    return GatewayFixture.encoded(Json.text(root));
  }

  private static void assertUnauthorised(String header) {
    HttpResponse<String> refused = fixture.get(LIST, header);
    assertThat(refused.statusCode()).isEqualTo(401);
    assertThat(refused.body()).isEmpty();
    assertThat(refused.headers().firstValue("content-type")).contains("text/html; charset=utf-8");
  }

  private static void assertForbiddenPage(String header) {
    HttpResponse<String> refused = fixture.get(LIST, header);
    assertThat(refused.statusCode()).isEqualTo(403);
    assertThat(refused.body()).isEqualTo(FORBIDDEN_PAGE);
  }
}
