package io.tawara.app.terminal;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/// How far a few phases are: bars in one line on a terminal, a line per finished phase in a pipe.
public final class Progress implements AutoCloseable {
  private static final int WIDTH = 16;
  private static final String BACK = "\r\u001b[K";

  private final PrintWriter out;
  private final boolean terminal;
  private final long begin = System.nanoTime();
  private final Map<String, Phase> phases = new LinkedHashMap<>();

  private record Phase(double fraction, String text, boolean done) {}

  /// @param terminal whether lines can be drawn again
  public Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /// A phase has come so far.
  ///
  /// @param fraction 0 to 1; negative when nobody knows
  public void at(String phase, double fraction, String text) {
    phases.put(phase, new Phase(fraction, text, false));
    draw();
  }

  /// A phase has ended.
  public void done(String phase, String text) {
    Phase before = phases.put(phase, new Phase(1, text, true));
    if (terminal) {
      draw();
    } else if (before == null || !before.done()) {
      out.printf("%s: %s (%s)%n", phase, text, elapsed());
      out.flush();
    }
  }

  private void draw() {
    if (!terminal) {
      return;
    }
    var line = new StringBuilder(BACK);
    phases.forEach(
        (name, phase) ->
            line.append(name)
                .append(' ')
                .append(bar(phase.fraction()))
                .append(' ')
                .append(phase.text())
                .append("   "));
    out.print(line.append(elapsed()));
    out.flush();
  }

  private static String bar(double fraction) {
    if (fraction < 0) {
      return "·".repeat(WIDTH);
    }
    int full = (int) Math.round(Math.min(1, fraction) * WIDTH);
    return "█".repeat(full) + "░".repeat(WIDTH - full);
  }

  private String elapsed() {
    return "%.1f s".formatted((System.nanoTime() - begin) / 1e9);
  }

  /// Ends the line.
  @Override
  public void close() {
    if (terminal && !phases.isEmpty()) {
      out.println();
      out.flush();
    }
  }
}
