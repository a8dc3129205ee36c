package io.tawara.ingest.sources;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.input.FieldError;
import io.tawara.core.input.InvalidInputException;
import java.util.Locale;

/// The availability of a source in the words that people read in the console.
final class StatusMessages {
  private StatusMessages() {}

  static ObjectNode available() {
    return status("available", "");
  }

  static ObjectNode unavailable(String message) {
    return status("unavailable", message);
  }

  /// The last of several errors counts.
  static ObjectNode unavailable(InvalidInputException refused) {
    return unavailable(message(refused.errors().getLast()));
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
