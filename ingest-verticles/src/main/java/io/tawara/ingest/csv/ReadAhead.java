package io.tawara.ingest.csv;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/// Reads a stream ahead on a thread of its own, so that fetching and decompressing happen beside
/// what is done with the bytes. Failures come where they would have come without it. For one
/// reader.
public final class ReadAhead extends InputStream {
  private static final int PIECE = 1 << 18;
  private static final int PIECES = 4;

  private static final class Piece {
    final byte[] bytes = new byte[PIECE];
    int length;
    Throwable failure;
  }

  private final InputStream in;
  private final BlockingQueue<Piece> full = new ArrayBlockingQueue<>(PIECES);
  private final BlockingQueue<Piece> free = new ArrayBlockingQueue<>(PIECES);
  private final Thread thread;
  private Piece piece;
  private int at;
  private boolean failed;

  /// @param in is closed with this
  public ReadAhead(InputStream in) {
    this.in = in;
    for (int i = 0; i < PIECES; i++) {
      free.add(new Piece());
    }
    thread = Thread.ofPlatform().daemon().name("read-ahead").start(this::fill);
  }

  private void fill() {
    try {
      boolean more = true;
      while (more) {
        Piece next = free.take();
        more = fill(next);
        full.put(next);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return false when this was the last piece
  private boolean fill(Piece next) {
    next.length = 0;
    try {
      while (next.length < PIECE) {
        int read = in.read(next.bytes, next.length, PIECE - next.length);
        if (read < 0) {
          return false;
        }
        next.length += read;
      }
      return true;
    } catch (IOException | RuntimeException | Error failure) {
      next.failure = failure; // thrown where the bytes before it were read
      return false;
    }
  }

  /// Whether a failure of the stream itself has come to the reader. What happened ahead of the
  /// reader does not count yet.
  public boolean failed() {
    return failed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (piece == null || at == piece.length) {
      if (!next()) {
        return -1;
      }
    }
    int part = Math.min(length, piece.length - at);
    System.arraycopy(piece.bytes, at, target, from, part);
    at += part;
    return part;
  }

  private boolean next() throws IOException {
    if (piece != null && (piece.failure != null || piece.length < PIECE)) {
      rethrow(piece.failure);
      return false;
    }
    try {
      if (piece != null) {
        free.put(piece);
      }
      piece = full.take();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for more to read");
    }
    at = 0;
    if (piece.length == 0) {
      rethrow(piece.failure);
      return false;
    }
    return true;
  }

  private void rethrow(Throwable failure) throws IOException {
    failed |= failure != null;
    switch (failure) {
      case null -> {}
      case IOException known -> throw known;
      case RuntimeException known -> throw known;
      case Error known -> throw known;
      default -> throw new IllegalStateException(failure);
    }
  }

  @Override
  public void close() throws IOException {
    thread.interrupt();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException again) {
        interrupted = true; // the stream must not be closed under the thread's hands
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    in.close();
  }
}
