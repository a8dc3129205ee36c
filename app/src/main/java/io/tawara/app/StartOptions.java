package io.tawara.app;

import io.tawara.app.settings.Setting;
import io.tawara.app.settings.Settings;
import io.tawara.app.settings.Values;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// What can be said about a start on the command line; everything else, and the same, in the
/// environment and in a file.
final class StartOptions {
  private final Map<String, String> given = new HashMap<>();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "YAML file with settings (also TAWARA_CONFIG); see docs/configuration.md")
  private Path file;

  @Option(names = "--port", paramLabel = "N", description = "public port (default 8000)")
  void port(String text) {
    put(Settings.PORT, text);
  }

  @Option(names = "--internal-port", paramLabel = "N", description = "internal port (default 5042)")
  void internalPort(String text) {
    put(Settings.INTERNAL_PORT, text);
  }

  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "address of both ports (default 127.0.0.1)")
  void host(String text) {
    put(Settings.HOST, text);
  }

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "data of the embedded services (default .tawara)")
  void dataDirectory(String text) {
    put(Settings.DATA_DIRECTORY, text);
  }

  @Option(
      names = "--now",
      paramLabel = "INSTANT",
      description = "business time begins here, for example 2026-11-20T17:00:00Z")
  void now(String text) {
    put(Settings.NOW, text);
  }

  @Option(names = "--mode", paramLabel = "MODE", description = "onprem (default) or cloud")
  void mode(String text) {
    put(Settings.MODE, text);
  }

  @Option(
      names = "--roles",
      paramLabel = "ROLES",
      description = "some of gateway,listener,worker (default: all)")
  void roles(String text) {
    put(Settings.ROLES, text);
  }

  private void put(Setting<?> setting, String text) {
    given.put(setting.name(), text);
  }

  /// What holds for a setting that nobody has set.
  void otherwise(Setting<?> setting, String text) {
    if (System.getenv(setting.name()) == null) {
      given.putIfAbsent(setting.name(), text);
    }
  }

  /// Reads the settings.
  Values values() {
    Map<String, String> environment = System.getenv();
    Optional<Path> from =
        Optional.ofNullable(file)
            .or(() -> Optional.ofNullable(environment.get("TAWARA_CONFIG")).map(Path::of));
    return Values.read(given, environment, from);
  }
}
