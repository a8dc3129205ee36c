package io.tawara.app.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {
  @TempDir private Path directory;

  @Test
  void everySettingIsListed() {
    List<Object> declared =
        Arrays.stream(Settings.class.getFields())
            .filter(field -> Modifier.isStatic(field.getModifiers()))
            .filter(field -> field.getType() == Setting.class)
            .map(
                field -> {
                  try {
                    return field.get(null);
                  } catch (IllegalAccessException impossible) {
                    throw new AssertionError(impossible);
                  }
                })
            .toList();
    assertThat(List.<Object>copyOf(Settings.all())).containsExactlyInAnyOrderElementsOf(declared);
    assertThat(Settings.all().stream().map(Setting::name)).doesNotHaveDuplicates();
  }

  @Test
  void everyDefaultAndEveryExampleIsAllowed() {
    for (Setting<?> setting : Settings.all()) {
      setting
          .standard()
          .ifPresent(
              text ->
                  assertThat(setting.kind().read().apply(text).isPresent())
                      .as("default of " + setting.name())
                      .isTrue());
      assertThat(setting.kind().read().apply(setting.kind().example()).isPresent())
          .as("example of " + setting.name())
          .isTrue();
    }
  }

  @Test
  void thePageIsThatOfTheSettings() throws Exception {
    Path page = Path.of(System.getProperty("tawara.root", ".")).resolve("docs/configuration.md");
    assertThat(Files.readString(page))
        .as("docs/configuration.md: run ./tawara settings --markdown > docs/configuration.md")
        .isEqualTo(SettingsPage.markdown());
  }

  @Test
  void nothingSetIsAllEmbeddedOnPrem() {
    Configuration configuration = of(Map.of());
    assertThat(configuration.mode()).isEqualTo(Mode.ONPREM);
    assertThat(configuration.roles()).containsExactlyInAnyOrder(Role.values());
    assertThat(configuration.database()).isEmpty();
    assertThat(configuration.kafka()).isEmpty();
    assertThat(configuration.objects()).isEmpty();
    assertThat(configuration.gateway().host()).isEqualTo("127.0.0.1");
    assertThat(configuration.gateway().apiRoot()).isEqualTo("/api/cost-management/v1/");
    assertThat(configuration.parities()).isEmpty();
  }

  @Test
  void allMistakesAreToldAtOnceAndSecretsAreNot() {
    assertThatThrownBy(
            () ->
                of(
                    Map.of(
                        "TAWARA_PORT", "99999",
                        "RETAIN_NUM_MONTHS", "four",
                        "TAWARA_CREDENTIAL_KEYS", "my-secret",
                        "KOKU_PARITY", "nonsense",
                        "ONPREM", "true",
                        "TAWARA_MODE", "cloud",
                        "DATABASE_HOST", "db",
                        "TAWARA_PROT", "1")))
        .isInstanceOfSatisfying(
            InvalidConfiguration.class,
            wrong -> {
              assertThat(wrong.mistakes().stream().map(Mistake::name))
                  .containsExactlyInAnyOrder(
                      "TAWARA_PROT",
                      "TAWARA_PORT",
                      "RETAIN_NUM_MONTHS",
                      "TAWARA_CREDENTIAL_KEYS",
                      "KOKU_PARITY",
                      "TAWARA_MODE",
                      "DATABASE_PASSWORD");
              assertThat(wrong.getMessage())
                  .contains("did you mean TAWARA_PORT?")
                  .doesNotContain("my-secret");
            });
  }

  @Test
  void theEnvironmentComesBeforeTheFileAndTheCommandLineBeforeBoth() throws Exception {
    Path file = directory.resolve("tawara.yaml");
    Files.writeString(
        file,
        """
        database:
          host: from-file
          password: secret
        tawara-credential-keys: k:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
        RETAIN_NUM_MONTHS: 7
        tawara:
          port: 8100
          roles: [gateway, worker, listener]
        """);
    Values values =
        Values.read(
            Map.of("TAWARA_PORT", "8300"),
            Map.of("RETAIN_NUM_MONTHS", "6", "TAWARA_PORT", "8200", "RETRY_SECONDS", "500ms"),
            Optional.of(file));
    Configuration configuration = Configuration.of(values);
    assertThat(configuration.gateway().port()).isEqualTo(8300);
    assertThat(configuration.gateway().settings().retainMonths()).isEqualTo(6);
    assertThat(configuration.database().orElseThrow().host()).isEqualTo("from-file");
    assertThat(configuration.roles()).hasSize(3);
    assertThat(configuration.ingest().retryWait()).isEqualTo(Duration.ofMillis(500));
    assertThat(values.shown(Settings.DATABASE_PASSWORD)).isEqualTo("(hidden)");
  }

  @Test
  void unknownKeysOfTheFileAreMistakes() throws Exception {
    Path file = directory.resolve("tawara.yaml");
    Files.writeString(file, "databse-host: db\n");
    assertThatThrownBy(() -> Configuration.of(Values.read(Map.of(), Map.of(), Optional.of(file))))
        .hasMessageContaining("DATABSE_HOST")
        .hasMessageContaining("did you mean DATABASE_HOST?");
  }

  @Test
  void saslIsSpokenWhenAMechanismIsSet() {
    Configuration configuration =
        of(
            Map.of(
                "INSIGHTS_KAFKA_HOST", "kafka",
                "KAFKA_SASL_MECHANISM", "SCRAM-SHA-512",
                "KAFKA_SASL_USERNAME", "tawara",
                "KAFKA_SASL_PASSWORD", "a\"b"));
    assertThat(configuration.kafka().orElseThrow().bootstrapServers()).isEqualTo("kafka:29092");
    assertThat(configuration.kafka().orElseThrow().security())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .hasEntrySatisfying(
            "sasl.jaas.config", text -> assertThat(text).contains("password=\"a\\\"b\""));
  }

  private static Configuration of(Map<String, String> environment) {
    return Configuration.of(Values.read(Map.of(), environment, Optional.empty()));
  }
}
