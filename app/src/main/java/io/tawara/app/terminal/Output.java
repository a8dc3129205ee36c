package io.tawara.app.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.PrintWriter;
import java.util.Locale;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/// How a command tells its result: for people, or as JSON for machines.
public final class Output {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Option(names = "--json", description = "the result as JSON")
  private boolean json;

  /// Whether a machine reads it.
  public boolean json() {
    return json;
  }

  /// Writes a value as JSON to standard output.
  public void print(CommandSpec spec, Object value) {
    PrintWriter out = spec.commandLine().getOut();
    try {
      out.println(JSON.writeValueAsString(value));
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
    out.flush();
  }

  /// Whether a person looks at standard error, where progress is shown.
  public static boolean terminal() {
    return System.console() != null && System.console().isTerminal();
  }

  /// A size for people.
  public static String megabytes(long bytes) {
    return bytes < 1_000_000
        ? "%.0f kB".formatted(bytes / 1e3)
        : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
