package io.tawara.app.settings;

import java.util.List;
import java.util.Optional;

/// One thing that whoever runs Tawara can set: a value, of which configuration, its check, its
/// mistakes and `docs/configuration.md` are made.
///
/// @param name in the environment and in YAML (there in any case, with `-`, `_`, `.` or nesting)
/// @param aliases further names that are taken when the first one is not set
/// @param standard what holds when nothing is set; empty: the setting is optional
/// @param secret whether the value is never shown
/// @param meaning one or two sentences for people
public record Setting<T>(
    String name,
    List<String> aliases,
    Section section,
    Kind<T> kind,
    Optional<String> standard,
    boolean secret,
    String meaning) {

  /// The chapters of the documentation.
  public enum Section {
    PROCESS("The process"),
    MODE("What it does"),
    ACCESS("Who may do what"),
    DATABASE("PostgreSQL"),
    KAFKA("Kafka"),
    OBJECTS("Object store"),
    CLOUD_SERVICES("Metastore and Trino (cloud mode)"),
    SOURCES("Platform Sources (cloud mode)"),
    INGEST("Payloads"),
    CLOUDS("Bills of clouds"),
    RETENTION("How long data are kept"),
    REPORTS("Reports and settings"),
    LOGS("Logs");

    private final String title;

    Section(String title) {
      this.title = title;
    }

    public String title() {
      return title;
    }
  }

  public Setting {
    aliases = List.copyOf(aliases);
  }

  Setting<T> alias(String... names) {
    return new Setting<>(name, List.of(names), section, kind, standard, secret, meaning);
  }

  Setting<T> hidden() {
    return new Setting<>(name, aliases, section, kind, standard, true, meaning);
  }
}
