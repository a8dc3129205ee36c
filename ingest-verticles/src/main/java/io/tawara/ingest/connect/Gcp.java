package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.cloud.bigquery.BigQuery;
import com.google.cloud.bigquery.Field;
import com.google.cloud.bigquery.FieldList;
import com.google.cloud.bigquery.StandardTableDefinition;
import com.google.cloud.bigquery.Table;
import com.google.cloud.bigquery.TableId;
import com.google.cloud.bigquery.TimePartitioning;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderDraft;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Sources of type GCP: their connector and their check (`sources-and-ingestion-3` §4.4).
final class Gcp {
  private static final List<String> PERMISSIONS =
      List.of(
          "bigquery.jobs.create",
          "bigquery.tables.getData",
          "bigquery.tables.list",
          "bigquery.tables.get");
  private static final List<String> REQUIRED =
      List.of(
          "billing_account_id",
          "service.id",
          "service.description",
          "sku.id",
          "sku.description",
          "usage_start_time",
          "usage_end_time",
          "project.id",
          "project.name",
          "project.labels",
          "project.ancestry_numbers",
          "labels",
          "system_labels",
          "location.location",
          "location.country",
          "location.region",
          "location.zone",
          "export_time",
          "cost",
          "currency",
          "currency_conversion_rate",
          "usage.amount",
          "usage.unit",
          "usage.amount_in_pricing_units",
          "usage.pricing_unit",
          "credits",
          "invoice.month",
          "cost_type",
          "resource.name",
          "resource.global_name");

  private final CloudConfig config;

  Gcp(CloudConfig config) {
    this.config = config;
  }

  Connector open(JsonNode dataSource, JsonNode credentials) {
    var session = new GcpSession(config);
    try {
      return export(session, dataSource, project(credentials));
    } catch (RuntimeException failure) {
      session.close();
      throw failure;
    }
  }

  private static BillingExport export(GcpSession session, JsonNode dataSource, String project) {
    return new BillingExport(
        session,
        session.bigQuery(project),
        project,
        dataSource.path("dataset").asText(""),
        text(dataSource, "table_id"),
        text(dataSource, "bucket"));
  }

  private static String project(JsonNode credentials) {
    return credentials.path("project_id").asText("");
  }

  private static Optional<String> text(JsonNode node, String name) {
    return Optional.of(node.path(name).asText("")).filter(value -> !value.isEmpty());
  }

  void check(ProviderDraft draft) {
    JsonNode dataSource = draft.dataSource();
    String project = project(draft.credentials());
    try (var session = new GcpSession(config)) {
      if (dataSource.path("storage_only").asBoolean(false)) {
        storage(session, dataSource);
        return;
      }
      permissions(session, project);
      table(session, dataSource, project);
    } catch (CloudException absent) {
      throw new InvalidInputException("authentication.project_id", absent.getMessage());
    }
  }

  private static void storage(GcpSession session, JsonNode dataSource) {
    String bucket =
        text(dataSource, "bucket")
            .orElseThrow(
                () ->
                    new InvalidInputException(
                        "gcp.billing_source.bucket.missing",
                        "Bucket required for storage only reports"));
    try {
      session.bucket(bucket);
    } catch (CloudException refused) {
      throw new InvalidInputException("data_source.bucket", refused.getMessage());
    }
  }

  private static void permissions(GcpSession session, String project) {
    List<String> granted;
    try {
      granted = session.permissions(project, PERMISSIONS);
    } catch (CloudException refused) {
      throw new InvalidInputException(
          "authentication.project_id",
          refused.problem() == Problem.NOT_FOUND ? "Project ID not found" : refused.getMessage());
    }
    if (!granted.containsAll(PERMISSIONS)) {
      throw new InvalidInputException(
          "gcp.iam.permissions", "Incorrect IAM permissions for project " + project);
    }
  }

  private static void table(GcpSession session, JsonNode dataSource, String project) {
    String dataset = dataSource.path("dataset").asText("");
    try {
      BillingExport export = export(session, dataSource, project);
      BigQuery bigQuery = session.bigQuery(project);
      TableId id = export.tableId();
      Table table = BillingExport.asking("describing the table", () -> bigQuery.getTable(id));
      if (table == null) {
        throw new InvalidInputException(
            "billing_source.dataset",
            "Unable to find dataset: " + dataset + " in project: " + project);
      }
      columns(table);
      daily(table);
      export.dryRun();
    } catch (CloudException problem) {
      throw refused(problem, dataset, project);
    }
  }

  private static InvalidInputException refused(
      CloudException problem, String dataset, String project) {
    return switch (problem.problem()) {
      case NO_REPORT -> new InvalidInputException(null, "GCP billing table not ready");
      case NOT_FOUND ->
          new InvalidInputException(
              "billing_source.dataset",
              "Unable to find dataset: " + dataset + " in project: " + project);
      case PERMISSION ->
          new InvalidInputException(
              "authentication.project_id", "403 forbidden error. " + problem.getMessage());
      case CREDENTIALS,
          EXPIRED,
          REGION,
          INCOMPLETE,
          CHANGED,
          UNREADABLE,
          UNSUPPORTED,
          TOO_LARGE,
          THROTTLED,
          UNREACHABLE ->
          new InvalidInputException(
              "dataset.table.query", "table query check failed: " + problem.getMessage());
    };
  }

  private static void columns(Table table) {
    var present = new HashSet<String>();
    names(table.getDefinition().getSchema().getFields(), "", present);
    Set<String> missing = new TreeSet<>(REQUIRED);
    missing.removeAll(present);
    if (!missing.isEmpty()) {
      throw new InvalidInputException(
          "dataset.table.columns",
          "table missing expected columns: "
              + missing.stream()
                  .map(name -> "'" + name + "'")
                  .collect(Collectors.joining(", ", "{", "}")));
    }
  }

  private static void names(FieldList fields, String prefix, Set<String> into) {
    for (Field field : fields) {
      into.add(prefix + field.getName());
      if (field.getSubFields() != null) {
        names(field.getSubFields(), prefix + field.getName() + ".", into);
      }
    }
  }

  private static void daily(Table table) {
    boolean daily =
        table.getDefinition() instanceof StandardTableDefinition standard
            && standard.getTimePartitioning() != null
            && standard.getTimePartitioning().getType() == TimePartitioning.Type.DAY;
    if (!daily) {
      throw new InvalidInputException(
          "dataset.table.partitions", "table not correctly partitioned by day");
    }
  }
}
