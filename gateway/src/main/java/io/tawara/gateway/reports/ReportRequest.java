package io.tawara.gateway.reports;

import io.tawara.analytics.reports.ReportQuery;
import java.util.List;
import java.util.Map;

/// A parsed and permitted request for a report: what to compute and what to echo. Made by the
/// parameter parser (`gateway.reports.params`), answered by serving and rendering.
///
/// @param query what to compute
/// @param path the request's path with prefix, for links
/// @param parameters the decoded query parameters in the order sent, for links
/// @param echo the members of `meta` that repeat parameters (`filter`, `group_by`, `order_by`,
///   `exclude`, `currency`, `start_date`, …): strings, integers, booleans, lists and maps of these
/// @param format what the client accepts
public record ReportRequest(
    ReportQuery query,
    String path,
    List<Map.Entry<String, String>> parameters,
    Map<String, Object> echo,
    Format format) {

  /// The representation asked for.
  public enum Format {
    JSON,
    CSV
  }

  public ReportRequest {
    parameters = List.copyOf(parameters);
  }
}
