package io.tawara.bench.read;

import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.function.IntFunction;

/// Sends HTTP requests over a fixed number of connections, one after the other on each, and takes
/// the time. Reads no more of an answer than its status and length.
final class Load {
  private final Vertx vertx;
  private final int port;
  private final Context context;
  private final NetClient client;

  /// What came out.
  ///
  /// @param nanoseconds per request, sorted
  /// @param failures answers that are no success
  /// @param status of the last of them, 200 without
  record Result(long[] nanoseconds, double seconds, long bytes, int failures, int status) {
    double milliseconds(double quantile) {
      int index = (int) Math.min(nanoseconds.length - 1, (long) (quantile * nanoseconds.length));
      return nanoseconds[index] / 1e6;
    }

    double perSecond() {
      return nanoseconds.length / seconds;
    }
  }

  Load(Vertx vertx, int port) {
    this.vertx = vertx;
    this.port = port;
    this.context = vertx.getOrCreateContext();
    this.client = vertx.createNetClient();
  }

  /// @param total requests, over all connections
  /// @param path of the request of a number
  /// @param headers lines that every request has
  Result run(int connections, int total, IntFunction<String> path, String headers) {
    var promises = new ArrayList<Promise<Connection>>();
    long begin = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      int share = total / connections + (i < total % connections ? 1 : 0);
      int first = i;
      Promise<Connection> ended = Promise.promise();
      promises.add(ended);
      context.runOnContext(
          _ ->
              client
                  .connect(port, "127.0.0.1")
                  .onSuccess(
                      socket ->
                          new Connection(
                                  socket,
                                  share,
                                  n -> path.apply(first + n * connections),
                                  headers,
                                  ended)
                              .next())
                  .onFailure(ended::tryFail));
    }
    var times = new ArrayList<long[]>();
    long bytes = 0;
    int failures = 0;
    int status = 200;
    for (Promise<Connection> promise : promises) {
      Connection done = promise.future().await();
      times.add(done.times);
      bytes += done.bytes;
      failures += done.failures;
      status = done.failures > 0 ? done.status : status;
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    long[] all = times.stream().flatMapToLong(Arrays::stream).sorted().toArray();
    return new Result(all, seconds, bytes, failures, status);
  }

  private static final class Connection {
    private static final byte[] LENGTH = "content-length: ".getBytes(StandardCharsets.US_ASCII);

    private final NetSocket socket;
    private final long[] times;
    private final IntFunction<String> path;
    private final String headers;
    private final Promise<Connection> ended;
    private int done;
    private long bytes;
    private int failures;
    private int status;
    private long sent;
    private Buffer head = Buffer.buffer();
    private long missing = -1;

    Connection(
        NetSocket socket,
        int share,
        IntFunction<String> path,
        String headers,
        Promise<Connection> ended) {
      this.socket = socket;
      this.times = new long[share];
      this.path = path;
      this.headers = headers;
      this.ended = ended;
      socket.handler(this::received);
      socket.exceptionHandler(ended::tryFail);
      socket.closeHandler(_ -> ended.tryFail("closed"));
    }

    void next() {
      if (done == times.length) {
        ended.tryComplete(this);
        socket.close().onFailure(ended::tryFail);
        return;
      }
      sent = System.nanoTime();
      socket
          .write("GET " + path.apply(done) + " HTTP/1.1\r\nHost: bench\r\n" + headers + "\r\n")
          .onFailure(ended::tryFail);
    }

    private void received(Buffer part) {
      bytes += part.length();
      if (missing < 0) {
        head = head.length() == 0 ? part : head.appendBuffer(part);
        int end = endOfHead();
        if (end < 0) {
          return;
        }
        if (head.getByte(9) != '2') {
          failures++;
          status = Integer.parseInt(head.getString(9, 12));
        }
        missing = length(end) - (head.length() - end);
        head = Buffer.buffer();
      } else {
        missing -= part.length();
      }
      if (missing == 0) {
        missing = -1;
        times[done++] = System.nanoTime() - sent;
        next();
      }
    }

    private int endOfHead() {
      for (int i = 0; i + 3 < head.length(); i++) {
        if (head.getByte(i) == '\r' && head.getByte(i + 2) == '\r') {
          return i + 4;
        }
      }
      return -1;
    }

    private long length(int end) {
      for (int i = 0; i + LENGTH.length < end; i++) {
        boolean same = true;
        for (int j = 0; same && j < LENGTH.length; j++) {
          same = Character.toLowerCase(head.getByte(i + j)) == LENGTH[j];
        }
        if (same) {
          long length = 0;
          for (int j = i + LENGTH.length; head.getByte(j) != '\r'; j++) {
            length = length * 10 + head.getByte(j) - '0';
          }
          return length;
        }
      }
      throw new IllegalStateException("an answer without length");
    }
  }
}
