package io.tawara.ingest.connect;

import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderCheck;
import io.tawara.core.provider.ProviderDraft;
import java.time.YearMonth;
import java.util.List;
import java.util.UUID;

/// Asks clouds whether sources work, in the keys and words that clients know
/// (`sources-and-ingestion-3` §4).
final class CloudCheck implements ProviderCheck {
  private static final YearMonth ANY_MONTH = YearMonth.of(2000, 1);

  private final Connectors connectors;
  private final Aws aws;
  private final Azure azure;
  private final Gcp gcp;

  CloudCheck(Connectors connectors, Aws aws, Azure azure, Gcp gcp) {
    this.gcp = gcp;
    this.connectors = connectors;
    this.aws = aws;
    this.azure = azure;
  }

  @Override
  public void check(ProviderDraft draft) {
    switch (draft.type()) {
      case OCP -> {
        // pushes by itself
      }
      case AWS -> aws.check(draft);
      case AWS_LOCAL -> Aws.bucket(draft.dataSource());
      case AZURE_LOCAL -> Azure.folder(draft.dataSource());
      case GCP_LOCAL -> {
        // an empty data source was refused before
      }
      case AZURE -> azure.check(draft);
      case GCP -> gcp.check(draft);
    }
  }

  @Override
  public void checkFiles(ProviderDraft draft, List<String> keys) {
    try (Connector connector =
        connectors.open(new UUID(0, 0), draft.type(), draft.dataSource(), draft.credentials())) {
      for (String key : keys) {
        connector.posted(ANY_MONTH, key);
      }
    } catch (CloudException problem) {
      throw new InvalidInputException(key(draft, problem), problem.getMessage());
    }
  }

  private static String key(ProviderDraft draft, CloudException problem) {
    boolean absent = problem.problem() == Problem.NOT_FOUND;
    return switch (draft.type().base()) {
      case AZURE -> absent ? "report.notfound" : "azure.exception";
      case GCP -> "billing_source.bucket.noreportfound";
      case AWS, OCP, AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> "report.notfound";
    };
  }
}
