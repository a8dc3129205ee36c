package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderDraft;
import io.tawara.ingest.connect.AzureSession.Delivered;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Sources of type Azure: their connector and their check (`sources-and-ingestion-3` §4.3).
final class Azure {
  private static final String PATCH = "azure.missing.patch";
  private static final String NO_EXPORT =
      "The Azure cost export cannot be found. Ensure the Storage account name, Resource group name,"
          + " and Subscription ID are correct. In Azure, create a daily export task for your"
          + " storage account.";

  private final CloudConfig config;
  private final Clock clock;

  Azure(CloudConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /// Where a source says that its export is.
  private record Place(String group, String account, String scope, String exportName) {
    static Place of(JsonNode dataSource) {
      return new Place(
          dataSource.path("resource_group").asText(""),
          dataSource.path("storage_account").asText(""),
          dataSource.path("scope").asText(""),
          dataSource.path("export_name").asText(""));
    }

    String scopeOr(String subscription) {
      return scope.isEmpty() ? "/subscriptions/" + subscription : scope;
    }

    String resource(String subscription) {
      return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.Storage/storageAccounts/%s"
          .formatted(subscription, group, account);
    }
  }

  Connector open(JsonNode dataSource, JsonNode credentials) {
    var place = Place.of(dataSource);
    var session = new AzureSession(config, credentials, clock);
    try {
      Optional<String> key = session.accountKey(place.group(), place.account());
      var blobs = new BlobAccount(config, session, place.account(), key);
      return new AzureExports(blobs, () -> export(session, place), config.maxFiles());
    } catch (RuntimeException failure) {
      session.close();
      throw failure;
    }
  }

  private static AzureExports.Export export(AzureSession session, Place place) {
    Delivered found =
        find(session, place).orElseThrow(() -> new CloudException(Problem.NO_REPORT, NO_EXPORT));
    if (found.type().toLowerCase(Locale.ROOT).startsWith("focus")) {
      throw new CloudException(
          Problem.UNSUPPORTED,
          "the export "
              + found.name()
              + " writes FOCUS data, which is not supported yet; choose an export of actual cost");
    }
    return new AzureExports.Export(found.container(), found.directory(), found.name());
  }

  /// The export that is named, else the first that is delivered to the storage account.
  private static Optional<Delivered> find(AzureSession session, Place place) {
    String scope = place.scopeOr(session.subscription());
    if (!place.exportName().isEmpty()) {
      return Optional.of(session.export(scope, place.exportName()));
    }
    String resource = place.resource(session.subscription());
    return session.exports(scope).stream()
        .filter(export -> export.account().equalsIgnoreCase(resource))
        .findFirst();
  }

  void check(ProviderDraft draft) {
    JsonNode dataSource = draft.dataSource();
    complete(draft);
    if (dataSource.path("storage_only").asBoolean(false)) {
      return;
    }
    var place = Place.of(dataSource);
    try (var session = new AzureSession(config, draft.credentials(), clock)) {
      try {
        session.accountKey(place.group(), place.account());
      } catch (CloudException refused) {
        throw new InvalidInputException("azure.exception", refused.getMessage());
      }
      Optional<Delivered> found;
      try {
        found = find(session, place);
      } catch (CloudException refused) {
        if (refused.problem() == Problem.NOT_FOUND) {
          throw new InvalidInputException("authentication.credential.noreportfound", NO_EXPORT);
        }
        throw new InvalidInputException(
            "billing_source.data_source.notfound", refused.getMessage());
      }
      if (found.isEmpty()) {
        throw new InvalidInputException("authentication.credential.noreportfound", NO_EXPORT);
      }
    }
  }

  private static void complete(ProviderDraft draft) {
    var place = Place.of(draft.dataSource());
    boolean subscription = !draft.credentials().path("subscription_id").asText("").isEmpty();
    boolean scope = !place.scope().isEmpty();
    boolean group = !place.group().isEmpty();
    boolean account = !place.account().isEmpty();
    Optional<String> wrong = Optional.empty();
    if (scope && place.exportName().isEmpty()) {
      wrong =
          Optional.of(
              "Cost management requires an export name when a scope is provided for a source. Edit"
                  + " your Azure source to include an export name.");
    } else if (subscription || scope) {
      if (!group && !account) {
        wrong = needs("a resource group and storage account", "these details");
      } else if (!account) {
        wrong = needs("a storage account", "the storage account");
      } else if (!group) {
        wrong = needs("a resource group", "the resource group");
      }
    } else if (group && account) {
      wrong = needs("a subscription ID or scope with export name", "the subscription ID");
    } else {
      wrong =
          Optional.of(
              "Cost management requires a resource group,  storage account and subscription ID or"
                  + " scope with export name. Edit your Azure source to include these details.");
    }
    if (wrong.isPresent()) {
      throw new InvalidInputException(PATCH, wrong.get());
    }
  }

  private static Optional<String> needs(String what, String include) {
    return Optional.of(
        "Cost management requires %s for this source. Edit your Azure source to include %s."
            .formatted(what, include));
  }

  /// The parts of a source in a folder.
  static void folder(JsonNode dataSource) {
    boolean complete =
        List.of("resource_group", "storage_account").stream()
            .noneMatch(member -> dataSource.path(member).isEmpty());
    if (!complete) {
      throw new InvalidInputException(
          "azure.error",
          "Cost management requires a resource group and storage account for this source. Edit your"
              + " Azure source to include these details.");
    }
  }
}
