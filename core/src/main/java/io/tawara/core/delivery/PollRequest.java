package io.tawara.core.delivery;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tawara.core.work.WorkItem;
import java.time.YearMonth;
import java.util.Optional;
import java.util.UUID;

/// Work of kind [#KIND]: a cloud is to be asked what it has.
///
/// @param month only this one; empty: those that are usual
/// @param ingressReport the files of this report instead of what the cloud lists
/// @param summarise whether summaries are wanted of what comes in
public record PollRequest(
    UUID provider,
    Reason reason,
    Optional<YearMonth> month,
    Optional<UUID> ingressReport,
    boolean summarise) {
  public static final String KIND = "poll-source";

  /// Why somebody wants to know.
  public enum Reason {
    /// The source is new, or points to another place.
    SAVED,
    SCHEDULED,
    /// The last try had a problem.
    RETRY,
    /// Files changed while they were fetched.
    CHANGED,
    /// An operator asks.
    ASKED,
    /// A customer posted files.
    POSTED
  }

  public static PollRequest of(UUID provider, Reason reason) {
    return new PollRequest(provider, reason, Optional.empty(), Optional.empty(), true);
  }

  public PollRequest in(YearMonth only) {
    return new PollRequest(provider, reason, Optional.of(only), ingressReport, summarise);
  }

  /// Only the files of a posted report.
  public PollRequest posted(Optional<UUID> report) {
    return new PollRequest(provider, reason, month, report, summarise);
  }

  public PollRequest summarising(boolean wanted) {
    return new PollRequest(provider, reason, month, ingressReport, wanted);
  }

  /// The item, in the line of the provider.
  public WorkItem item(String requestId) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("provider", provider.toString()).put("reason", reason.name());
    month.ifPresent(only -> body.put("month", only.toString()));
    ingressReport.ifPresent(id -> body.put("ingress_report", id.toString()));
    body.put("summarise", summarise);
    return new WorkItem(KIND, WorkItem.providerKey(provider), body, requestId);
  }

  /// Reads the body of an item.
  public static PollRequest of(JsonNode body) {
    return new PollRequest(
        UUID.fromString(body.path("provider").asText()),
        Reason.valueOf(body.path("reason").asText()),
        text(body, "month").map(YearMonth::parse),
        text(body, "ingress_report").map(UUID::fromString),
        body.path("summarise").asBoolean(true));
  }

  private static Optional<String> text(JsonNode body, String name) {
    return body.hasNonNull(name) ? Optional.of(body.get(name).asText()) : Optional.empty();
  }
}
