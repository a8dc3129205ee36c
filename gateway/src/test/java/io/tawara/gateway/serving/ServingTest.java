package io.tawara.gateway.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.tawara.core.settings.DataRetention;
import io.tawara.core.tenancy.TenantSchema;
import io.tawara.gateway.GatewayFixture;
import io.tawara.gateway.access.Access;
import io.tawara.gateway.facts.TenantFactsReader;
import io.tawara.gateway.http.Endpoint;
import io.tawara.gateway.http.HttpCore;
import io.tawara.gateway.http.TenantGate;
import io.tawara.gateway.identity.Caller;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// How much memory answers get, asked for sizes: `/answer?megabytes`.
class ServingTest {
  private static final TenantSchema TENANT = GatewayFixture.tenant("8161");
  private static final int ONE = 24;
  private static final int TOGETHER = 36;

  private static GatewayFixture fixture;
  private static Serving serving;
  private static HttpServer server;

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("serving", options -> options);
    fixture.tenants.ensure(TENANT);
    serving =
        new Serving(
            fixture.services,
            new TenantFactsReader(fixture.services.reads(), "USD", new DataRetention(4), false),
            new Serving.Bounds(
                0, (long) TOGETHER << 20, (long) ONE << 20, 4, 16, Duration.ofSeconds(5)));
    var core =
        new HttpCore(
            List.of(
                Endpoint.api("answer")
                    .slash(Endpoint.Slash.EXACT)
                    .get(
                        request ->
                            serving.answer(
                                request,
                                (_, memory) -> {
                                  var out = new Utf8(memory::take);
                                  var line = new byte[1 << 10];
                                  int megabytes = Integer.parseInt(request.query().raw());
                                  for (int i = 0; i < megabytes << 10; i++) {
                                    out.raw(line);
                                  }
                                  return Future.succeededFuture(out.buffer());
                                }))
                    .build("/")),
            (header, _, id) ->
                Future.succeededFuture(
                    new Caller(
                        "8161",
                        TENANT,
                        Optional.empty(),
                        "user",
                        "user@example.com",
                        true,
                        Access.EVERYTHING,
                        header,
                        id)),
            new TenantGate() {
              @Override
              public Future<Boolean> exists(Caller caller) {
                return Future.succeededFuture(true);
              }

              @Override
              public Future<Void> ensure(Caller caller) {
                return Future.succeededFuture();
              }
            },
            fixture.services.meters(),
            fixture.services.ids(),
            Duration.ofHours(1));
    server =
        fixture
            .services
            .vertx()
            .createHttpServer()
            .requestHandler(core::handle)
            .listen(0, "127.0.0.1")
            .await();
  }

  @AfterAll
  static void stop() {
    server.close().await();
    fixture.close();
  }

  @Test
  void whatIsTooLargeIsRefusedAndSaysHowToAskForLess() {
    // More than all memory together, if it were not given back.
    for (int i = 0; i < 4; i++) {
      HttpResponse<String> refused = get(ONE + 1);
      assertThat(refused.statusCode()).isEqualTo(400);
      assertThat(refused.body()).contains("more than 24 MB", "filter[limit]");
      assertThat(get(ONE - 1).body()).hasSize((ONE - 1) << 20);
    }
  }

  @Test
  void clientsThatDoNotReadTakeNoMoreThanThereIs() throws Exception {
    var slow = new ArrayList<Socket>();
    for (int megabytes : List.of(17, 18)) {
      var socket = new Socket();
      socket.setReceiveBufferSize(8192);
      socket.connect(new InetSocketAddress("127.0.0.1", server.actualPort()));
      socket
          .getOutputStream()
          .write(
              "GET /answer?%d HTTP/1.1\r\nHost: test\r\n\r\n"
                  .formatted(megabytes)
                  .getBytes(StandardCharsets.US_ASCII));
      // It has begun to leave.
      assertThat(socket.getInputStream().read()).isEqualTo('H');
      slow.add(socket);
    }
    HttpResponse<String> busy = get(16);
    assertThat(busy.statusCode()).isEqualTo(503);
    assertThat(busy.headers().firstValue("Retry-After")).isPresent();
    assertThat(get(2).statusCode()).as("what is small finds room").isEqualTo(200);
    for (Socket socket : slow) {
      socket.close();
    }
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (get(16).statusCode() != 200) {
      assertThat(System.nanoTime()).as("given back").isLessThan(end);
      Thread.sleep(20);
    }
  }

  private static HttpResponse<String> get(int megabytes) {
    return fixture.exchange(
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d/answer?%d".formatted(server.actualPort(), megabytes)))
            .version(HttpClient.Version.HTTP_1_1)
            .build());
  }
}
