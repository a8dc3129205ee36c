package io.tawara.core.provider;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What kind of thing a provider is. The `-local` types read folders instead of clouds and exist in
/// development mode only.
public enum ProviderType {
  OCP("OCP", "openshift", "1"),
  AWS("AWS", "amazon", "2"),
  AZURE("Azure", "azure", "3"),
  GCP("GCP", "google", "4"),
  AWS_LOCAL("AWS-local", "amazon-local", null),
  AZURE_LOCAL("Azure-local", "azure-local", null),
  GCP_LOCAL("GCP-local", "google-local", null);

  private final String wireName;
  private final String platformName;
  private final String id;

  ProviderType(String wireName, String platformName, String id) {
    this.wireName = wireName;
    this.platformName = platformName;
    this.id = id;
  }

  /// The canonical spelling, as stored and returned.
  public String wireName() {
    return wireName;
  }

  /// The name in Platform Sources.
  public String platformName() {
    return platformName;
  }

  /// The numeric id that the Sources API gives to the type, as text; local types have none.
  public Optional<String> id() {
    return Optional.ofNullable(id);
  }

  public boolean isLocal() {
    return id == null;
  }

  /// The type without `-local`: how summaries, reports and object keys see it.
  public ProviderType base() {
    return switch (this) {
      case OCP -> OCP;
      case AWS, AWS_LOCAL -> AWS;
      case AZURE, AZURE_LOCAL -> AZURE;
      case GCP, GCP_LOCAL -> GCP;
    };
  }

  /// Finds a type by its name in any case.
  public static Optional<ProviderType> ofName(String name) {
    return Stream.of(values())
        .filter(
            type -> type.wireName.toLowerCase(Locale.ROOT).equals(name.toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /// Finds a type by the id that the Sources API gives to it.
  public static Optional<ProviderType> ofId(String id) {
    return Stream.of(values()).filter(type -> id.equals(type.id)).findFirst();
  }

  /// Finds a type by its name in Platform Sources.
  public static Optional<ProviderType> ofPlatformName(String name) {
    return Stream.of(values()).filter(type -> type.platformName.equals(name)).findFirst();
  }
}
