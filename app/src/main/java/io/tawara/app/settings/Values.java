package io.tawara.app.settings;

import io.smallrye.config.EnvConfigSource;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.smallrye.config.source.yaml.YamlConfigSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The values of all settings, read and checked: of the command line, else of the environment, else
/// of a YAML file, else the standard.
///
/// Mistakes are collected, not thrown, so that a person sees all of them at once.
public final class Values {
  private static final Pattern LIST_ELEMENT = Pattern.compile("\\[\\d+]$");
  private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Z0-9]+");
  private static final String OWN = "TAWARA_";

  private final SmallRyeConfig config;
  private final Map<Setting<?>, Object> values = new HashMap<>();
  private final List<Mistake> mistakes = new ArrayList<>();

  private Values(SmallRyeConfig config) {
    this.config = config;
  }

  /// Reads all settings.
  ///
  /// @param commandLine by name of the setting
  /// @param file a YAML file
  public static Values read(
      Map<String, String> commandLine, Map<String, String> environment, Optional<Path> file) {
    var early = new ArrayList<Mistake>();
    Map<String, String> yaml = file.map(path -> yaml(path, early)).orElse(Map.of());
    SmallRyeConfig config =
        new SmallRyeConfigBuilder()
            .addDefaultInterceptors()
            .withSources(
                new PropertiesConfigSource(commandLine, "command line", 400),
                new EnvConfigSource(environment, 300),
                new PropertiesConfigSource(yaml, "file", 200))
            .build();
    var values = new Values(config);
    values.mistakes.addAll(early);
    values.unknown("the file", yaml);
    var own = new TreeMap<>(environment);
    own.keySet().removeIf(name -> !name.startsWith(OWN) || Settings.NOT_SETTINGS.contains(name));
    values.unknown("the environment", own);
    Settings.all().forEach(values::check);
    return values;
  }

  /// Keys of a YAML file, by the names of settings: `database: {host: db}` is `DATABASE_HOST`.
  private static Map<String, String> yaml(Path file, List<Mistake> mistakes) {
    try {
      var source = new YamlConfigSource(file.toString(), Files.readString(file), 0);
      var named = new TreeMap<String, String>();
      for (Map.Entry<String, String> each : source.getProperties().entrySet()) {
        String key = LIST_ELEMENT.matcher(each.getKey()).replaceFirst("");
        String name = NOT_IN_NAMES.matcher(key.toUpperCase(Locale.ROOT)).replaceAll("_");
        named.merge(
            name, each.getValue(), (left, right) -> left.equals(right) ? left : left + "," + right);
      }
      return named;
    } catch (IOException unreadable) {
      mistakes.add(new Mistake("TAWARA_CONFIG", "file " + file + " cannot be read"));
    } catch (RuntimeException broken) { // the parser's errors have no common type
      mistakes.add(
          new Mistake("TAWARA_CONFIG", "file " + file + " is not YAML: " + broken.getMessage()));
    }
    return Map.of();
  }

  private void unknown(String where, Map<String, String> given) {
    for (String name : given.keySet()) {
      boolean known =
          Settings.all().stream()
              .anyMatch(each -> each.name().equals(name) || each.aliases().contains(name));
      if (!known) {
        mistakes.add(
            new Mistake(
                name,
                "no such setting (in %s)%s"
                    .formatted(
                        where, nearest(name).map(n -> "; did you mean " + n + "?").orElse(""))));
      }
    }
  }

  private static Optional<String> nearest(String name) {
    record Near(String name, int distance) {}
    return Settings.all().stream()
        .map(each -> new Near(each.name(), distance(name, each.name())))
        .filter(near -> near.distance() <= 4)
        .min(java.util.Comparator.comparingInt(Near::distance))
        .map(Near::name);
  }

  /// Levenshtein's.
  private static int distance(String left, String right) {
    int[] row = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int changed = diagonal + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[right.length()];
  }

  private <T> void check(Setting<T> setting) {
    Optional<String> given = raw(setting);
    Optional<String> text = given.or(setting::standard);
    if (text.isEmpty()) {
      return;
    }
    Optional<T> value = setting.kind().read().apply(text.get());
    if (value.isPresent()) {
      values.put(setting, value.get());
    } else {
      mistakes.add(
          new Mistake(
              setting.name(),
              "%s is not allowed. Allowed: %s. Example: %s=%s"
                  .formatted(
                      setting.secret() ? "(hidden)" : "'" + text.get() + "'",
                      setting.kind().allowed(),
                      setting.name(),
                      setting.kind().example())));
    }
  }

  /// An empty variable is one that is not set, as in every other program.
  private Optional<String> raw(Setting<?> setting) {
    return Stream.concat(Stream.of(setting.name()), setting.aliases().stream())
        .map(config::getRawValue)
        .filter(text -> text != null && !text.isBlank())
        .map(String::strip)
        .findFirst();
  }

  /// Whether somebody set it.
  public boolean isSet(Setting<?> setting) {
    return raw(setting).isPresent();
  }

  /// Whether somebody set the setting of this name.
  public boolean isSet(String name) {
    return Settings.all().stream().anyMatch(each -> each.name().equals(name) && isSet(each));
  }

  /// What holds, as text for people; secrets are hidden.
  public String shown(Setting<?> setting) {
    return raw(setting)
        .or(setting::standard)
        .map(text -> setting.secret() ? "(hidden)" : text)
        .orElse("–");
  }

  /// The value, or the standard.
  public <T> T get(Setting<T> setting) {
    return find(setting)
        .orElseThrow(() -> new IllegalStateException(setting.name() + " has no value"));
  }

  /// The value when there is one.
  @SuppressWarnings("unchecked") // check() puts what the setting's own kind has read
  public <T> Optional<T> find(Setting<T> setting) {
    return Optional.ofNullable((T) values.get(setting));
  }

  /// Adds a mistake that lies between settings.
  void mistake(Setting<?> setting, String problem) {
    mistakes.add(new Mistake(setting.name(), problem));
  }

  List<Mistake> mistakes() {
    return List.copyOf(mistakes);
  }
}
