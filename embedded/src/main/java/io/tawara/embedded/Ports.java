package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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

  /// The wanted port when nobody listens on it, else a free one. 0 means any.
  public static int preferably(int wanted) {
    return wanted != 0 && isFree(wanted) ? wanted : free();
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
