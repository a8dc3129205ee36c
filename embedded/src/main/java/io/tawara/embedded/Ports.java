package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// Loopback ports.
public final class Ports {
  // Below what systems give to outgoing connections: such a connection could take a port between
  // its choice and the server's start. Chosen at random, so that starts side by side rarely meet.
  private static final int LOWEST = 20_000;
  private static final int BEHIND = 32_768;
  private static final int TRIES = 1_000;

  private Ports() {}

  /// A port that nobody listens on now.
  public static int free() {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, BEHIND);
      if (isFree(port)) {
        return port;
      }
    }
    throw new TawaraException(
        Category.UNAVAILABLE, "no free loopback port from " + LOWEST + " to " + (BEHIND - 1));
  }

  /// A port that other processes of this kind keep away from until it is closed.
  static final class Claim implements AutoCloseable {
    private final FileChannel file;

    private Claim(FileChannel file) {
      this.file = file;
    }

    @Override
    public void close() {
      try {
        file.close();
      } catch (IOException failure) {
        throw new TawaraException(
            Category.INTERNAL, "the claim to a port could not be given up", failure);
      }
    }
  }

  /// Claims a port that nobody listens on and nobody has claimed: between the choice of a port and
  /// a server's start on it, another process could choose it, too.
  static Optional<Claim> claim(int port) {
    try {
      FileChannel file =
          FileChannel.open(
              Path.of(System.getProperty("java.io.tmpdir"), "tawara-port-" + port + ".lock"),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (lock(file) && isFree(port)) {
        return Optional.of(new Claim(file));
      }
      file.close();
      return Optional.empty();
    } catch (IOException otherUsers) {
      return Optional.empty();
    }
  }

  private static boolean lock(FileChannel file) throws IOException {
    try {
      return file.tryLock() != null;
    } catch (OverlappingFileLockException sameProcess) {
      return false;
    }
  }

  /// Whether nobody listens on the loopback port.
  public static boolean isFree(int port) {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1);
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}
