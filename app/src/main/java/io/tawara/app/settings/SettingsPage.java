package io.tawara.app.settings;

import io.tawara.app.settings.Setting.Section;
import java.util.List;

/// `docs/configuration.md`, made of the settings; a test keeps the file equal to this.
public final class SettingsPage {
  private static final String HEAD =
      """
      # Configuration

      Every setting is an environment variable, a key of a YAML file, or for some an option of `./tawara up`. What is said on the
      command line comes before the environment, the environment before the file. Names that Koku's operators know have
      Koku's meaning; ours begin with `TAWARA_`. A test makes this page of the program's settings: it cannot be wrong.

      * The file is named by `--config FILE` or `TAWARA_CONFIG`. Keys may be written as in the environment, in lower case with
        dashes, or nested: `DATABASE_HOST: db`, `database-host: db` and `database: {host: db}` are the same.
      * An empty variable is one that is not set. `./tawara settings` shows what holds, without secrets.
      * At start all mistakes are told at once, with what is allowed; then Tawara ends with exit status 2. Keys of the file, and
        variables that begin with `TAWARA_`, have to be known.
      * `TAWARA_JAVA_HOME` says which JDK the launcher takes, `TAWARA_JAVA_OPTIONS` adds options of the JVM (for example `-Xmx2g`).
      """;

  private SettingsPage() {}

  public static String markdown() {
    var page = new StringBuilder(HEAD);
    for (Section section : Section.values()) {
      List<Setting<?>> settings =
          Settings.all().stream().filter(setting -> setting.section() == section).toList();
      if (settings.isEmpty()) {
        continue;
      }
      page.append("\n## ").append(section.title()).append("\n\n");
      page.append("| Setting | Default | Allowed | Meaning |\n|---|---|---|---|\n");
      settings.forEach(setting -> page.append(row(setting)));
    }
    return page.toString();
  }

  private static String row(Setting<?> setting) {
    String aliases =
        setting.aliases().isEmpty()
            ? ""
            : " (also "
                + String.join(", ", setting.aliases().stream().map(a -> "`" + a + "`").toList())
                + ")";
    String standard =
        setting
            .standard()
            .map(text -> text.isEmpty() ? "empty" : setting.secret() ? "hidden" : code(text))
            .orElse("–");
    return "| `%s`%s | %s | %s | %s%s |\n"
        .formatted(
            setting.name(),
            aliases,
            standard,
            setting.kind().allowed().replace("|", "\\|"),
            setting.meaning(),
            setting.secret() ? " Never shown." : "");
  }

  private static String code(String text) {
    return "`" + text + "`";
  }
}
