package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
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

  /// A port that nobody listens on now and no start of this kind is about to take.
  public static int free() {
    try (Claim claim = claim()) {
      return claim.port();
    }
  }

  /// A port that other starts of this kind, of this process and of others, keep away from until the
  /// claim is closed: between the choice of a port and a server's start on it, another could choose
  /// it, too. The claim is the UDP port of the same number, which the system gives to one only and
  /// takes back when its process ends.
  static final class Claim implements AutoCloseable {
    private final int port;
    private final DatagramSocket held;

    private Claim(int port, DatagramSocket held) {
      this.port = port;
      this.held = held;
    }

    int port() {
      return port;
    }

    @Override
    public void close() {
      held.close();
    }
  }

  /// Claims any port that nobody listens on.
  static Claim claim() {
    for (int i = 0; i < TRIES; i++) {
      Optional<Claim> claim = claim(ThreadLocalRandom.current().nextInt(LOWEST, BEHIND));
      if (claim.isPresent()) {
        return claim.get();
      }
    }
    throw new TawaraException(
        Category.UNAVAILABLE, "no free loopback port from " + LOWEST + " to " + (BEHIND - 1));
  }

  /// Claims this port; empty when somebody listens on it or has claimed it.
  static Optional<Claim> claim(int port) {
    DatagramSocket held;
    try {
      held = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    } catch (SocketException claimed) {
      return Optional.empty();
    }
    if (isFree(port)) {
      return Optional.of(new Claim(port, held));
    }
    held.close();
    return Optional.empty();
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
