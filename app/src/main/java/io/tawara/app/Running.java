package io.tawara.app;

import io.tawara.app.settings.Configuration;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/// A running Tawara that is stopped in good order when the process is told to end, also while it is
/// starting.
final class Running {
  private static final Duration LONGEST_START = Duration.ofMinutes(2);

  private final PrintWriter out;
  private final AtomicReference<Tawara> tawara = new AtomicReference<>();
  private final CountDownLatch startEnded = new CountDownLatch(1);

  Running(PrintWriter out) {
    this.out = out;
  }

  Tawara start(Configuration configuration, StartListener listener) {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAtSignal, "stop"));
    try {
      Tawara started = Tawara.start(configuration, Tawara.Options.production(), listener);
      tawara.set(started);
      return started;
    } finally {
      startEnded.countDown();
    }
  }

  /// Stops it now.
  void stop() {
    Tawara running = tawara.getAndSet(null);
    if (running != null) {
      running.close();
    }
  }

  private void stopAtSignal() {
    awaitStart();
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

  /// What is half started cannot be stopped: it is let finish first.
  private void awaitStart() {
    try {
      if (!startEnded.await(LONGEST_START.toSeconds(), TimeUnit.SECONDS)) {
        out.println("The start did not end; embedded services are stopped at the next start");
        out.flush();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
