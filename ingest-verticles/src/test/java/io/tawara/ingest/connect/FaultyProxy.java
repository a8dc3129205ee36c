package io.tawara.ingest.connect;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/// Stands before a real HTTP server and makes some of its answers worse. Requests pass unchanged,
/// so that signatures stay right.
final class FaultyProxy implements AutoCloseable {
  /// What happens to a request.
  sealed interface Fault {
    /// Another answer.
    record Answer(int status, String headers, String body) implements Fault {}

    /// The connection breaks after so many bytes of the answer.
    record Cut(int bytes) implements Fault {}

    /// No connection.
    record Down() implements Fault {}
  }

  private final ServerSocket server;
  private final URI target;
  private volatile Function<String, Optional<Fault>> faults = line -> Optional.empty();
  final List<String> requests = new CopyOnWriteArrayList<>();

  FaultyProxy(URI target) {
    this.target = target;
    try {
      this.server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    Thread.ofVirtual().start(this::accept);
  }

  URI address() {
    return URI.create("http://127.0.0.1:" + server.getLocalPort());
  }

  /// @param decide from the request line, for example `GET /bucket/key HTTP/1.1`
  void faults(Function<String, Optional<Fault>> decide) {
    faults = decide;
  }

  void well() {
    faults = line -> Optional.empty();
  }

  static Fault error(int status, String code) {
    return new Fault.Answer(
        status,
        "Content-Type: application/xml\r\n",
        "<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message></Error>"
            .formatted(code, code));
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = client.getInputStream();
      String head = head(in);
      if (head.isEmpty()) {
        return;
      }
      String line = head.substring(0, head.indexOf("\r\n"));
      requests.add(line);
      byte[] body = in.readNBytes(length(head));
      switch (faults.apply(line).orElse(null)) {
        case Fault.Answer(int status, String headers, String text) ->
            answer(client.getOutputStream(), status, headers, text);
        case Fault.Cut(int bytes) -> forward(head, body, client.getOutputStream(), bytes);
        case Fault.Down() -> client.setSoLinger(true, 0);
        case null -> forward(head, body, client.getOutputStream(), Integer.MAX_VALUE);
      }
    } catch (IOException broken) {
      // as connections do
    }
  }

  private static String head(InputStream in) throws IOException {
    var bytes = new ByteArrayOutputStream();
    int one;
    while ((one = in.read()) >= 0) {
      bytes.write(one);
      if (one == '\n' && bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
        break;
      }
    }
    return bytes.toString(StandardCharsets.ISO_8859_1);
  }

  private static int length(String head) {
    for (String line : head.split("\r\n")) {
      if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
        return Integer.parseInt(line.substring(15).strip());
      }
    }
    return 0;
  }

  private static void answer(OutputStream out, int status, String headers, String text)
      throws IOException {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    out.write(
        "HTTP/1.1 %d X\r\nConnection: close\r\nContent-Length: %d\r\n%s\r\n"
            .formatted(status, body.length, headers)
            .getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    out.flush();
  }

  private void forward(String head, byte[] body, OutputStream out, int most) throws IOException {
    try (var socket = new Socket(target.getHost(), target.getPort())) {
      String closing =
          head.replaceAll("(?im)^connection:.*\r\n", "")
              .replaceFirst("\r\n\r\n$", "\r\nConnection: close\r\n\r\n");
      socket.getOutputStream().write(closing.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().write(body);
      socket.getOutputStream().flush();
      InputStream in = socket.getInputStream();
      byte[] buffer = new byte[8192];
      int left = most;
      int read;
      while (left > 0 && (read = in.read(buffer, 0, Math.min(buffer.length, left))) >= 0) {
        out.write(buffer, 0, read);
        left -= read;
      }
      out.flush();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
