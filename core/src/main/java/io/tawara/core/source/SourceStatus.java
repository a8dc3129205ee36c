package io.tawara.core.source;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.FieldError;
import io.tawara.core.input.InvalidInputException;
import io.tawara.core.work.WorkItem;
import java.util.Locale;
import java.util.Optional;

/// The availability of a source in the words that people read in the console:
/// `{"availability_status", "availability_status_error"}`.
public final class SourceStatus {
  /// The kind of work that tells Platform Sources. Body: see [#push].
  public static final String PUSH = "source-status";

  private SourceStatus() {}

  public static ObjectNode available() {
    return status("available", "");
  }

  public static ObjectNode unavailable(String message) {
    return status("unavailable", message);
  }

  /// The last of several errors counts.
  public static ObjectNode unavailable(InvalidInputException refused) {
    return unavailable(message(refused.errors().getLast()));
  }

  /// The work of telling Platform Sources: `source`, `status` and on whose behalf.
  public static WorkItem push(
      int source,
      String identityHeader,
      Optional<String> accountNumber,
      Optional<String> organisationId,
      ObjectNode status) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("source", source);
    body.put("identity", identityHeader);
    accountNumber.ifPresent(id -> body.put("account", id));
    organisationId.ifPresent(id -> body.put("organisation", id));
    body.set("status", status);
    return new WorkItem(PUSH, PUSH + ":" + source, body, null);
  }

  private static String message(FieldError error) {
    String source = error.source() == null ? "" : error.source();
    String detail = error.detail();
    return switch (source) {
      case "authentication.role_arn.unreachable" ->
          "The role ARN was entered incorrectly for this source. Edit your AWS source and verify"
              + " the name of your ARN.";
      case "billing_source.bucket.notfound" ->
          "The S3 bucket was entered incorrectly for this source. Edit your AWS source and verify"
              + " the name of your S3 bucket.";
      case "aws.report.compression.configuration" ->
          "Cost management requires that AWS Cost and Usage Reports use GZIP compression format.";
      default ->
          source.equals("billing_source") || source.startsWith("billing_source.data_source")
              ? billing(detail)
              : detail;
    };
  }

  private static String billing(String detail) {
    return detail
            .toLowerCase(Locale.ROOT)
            .contains("one or more required fields is invalid/missing")
        ? "The source is missing one or more required fields."
        : "There is a problem with the given source.";
  }

  private static ObjectNode status(String status, String error) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("availability_status", status)
        .put("availability_status_error", error);
  }
}
