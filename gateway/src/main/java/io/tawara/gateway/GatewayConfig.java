package io.tawara.gateway;

import io.tawara.analytics.reports.ProviderFamily;
import io.tawara.core.config.CurrencyConfig;
import io.tawara.core.provider.ProviderType;
import java.net.URI;
import java.time.Duration;
import java.util.Set;

/// How the gateway is set up.
///
/// @param host the address that both ports listen on
/// @param port the public port, 0 for any free one
/// @param internalPort the internal port, 0 for any free one
/// @param pathPrefix what stands before `/v1/`, for example `/api/cost-management`
/// @param onPremise whether Tawara itself owns the sources
/// @param development whether writing sources and the local types are allowed everywhere
/// @param providerTypes the types that sources may have
/// @param enhancedOrganisationAdmin whether organisation administrators may do everything
/// @param schemaSuffix appended to organisation ids; usually empty
/// @param cacheLifetime what clients are told about cached answers
/// @param parities the defects of Koku that stay, by their names in `KOKU_PARITY`
public record GatewayConfig(
    String host,
    int port,
    int internalPort,
    String pathPrefix,
    boolean onPremise,
    boolean development,
    Set<ProviderType> providerTypes,
    boolean enhancedOrganisationAdmin,
    String schemaSuffix,
    Duration cacheLifetime,
    int eventLoops,
    Rbac rbac,
    Upload upload,
    Settings settings,
    Set<String> parities) {

  public GatewayConfig {
    providerTypes = Set.copyOf(providerTypes);
    parities = Set.copyOf(parities);
  }

  /// The role service.
  ///
  /// @param address with the path, for example
  ///   `http://rbac:8111/r/insights/platform/rbac/v1/access/`
  /// @param cacheLifetime how long what a user may do is remembered
  /// @param timeout of one request
  public record Rbac(URI address, Duration cacheLifetime, Duration timeout) {}

  /// Taking in payloads.
  ///
  /// @param maxBytes the largest payload
  /// @param topic where payloads are announced
  /// @param urlLifetime how long the announced address works
  /// @param deniedOrganisations whose payloads are refused
  /// @param services the services whose payloads are taken, `hccm` among them
  public record Upload(
      long maxBytes,
      String topic,
      Duration urlLifetime,
      Set<String> deniedOrganisations,
      Set<String> services) {
    public Upload {
      deniedOrganisations = Set.copyOf(deniedOrganisations);
      services = Set.copyOf(services);
    }
  }

  /// What organisations set, and its defaults.
  ///
  /// @param defaultCurrency of organisations that have set none (`KOKU_DEFAULT_CURRENCY`)
  /// @param enabledTagLimit how many tag keys one may enable; 0 or less: any number
  /// @param retainMonths `RETAIN_NUM_MONTHS`; another number than 4 takes the choice away
  /// @param currency where market rates come from (`CURRENCY_URL`)
  /// @param maximumGroups how many dimensions one report may be grouped by
  public record Settings(
      String defaultCurrency,
      int enabledTagLimit,
      int retainMonths,
      CurrencyConfig currency,
      int maximumGroups) {}

  /// Whether there can be data of a family: of its cloud, where it is of one.
  public boolean serves(ProviderFamily family) {
    return switch (family) {
      case OPENSHIFT, OPENSHIFT_ON_ALL -> true;
      case AWS, OPENSHIFT_ON_AWS -> takes(ProviderType.AWS, ProviderType.AWS_LOCAL);
      case AZURE, OPENSHIFT_ON_AZURE -> takes(ProviderType.AZURE, ProviderType.AZURE_LOCAL);
      case GCP, OPENSHIFT_ON_GCP -> takes(ProviderType.GCP, ProviderType.GCP_LOCAL);
    };
  }

  private boolean takes(ProviderType type, ProviderType local) {
    return providerTypes.contains(type) || providerTypes.contains(local);
  }

  /// The root of the API, with a closing slash.
  public String apiRoot() {
    return pathPrefix + "/v1/";
  }
}
