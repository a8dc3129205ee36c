package io.tawara.embedded;

import io.tawara.core.error.TawaraException;
import io.tawara.core.error.TawaraException.Category;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// Loopback ports.
public final class Ports {
  private Ports() {}

  /// A port that nobody listens on now.
  public static int free() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException failure) {
      throw new TawaraException(Category.UNAVAILABLE, "no free loopback port", failure);
    }
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
