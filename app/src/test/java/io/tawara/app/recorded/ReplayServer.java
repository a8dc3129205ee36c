package io.tawara.app.recorded;

import io.tawara.app.RunningTawara;
import java.util.Map;

/// The program on fixed ports for replays from outside: `<port> <internal port> <port of the role
/// service> <parity>`.
final class ReplayServer {
  private ReplayServer() {}

  public static void main(String[] arguments) throws Exception {
    try (RunningTawara tawara =
        RunningTawara.start(
            Map.of(
                "TAWARA_PORT", arguments[0],
                "TAWARA_INTERNAL_PORT", arguments[1],
                "RBAC_SERVICE_PORT", arguments[2],
                "KOKU_PARITY", arguments[3]))) {
      System.out.println("ready on " + tawara.port());
      Thread.currentThread().join();
    }
  }
}
