package io.tawara.gateway.reports.params;

import io.tawara.core.error.TawaraException;
import java.util.List;
import java.util.Map;

/// A query string that was refused: answered with status 400 and [#body()] as JSON, unwrapped
/// (`{"<parameter>": ...}`).
public final class InvalidParameters extends TawaraException {
  private static final long serialVersionUID = 1L;

  static final List<String> UNSUPPORTED = List.of("Unsupported parameter or invalid value");

  private final transient Map<String, Object> body;

  public InvalidParameters(Map<String, Object> body) {
    super(Category.INPUT, "invalid parameters: " + body.keySet());
    this.body = body;
  }

  /// A tree of maps, lists and strings.
  public Map<String, Object> body() {
    return body;
  }

  static InvalidParameters malformed() {
    return new InvalidParameters(Map.of("details", "Invalid query parameter format."));
  }

  static InvalidParameters of(String parameter, Object problem) {
    return new InvalidParameters(Map.of(parameter, problem));
  }
}
