package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
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

  CloudCheck(Connectors connectors, Aws aws) {
    this.connectors = connectors;
    this.aws = aws;
  }

  @Override
  public void check(ProviderDraft draft) {
    switch (draft.type()) {
      case OCP -> {
        // pushes by itself
      }
      case AWS -> aws.check(draft);
      case AWS_LOCAL -> Aws.bucket(draft.dataSource());
      case AZURE_LOCAL -> azureGroupAndAccount(draft.dataSource());
      case GCP_LOCAL -> {
        // an empty data source was refused before
      }
      case AZURE, GCP -> {
        // asked when they are fetched
      }
    }
  }

  private static void azureGroupAndAccount(JsonNode dataSource) {
    if (dataSource.path("resource_group").isEmpty()
        || dataSource.path("storage_account").isEmpty()) {
      throw new InvalidInputException(
          "azure.error",
          "Cost management requires a resource group and storage account for this source. Edit your"
              + " Azure source to include these details.");
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
      throw new InvalidInputException("report.notfound", problem.getMessage());
    }
  }
}
