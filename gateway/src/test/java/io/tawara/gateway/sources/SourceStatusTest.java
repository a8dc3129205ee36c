package io.tawara.gateway.sources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.provider.Credentials;
import io.tawara.core.provider.ProviderBuilder;
import io.tawara.core.provider.ProviderType;
import io.tawara.core.secrets.CredentialCipher;
import io.tawara.core.source.Source;
import io.tawara.core.source.SourceStore;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.http.Json;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// What Platform Sources asks in cloud mode, and what else exists only there.
class SourceStatusTest {
  private static GatewayFixture fixture;
  private static int working;
  private static int orphan;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("source_status", GatewayFixture.Options::inCloud);
    fixture.tenants.ensure(GatewayFixture.tenant("900"));
    working = source("one", true);
    orphan = source("two", false);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void asking() {
    assertThat(status("").statusCode()).isEqualTo(400);
    assertThat(status("").body()).isEqualTo("\"Missing query parameter source_id\"");
    assertThat(status("?source_id=x").statusCode()).isEqualTo(400);
    assertThat(status("?source_id=x").body()).isEqualTo("\"source_id must be an integer\"");
    assertThat(status("?source_id=-1").statusCode()).isEqualTo(404);
    assertThat(status("?source_id=999999").statusCode()).isEqualTo(404);
    assertThat(Json.stored(status("?source_id=" + working).body()))
        .isEqualTo(
            Json.stored(
                "{\"availability_status\": \"available\", \"availability_status_error\": \"\"}"));
    assertThat(status("?source_id=" + orphan).body()).contains("unavailable", "please try again");
  }

  @Test
  void lettingItBeTold() {
    HttpResponse<String> told =
        fixture.send(
            "POST", "source-status/", null, "{\"source_id\": \"%d\"}".formatted(working), Map.of());
    assertThat(told.statusCode()).isEqualTo(204);
    long waiting =
        fixture.database.transaction(
            connection -> {
              try (var statement = connection.createStatement();
                  var rows =
                      statement.executeQuery(
                          "select count(*) from work where kind = 'source-status'")) {
                rows.next();
                return rows.getLong(1);
              }
            });
    assertThat(waiting).isEqualTo(1);
  }

  @Test
  void readingOnly() {
    String admin = GatewayFixture.admin("900");
    assertThat(fixture.get("sources/", admin).statusCode()).isEqualTo(200);
    assertThat(fixture.send("POST", "sources/", admin, "{}", Map.of()).statusCode()).isEqualTo(405);
    assertThat(
            fixture.send("DELETE", "sources/" + working + "/", admin, null, Map.of()).statusCode())
        .isEqualTo(405);
    assertThat(fixture.get("source_types", admin).statusCode()).isEqualTo(404);
    assertThat(fixture.get("sources/aws-s3-regions/?limit=2", admin).body()).contains("\"count\"");
    assertThat(fixture.get("cloud-accounts/", admin).body()).contains("589173575009");
    assertThat(fixture.get("cloud-accounts/?limit=0", admin).statusCode()).isEqualTo(400);
  }

  private static HttpResponse<String> status(String query) {
    return fixture.send("GET", "source-status/" + query, null, null, Map.of());
  }

  private static int source(String name, boolean withProvider) {
    var credentials = new Credentials(CredentialCipher.parse(GatewayFixture.CREDENTIAL_KEY));
    var store = new SourceStore(credentials);
    var providers =
        new ProviderBuilder(credentials, fixture.services.work(), fixture.services.clock());
    UUID uuid = UUID.randomUUID();
    ObjectNode cluster = Json.object().put("cluster_id", name);
    return fixture.database.transaction(
        connection -> {
          Source made =
              new Source(
                  store.nextId(connection),
                  uuid,
                  name,
                  Optional.of(GatewayFixture.admin("900")),
                  Optional.empty(),
                  "900",
                  ProviderType.OCP,
                  cluster,
                  Json.object(),
                  withProvider ? Optional.of(uuid) : Optional.empty(),
                  false,
                  false,
                  Instant.now());
          if (withProvider) {
            providers.create(
                connection,
                uuid,
                made.draft(),
                new ProviderBuilder.Owner(
                    "900", GatewayFixture.tenant("900"), Optional.empty(), "u"));
          }
          store.insert(connection, made);
          return made.id();
        });
  }
}
