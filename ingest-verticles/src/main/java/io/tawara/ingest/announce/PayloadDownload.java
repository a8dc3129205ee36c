package io.tawara.ingest.announce;

import io.tawara.core.config.IngestConfig;
import io.tawara.core.config.ObjectStoreConfig;
import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import io.tawara.ingest.payload.PayloadStore;
import io.tawara.ingest.payload.PayloadStore.Staged;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Fetches payloads from announced addresses: only from permitted hosts, without following
/// redirects, within a time and a size.
final class PayloadDownload {
  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final PayloadStore store;
  private final Duration timeout;
  private final Set<String> hosts;
  private final HttpClient client =
      HttpClient.newBuilder()
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(CONNECT)
          .build();

  PayloadDownload(PayloadStore store, ObjectStoreConfig objects, IngestConfig config) {
    this.store = store;
    this.timeout = config.downloadTimeout();
    this.hosts =
        Stream.concat(
                Stream.of(hostAndPort(URI.create(objects.endpoint()))),
                config.payloadHosts().stream())
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet());
  }

  /// Copies the payload of an address. An address that is not permitted, or that answers with an
  /// error of ours, is an [Category#INPUT] error; one that does not answer can be retried.
  Staged fetch(String address) {
    URI uri = permitted(address);
    return store.stage(() -> open(uri), "download from " + uri.getHost());
  }

  private URI permitted(String address) {
    URI uri;
    try {
      uri = new URI(address);
    } catch (URISyntaxException broken) {
      throw new TawaraException(Category.INPUT, "the payload's address is none", broken);
    }
    boolean web =
        "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
    if (!web || uri.getHost() == null || uri.getUserInfo() != null) {
      throw new TawaraException(Category.INPUT, "the payload's address is none of the web");
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    if (!hosts.contains(host) && !hosts.contains(hostAndPort(uri))) {
      throw new TawaraException(
          Category.FORBIDDEN, "payloads are not fetched from " + hostAndPort(uri));
    }
    return uri;
  }

  private static String hostAndPort(URI uri) {
    int port =
        uri.getPort() >= 0 ? uri.getPort() : "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
    return (uri.getHost() + ":" + port).toLowerCase(Locale.ROOT);
  }

  private InputStream open(URI uri) throws IOException {
    HttpResponse<InputStream> response;
    try {
      response =
          client.send(
              HttpRequest.newBuilder(uri).timeout(timeout).GET().build(),
              HttpResponse.BodyHandlers.ofInputStream());
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new TawaraException(Category.UNAVAILABLE, "download interrupted", stop);
    }
    int status = response.statusCode();
    if (status != 200) {
      response.body().close();
      throw new TawaraException(
          status >= 500 ? Category.UNAVAILABLE : Category.INPUT,
          status >= 300 && status < 400
              ? "the payload's address redirects, which is not followed"
              : "the payload's address answers " + status);
    }
    long length = response.headers().firstValueAsLong("content-length").orElse(-1);
    return new Timed(response.body(), length, timeout);
  }

  /// Ends with an error when it takes too long, or when less came than was promised.
  private static final class Timed extends FilterInputStream {
    private final long promised;
    private final Thread watch;
    private long received;

    Timed(InputStream in, long promised, Duration timeout) {
      super(in);
      this.promised = promised;
      this.watch =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      Thread.sleep(timeout);
                      in.close();
                    } catch (InterruptedException finished) {
                      Thread.currentThread().interrupt();
                    } catch (IOException closing) {
                      // the reader meets the same error
                      Thread.currentThread().interrupt();
                    }
                  });
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      if (read < 0 && promised >= 0 && received < promised) {
        throw new IOException("the connection ended early");
      }
      received += Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      watch.interrupt();
      super.close();
    }
  }
}
