package io.tawara.core.config;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/// How clouds are asked for their bills.
///
/// @param development whether the local types may read folders of this machine (`DEVELOPMENT`)
/// @param platformSources whether sources come from Platform Sources, which is told how they are
/// @param autoIngest whether a saved source is asked at once (`AUTO_DATA_INGEST`)
/// @param scheduled whether sources are asked again and again (`SCHEDULE_REPORT_CHECKS`)
/// @param pollEvery how often it is looked who is due (`REPORT_DOWNLOAD_SCHEDULE`)
/// @param pollingTimer how long after it was asked a source is due again (`POLLING_TIMER`)
/// @param pollingCount in how many parts all sources are asked (`POLLING_COUNT`)
/// @param initialMonths months that a new source is read back, the current one included
/// @param initialOverride whether every poll reads that far back (`INITIAL_INGEST_OVERRIDE`)
/// @param parallelDownloads sources that one process fetches from at once
/// @param maxFileBytes of one file of a bill, as it is stored
/// @param maxFiles of one delivery
/// @param callTimeout of one call to a cloud
/// @param endpoints where clouds are reached, for tests and sovereign clouds
public record CloudConfig(
    boolean development,
    boolean platformSources,
    boolean autoIngest,
    boolean scheduled,
    Duration pollEvery,
    Duration pollingTimer,
    int pollingCount,
    int initialMonths,
    boolean initialOverride,
    int parallelDownloads,
    long maxFileBytes,
    int maxFiles,
    Duration callTimeout,
    Endpoints endpoints) {

  /// Where clouds are reached; empty: the SDK's own addresses.
  ///
  /// @param aws one address for S3, STS, Cost and Usage Reports, Organizations and IAM
  /// @param s3 another one for S3 alone
  /// @param azureLogin issues tokens
  /// @param azureManagement of the resource manager
  /// @param azureBlob of blob storage with `{account}` in it
  /// @param googleApi of BigQuery, resource manager and storage
  /// @param googleAnonymous whether Google is asked without credentials
  public record Endpoints(
      Optional<URI> aws,
      Optional<URI> s3,
      URI azureLogin,
      URI azureManagement,
      String azureBlob,
      Optional<URI> googleApi,
      boolean googleAnonymous) {

    public static Endpoints standard() {
      return new Endpoints(
          Optional.empty(),
          Optional.empty(),
          URI.create("https://login.microsoftonline.com"),
          URI.create("https://management.azure.com"),
          "https://{account}.blob.core.windows.net",
          Optional.empty(),
          false);
    }
  }

  /// The defaults, with what differs between installations.
  public static CloudConfig standard(boolean development, boolean platformSources) {
    return new CloudConfig(
        development,
        platformSources,
        true,
        false,
        Duration.ofHours(1),
        Duration.ofDays(1),
        21,
        3,
        false,
        2,
        64L << 30,
        5_000,
        Duration.ofMinutes(2),
        Endpoints.standard());
  }

  /// The same with other addresses.
  public CloudConfig withEndpoints(Endpoints other) {
    return new CloudConfig(
        development,
        platformSources,
        autoIngest,
        scheduled,
        pollEvery,
        pollingTimer,
        pollingCount,
        initialMonths,
        initialOverride,
        parallelDownloads,
        maxFileBytes,
        maxFiles,
        callTimeout,
        other);
  }
}
