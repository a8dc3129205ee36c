package io.tawara.gateway.reports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.Brotli;
import io.netty.handler.codec.compression.BrotliDecoder;
import io.tawara.gateway.GatewayFixture;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Which coding an answer has, at the wire.
class ContentCodingTest {
  private static final String ORGANISATION = "816";
  private static final String LARGE = "reports/openshift/costs/?group_by%5Bproject%5D=*";
  private static final String LARGEST =
      "reports/openshift/costs/?group_by%5Bproject%5D=*&group_by%5Bcluster%5D=*"
          + "&filter%5Btime_scope_units%5D=day&filter%5Btime_scope_value%5D=-30"
          + "&filter%5Bresolution%5D=daily";
  private static final String SMALL = "tags/openshift/?filter%5Bkey%5D=nothing&key_only=true";

  private static GatewayFixture fixture;
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @BeforeAll
  static void start() {
    fixture = new GatewayFixture("codings", options -> options);
    ReportTenant.fill(fixture, GatewayFixture.tenant(ORGANISATION), 20261120);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void brotliIsThereOnThisMachine() {
    assertThat(Brotli.isAvailable()).as("%s", Brotli.cause()).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "gzip                                | gzip",
        "br                                  | br",
        "gzip, br                            | br",
        "br, gzip                            | br",
        "gzip, deflate, br, zstd             | br",
        "gzip;q=0.5                          | gzip",
        "gzip;q=1.0, br;q=0.9                | gzip",
        "gzip;q=0.8, br;q=0.801              | br",
        "GZIP ; Q=0.5                        | gzip",
        "x-gzip                              | gzip",
        "*                                   | br",
        "*;q=0.1                             | br",
        "br;q=0, *                           | gzip",
        "br;q=0, gzip;q=0, *                 | -",
        "gzip;q=0                            | -",
        "gzip; q=0                           | -",
        "gzip;q=0.000                        | -",
        "gzip;q=0, br;q=0                    | -",
        "identity                            | -",
        "identity, gzip;q=0.5                | -",
        "identity;q=0.5, gzip;q=0.5          | gzip",
        "identity;q=0, br;q=0.2              | br",
        "deflate                             | -",
        "notgzip                             | -",
        "gzipped, brotli                     | -",
        "''                                  | -",
        "',, ,'                              | -",
        "gzip;q=2                            | -",
        "gzip;q=-1                           | -",
        "gzip;q=0.5555                       | -",
        "gzip;q=, br;q=0.1                   | br",
        "gzip;level=9                        | -",
        "*;q=0                               | -",
      })
  void codingFollowsTheClientsWeights(String wish, String coding) {
    HttpResponse<byte[]> answer = get(LARGE, "Accept-Encoding", wish);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Encoding").orElse(null)).isEqualTo(coding);
    assertThat(answer.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
    HttpResponse<byte[]> plain = get(LARGE);
    assertThat(decoded(answer)).isEqualTo(plain.body());
    assertThat(answer.headers().firstValue("ETag")).isEqualTo(plain.headers().firstValue("ETag"));
  }

  @Test
  void linesOfTheHeaderAreOneList() {
    HttpResponse<byte[]> answer =
        get(LARGE, "Accept-Encoding", "gzip;q=0.5", "Accept-Encoding", "br;q=0.6");
    assertThat(answer.headers().firstValue("Content-Encoding")).contains("br");
  }

  @Test
  void answersThatGainNothingAreNotCompressed() {
    HttpResponse<byte[]> answer = get(SMALL, "Accept-Encoding", "br, gzip");
    assertThat(answer.headers().firstValue("Content-Encoding")).isEmpty();
    assertThat(answer.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
  }

  /// Both forms are the same to a weak tag (RFC 9110 §8.8.1), so whoever has one has the answer.
  @Test
  void knownAnswersAreNotSentAgain() {
    HttpResponse<byte[]> compressed = get(LARGE, "Accept-Encoding", "br");
    String tag = compressed.headers().firstValue("ETag").orElseThrow();
    assertThat(tag).startsWith("W/\"");
    for (String known : List.of(tag, tag.substring(2), "\"other\", " + tag, "*")) {
      HttpResponse<byte[]> again = get(LARGE, "Accept-Encoding", "gzip", "If-None-Match", known);
      assertThat(again.statusCode()).as(known).isEqualTo(304);
      assertThat(again.headers().firstValue("ETag")).contains(tag);
      assertThat(again.headers().firstValue("Vary").orElseThrow()).contains("Accept-Encoding");
      assertThat(again.headers().firstValue("Content-Encoding")).isEmpty();
      assertThat(again.body()).isEmpty();
    }
    assertThat(get(LARGE, "If-None-Match", "W/\"other\"").statusCode()).isEqualTo(200);
  }

  /// More than a socket takes, to a client that begins to read late and reads slowly.
  @Test
  void largeAnswersArriveWholeHoweverLateTheyAreRead() throws Exception {
    byte[] expected = get(LARGEST).body();
    assertThat(expected.length).isGreaterThan(250_000);
    int times = 40;
    try (var socket = new Socket()) {
      socket.setReceiveBufferSize(8192);
      socket.setSoTimeout(30_000);
      socket.connect(new InetSocketAddress("127.0.0.1", fixture.gateway.port()));
      socket.getOutputStream().write(request(LARGEST).repeat(times).getBytes(UTF_8));
      Thread.sleep(300);
      var in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 4096));
      for (int i = 0; i < times; i++) {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
          head.append((char) in.readByte());
        }
        assertThat(head.toString().toLowerCase(Locale.ROOT))
            .startsWith("http/1.1 200")
            .contains("content-length: " + expected.length);
        assertThat(in.readNBytes(expected.length)).isEqualTo(expected);
      }
    }
  }

  @Test
  void whoeverHangsUpWithinAnAnswerHurtsNobody() throws Exception {
    int length = get(LARGEST).body().length;
    for (int i = 0; i < 20; i++) {
      try (var socket = new Socket("127.0.0.1", fixture.gateway.port())) {
        socket.setSoTimeout(30_000);
        socket.setSoLinger(true, 0);
        socket.getOutputStream().write(request(LARGEST).repeat(30).getBytes(UTF_8));
        assertThat(socket.getInputStream().readNBytes(100 + i * 1000)).isNotEmpty();
      }
    }
    assertThat(get(LARGEST).body()).hasSize(length);
  }

  private static String request(String path) {
    return "GET /api/cost-management/v1/%s HTTP/1.1\r\nHost: test\r\nx-rh-identity: %s\r\n\r\n"
        .formatted(path, GatewayFixture.admin(ORGANISATION));
  }

  private static HttpResponse<byte[]> get(String path, String... headers) {
    var request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%d/api/cost-management/v1/%s"
                        .formatted(fixture.gateway.port(), path)))
            .header("x-rh-identity", GatewayFixture.admin(ORGANISATION));
    for (int i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    try {
      return CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  private static byte[] decoded(HttpResponse<byte[]> answer) {
    return switch (answer.headers().firstValue("Content-Encoding").orElse("identity")) {
      case "gzip" -> gunzipped(answer.body());
      case "br" -> unbrotlied(answer.body());
      default -> answer.body();
    };
  }

  private static byte[] gunzipped(byte[] bytes) {
    try (var in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return in.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static byte[] unbrotlied(byte[] bytes) {
    var channel = new EmbeddedChannel(new BrotliDecoder());
    channel.writeInbound(Unpooled.wrappedBuffer(bytes));
    var out = new ByteArrayOutputStream();
    for (ByteBuf part = channel.readInbound(); part != null; part = channel.readInbound()) {
      byte[] some = new byte[part.readableBytes()];
      part.readBytes(some);
      out.writeBytes(some);
      part.release();
    }
    channel.finishAndReleaseAll();
    return out.toByteArray();
  }
}
