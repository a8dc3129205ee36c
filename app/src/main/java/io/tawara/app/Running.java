package io.tawara.app;

import io.tawara.app.settings.Configuration;
import java.io.PrintWriter;
import java.util.concurrent.atomic.AtomicReference;

/// A running Tawara that is stopped in good order when the process is told to end, also while it is
/// starting.
final class Running {
  private final PrintWriter out;
  private final AtomicReference<Tawara> tawara = new AtomicReference<>();

  Running(PrintWriter out) {
    this.out = out;
  }

  Tawara start(Configuration configuration, StartListener listener) {
    Tawara started = Tawara.start(configuration, Tawara.Options.production(), listener);
    tawara.set(started);
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAtSignal, "stop"));
    return started;
  }

  /// Stops it now.
  void stop() {
    Tawara running = tawara.getAndSet(null);
    if (running != null) {
      running.close();
    }
  }

  private void stopAtSignal() {
    Tawara running = tawara.getAndSet(null);
    if (running == null) {
      return;
    }
    long begin = System.nanoTime();
    out.println();
    out.print("Stopping ");
    out.flush();
    running.close(
        name -> {
          out.print(name + " · ");
          out.flush();
        });
    out.printf("stopped after %.1f s%n", (System.nanoTime() - begin) / 1e9);
    out.flush();
    Runtime.getRuntime().halt(0); // told to stop and stopped: no failure
  }
}
