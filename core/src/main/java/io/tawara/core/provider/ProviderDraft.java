package io.tawara.core.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.tawara.core.input.InvalidInputException;
import java.util.List;
import java.util.stream.Collectors;

/// A provider as somebody wants it to be.
///
/// @param credentials null when none were given
/// @param dataSource null when none was given; OpenShift needs none
public record ProviderDraft(
    String name, ProviderType type, JsonNode credentials, JsonNode dataSource, boolean paused) {

  /// Checks what can be checked without asking anybody, in the words that clients know.
  ///
  /// @throws InvalidInputException naming the first thing that is wrong
  public void check() {
    if (credentials == null || !credentials.isObject() || credentials.isEmpty()) {
      throw new InvalidInputException(null, "Missing credentials");
    }
    boolean cloud = type.base() != ProviderType.OCP;
    if (cloud && (dataSource == null || !dataSource.isObject() || dataSource.isEmpty())) {
      throw new InvalidInputException(null, "Missing data_source");
    }
    switch (type.base()) {
      case OCP -> {
        needCredentials("cluster_id", List.of("cluster_id"));
        if (clusterId().isEmpty()) {
          throw new InvalidInputException(
              "authentication.cluster_id",
              "Provider resource name is a required parameter for OCP.");
        }
      }
      case AWS -> {
        needCredentials("role_arn", List.of("role_arn"));
        needDataSource(List.of("bucket"));
      }
      case AZURE -> {
        needCredentials("", List.of("subscription_id", "tenant_id", "client_id", "client_secret"));
        needDataSource(List.of("resource_group", "storage_account"));
      }
      case GCP -> {
        needCredentials("project_id", List.of("project_id"));
        boolean storageOnly = dataSource.path("storage_only").asBoolean(false);
        needDataSource(List.of(storageOnly ? "bucket" : "dataset"));
        if (dataSource.path("report_prefix").asText("").length() > 64) {
          throw new InvalidInputException(
              "billing_source.data_source.data_source.report_prefix",
              "Ensure this field has no more than 64 characters.");
        }
      }
      case AWS_LOCAL, AZURE_LOCAL, GCP_LOCAL -> throw new AssertionError(type.base());
    }
  }

  /// The cluster id of an OpenShift draft, empty for others.
  public String clusterId() {
    return type == ProviderType.OCP ? credentials.path("cluster_id").asText("").strip() : "";
  }

  /// The data source as it is stored.
  JsonNode storedDataSource() {
    return type == ProviderType.OCP || dataSource == null
        ? JsonNodeFactory.instance.objectNode()
        : dataSource;
  }

  private void needCredentials(String key, List<String> names) {
    if (!names.stream().allMatch(credentials::has) && !relaxed()) {
      throw new InvalidInputException("authentication.credentials." + key, missing(names));
    }
  }

  private void needDataSource(List<String> names) {
    if (!names.stream().allMatch(dataSource::has)) {
      throw new InvalidInputException(
          "billing_source.data_source.provider.data_source", missing(names));
    }
  }

  /// Local Azure folders are read without a secret.
  private boolean relaxed() {
    return type == ProviderType.AZURE_LOCAL
        && List.of("subscription_id", "tenant_id", "client_id").stream().allMatch(credentials::has);
  }

  private static String missing(List<String> names) {
    return names.stream()
        .map(name -> "'" + name + "'")
        .collect(
            Collectors.joining(
                ", ",
                "One or more required fields is invalid/missing. Required fields are [",
                "]"));
  }
}
