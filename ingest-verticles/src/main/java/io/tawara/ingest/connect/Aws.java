package io.tawara.ingest.connect;

import com.fasterxml.jackson.databind.JsonNode;
import io.tawara.core.config.CloudConfig;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.provider.ProviderDraft;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.regions.Region;

/// Sources of type AWS: their connector and their check (`sources-and-ingestion-3` §4.2).
final class Aws {
  private static final Logger LOG = LoggerFactory.getLogger(Aws.class);
  private static final Pattern ARN = Pattern.compile("arn:[\\w-]+:[\\w-]+:[\\w-]*:(\\d{12})?:\\S+");
  private static final Pattern REGION = Pattern.compile("[a-z]{2,4}(-[a-z]+)+-\\d{1,2}");

  private final CloudConfig config;
  private final AwsCredentialsProvider own;

  /// @param own the credentials of Tawara itself
  Aws(CloudConfig config, AwsCredentialsProvider own) {
    this.config = config;
    this.own = own;
  }

  AwsSession session(JsonNode dataSource, JsonNode credentials, String name) {
    return AwsSession.assume(config, own, credentials, region(dataSource), name);
  }

  Connector open(JsonNode dataSource, JsonNode credentials) {
    String bucket = dataSource.path("bucket").asText("");
    AwsSession session = session(dataSource, credentials, "CostManagementSession");
    Region region = region(dataSource).orElse(AwsSession.GLOBAL);
    var place = new S3Bucket(session, session.s3(region), bucket, region.id());
    return new AwsReports(
        place,
        () -> Connectors.configuredReport(dataSource).or(() -> defined(session, bucket)),
        config.maxFiles());
  }

  private static Optional<Region> region(JsonNode dataSource) {
    String region = dataSource.path("bucket_region").asText("");
    if (!region.isEmpty() && !REGION.matcher(region).matches()) {
      throw new CloudException(
          Problem.REGION, "'" + region + "' in bucket_region is not a region of AWS");
    }
    return region.isEmpty() ? Optional.empty() : Optional.of(Region.of(region));
  }

  /// The first report that is delivered to the bucket.
  private static Optional<AwsReports.Report> defined(AwsSession session, String bucket) {
    return Optional.of(
        session.calls().reportDefinitions().stream()
            .filter(report -> report.path("S3Bucket").asText("").equals(bucket))
            .findFirst()
            .map(
                report ->
                    new AwsReports.Report(
                        report.path("S3Prefix").asText(""), report.path("ReportName").asText()))
            .orElseThrow(
                () ->
                    new CloudException(
                        Problem.NO_REPORT,
                        "no Cost and Usage Report is configured for bucket " + bucket)));
  }

  void check(ProviderDraft draft) {
    String arn = draft.credentials().path("role_arn").asText("").strip();
    if (arn.isEmpty()) {
      throw new InvalidInputException(
          "authentication.role_arn.missing",
          "Role ARN is a required parameter for AWS and must not be blank.");
    }
    bucket(draft.dataSource());
    if (draft.dataSource().path("storage_only").asBoolean(false)) {
      return;
    }
    if (!ARN.matcher(arn).matches()) {
      LOG.warn("a role is not named by an ARN");
    }
    try (AwsSession session = assumed(draft, arn)) {
      reachable(session, draft.dataSource(), arn);
      reports(session, draft.dataSource().path("bucket").asText(), arn);
    }
  }

  /// That a bucket is named at all.
  static void bucket(JsonNode dataSource) {
    if (dataSource.path("bucket").asText("").isBlank()) {
      throw new InvalidInputException(
          "billing_source.bucket.missing",
          "Cost management requires an S3 bucket to store cost and usage reports. Edit your AWS"
              + " source to include the name of your S3 bucket.");
    }
  }

  private AwsSession assumed(ProviderDraft draft, String arn) {
    try {
      return session(draft.dataSource(), draft.credentials(), "AccountCreationSession");
    } catch (CloudException refused) {
      LOG.info("a role cannot be assumed: {}", refused.getMessage());
      throw new InvalidInputException(
          "authentication.role_arn.unreachable",
          "Unable to access account resources with ARN " + arn + ".");
    }
  }

  private static void reachable(AwsSession session, JsonNode dataSource, String arn) {
    String bucket = dataSource.path("bucket").asText();
    try (var s3 = session.s3(region(dataSource).orElse(AwsSession.GLOBAL))) {
      s3.headBucket(request -> request.bucket(bucket));
    } catch (SdkException failure) {
      LOG.info("a bucket cannot be reached: {}", failure.getMessage());
      throw new InvalidInputException(
          "billing_source.bucket.notfound",
          "Bucket " + bucket + " could not be found with " + arn + ".");
    }
  }

  private static void reports(AwsSession session, String bucket, String arn) {
    List<JsonNode> all;
    try {
      all = session.calls().reportDefinitions();
    } catch (CloudException refused) {
      LOG.info("report definitions cannot be read: {}", refused.getMessage());
      throw new InvalidInputException(
          "authentication.role_arn.noreportfound",
          "Unable to obtain cost and usage report definition data with " + arn + ".");
    }
    if (all.isEmpty()) {
      return;
    }
    List<JsonNode> ours =
        all.stream().filter(report -> report.path("S3Bucket").asText("").contains(bucket)).toList();
    if (ours.isEmpty()) {
      throw new InvalidInputException(
          "aws.report.configuration",
          "Cost management requires that an AWS Cost and Usage Report is configured for bucket: "
              + bucket
              + ".");
    }
    for (JsonNode report : ours) {
      String compression = report.path("Compression").asText("");
      if (!List.of("GZIP", "ZIP", "Parquet", "PLAIN", "").contains(compression)) {
        throw new InvalidInputException(
            "aws.report.compression.configuration",
            compression
                + " compression is not supported. Reports must use GZIP compression format.");
      }
      boolean resources =
          StreamSupport.stream(report.path("AdditionalSchemaElements").spliterator(), false)
              .anyMatch(element -> element.asText().equals("RESOURCES"));
      if (!resources) {
        throw new InvalidInputException(
            "aws.report.configuration",
            "Required Resource IDs are not included in report "
                + report.path("ReportName").asText());
      }
    }
  }
}
