package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.provider.ProviderType;
import java.util.Optional;
import java.util.UUID;

/// Makes the connector of a source.
final class Connectors {
  private final CloudConfig config;
  private final Aws aws;
  private final Azure azure;
  private final Gcp gcp;

  Connectors(CloudConfig config, Aws aws, Azure azure, Gcp gcp) {
    this.gcp = gcp;
    this.config = config;
    this.aws = aws;
    this.azure = azure;
  }

  /// @param dataSource where the bill is, as the source says
  /// @param credentials in the clear; not kept beyond the connector
  /// @throws CloudException when the cloud cannot be reached with them
  Connector open(UUID source, ProviderType type, JsonNode dataSource, JsonNode credentials) {
    if (type.isLocal() && !config.development()) {
      throw new CloudException(
          Problem.UNSUPPORTED, type.wireName() + " sources exist in development mode only");
    }
    return switch (type) {
      case AWS_LOCAL -> awsFolder(dataSource);
      case AZURE_LOCAL -> azureFolder(dataSource);
      case GCP_LOCAL -> new GcpFolder(Folder.of(dataSource.path("local_dir").asText("")), source);
      case AWS -> aws.open(dataSource, credentials);
      case AZURE -> azure.open(dataSource, credentials);
      case GCP -> gcp.open(dataSource, credentials);
      case OCP -> throw new IllegalArgumentException("clusters send by themselves");
    };
  }

  private Connector awsFolder(JsonNode dataSource) {
    Folder folder = Folder.of(dataSource.path("bucket").asText(""));
    return new AwsReports(
        folder,
        () -> configuredReport(dataSource).or(() -> AwsReports.discover(folder)),
        config.maxFiles());
  }

  /// The report that the source itself names.
  static Optional<AwsReports.Report> configuredReport(JsonNode dataSource) {
    String name = dataSource.path("report_name").asText("");
    return name.isEmpty()
        ? Optional.empty()
        : Optional.of(new AwsReports.Report(dataSource.path("report_prefix").asText(""), name));
  }

  private Connector azureFolder(JsonNode dataSource) {
    JsonNode account = dataSource.path("storage_account");
    String container = account.path("container").asText("");
    Folder folder = Folder.of(account.path("local_dir").asText(""));
    JsonNode group = dataSource.path("resource_group");
    var export =
        new AzureExports.Export(
            container, group.path("directory").asText(""), group.path("export_name").asText(""));
    return new AzureExports(folder, () -> export, config.maxFiles());
  }
}
